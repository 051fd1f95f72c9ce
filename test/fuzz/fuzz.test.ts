import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { closeStages, type Stage } from '../integration/rig.ts';
import { fuzzAnswers, startNonsense, type Nonsense } from './answers.ts';
import { fuzzFile } from './files.ts';
import { fuzzFolder } from './folders.ts';
import { fuzzGround } from './ground.ts';
import { fileSamples } from './samples.ts';

/** 2,000 in all. */
const FILES = 1_920;
const FOLDERS = 50;
const ANSWERS = 30;

let s: Stage;
let nonsense: Nonsense;
beforeAll(async () => {
  s = await fuzzGround();
  nonsense = await startNonsense();
});
afterAll(async () => {
  await nonsense.close();
  await closeStages();
});

async function problemsOf(
  cases: number,
  one: (seed: number) => Promise<string | undefined>,
): Promise<readonly string[]> {
  const problems: string[] = [];
  for (let seed = 1; seed <= cases; seed += 1) {
    const problem = await one(seed);
    if (problem !== undefined) problems.push(problem);
  }
  return problems;
}

test('damaged and made-up files end in rows or in an error with a way out', async () => {
  const samples = await fileSamples();
  expect(await problemsOf(FILES, (seed) => fuzzFile(seed, samples))).toEqual([]);
}, 180_000);

test('damaged run folders end without an internal error', async () => {
  expect(await problemsOf(FOLDERS, (seed) => fuzzFolder(seed, s))).toEqual([]);
});

test('nonsense from a server ends without an internal error, and no other origin is called', async () => {
  expect(await problemsOf(ANSWERS, (seed) => fuzzAnswers(seed, s, nonsense))).toEqual([]);
});
