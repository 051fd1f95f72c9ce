import { useMemo, useState } from 'preact/hooks';
import type { TableRow } from '../../../api/run-answers.ts';

/** Rows that were ticked, by their number. They stay ticked during scrolling and filtering. */
export interface Selection {
  readonly rows: ReadonlyMap<number, TableRow>;
  /** Tells whether a row can be ticked. */
  readonly takes: (row: TableRow) => boolean;
  readonly toggle: (row: TableRow) => void;
  readonly clear: () => void;
}

export function useSelection(takes: (row: TableRow) => boolean): Selection {
  const [rows, setRows] = useState<ReadonlyMap<number, TableRow>>(new Map());
  return useMemo(
    () => ({
      rows,
      takes,
      toggle: (row) => {
        if (!takes(row)) return;
        const next = new Map(rows);
        if (!next.delete(row.row)) next.set(row.row, row);
        setRows(next);
      },
      clear: () => setRows(new Map()),
    }),
    [rows, takes],
  );
}
