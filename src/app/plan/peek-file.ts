import type { Row } from '../../domain/row/row.ts';
import type { Notice } from '../../selection/remarks/notice.ts';
import { selectRows } from '../../selection/select-rows.ts';
import type { AppContext } from '../context.ts';
import { failureError } from '../org/failure-error.ts';
import { filePorts } from './select-rows.ts';

/** The beginning of an input file: the messages about it so far, and its first rows. */
export interface Peek {
  readonly remarks: readonly string[];
  readonly rows: readonly Row[];
}

/** Reads the first rows of a file of users. Rejects with INPUT_*. */
export async function peekFile(
  path: string,
  options: {
    readonly column: string | undefined;
    readonly sheet: string | undefined;
    readonly most: number;
  },
  context: AppContext,
): Promise<Peek> {
  const notices: Notice[] = [];
  const { column, sheet, most } = options;
  const readAs = { column, sheet, delimiter: undefined, encoding: undefined, where: [], keep: [] };
  const rows: Row[] = [];
  const selected = selectRows(
    { sources: [{ kind: 'file', path, options: readAs }] },
    {
      ...filePorts(context),
      onNotice: (notice) => notices.push(notice),
      reader: undefined,
      failureError: (failure, tried) => failureError(failure, tried, path),
    },
    context.interrupt.drain,
  );
  for await (const row of selected) {
    rows.push(row);
    if (rows.length >= most) break;
  }
  return { remarks: notices.map((notice) => notice.text), rows };
}
