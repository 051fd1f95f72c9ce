/**
 * A run ends even if everything around it fails: its log, its reports, its progress. And a disk that does not answer delays
 * it, and nothing is sent meanwhile.
 */
import { failFrom, giveBack, sound, stallFrom } from './failing-disk.ts';
import { afterAll, expect, test } from '@jest/globals';
import { mkdir, rm } from 'node:fs/promises';
import type { Clock } from '../../src/domain/clock.ts';
import {
  closeStages,
  fastClock,
  isEligible,
  mailsByUser,
  NO_STACK,
  PLAIN,
  stage,
} from '../integration/rig.ts';
import { spawnCommand } from '../integration/spawned.ts';

afterAll(giveBack);
afterAll(closeStages);

const YES = ['--yes', '--max-users', '1000'];
/** How long the end of the process itself can take: output that a slow reader has not accepted (`LINGER_MS` of host.ts). */
const LINGER_MS = 2000;

const planned = async (clock?: Clock) => {
  const s = await stage({ users: 14, seed: 4, mix: PLAIN, ...(clock && { clock }) });
  const csv = await s.ids([...s.org.users()].filter(isEligible));
  expect((await s.run(['plan', '--file', csv, '--out', 'run', '-q'])).code).toBe(0);
  return s;
};

test.each([
  ['run.log', 'write', /run\.log/],
  ['results.csv', 'write', /okta-reset resume run/],
  ['summary.json', 'rename', /okta-reset resume run/],
] as const)(
  'after the last answer a run waits for nothing, if %s cannot be written',
  async (file, call, says) => {
    let lastMs = 0;
    const waits: { readonly endMs: number }[] = [];
    const clock = fastClock(10);
    const s = await planned({
      ...clock,
      sleep: (ms, signal) => {
        const endMs = clock.nowMs() + ms;
        return clock.sleep(ms, signal).then(() => void waits.push({ endMs }));
      },
    });
    failFrom({ file, call, code: 'ENOSPC', nth: 1 });
    let seen = 0;
    const ran = await s.run(['run', '--plan', 'run', ...YES, '--json'], {
      onStdout: () => {
        if (mailsByUser(s.org).size > seen) lastMs = clock.nowMs();
        seen = mailsByUser(s.org).size;
      },
    });
    expect(sound()).toBeGreaterThan(0);
    expect([seen, ran.code]).toEqual([12, file === 'run.log' ? 0 : 7]);
    expect(ran.stdout + ran.stderr).toMatch(says);
    // Only waits that came to their end delayed anything.
    const held = Math.max(0, ...waits.map(({ endMs }) => endMs - lastMs));
    expect(held + LINGER_MS).toBeLessThanOrEqual(5000);
  },
);

test('the process ends even if its log, its reports and its progress all fail', async () => {
  const s = await planned();
  // One cannot be opened, and the other cannot be replaced.
  for (const name of ['run.log', 'results.csv']) {
    await rm(s.path('run', name), { force: true });
    await mkdir(s.path('run', name, 'in-the-way'), { recursive: true });
  }
  const { child, ended } = spawnCommand(s, ['run', '--plan', 'run', ...YES, '--json']);
  child.stderr?.destroy();
  const { code, signal, stdout } = await ended;
  expect([code, signal]).toEqual([7, null]);
  expect(stdout).toMatch(/okta-reset resume run/);
  expect(stdout).not.toMatch(NO_STACK);
  expect(mailsByUser(s.org).size).toBe(12);
});

test('a disk that does not answer delays the run; nothing is sent meanwhile, and nobody twice', async () => {
  const s = await planned();
  const disk = stallFrom({ file: 'journal.jsonl', nth: 4 });
  const { ended, signal } = s.start(['run', '--plan', 'run', '--concurrency', '1', ...YES]);
  await disk.begun;
  const before = mailsByUser(s.org).size;
  for (let turns = 0; turns < 1000; turns += 1) await new Promise(setImmediate);
  // Two rows per connection can be ready, with their records on disk.
  expect(mailsByUser(s.org).size).toBeLessThanOrEqual(before + 2);
  signal('SIGINT');
  disk.free();
  expect((await ended).code).toBe(130);
  expect((await s.run(['resume', 'run', ...YES])).code).toBe(0);
  const mails = mailsByUser(s.org);
  expect([mails.size, Math.max(...mails.values())]).toEqual([12, 1]);
});
