import type { Random } from '../clock.ts';

const LETTERS = 'abcdefghjkmnpqrstuvwxyz23456789';

/** Makes a run id that sorts by time and is safe as a folder name: `20261122T031502Z-k7m2`. */
export function makeRunId(nowMs: number, random: Random): string {
  const stamp = new Date(nowMs)
    .toISOString()
    .replace(/\.\d+Z$/, 'Z')
    .replace(/[-:]/g, '');
  const tail = Array.from({ length: 4 }, () => LETTERS[Math.floor(random() * LETTERS.length)]).join(
    '',
  );
  return `${stamp}-${tail}`;
}
