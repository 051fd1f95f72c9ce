import type { SelectionConfig } from '../../config/selection.ts';
import { AppError } from '../../domain/codes/app-error.ts';
import type { Notice } from '../../selection/remarks/notice.ts';
import { openInput, type OpenInput } from '../../selection/rows/open-input.ts';
import type { FileOptions } from '../../selection/selection.ts';
import type { AppContext } from '../context.ts';
import { filePorts } from './select-rows.ts';

/** A column of a file, as it is read. */
export interface SeenColumn {
  readonly name: string;
  /** It names the users. */
  readonly chosen: boolean;
  /** It may hold secrets: nothing of it is kept or shown. */
  readonly leftOut: boolean;
  /** It looks as if it named users too. */
  readonly rival: boolean;
}

/** What a look into a file shows. */
export interface SeenFile {
  readonly columns: readonly SeenColumn[];
  readonly rows: readonly {
    readonly line: number;
    readonly cells: readonly string[];
    readonly problem: string | undefined;
  }[];
  readonly notices: readonly Notice[];
  /** Rows, and those of them that name nobody; undefined where the file was not read to its end. */
  readonly counted: { readonly rows: number; readonly unusable: number } | undefined;
  /** Names of the sheets, where several are not empty and it was not said which one is meant. */
  readonly sheets: readonly string[];
  /** Why it cannot be used as it is; columns and rows are there all the same where they can be read. */
  readonly problem: AppError | undefined;
}

/** How a file is to be looked at. */
export interface Look {
  readonly selection: Pick<
    SelectionConfig,
    'sheet' | 'column' | 'delimiter' | 'encoding' | 'where' | 'keepColumns'
  >;
  /** Rows to show. */
  readonly most: number;
  /** Read it to its end, and count. */
  readonly whole: boolean;
}

/** Columns that are tried where none is clear, so that a person sees what there is to choose from. */
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

/** Whether another column might do. */
const isAboutColumn = ({ code }: AppError) =>
  code === 'INPUT_COLUMN_AMBIGUOUS' || code === 'INPUT_COLUMN_MISSING';

/**
 * Looks into a file of users: its columns, which of them names the users, its first rows, and what is not usable. Where no
 * column is clear, columns and rows are shown without one; where no sheet is, the sheets are named. Rejects with INPUT_*
 * where nothing can be shown.
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
