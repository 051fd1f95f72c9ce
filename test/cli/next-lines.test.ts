/** What a run says to do next is about its current state: rows that another run has taken up belong to that run. */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { startCliRig, userFlags, type CliRig, type Ended } from './rig.ts';

const YES = ['--yes', '--max-users', '1000'];
let rig: CliRig;
let ids: readonly string[];

beforeEach(async () => {
  rig = await startCliRig({ users: 12, mix: { statuses: { ACTIVE: 1 }, providers: { OKTA: 1 } } });
  ids = [...rig.org.users()].filter(({ admin }) => !admin).map(({ id }) => id);
});

afterEach(() => rig.close());

const said = ({ out, err }: Ended) => stripVTControlCharacters(err + out).replace(/\s+/g, ' ');

async function coded(code: number, ...argv: readonly string[]): Promise<string> {
  const ended = await rig.type(argv);
  expect([argv, ended.code, ended.code === code ? '' : said(ended)]).toEqual([argv, code, '']);
  return said(ended);
}

test('failed rows that a rerun has taken up are not offered again by the run in which they failed', async () => {
  await coded(0, 'plan', ...userFlags(ids.slice(0, 6)), '--out', 'reports/first');
  const failed = ids.slice(4, 6);
  for (const id of failed) rig.org.putOutOfReach(id);
  const end = await coded(4, 'run', '--plan', 'reports/first', ...YES);
  expect(end).toContain('okta-reset rerun reports/first');
  expect(await coded(0, 'report', 'reports/first')).toContain('okta-reset rerun reports/first');

  for (const id of failed) rig.org.putInReach(id);
  await coded(0, 'rerun', 'reports/first', '--out', 'reports/again', ...YES);
  for (const text of [
    await coded(0, 'report', 'reports/first'),
    await coded(4, 'resume', 'reports/first'),
    await rig.read('reports/first/report.html'),
  ]) {
    expect(text).not.toContain('okta-reset rerun');
    expect(text).toContain('okta-reset followup reports/first');
  }

  // They are taken up a second time only if that is asked for.
  const rerun = ['rerun', 'reports/first', '--dry-run', '--out'];
  expect(await coded(5, ...rerun, 'reports/third')).toContain('reports/again');
  expect(await coded(0, ...rerun, 'reports/third', '--again')).toContain('already-in-recovery 2');
});

test('a no at resume prints resume, a no at a plan prints the plan', async () => {
  const argv = ['run', ...userFlags(ids), '--out', 'reports/run', '--concurrency', '1', '--json'];
  const stopped = await rig.type([...argv, ...YES], {
    onOut: (text) => text.includes('"type":"row"') && rig.press('SIGINT'),
  });
  expect(stopped.code).toBe(130);
  // Another machine, where nobody has consented yet.
  const no = await rig.type(['resume', 'reports/run'], {
    tty: true,
    stdin: 'no\n',
    env: { XDG_STATE_HOME: join(rig.dir, 'elsewhere') },
  });
  expect([no.code, said(no)]).toEqual([
    5,
    expect.stringContaining('To continue it after all: okta-reset resume reports/run'),
  ]);
  expect(said(no)).not.toContain('run --plan');

  const plan = ['run', ...userFlags(ids), '--out', 'reports/plan', '--again'];
  const declined = await rig.type(plan, { tty: true, stdin: 'no\n' });
  expect([declined.code, said(declined)]).toEqual([
    5,
    expect.stringContaining('To execute it after all: okta-reset run --plan reports/plan'),
  ]);
});
