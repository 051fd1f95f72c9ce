/** Words that fill any width, up to one column. */
export const LETTERS = Array.from({ length: 150 }, () => 'a').join(' ');

const COLUMNS = [46, 109].flatMap((from) => Array.from({ length: 12 }, (_, at) => from + at));

/**
 * Returns how many columns the fullest line leaves free, in terminals of many widths; negative if a line is wider than the
 * terminal. Texts are not wider than `widest`.
 */
export async function roomLeft(
  linesAt: (columns: number) => readonly string[] | Promise<readonly string[]>,
  widest = 110,
): Promise<number> {
  const rooms: number[] = [];
  for (const columns of COLUMNS) {
    const lines = await linesAt(columns);
    if (lines.length === 0) throw new Error(`nothing is shown in ${columns} columns`);
    rooms.push(Math.min(columns, widest) - Math.max(...lines.map(({ length }) => length)));
  }
  return Math.min(...rooms);
}
