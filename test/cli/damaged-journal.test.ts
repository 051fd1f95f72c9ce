import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runCli } from '../../src/cli/run-cli.ts';
import { eligible, startCliRig, userFlags, type CliRig } from './rig.ts';

let rig: CliRig;

beforeAll(async () => {
  rig = await startCliRig({ users: 30 });
  const users = userFlags(eligible(rig.org, 3));
  const yes = ['--yes', '--max-users', '20'];
  expect((await rig.type(['run', ...users, ...yes, '--out', 'our runs/one'])).code).toBe(0);
  const path = 'our runs/one/journal.jsonl';
  const lines = (await rig.read(path)).split('\n');
  lines[3] = '{}';
  await writeFile(join(rig.dir, path), lines.join('\n'));
});

afterAll(() => rig.close());

test.each(['okta-reset', 'npx okta-reset'])(
  'a resume of a run with a damaged journal prints a report command that works, as called by %s',
  async (program) => {
    const { host, err } = rig.host();
    const code = await runCli(['resume', 'our runs/one'], { ...host, program }, '0.0.0');
    expect([code, err()]).toEqual([3, expect.stringContaining('[RUN_DAMAGED]')]);
    const [, start, dir = ''] = /since: (.*) report '(.*)'$/m.exec(err()) ?? [];
    expect(start).toBe(program);
    const report = await rig.type(['report', dir]);
    expect([report.code, report.err]).toEqual([0, expect.stringContaining('at line 4')]);
  },
);
