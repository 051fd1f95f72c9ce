/** The question after each wave: who is shown, how many come next, and when consent is kept for a later resume. */
import { afterAll, expect, test } from '@jest/globals';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isConsentProved } from '../../src/app/run/consent/consent-proof.ts';
import { goOnPort, type CanarySeen } from '../../src/app/run/consent/run-consent.ts';
import { planned } from '../report/sample.ts';
import { around, makeRun, newFolder } from './run-folders.ts';

const root = await newFolder();
afterAll(() => rm(root, { recursive: true }));

const ROWS = Array.from({ length: 10 }, (_, at) => planned(at + 1));
const SEEN = [2, 1].map((row) => ({ row, login: `user${row}@acme.example`, status: 'RECOVERY' }));

/** Asks after a wave of a run of ten users, two of whom had ended before. */
async function asked(
  yes: boolean | undefined,
  { wave, waves, ended }: { wave: number; waves: readonly number[]; ended: number },
) {
  const cwd = join(root, `${String(yes)}-${wave}-${waves.join('-')}`);
  await mkdir(cwd, { mode: 0o700 });
  const run = await makeRun(join(cwd, 'run'), { rows: ROWS });
  const { context } = around(cwd);
  const shown: CanarySeen[] = [];
  const ask = (canary: CanarySeen) => {
    shown.push(canary);
    return Promise.resolve(yes === true);
  };
  const { goOn } = goOnPort(
    { ask: yes === undefined ? undefined : ask, run, replay: { endedCount: 2 }, waves },
    context,
  );
  const answer = await goOn?.({ wave, seen: SEEN, ended }, context.interrupt.drain);
  return { answer, shown, isKept: await isConsentProved(run, context.host) };
}

test('a yes after the last wave is to all that are left, and is kept for a resume', async () => {
  const { answer, shown, isKept } = await asked(true, { wave: 2, waves: [2, 3], ended: 3 });
  expect([answer, isKept]).toEqual(['to-the-end', true]);
  expect(shown).toMatchObject([{ wave: 2, waves: 2, next: 5, left: 5 }]);
  // In the order of the list, whichever was read back first.
  expect(shown[0]?.users.map(({ login }) => login)).toEqual([
    'user1@acme.example',
    'user2@acme.example',
  ]);
});

test('a yes between two waves is to the next one only, and a resume asks again', async () => {
  const { answer, shown, isKept } = await asked(true, { wave: 1, waves: [2, 3], ended: 0 });
  expect([answer, isKept]).toEqual(['next-wave', false]);
  expect(shown).toMatchObject([{ wave: 1, waves: 2, next: 3, left: 8 }]);
});

test('a next wave that has room for all that are left is the rest', async () => {
  const { answer, shown, isKept } = await asked(true, { wave: 1, waves: [2, 30], ended: 0 });
  expect([answer, isKept, shown[0]?.next]).toEqual(['to-the-end', true, 8]);
});

test.each([false, undefined])('a no, or nobody to ask, stops: %s', async (yes) => {
  const { answer, isKept } = await asked(yes, { wave: 1, waves: [2], ended: 0 });
  expect([answer, isKept]).toEqual(['stop', false]);
});
