import { plainLines } from './safe.ts';

export type Tone = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan';

/** Text for people: the words and their colors. Terminal codes come only from the tones, never from the words. */
export type Text = string | Toned | Row;

interface Toned {
  readonly kind: 'toned';
  readonly tone: Tone;
  readonly of: Text;
}

interface Row {
  readonly kind: 'row';
  readonly pieces: readonly Text[];
}

/** SGR codes that begin and end a tone. */
const CODES: Readonly<Record<Tone, readonly [open: number, close: number]>> = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  cyan: [36, 39],
};

export function toned(tone: Tone, of: Text): Text {
  return of === '' ? '' : { kind: 'toned', tone, of };
}

/** Joins texts. */
export function row(pieces: readonly Text[]): Text {
  if (pieces.every((piece) => typeof piece === 'string')) return pieces.join('');
  return { kind: 'row', pieces };
}

/** Joins texts as lines. */
export function asLines(texts: readonly Text[]): Text {
  return row(texts.flatMap((text, index) => (index === 0 ? [text] : ['\n', text])));
}

/** Template tag for a text whose values can be colored. */
export function styled(words: TemplateStringsArray, ...values: readonly Text[]): Text {
  return row(words.flatMap((word, index) => [word, values[index] ?? '']));
}

/** Returns a text without its colors. */
export function wordsOf(text: Text): string {
  if (typeof text === 'string') return text;
  return text.kind === 'toned' ? wordsOf(text.of) : text.pieces.map(wordsOf).join('');
}

/**
 * Writes a text for a terminal. The words are made safe, and line ends are kept. `say` can change the words before they are
 * made safe.
 */
export function render(
  text: Text,
  { colours, say }: { readonly colours: boolean; readonly say: (words: string) => string },
): string {
  if (typeof text === 'string') return plainLines(say(text));
  if (text.kind === 'row')
    return text.pieces.map((piece) => render(piece, { colours, say })).join('');
  const inner = render(text.of, { colours, say });
  const [open, close] = CODES[text.tone];
  return colours ? `\u001b[${open}m${inner}\u001b[${close}m` : inner;
}
