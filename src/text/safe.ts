/**
 * Characters that control a terminal or are hidden in it: controls (including ESC and the 8-bit CSI), marks of writing
 * direction, other invisible format characters, line separators, and unpaired surrogates. The joiners that scripts and emoji
 * need are kept.
 */
const UNSAFE = /(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu;
const UNSAFE_BUT_LINES = /(?![\u200c\u200d\n])[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu;
const UNSAFE_BUT_BLANKS = /(?![\u200c\u200d\n\t]|\r\n)[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu;

/**
 * Makes one value from outside safe for a terminal: every character that would control it or be hidden becomes `�`,
 * including line ends.
 */
export function plain(text: string): string {
  return text.replace(UNSAFE, '�');
}

/** Makes a whole text safe for a terminal. Like `plain`, but keeps its lines. */
export function plainLines(text: string): string {
  return text.replace(UNSAFE_BUT_LINES, '�');
}

/**
 * Makes something that is written for programs (CSV, JSON, HTML) safe for a terminal. Like `plainLines`, but also keeps tabs
 * and CRLF.
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
 * Formats a value as one line of JSON that a terminal shows as it is: characters that would control it or be hidden are
 * written as `\uXXXX`, which means the same.
 */
export function jsonLine(value: unknown): string {
  return JSON.stringify(value).replace(UNSAFE, escaped);
}
