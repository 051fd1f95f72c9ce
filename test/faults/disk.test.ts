import { afterAll, expect, test } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { expectCode } from '../integration/expect-code.ts';
import {
  closeStages,
  isEligible,
  mailsByUser,
  NO_STACK,
  outcomes,
  PLAIN,
  readCsv,
  stage,
} from '../integration/rig.ts';
import { spawnCommand } from '../integration/spawned.ts';

afterAll(closeStages);

const YES = ['--yes', '--max-users', '1000', '-q'];

test('a disk that fills up in the middle: nothing more is sent, what is known is kept, resume finishes', async () => {
  const s = await stage({ users: 122, seed: 6, mix: PLAIN, latencyMs: 10 });
  const csv = await s.ids([...s.org.users()].filter(isEligible));
  expectCode(await s.run(['plan', '--csv', csv, '--out', 'run', '-q']), 0);
  const ran = await spawnCommand(s, ['run', '--plan', 'run', ...YES], { fileKib: 24 }).ended;
  expectCode(ran, 7);
  expect(ran.stderr + ran.stdout).toMatch(/EFBIG/);
  expect(ran.stderr + ran.stdout).toMatch(/resume/);
  expect(ran.stderr + ran.stdout).not.toMatch(NO_STACK);
  const sent = mailsByUser(s.org);
  const journal = await readFile(s.path('run', 'journal.jsonl'), 'utf8');
  expect(sent.size).toBeGreaterThan(0);
  expect(sent.size).toBeLessThan(120);
  // Whoever was mailed stands in the journal: the attempt was on disk before it left.
  for (const id of sent.keys()) expect([id, journal.includes(id)]).toEqual([id, true]);
  expectCode(await s.run(['resume', 'run', '-q']), 0);
  const mails = mailsByUser(s.org);
  expect([mails.size, Math.max(...mails.values())]).toEqual([120, 1]);
  expect(outcomes(await readCsv(s.path('run', 'results.csv')))).toEqual({ succeeded: 120 });
}, 60_000);

test('a place that cannot be written to is said before anything is read of the list', async () => {
  const s = await stage({ users: 20, mix: PLAIN });
  const csv = await s.ids(s.org.users());
  const ran = await s.run(['run', '--csv', csv, '--out', '/proc/okta-reset-run', ...YES]);
  expectCode(ran, 2);
  expect(ran.stderr).toMatch(/DISK/);
  expect(ran.stderr).not.toMatch(NO_STACK);
  expect(mailsByUser(s.org).size).toBe(0);
});
