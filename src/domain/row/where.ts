/** What a condition asks of a cell. */
export type WhereTest =
  | { readonly kind: 'is' | 'is-not' | 'contains'; readonly value: string }
  | { readonly kind: 'one-of'; readonly values: readonly string[] };

/** One way to read a condition: which column, and what its cell must be. */
export interface WhereReading {
  readonly column: string;
  readonly test: WhereTest;
}

/**
 * A condition on a row. Titles may hold `=` or ` in ` themselves, so a condition may have several readings; the first
 * whose column exists is meant.
 */
export interface Where {
  readonly asTyped: string;
  readonly readings: readonly [WhereReading, ...WhereReading[]];
}

const SIGN = /!=|=|~/gu;
const IN = /\sin(?=\s)/giu;

/** How many signs and how many `in` of a condition may be the one that is meant; no title holds so many. */
const MOST_OF_EACH = 50;

/** Where a pattern is found in a text, from the left. */
function places(text: string, pattern: RegExp): { readonly at: number; readonly word: string }[] {
  return [...text.matchAll(pattern)]
    .slice(0, MOST_OF_EACH)
    .map(({ index, 0: word }) => ({ at: index, word }));
}

function signReading(text: string, at: number, sign: string): WhereReading {
  const kind = sign === '=' ? 'is' : sign === '~' ? 'contains' : 'is-not';
  const value = text.slice(at + sign.length).trim();
  return { column: text.slice(0, at).trim(), test: { kind, value } };
}

function inReading(text: string, at: number, word: string): WhereReading {
  const values = text
    .slice(at + word.length)
    .split(',')
    .map((value) => value.trim())
    .filter((value) => value !== '');
  return { column: text.slice(0, at).trim(), test: { kind: 'one-of', values } };
}

/** Tells whether a condition would hold for no row, or for every row. */
function isHollow({ test }: WhereReading): boolean {
  return test.kind === 'one-of'
    ? test.values.length === 0
    : test.kind === 'contains' && test.value === '';
}

/**
 * Reads `Column=value`, `Column!=value`, `Column~part` and `Column in a,b`; undefined for any other text. The text after
 * `=` is one value, commas and all.
 */
export function parseWhere(text: string): Where | undefined {
  const signs = places(text, SIGN).map(({ at, word }) => signReading(text, at, word));
  const ins = places(text, IN).map(({ at, word }) => inReading(text, at, word));
  const [first, ...others] = [...signs, ...ins].filter(
    (reading) => reading.column !== '' && !isHollow(reading),
  );
  return first === undefined ? undefined : { asTyped: text, readings: [first, ...others] };
}
