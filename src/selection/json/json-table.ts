import type { RecordBatch } from '../rows/csv-records.ts';
import { inputError, sourceName } from '../input-error.ts';
import { emptyFile } from '../layout/layout-error.ts';
import { chooseColumn } from '../layout/choose-column.ts';
import { isLeftOut, refuseLeftOut } from '../layout/left-out.ts';
import { secretColumns, type Layout } from '../layout/layout.ts';
import { resultIndexes } from '../rows/results-header.ts';
import type { Notice } from '../remarks/notice.ts';
import type { FileOptions } from '../selection.ts';
import { TEXT_MEMBER } from './json-flattener.ts';
import { readJsonRecords, type JsonRecord } from './json-records.ts';

/** How many records are used to recognize the columns. */
const SAMPLE_RECORDS = 200;
/** How many different members there can be. Okta's largest profiles have a few hundred. */
const MOST_NAMES = 5_000;
/**
 * A record with a member that appears late is as wide as all members before it, so the number of records in memory is
 * limited.
 */
const RECORDS_AT_ONCE = 100;
/**
 * Up to this number, empty cells are harmless. Beyond it, there must be only a few for each member that is present, as in
 * users' profiles.
 */
const HARMLESS_CELLS = 10_000_000;
const CELLS_PER_MEMBER = 100;

/** The layout of a file and its records, which can be read once. Every reader returns this form. */
export interface Table {
  readonly layout: Layout;
  readonly records: AsyncGenerator<RecordBatch>;
  /** Messages of the format after the last record. */
  readonly endNotices?: () => readonly Notice[];
}

/** Gives the name of each member a column, in the order in which the names first appear. */
class MemberColumns {
  readonly #path: string;
  readonly #indexes = new Map<string, number>();
  readonly names: string[] = [];
  /** How many more cells can be empty. */
  #left = HARMLESS_CELLS;

  constructor(path: string) {
    this.#path = path;
  }

  cellsOf(record: JsonRecord): readonly string[] {
    const cells: string[] = [];
    for (const [member, text] of record) cells[this.#indexOf(member)] = text;
    this.#left += record.length * CELLS_PER_MEMBER - cells.length;
    if (this.#left < 0) throw this.#unalike('hardly a member in common among its users');
    return cells;
  }

  #indexOf(member: string): number {
    const known = this.#indexes.get(member);
    if (known !== undefined) return known;
    const index = this.names.length;
    if (index >= MOST_NAMES) throw this.#unalike(`more than ${MOST_NAMES} different members`);
    this.#indexes.set(member, index);
    // As a key of an object, this name would not be a column.
    this.names.push(member === '__proto__' || member === '' ? `(${member})` : member);
    return index;
  }

  #unalike(what: string): Error {
    return inputError(
      'INPUT_JSON',
      `${sourceName(this.#path)} has ${what}.`,
      'Give a list of users: [{"id": "00u…"}, …], with the same members in each.',
    );
  }
}

/** Names members that first appear after the sample. Each is judged once, because its name is the same in every row. */
function lateNames(columns: MemberColumns, options: FileOptions) {
  const judged = new Map<number, string | undefined>();
  return (index: number): string | undefined => {
    if (judged.has(index)) return judged.get(index);
    const name = columns.names[index];
    const late = name === undefined || isLeftOut(name, [], options) ? undefined : name;
    judged.set(index, late);
    return late;
  };
}

function layoutOf(
  path: string,
  columns: MemberColumns,
  sample: readonly (readonly string[])[],
  options: FileOptions,
): Layout {
  const names = [...columns.names];
  const results = resultIndexes(names);
  const isTexts = names.length === 1 && names[0] === TEXT_MEMBER && options.column === undefined;
  const chosen = isTexts
    ? ({ key: { index: 0, name: TEXT_MEMBER, kind: 'any' }, passedOver: [], rivals: [] } as const)
    : chooseColumn(path, names, sample, results, options, true);
  if (options.column !== undefined) refuseLeftOut(path, names[chosen.key.index], 'column', options);
  return {
    ...chosen,
    leftOut: new Set(secretColumns(names, sample, results, options)),
    keep: options.keep,
    lateName: lateNames(columns, options),
    dialect: { delimiter: '', newlines: [], padded: false },
    preamble: 0,
    headerRecord: undefined,
    titles: [],
    names,
    keyIsDeclared: options.column !== undefined,
    results,
    width: names.length,
    header: 'members',
    sample,
  };
}

/**
 * Reads JSON as a table. Nested members are columns with dotted names, which the first 200 records show; members that appear
 * later are columns too. Rejects with INPUT_JSON, INPUT_EMPTY, and like a CSV file for its columns.
 */
export async function readJsonTable(
  path: string,
  chunks: AsyncIterable<Buffer>,
  options: FileOptions,
): Promise<Table> {
  const columns = new MemberColumns(path);
  const source = readJsonRecords(path, chunks);
  const head: (readonly string[])[] = [];
  while (head.length < SAMPLE_RECORDS) {
    const step = await source.next();
    if (step.done === true) break;
    for (const record of step.value) head.push(columns.cellsOf(record));
  }
  if (head.length === 0) throw emptyFile(path, 'has no rows');
  const layout = layoutOf(path, columns, head.slice(0, SAMPLE_RECORDS), options);
  const records = async function* (): AsyncGenerator<RecordBatch> {
    let next = 1;
    const batch = (cells: readonly (readonly string[])[]): RecordBatch => {
      const first = next;
      next += cells.length;
      return { records: cells, lines: cells.map((_, at) => first + at) };
    };
    yield batch(head);
    for await (const found of source) {
      for (let at = 0; at < found.length; at += RECORDS_AT_ONCE) {
        const some = found.slice(at, at + RECORDS_AT_ONCE);
        yield batch(some.map((each) => columns.cellsOf(each)));
      }
    }
  };
  return { layout, records: records() };
}
