import { afterAll, expect, test } from '@jest/globals';
import { expectCode } from '../integration/expect-code.ts';
import {
  closeStages,
  fastClock,
  isEligible,
  mailsByUser,
  outcomes,
  PLAIN,
  readCsv,
  stage,
} from '../integration/rig.ts';
import { spawnCommand } from '../integration/spawned.ts';

afterAll(closeStages);

const USERS = 60;
const YES = ['--yes', '--max-users', '1000', '-q'];

test('kill -9 in the middle, again and again, over a network that loses answers: each user once', async () => {
  const clock = fastClock(10);
  const s = await stage({
    users: USERS + 2,
    seed: 31,
    mix: PLAIN,
    clock,
    latencyMs: 150,
    chaos: 'reset-before=8%,reset-after=9%',
  });
  const csv = await s.ids([...s.org.users()].filter(isEligible));
  expectCode(await s.run(['plan', '--file', csv, '--out', 'run', '-q']), 0);
  // Killed when this many users were emailed in total, somewhere between two of its own writes.
  for (const mailsBefore of [1, 15, 32, 48]) {
    const { child, ended } = spawnCommand(s, ['run', '--plan', 'run', ...YES, '--json'], {
      clock,
      onStdout: () => {
        if (s.org.stats().effects.mails.total >= mailsBefore) child.kill('SIGKILL');
      },
    });
    expect((await ended).signal).toBe('SIGKILL');
  }
  expectCode(await s.run(['resume', 'run', '-q']), 0);
  const mails = mailsByUser(s.org);
  expect([mails.size, Math.max(...mails.values())]).toEqual([USERS, 1]);
  const rows = await readCsv(s.path('run', 'results.csv'));
  expect(outcomes(rows)).toEqual({ succeeded: USERS });
  expect(new Set(rows.map((row) => row['_user_id'])).size).toBe(USERS);
}, 90_000);
