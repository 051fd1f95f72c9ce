import { bits, letters, LETTERS, word } from '../chance.ts';

const DIGITS = new Map(Array.from(LETTERS, (c, i) => [c, i]));

/** Okta ids of one kind of object: 20 characters that contain the object's number, so that no table is needed to find it. */
export interface Identity {
  readonly idOf: (index: number) => string;
  /** The number of the object; undefined if the sandbox never issued this id. Case counts. */
  readonly indexOf: (id: string) => number | undefined;
}

function inverse(odd: number): number {
  let result = odd;
  for (let i = 0; i < 5; i += 1) result = Math.imul(result, 2 - Math.imul(odd, result));
  return result;
}

/** Makes the ids of one kind: the three-letter prefix (`00u`) and 17 letters or digits drawn from the seed. */
export function makeIdentity(prefix: string, seed: number, size: () => number): Identity {
  const salt = bits(seed, prefix.charCodeAt(2), 11);
  const factor = (bits(seed, prefix.charCodeAt(2), 12) | 1) >>> 0;
  const back = inverse(factor);
  const head = (index: number): string => {
    let rest = (Math.imul(index, factor) ^ salt) >>> 0;
    let text = letters(rest, 5);
    rest = Math.floor(rest / 62 ** 5);
    text += letters(rest, 1);
    return text;
  };
  const idOf = (index: number): string => prefix + head(index) + word(salt, index, 13, 11);
  return {
    idOf,
    indexOf: (id) => {
      if (id.length !== 20 || !id.startsWith(prefix)) return undefined;
      let value = 0;
      for (let i = 5; i >= 0; i -= 1) {
        const digit = DIGITS.get(id[3 + i] ?? '');
        if (digit === undefined) return undefined;
        value = value * 62 + digit;
      }
      if (value > 0xffff_ffff) return undefined;
      const index = Math.imul((value ^ salt) >>> 0, back) >>> 0;
      return index < size() && idOf(index) === id ? index : undefined;
    },
  };
}
