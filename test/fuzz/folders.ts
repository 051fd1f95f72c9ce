import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Stage } from '../integration/rig.ts';
import { chanceOf, damaged, STEERS_TERMINAL } from './chance.ts';

const COMMANDS: readonly ((dir: string) => readonly string[])[] = [
  (dir) => ['report', dir],
  (dir) => ['report', dir, '--format', 'json'],
  (dir) => ['resume', dir, '--no-input'],
  (dir) => ['rerun', dir, '--dry-run', '--only', 'succeeded', '--no-input'],
  (dir) => ['rerun', join(dir, 'results.csv'), '--dry-run', '--only', 'succeeded', '--no-input'],
];
const INTERNAL = 1;

/**
 * Damages one file of a run’s folder, lets a command read it, and puts the file back. Returns what is wrong: an internal
 * error, a stack, bytes that steer a terminal; undefined where nothing is.
 */
export async function fuzzFolder(seed: number, s: Stage, dir: string): Promise<string | undefined> {
  const chance = chanceOf(seed);
  const names = (await readdir(s.path(dir))).filter((name) => /\.(jsonl?|csv)$/.test(name));
  const path = s.path(dir, chance.pick(names));
  const whole = await readFile(path);
  const argv = chance.pick(COMMANDS)(dir);
  try {
    await writeFile(path, damaged(whole, chance));
    const ran = await s.run(argv);
    const said = ran.stdout + ran.stderr;
    const what = `seed ${seed}, ${path}, ${argv.join(' ')}: `;
    if (ran.code === INTERNAL || /\n\s+at .*[(/]/.test(said)) return `${what}${said.slice(-400)}`;
    const raw = STEERS_TERMINAL.exec(said);
    return raw === null ? undefined : `${what}raw ${JSON.stringify(raw[0])}`;
  } finally {
    await writeFile(path, whole);
  }
}
