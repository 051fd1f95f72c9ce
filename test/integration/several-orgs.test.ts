import { afterAll, expect, test } from '@jest/globals';
import { host } from '../../src/host.ts';
import { expectCode } from './expect-code.ts';
import { closeStages, mailsByUser, PLAIN, stage, type Stage } from './rig.ts';

afterAll(closeStages);

const USERS = 10;
const YES = ['--yes', '--max-users', '100'];

/** Types a command in the folder of one stage against the org of another. */
function against(org: Stage, folder: Stage) {
  const env = { OKTA_CLIENT_ORGURL: org.org.url, OKTA_CLIENT_TOKEN: org.org.token };
  return (argv: readonly string[], onStdout?: (text: string) => void) =>
    folder.start(argv, { env, ...(onStdout === undefined ? {} : { onStdout }) });
}

/** A run of one row at a time, and the moment at which its first row has ended. */
function begin(type: ReturnType<typeof against>, argv: readonly string[]) {
  let tell = () => {};
  const isBegun = new Promise<void>((resolve) => (tell = resolve));
  const { ended, signal } = type(
    ['run', ...argv, ...YES, '--concurrency', '1', '--json'],
    (text) => text.includes('"type":"row"') && tell(),
  );
  return { ended, signal, isBegun };
}

test('two orgs in one folder: runs on them work side by side, a second run on one of them is refused', async () => {
  // Both orgs and all commands by one clock, in which a call takes its time.
  const orgs = { mix: PLAIN, latencyMs: 40, clock: host.clock };
  const production = await stage({ users: USERS + 2, seed: 1, ...orgs });
  const preview = await stage({ users: USERS + 2, seed: 2, ...orgs });
  const folder = production;
  const toProduction = against(production, folder);
  const toPreview = against(preview, folder);
  const ids = await folder.ids(production.org.users(), 'production.csv');
  const others = await folder.ids(preview.org.users(), 'preview.csv');

  const first = begin(toProduction, ['--file', ids, '--out', 'reports/production']);
  const second = begin(toPreview, ['--file', others, '--out', 'reports/preview']);
  await Promise.all([first.isBegun, second.isBegun]);
  const listed = await folder.run(['runs', '--json']);
  const runs = listed.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { state: string; host: string; orgId: string });
  expect(runs.map(({ state }) => state)).toEqual(['running', 'running']);
  expect(runs.map(({ host }) => host).sort()).toEqual([production.host, preview.host].sort());
  for (const { orgId } of runs) expect(orgId).toMatch(/^00o/);

  const again = toProduction(['run', '--file', ids, '--out', 'reports/third', ...YES]);
  const refused = await again.ended;
  expect([refused.code, refused.stderr]).toEqual([5, expect.stringContaining('ORG_IN_USE')]);
  for (const { ended } of [first, second]) expectCode(await ended, 0);
  for (const { org } of [production, preview]) {
    const mails = mailsByUser(org);
    expect([mails.size, Math.max(...mails.values())]).toEqual([USERS, 1]);
  }

  const { stdout } = await folder.run(['runs']);
  const lines = stdout.split('\n');
  const heads = lines.flatMap((line) => /^(127\S+): (\d runs?)$/.exec(line)?.slice(1) ?? []);
  expect(heads).toEqual([production.host, '2 runs', preview.host, '1 run']);
  expect(lines.filter((line) => /^RUN +AGE +ACTION +STATE$/.test(line))).toHaveLength(2);
  const at = (name: string) => lines.findIndex((line) => line.startsWith(name));
  expect(at('third')).toBeLessThan(at(`${preview.host}:`));
  expect(at('production ')).toBeLessThan(at(`${preview.host}:`));
  expect(at('preview ')).toBeGreaterThan(at(`${preview.host}:`));
  // The command that continues names the org, because the environment names another.
  expect(stdout).toContain(`okta-reset followup reports/preview --org ${preview.org.url}`);
});
