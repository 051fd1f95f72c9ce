/**
 * Returns 32 well-mixed bits of (seed, index, salt). They are the sandbox's only source of chance, so the same seed makes
 * the same org.
 */
export function bits(seed: number, index: number, salt: number): number {
  let h = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(index + 1, 0xc2b2ae35);
  h ^= Math.imul(salt + 0x27d4eb2f, 0x165667b1);
  h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d);
  h = Math.imul(h ^ (h >>> 12), 0x297a2d39);
  return (h ^ (h >>> 15)) >>> 0;
}

/** Returns a number in [0, 1) drawn from (seed, index, salt). */
export function share(seed: number, index: number, salt: number): number {
  return bits(seed, index, salt) / 0x1_0000_0000;
}

export const LETTERS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** Formats a 32-bit number as `count` (at most 5) letters and digits. */
export function letters(value: number, count: number): string {
  let rest = value;
  let text = '';
  for (let i = 0; i < count; i += 1) {
    text += LETTERS[rest % 62] ?? '0';
    rest = Math.floor(rest / 62);
  }
  return text;
}

/** Returns `count` letters and digits drawn from (seed, index, salt). */
export function word(seed: number, index: number, salt: number, count: number): string {
  let text = '';
  for (let part = 0; text.length < count; part += 1) {
    text += letters(bits(seed, index, salt * 31 + part), Math.min(5, count - text.length));
  }
  return text;
}
