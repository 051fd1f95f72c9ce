import { afterAll, expect, test } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { expectCode } from './expect-code.ts';
import { closeStages, PLAIN, stage } from './rig.ts';

afterAll(closeStages);

/** How many users at one time had a factor call sent, and no password call yet. */
function mostBetween(journal: string): number {
  const between = new Set<number>();
  let most = 0;
  for (const line of journal.trim().split('\n')) {
    const { kind, row, step } = JSON.parse(line) as { kind: string; row: number; step?: string };
    if (kind !== 'attempt') continue;
    if (step === 'reset-factors') between.add(row);
    else between.delete(row);
    most = Math.max(most, between.size);
  }
  return most;
}

test('a used-up window leaves hardly anybody without factors and with the old password', async () => {
  const limits = { users: 10 };
  const s = await stage({ users: 16, mix: PLAIN, limits, windowMs: 6000, latencyMs: 50 });
  const csv = await s.ids(s.org.users());
  const flags = ['--reset-factors', '--yes', '--max-users', '100', '--canary-wait', '0'];
  const ran = await s.run(['run', '--file', csv, '--out', 'run', ...flags]);
  expectCode(ran, 0);
  const journal = await readFile(s.path('run', 'journal.jsonl'), 'utf8');
  const most = mostBetween(journal);
  expect(most).toBeGreaterThan(0);
  expect(most).toBeLessThanOrEqual(3);
});
