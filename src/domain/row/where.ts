/** What a condition requires of a cell. */
export type WhereTest =
  | { readonly kind: 'is' | 'is-not' | 'contains'; readonly value: string }
  | { readonly kind: 'one-of'; readonly values: readonly string[] };

/** One way to read a condition: the column, and the test of its cell. */
export interface WhereReading {
  readonly column: string;
  readonly test: WhereTest;
}

/**
 * A condition on a row. Titles can themselves contain `=` or ` in `, so a condition can have several readings. The first one
 * whose column exists is used.
 */
export interface Where {
  readonly asTyped: string;
  readonly readings: readonly [WhereReading, ...WhereReading[]];
}

const SIGN = /!=|=|~/gu;
const IN = /\sin(?=\s)/giu;

/** How many operators, and how many `in`, are considered as the separator of a condition. No title contains more. */
const MOST_OF_EACH = 50;

/** Returns the positions of a pattern in a text, from left to right. */
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

/** Tells whether a condition would match either no row or every row. */
function isHollow({ test }: WhereReading): boolean {
  return test.kind === 'one-of'
    ? test.values.length === 0
    : test.kind === 'contains' && test.value === '';
}

/**
 * Parses `Column=value`, `Column!=value`, `Column~part` and `Column in a,b`; undefined for any other text. The text
 * after `=` is one value, including commas.
 */
export function parseWhere(text: string): Where | undefined {
  const signs = places(text, SIGN).map(({ at, word }) => signReading(text, at, word));
  const ins = places(text, IN).map(({ at, word }) => inReading(text, at, word));
  const [first, ...others] = [...signs, ...ins].filter(
    (reading) => reading.column !== '' && !isHollow(reading),
  );
  return first === undefined ? undefined : { asTyped: text, readings: [first, ...others] };
}
