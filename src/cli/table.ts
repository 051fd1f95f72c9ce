import { fit } from './words.ts';

export interface Cell {
  readonly text: string;
  readonly right?: boolean;
}

/** Lays out rows as aligned columns that fit a width; the column `flexible` gives way first. */
export function alignColumns(
  rows: readonly (readonly Cell[])[],
  options: { readonly width: number; readonly indent: string; readonly flexible: number },
): readonly string[] {
  const columns = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(0, ...rows.map((row) => row[column]?.text.length ?? 0)),
  );
  const total =
    options.indent.length +
    widths.reduce((sum, width) => sum + width, 0) +
    2 * Math.max(0, columns - 1);
  const over = total - options.width;
  if (over > 0) {
    const now = widths[options.flexible] ?? 0;
    widths[options.flexible] = Math.max(8, now - over);
  }
  return rows.map((row) =>
    (
      options.indent +
      row
        .map((cell, column) => {
          const width = widths[column] ?? 0;
          const text = fit(cell.text, width);
          return cell.right === true ? text.padStart(width) : text.padEnd(width);
        })
        .join('  ')
    ).trimEnd(),
  );
}
