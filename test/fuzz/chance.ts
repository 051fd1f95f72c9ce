/** A source of chance that gives the same sequence for the same seed. */
export interface Chance {
  /** A whole number from 0 to below `below`. */
  readonly number: (below: number) => number;
  readonly pick: <T>(values: readonly T[]) => T;
  readonly yes: (percent: number) => boolean;
}

/** mulberry32. */
export function chanceOf(seed: number): Chance {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let bits = Math.imul(state ^ (state >>> 15), 1 | state);
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits;
    return ((bits ^ (bits >>> 14)) >>> 0) / 4_294_967_296;
  };
  const number = (below: number): number => Math.floor(next() * below);
  return {
    number,
    pick: (values) => {
      const value = values[number(values.length)];
      if (value === undefined) throw new Error('nothing to pick from');
      return value;
    },
    yes: (percent) => next() * 100 < percent,
  };
}

/** Bytes and words that have broken readers before. */
const PARTS = [
  '"',
  "'",
  ',',
  ';',
  '\t',
  '|',
  ':',
  '\n',
  '\r',
  '\r\n',
  '\0',
  '\u001B[2J',
  '\u001B]0;x\u0007',
  '\u009B31m',
  '\u202E',
  '\u200B',
  '\uFEFF',
  '=',
  '＝',
  '@',
  ' ',
  '[',
  ']',
  '{',
  '}',
  '{"',
  '":',
  'null',
  '1e999',
  '-',
  '\\u0000',
  '\\',
  '/',
  '..',
  '0/id',
  'é',
  '\uD83D',
  'login',
  'id',
  'Password',
  'actor.alternateId',
  'target.alternateId',
  'ada@acme.example',
  '00u1k2mQw8Zr4TnXb0h7',
  '0ua1k2mQw8Zr4TnXb0h7',
  'sep=',
  'Total: ',
  'Example: ',
  '__proto__',
  'constructor',
  '{"id":"00u1k2mQw8Zr4TnXb0h7"}',
  '{"value":[',
  '\u0085',
  '\u2028',
  'x'.repeat(300),
  '"'.repeat(50),
  '['.repeat(40),
] as const;

/** Cuts, doubles, swaps and puts in bytes, a few times. */
export function damaged(bytes: Buffer, chance: Chance): Buffer {
  let result = bytes;
  for (let times = 1 + chance.number(4); times > 0; times -= 1) {
    const at = chance.number(result.length + 1);
    const rest = result.subarray(at + chance.number(chance.yes(20) ? 200 : 3));
    const put = chance.yes(20)
      ? Buffer.from([chance.number(256), chance.number(256)])
      : Buffer.from(chance.pick(PARTS));
    result = chance.yes(15)
      ? result.subarray(0, at)
      : Buffer.concat([
          result.subarray(0, at),
          put,
          chance.yes(10) ? result.subarray(0, at) : rest,
        ]);
    if (result.length > 200_000) result = result.subarray(0, 200_000);
  }
  return result;
}

/** A text of nothing but such parts. */
export function rubble(chance: Chance): Buffer {
  return Buffer.from(Array.from({ length: chance.number(60) }, () => chance.pick(PARTS)).join(''));
}
