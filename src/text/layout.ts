import stringWidth from 'string-width';
import wrapAnsi from 'wrap-ansi';
import { plain } from './safe.ts';

/** Text that is wider than this is hard to read. Terminal cells. */
export const WIDEST = 110;

/** Returns how many cells of a terminal a text takes: two for each wide character, none for a combining one. */
export function textWidth(text: string): number {
  return stringWidth(text);
}

const characters = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** Makes a text safe and cuts it to `width` cells, with an ellipsis if something is missing. */
export function fit(text: string, width: number): string {
  const clean = plain(text);
  if (textWidth(clean) <= width) return clean;
  let cut = '';
  let used = 0;
  for (const { segment } of characters.segment(clean)) {
    used += textWidth(segment);
    if (used > width - 1) break;
    cut += segment;
  }
  return `${cut}…`;
}

/**
 * Breaks a text at spaces into lines of at most `width` cells. A wider word is not broken. `indent` is put before every line
 * but the first.
 */
export function wrap(text: string, width: number, indent = ''): readonly string[] {
  const words = text.replace(/\s+/g, ' ').trim();
  if (words === '') return [];
  const lines = wrapAnsi(words, Math.max(1, width)).split('\n');
  return lines.map((line, index) => (index === 0 ? line : indent + line));
}

export interface Cell {
  readonly text: string;
  readonly right?: boolean;
}

function padded({ text, right }: Cell, width: number): string {
  const shown = fit(text, width);
  const gap = ' '.repeat(Math.max(0, width - textWidth(shown)));
  return right === true ? gap + shown : shown + gap;
}

/** Formats rows as aligned columns that fit a width. The column `flexible` is shortened first. */
export function alignColumns(
  rows: readonly (readonly Cell[])[],
  options: { readonly width: number; readonly indent: string; readonly flexible: number },
): readonly string[] {
  const columns = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(0, ...rows.map((row) => textWidth(plain(row[column]?.text ?? '')))),
  );
  const total =
    options.indent.length + widths.reduce((sum, width) => sum + width, 0) + 2 * (columns - 1);
  const over = total - options.width;
  if (over > 0) {
    const now = widths[options.flexible] ?? 0;
    widths[options.flexible] = Math.max(8, now - over);
  }
  return rows.map((row) =>
    (
      options.indent + row.map((cell, column) => padded(cell, widths[column] ?? 0)).join('  ')
    ).trimEnd(),
  );
}
