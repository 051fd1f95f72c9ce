import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Clock } from '../../src/domain/clock.ts';
import { FAULTS } from '../../src/sandbox/chaos/chaos.ts';
import { isLateFault, LATE_FAULTS } from '../../src/sandbox/chaos/late.ts';
import { expectCode } from '../integration/expect-code.ts';
import {
  closeStages,
  isEligible,
  mailsByUser,
  outcomes,
  PLAIN,
  readCsv,
  stage,
  type Ran,
  type Stage,
} from '../integration/rig.ts';
import { skippingClock } from '../skipping-clock.ts';
import { documentedFaults, type DocumentedFault } from './doc-table.ts';

afterAll(closeStages);

const USERS = 16;

/** Traps of the whole org: traps.test.ts and the end of this file try them. */
const TRAPS = [
  ...['revoke-token-after', 'foreign-next', 'loop-next', 'clock-offset'],
  ...['e0000014-before', 'e0000014-after'],
];

/** Faults of a few writes, or of other answers, which separate tests try. */
const APART = ['captive-page', 'e0000014-before', 'e0000014-after'];
const TRIED = [...Object.keys(FAULTS), ...Object.keys(LATE_FAULTS)].filter(
  (name) => !APART.includes(name),
);

/** Faults that take long affect fewer users. */
const SHARES: Readonly<Record<string, string>> = {
  oversized: '8%',
  'mail-429': '25%',
  'stall-before': '15%',
  'half-open': '15%',
  '503-before': '15%',
  '429-concurrency': '10%',
  refuse: '8%',
  redirect: '8%',
};

/** One for all, because it does nothing on the other orgs. */

interface Tried {
  readonly fault: DocumentedFault;
  readonly s: Stage;
  readonly ran: Ran;
}

const RUN = ['--out', 'run', '--yes', '--max-users', '100', '--timeout', '10s', '-q'];

async function tryFault(fault: DocumentedFault, clock: Clock): Promise<Tried> {
  const chaos = `${fault.name}=${SHARES[fault.name] ?? '30%'}`;
  const s = await stage({
    users: USERS,
    admins: 2,
    seed: 21,
    mix: PLAIN,
    chaos,
    clock,
  });
  const csv = await s.ids([...s.org.users()].filter(isEligible));
  const ran = await s.run(['run', '--file', csv, ...RUN, '--max-failures', '100%']);
  return { fault, s, ran };
}

describe('each fault of docs/faults.md', () => {
  const tried = new Map<string, Tried>();
  beforeAll(async () => {
    const faults = (await documentedFaults()).filter(({ name }) => !TRAPS.includes(name));
    // They go on side by side: with a clock each, the clocks have more to do than the runs.
    const clock = skippingClock();
    const all = await Promise.all(faults.map((fault) => tryFault(fault, clock)));
    for (const one of all) tried.set(one.fault.name, one);
  }, 90_000);

  test('is one the sandbox has, and none is left out', async () => {
    const names = (await documentedFaults()).map(({ name }) => name);
    expect([...names].sort()).toEqual([...TRIED, ...TRAPS].sort());
  });

  test.each(TRIED)('%s: one effect per user, outcomes as documented', async (name) => {
    const { fault, s, ran } = tried.get(name)!;
    const struck = s.org.stats().faults[name] ?? 0;
    expect(struck).toBeGreaterThan(0);
    const mails = mailsByUser(s.org);
    const rows = await readCsv(s.path('run', 'results.csv'));
    expect(rows).toHaveLength(USERS - 2);
    expect(Math.max(...mails.values())).toBe(1);
    if (fault.outcome === 'succeeded') {
      expectCode(ran, 0);
      expect(mails.size).toBe(USERS - 2);
      expect(outcomes(rows)).toEqual({ succeeded: USERS - 2 });
    } else {
      expectCode(ran, fault.outcome === 'failed' ? 4 : 7);
      // A row that is still being read when the run had to end is unknown until `resume` settles it.
      for (const row of rows)
        expect([row['_outcome'], mails.has(row['_user_id']!)]).toEqual(
          mails.has(row['_user_id']!)
            ? ['succeeded', true]
            : [expect.stringMatching(`^(${fault.outcome}|unknown)$`), false],
        );
      expect(outcomes(rows)[fault.outcome]).toBeGreaterThan(0);
    }
  });
});

test('all faults at once, on reads too: nobody twice, and what is said is true', async () => {
  const chaos = TRIED.filter((name) => !['oversized', 'redirect', 'mail-429'].includes(name))
    .map((name) => `${isLateFault(name) ? 'writes' : 'all'}:${name}=1%`)
    .join(',');
  const s = await stage({ users: 150, seed: 4, mix: PLAIN, chaos });
  const csv = await s.ids([...s.org.users()].filter(isEligible));
  const ran = await s.run([
    'run',
    '--file',
    csv,
    ...RUN.map((word) => (word === '100' ? '200' : word)),
  ]);
  expectCode(ran, 0);
  const mails = mailsByUser(s.org);
  expect([mails.size, Math.max(...mails.values())]).toEqual([148, 1]);
  expect(outcomes(await readCsv(s.path('run', 'results.csv')))).toEqual({ succeeded: 148 });
}, 60_000);

test.each([
  ['now and then', '15%', 0, /okta-reset run --plan/],
  ['always', '100%', 7, /ORG_ANSWER/],
] as const)('reads that %s return something that is not JSON', async (_, share, code, says) => {
  const s = await stage({
    users: 450,
    seed: 3,
    mix: PLAIN,
    chaos: `reads:garbage=${share}`,
  });
  const ran = await s.run(['plan', '--all', '--out', 'run']);
  expectCode(ran, code);
  expect(ran.stderr + ran.stdout).toMatch(says);
  expect(s.org.stats().faults['garbage']).toBeGreaterThan(0);
  expect(mailsByUser(s.org).size).toBe(0);
});

test.each([-600_000, 600_000])(
  'Okta’s clock off by %d ms: lost answers are still settled',
  async (clockOffsetMs) => {
    const s = await stage({
      users: USERS,
      seed: 8,
      mix: PLAIN,
      clockOffsetMs,
      chaos: 'reset=40%',
    });
    const csv = await s.ids([...s.org.users()].filter(isEligible));
    expectCode(await s.run(['run', '--file', csv, ...RUN]), 0);
    const mails = mailsByUser(s.org);
    expect([mails.size, Math.max(...mails.values())]).toEqual([USERS - 2, 1]);
  },
);
