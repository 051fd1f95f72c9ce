/** Text wider than this is hard to read. */
export const WIDEST = 110;

const NUMBER = new Intl.NumberFormat('en-US');

/** `4,812` */
export function count(value: number): string {
  return NUMBER.format(value);
}

/** `1 user`, `4,812 users` */
export function plural(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}

/** Text from outside made safe for a terminal: no control characters, no line breaks, no direction tricks. */
export function plain(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, '�');
}

/** Cuts a text to a width, with an ellipsis where something is gone. */
export function fit(text: string, width: number): string {
  const clean = plain(text);
  return clean.length <= width ? clean : `${clean.slice(0, Math.max(0, width - 1))}…`;
}

/** Breaks a text into lines of at most `width`, at blanks. */
export function wrap(text: string, width: number, indent = ''): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/)) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = '';
    }
    line = line === '' ? word : `${line} ${word}`;
  }
  if (line !== '') lines.push(line);
  return lines.map((part, index) => (index === 0 ? part : indent + part));
}
