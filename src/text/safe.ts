/**
 * Characters that control a terminal or are hidden in it: controls (including ESC and the 8-bit CSI), marks of writing
 * direction, other invisible format characters, line separators, and unpaired surrogates. The joiners that scripts and
 * emoji need are kept.
 */
const UNSAFE = /(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu;
const UNSAFE_BUT_LINES = /(?![\u200c\u200d\n])[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu;
const UNSAFE_BUT_BLANKS = /(?![\u200c\u200d\n\t]|\r\n)[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu;

/**
 * One value from outside made safe for a terminal: every character that would control it or be hidden becomes `�`,
 * including line ends.
 */
export function plain(text: string): string {
  return text.replace(UNSAFE, '�');
}

/** A whole text made safe for a terminal: as `plain`, but it keeps its lines. */
export function plainLines(text: string): string {
  return text.replace(UNSAFE_BUT_LINES, '�');
}

/**
 * What is written for programs (CSV, JSON, HTML), made safe for a terminal: as `plainLines`, and it keeps tabs and
 * CRLF.
 */
export function plainData(text: string): string {
  return text.replace(UNSAFE_BUT_BLANKS, '�');
}

function escaped(character: string): string {
  return Array.from(
    { length: character.length },
    (_, at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`,
  ).join('');
}

/**
 * A value as one line of JSON that a terminal shows as it is: characters that would control it or be hidden are written
 * as `\uXXXX`, which means the same.
 */
export function jsonLine(value: unknown): string {
  return JSON.stringify(value).replace(UNSAFE, escaped);
}
