import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { eligible, startCliRig, userFlags, type CliRig } from './rig.ts';

let rig: CliRig;

beforeAll(async () => {
  rig = await startCliRig({ users: 60 });
  const users = userFlags(eligible(rig.org, 5));
  await rig.type(['run', ...users, '--out', 'run', '--yes', '--max-users', '5']);
});

afterAll(() => rig.close());

test.each(['text', 'json', 'csv', 'html'])(
  'report --format %s is printed although no file can be replaced, which a warning says',
  async (format) => {
    const inTheWay = join(rig.dir, 'run/results.csv');
    await rm(inTheWay, { recursive: true, force: true });
    await mkdir(join(inTheWay, 'full'), { recursive: true });
    const { code, out, err } = await rig.type(['report', 'run', '--format', format]);
    expect(code).toBe(0);
    expect(out).toMatch(/5 of 5 users succeeded|succeeded/);
    expect(err.replace(/\s+/g, ' ')).toContain('its files were not written again');
  },
);
