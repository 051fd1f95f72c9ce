/** The age of a plan is counted by the org's clock, because this machine's might have been wrong, and corrected since. */
import { afterAll, expect, test } from '@jest/globals';
import { existsSync, readFileSync } from 'node:fs';
import { host } from '../../src/host.ts';
import type { Clock } from '../../src/domain/clock.ts';
import { expectCode } from './expect-code.ts';
import {
  closeStages,
  fastClock,
  isEligible,
  mailsByUser,
  outcomes,
  PLAIN,
  readCsv,
  stage,
  type Stage,
} from './rig.ts';

afterAll(closeStages);

const YES = ['--yes', '--max-users', '1000', '-q'];
const HOUR_MS = 3_600_000;
const USERS = 12;

/** This machine's clock, wrong by this many hours. */
const wrongBy = (hours: number, clock: Clock = host.clock): Clock => ({
  ...clock,
  nowMs: () => clock.nowMs() + hours * HOUR_MS,
});

async function planned(hours: number): Promise<Stage> {
  const s = await stage({ users: USERS + 2, seed: 8, mix: PLAIN });
  const csv = await s.ids([...s.org.users()].filter(isEligible));
  const plan = ['plan', '--file', csv, '--out', 'run', '-q'];
  expectCode(await s.run(plan, { clock: wrongBy(hours) }), 0);
  return s;
}

/** Begins the run and stops it after its first row. */
async function begun(s: Stage, hours: number): Promise<void> {
  const running = s.start(['run', '--plan', 'run', '--concurrency', '1', ...YES, '--json'], {
    clock: wrongBy(hours),
    onStdout: (text) => {
      if (text.includes('"type":"row"')) running.signal('SIGINT');
    },
  });
  expectCode(await running.ended, 130);
}

async function expectAllOnce(s: Stage): Promise<void> {
  const mails = mailsByUser(s.org);
  expect([mails.size, Math.max(...mails.values())]).toEqual([USERS, 1]);
  expect(outcomes(await readCsv(s.path('run', 'results.csv')))).toEqual({ succeeded: USERS });
}

test.each([2, 48, -2, -48])(
  'a plan made by a clock that was %d h wrong is executed once the clock is right',
  async (hours) => {
    const s = await planned(hours);
    expectCode(await s.run(['run', '--plan', 'run', ...YES]), 0);
    await expectAllOnce(s);
  },
);

test.each([2, -48])('so is a run that was begun %d h wrong', async (hours) => {
  const s = await planned(hours);
  await begun(s, hours);
  expectCode(await s.run(['resume', 'run', '-q']), 0);
  await expectAllOnce(s);
});

test('a clock that is wrong now does not make a fresh plan old', async () => {
  const s = await planned(0);
  expectCode(await s.run(['run', '--plan', 'run', ...YES], { clock: wrongBy(72) }), 0);
  await expectAllOnce(s);
});

test.each([
  ['it took effect', 'stall-headers', 2],
  ['nothing was done', 'stall-before', 0],
])(
  'a run whose plan is too old settles what was open, and sends nothing new: %s',
  async (_, stall, mailed) => {
    const clock = fastClock(25);
    const chaos = `writes:${stall}=100%`;
    const s = await stage({ users: USERS + 2, seed: 8, mix: PLAIN, clock, chaos });
    const csv = await s.ids([...s.org.users()].filter(isEligible));
    expectCode(await s.run(['plan', '--file', csv, '--out', 'run', '-q']), 0);
    const running = s.start(['run', '--plan', 'run', '--concurrency', '2', ...YES]);
    const left = () => {
      const file = s.path('run', 'journal.jsonl');
      const journal = existsSync(file) ? readFileSync(file, 'utf8') : '';
      const calls = journal.split('"kind":"attempt"').length - 1;
      const { faults, effects } = s.org.stats();
      // A call that has not left yet would be recorded as not sent, and nothing would be open.
      const arrived = faults[stall] ?? 0;
      if (calls >= 2 && arrived >= 2 && effects.mails.total >= mailed) running.signal('SIGINT');
    };
    // The first signal drains, and one that comes later leaves at once.
    const poll = setInterval(left, 5);
    expectCode(await running.ended.finally(() => clearInterval(poll)), 130);
    const before = mailsByUser(s.org);
    expect(before.size).toBeGreaterThanOrEqual(mailed);
    expect(before.size).toBeLessThan(USERS);

    // Counted from the last call. The org's clock is in whole seconds.
    await clock.sleep(3000);
    const ran = await s.run(['resume', 'run', '--plan-max-age', '1s', '-q']);
    expect([ran.code, ran.stdout]).toEqual([5, expect.stringMatching(/is .* old; at most 1 s/)]);
    expect(ran.stdout.replace(/\s+/g, ' ')).toMatch(/What was open has been checked in Okta/);
    expect(mailsByUser(s.org)).toEqual(before);
    expect(outcomes(await readCsv(s.path('run', 'results.csv')))).toEqual({
      ...(mailed === 0 ? {} : { succeeded: before.size }),
      'not-attempted': USERS - before.size,
    });
    // Nothing is open any more: it is refused before anything else.
    const again = await s.run(['resume', 'run', '--plan-max-age', '1s', '-q']);
    expectCode(again, 5);
    expect(again.stderr).toMatch(/PLAN_EXPIRED/);
    // If no answer ever arrives, the run never ends either.
    if (mailed === 0) return;
    expectCode(await s.run(['resume', 'run', '-q']), 0);
    await expectAllOnce(s);
  },
  60_000,
);
