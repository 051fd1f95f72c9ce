import type { Random } from '../../domain/clock.ts';

const FIRST_MS = 500;
const LONGEST_MS = 30_000;

/** Returns the wait before the next try in milliseconds: doubled each time up to 30 s, and half of it random. */
export function backoffMs(earlierTries: number, random: Random): number {
  const fullMs = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(earlierTries, 10));
  return fullMs / 2 + random() * (fullMs / 2);
}
