import { readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Stage } from '../integration/rig.ts';
import { chanceOf, damaged } from './chance.ts';
import { KEY, RUN, typed, wrongWith } from './ground.ts';

const RESULTS = join(RUN, 'results.csv');
const AGAIN = ['--dry-run', '--only', 'succeeded', '--out', 'again'];
const COMMANDS: readonly (readonly string[])[] = [
  ['report', RUN],
  ['report', RUN, '--format', 'json'],
  ['report', RUN, '--format', 'csv'],
  ['resume', RUN],
  ['run', '--plan', RUN],
  ['rerun', RUN, ...AGAIN],
  ['rerun', RESULTS, ...AGAIN],
  ['runs', '--in', '.'],
  ['followup', RUN],
  ['secrets', 'open', RUN, '--identity', KEY, '--show'],
];

/** Damages one file of the run’s folder, lets a command read it, and puts the file back. Returns what is wrong, if anything. */
export async function fuzzFolder(seed: number, s: Stage): Promise<string | undefined> {
  const chance = chanceOf(seed);
  const names = (await readdir(s.path(RUN))).filter((name) => /\.(jsonl?|csv)$/.test(name));
  const name = chance.pick(names);
  const path = s.path(RUN, name);
  const whole = await readFile(path);
  const argv = chance.pick(COMMANDS);
  try {
    await writeFile(path, damaged(whole, chance));
    const wrong = wrongWith(await typed(s, argv));
    return wrong === undefined ? undefined : `seed ${seed}, ${name}, ${argv.join(' ')}: ${wrong}`;
  } finally {
    await writeFile(path, whole);
    await rm(s.path('again'), { recursive: true, force: true });
  }
}
