import type { Output } from '../domain/host.ts';
import { csvLine } from './results/csv-text.ts';
import { outputSink } from './results/text-sink.ts';

export type TableFormat = 'csv' | 'json' | 'ndjson';

/** A value of an exported cell in JSON; undefined if the user has none. */
export type CellValue =
  | string
  | number
  | boolean
  | null
  | undefined
  | readonly CellValue[]
  | { readonly [name: string]: CellValue };

/** A table that is being written, row by row. Each call resolves when the reader has kept up. */
export interface Table {
  /** Writes a row. The values are in the order of the columns. */
  readonly row: (values: readonly CellValue[]) => Promise<void>;
  readonly end: () => Promise<void>;
}

function cellText(value: CellValue): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/**
 * Opens a table on an output: CSV with a header and harmless cells, a JSON array with one object per line, or NDJSON. A
 * missing value is an empty cell in CSV and `null` in JSON. Cells of the columns in `exact` are written unchanged, because a
 * password with a quote before it is a different password.
 */
export function openTable(
  output: Output,
  format: TableFormat,
  columns: readonly string[],
  exact?: ReadonlySet<string>,
): Table {
  const sink = outputSink(output);
  const isExact = exact === undefined ? undefined : columns.map((name) => exact.has(name));
  const keys = columns.map((name) => `${JSON.stringify(name)}:`);
  if (format === 'csv') sink.push(csvLine(columns));
  let first = true;

  const object = (values: readonly CellValue[]) =>
    `{${keys.map((key, i) => key + JSON.stringify(values[i] ?? null)).join(',')}}`;

  const put = (values: readonly CellValue[]) => {
    switch (format) {
      case 'csv':
        sink.push(
          csvLine(
            columns.map((_, i) => cellText(values[i])),
            isExact,
          ),
        );
        return;
      case 'json':
        sink.push((first ? '[\n' : ',\n') + object(values));
        first = false;
        return;
      case 'ndjson':
        sink.push(`${object(values)}\n`);
        return;
      default: {
        const never: never = format;
        return never;
      }
    }
  };
  return {
    row: async (values) => {
      put(values);
      await sink.flush();
    },
    end: async () => {
      if (format === 'json') sink.push(first ? '[]\n' : '\n]\n');
      await sink.end();
    },
  };
}
