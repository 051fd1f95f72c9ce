/** A run directory that has lost its plan: nothing is acted on, and every command says what is missing. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { eligible, startCliRig, userFlags, type CliRig } from './rig.ts';

let rig: CliRig;
const YES = ['--yes', '--max-users', '20'];

beforeAll(async () => {
  rig = await startCliRig({ users: 60 });
  const ids = eligible(rig.org, 10);
  const secrets = ['--action', 'temp-password', '--secrets-plaintext', ...YES];
  const done = await rig.type(['run', ...userFlags(ids.slice(0, 2)), ...secrets, ...out('done')]);
  expect(done.code).toBe(0);
  const one = ['--concurrency', '1', '--json', ...YES];
  const stopped = await rig.type(
    ['run', ...userFlags(ids.slice(2, 8)), ...one, ...out('stopped')],
    {
      onOut: (text) => {
        if (text.includes('"type":"row"')) rig.press('SIGINT');
      },
    },
  );
  expect(stopped.code).toBe(130);
  expect((await rig.type(['plan', ...userFlags(ids.slice(8)), ...out('planned')])).code).toBe(0);
  for (const name of ['done', 'stopped', 'planned'])
    await rm(join(rig.dir, 'reports', name, 'plan.jsonl'));
});

afterAll(() => rig.close());

function out(name: string): readonly string[] {
  return ['--out', `reports/${name}`];
}

test.each([
  ['run', '--plan', 'reports/stopped', ...YES],
  ['resume', 'reports/stopped', ...YES],
  ['rerun', 'reports/stopped', ...YES],
  ['rerun', 'reports/done', '--only', 'succeeded', '--secrets-plaintext', ...YES],
  ['report', 'reports/stopped'],
  ['followup', 'reports/stopped'],
])('%s %s says that the plan of a begun run is missing, and sends nothing', async (...argv) => {
  const before = JSON.stringify(rig.org.stats().effects);
  const { code, err } = await rig.type(argv);
  const said = err.replace(/\s+/g, ' ');
  expect([code, said]).toEqual([3, expect.stringContaining('[RUN_DAMAGED]')]);
  expect(said).toContain('plan.jsonl is missing, although the run has begun.');
  expect(said).toContain('Restore plan.jsonl from a copy of the run directory.');
  expect(JSON.stringify(rig.org.stats().effects)).toBe(before);
});

interface Listed {
  readonly type: string;
  readonly name: string;
  readonly state: string;
  readonly problem: string;
  readonly counts: Readonly<Record<string, number>>;
  readonly next: readonly { readonly command: string }[];
}

test('a list calls a begun run damaged, with its counts, and offers only what works', async () => {
  const { events } = await rig.type(['runs', '--json']);
  const of = (name: string) =>
    (events as readonly Listed[]).find((each) => each.name === `reports/${name}`);
  const { state, counts = {}, next } = of('stopped') ?? {};
  expect([state, next]).toEqual(['damaged', []]);
  expect(counts['not-attempted']).toBeGreaterThan(0);
  expect((counts['not-attempted'] ?? 0) + (counts['succeeded'] ?? 0)).toBe(6);
  const done = of('done');
  expect(done?.state).toBe('damaged');
  expect(done?.next.map(({ command }) => command)).toEqual([
    'okta-reset secrets open reports/done --out secrets.csv',
  ]);
  const open = await rig.type((done?.next[0]?.command ?? '').split(' ').slice(1));
  expect([open.code, open.err]).toEqual([0, expect.stringMatching(/^2 secrets opened\.$/m)]);
  expect(of('planned')).toMatchObject({
    type: 'unreadable-run',
    problem: 'plan.jsonl is missing',
  });
});
