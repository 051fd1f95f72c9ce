import type { SelectionConfig } from '../../config/selection.ts';
import { AppError } from '../../domain/codes/app-error.ts';
import type { Notice } from '../../selection/remarks/notice.ts';
import { openInput, type OpenInput } from '../../selection/rows/open-input.ts';
import type { FileOptions } from '../../selection/selection.ts';
import type { AppContext } from '../context.ts';
import { filePorts } from './select-rows.ts';

/** A column of a file, as read. */
export interface SeenColumn {
  readonly name: string;
  /** Whether it names the users. */
  readonly chosen: boolean;
  /** Whether it might contain secrets, so that nothing of it is kept or shown. */
  readonly leftOut: boolean;
  /** Whether it also looks as if it names users. */
  readonly rival: boolean;
}

/** The result of inspecting a file. */
export interface SeenFile {
  readonly columns: readonly SeenColumn[];
  readonly rows: readonly {
    readonly line: number;
    readonly cells: readonly string[];
    readonly problem: string | undefined;
  }[];
  readonly notices: readonly Notice[];
  /** The number of rows, and how many of them name nobody; undefined if the file was not read to its end. */
  readonly counted: { readonly rows: number; readonly unusable: number } | undefined;
  /** Names of the sheets, if several are not empty and none was chosen. */
  readonly sheets: readonly string[];
  /** Why it cannot be used as it is. Columns and rows are still included if they can be read. */
  readonly problem: AppError | undefined;
}

/** How to inspect a file. */
export interface Look {
  readonly selection: Pick<
    SelectionConfig,
    'sheet' | 'column' | 'delimiter' | 'encoding' | 'where' | 'keepColumns'
  >;
  /** How many rows to show. */
  readonly most: number;
  /** Read the file to its end, and count. */
  readonly whole: boolean;
}

/** The columns that are tried if none is clear, so that a person can see the choice. */
const TRIED = ['1', '2', '3'];

function optionsOf({ selection }: Look): FileOptions {
  const { sheet, column, delimiter, encoding, where, keepColumns: keep } = selection;
  return { sheet, column, delimiter, encoding, where, keep };
}

function columnsOf({ layout }: OpenInput, isChosen: boolean): readonly SeenColumn[] {
  const { names, width, key, leftOut, rivals } = layout;
  return Array.from({ length: Math.max(width, names.length) }, (_, index) => ({
    name: names[index] ?? `Column ${index + 1}`,
    chosen: isChosen && index === key.index,
    leftOut: leftOut.has(index),
    rival: rivals.includes(index),
  }));
}

async function read(
  path: string,
  look: Look,
  options: FileOptions,
  problem: AppError | undefined,
  context: AppContext,
): Promise<SeenFile> {
  const { drain } = context.interrupt;
  const notices: Notice[] = [];
  const onNotice = (notice: Notice) => notices.push(notice);
  const file = await openInput(path, options, { ...filePorts(context), onNotice }, drain);
  try {
    const columns = columnsOf(file, problem === undefined);
    const shown: SeenFile['rows'][number][] = [];
    let rows = 0;
    let unusable = 0;
    const whole = look.whole && problem === undefined;
    for await (const batch of file.batches()) {
      for (const [at, row] of batch.rows.entries()) {
        const { identifier, line } = row;
        const fault = identifier.kind === 'invalid' ? identifier.problem : undefined;
        rows += 1;
        if (fault !== undefined) unusable += 1;
        if (shown.length >= look.most) continue;
        const record = batch.records[at] ?? [];
        const cells = columns.map(({ leftOut }, index) => (leftOut ? '' : (record[index] ?? '')));
        shown.push({ line, cells, problem: problem === undefined ? fault : undefined });
      }
      if (!whole && shown.length >= look.most) break;
    }
    return {
      columns,
      rows: shown,
      notices,
      sheets: [],
      counted: whole ? { rows, unusable } : undefined,
      problem,
    };
  } finally {
    await file.close();
  }
}

/** Tells whether another column might work. */
const isAboutColumn = ({ code }: AppError) =>
  code === 'INPUT_COLUMN_AMBIGUOUS' || code === 'INPUT_COLUMN_MISSING';

/**
 * Inspects a file of users: its columns, which of them names the users, its first rows, and what cannot be used. If it is
 * not clear which column to use, the result names none. If it is not clear which sheet to use, the result lists the sheets.
 * Rejects with INPUT_* if nothing can be shown.
 */
export async function lookIntoFile(
  path: string,
  look: Look,
  around: AppContext,
): Promise<SeenFile> {
  const options = optionsOf(look);
  let sheets: readonly string[] = [];
  const askSheet = (_: string, names: readonly string[]) => {
    sheets = names;
    return Promise.resolve(undefined);
  };
  const context = { ...around, askSheet };
  try {
    return await read(path, look, options, undefined, context);
  } catch (error) {
    if (error instanceof AppError && sheets.length > 0)
      return { columns: [], rows: [], notices: [], counted: undefined, sheets, problem: error };
    if (!(error instanceof AppError) || !isAboutColumn(error)) throw error;
    for (const column of TRIED) {
      const plain = { ...options, column, where: [] };
      const seen = await read(path, look, plain, error, context).catch((other: unknown) => {
        if (other instanceof AppError) return undefined;
        throw other;
      });
      if (seen !== undefined) return { ...seen, notices: [] };
    }
    throw error;
  }
}
