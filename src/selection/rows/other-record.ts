import type { Layout } from '../layout/layout.ts';
import { isBlank } from '../layout/head-reading.ts';
import { cleanCell } from './identifier.ts';

/** What a record is if it is not a row. */
export type OtherRecord = 'blank' | 'trailer' | 'repeated-header';

const TOTAL = /total/i;
const TRAILER =
  /^total(?:\s*:|\s+(?:number\s+of\s+)?(?:users?|rows?|records?|members?|count)(?:\s*:)?)\s*\d*$/i;
const NUMBER_OR_NOTHING = /^[\d.,\s]*$/;

/** Tells whether a record is a closing line such as `Total Users: ,12`. */
export function isTrailer(cells: readonly string[]): boolean {
  const first = cells[0] ?? '';
  return (
    first.length < 60 &&
    TOTAL.test(first) &&
    TRAILER.test(cleanCell(first)) &&
    cells.every((cell, index) => index === 0 || NUMBER_OR_NOTHING.test(cell))
  );
}

const COLON = /[:：]/;
const EXAMPLE =
  /^(?:example|e\.g\.|sample|beispiel|exemple|ejemplo|esempio|exemplo|voorbeeld|例)\s*[:：]/i;

/** Tells whether a record is the example of a template: its first cell begins with “Example:”. */
export function isExample(cells: readonly string[]): boolean {
  const first = cells.find((cell) => cell !== '')?.slice(0, 60) ?? '';
  return COLON.test(first) && EXAMPLE.test(cleanCell(first));
}

/** Tells what a record is if it is not a row; undefined if it is one. */
export function otherRecordOf(
  cells: readonly string[],
  layout: Pick<Layout, 'titles' | 'key'>,
): OtherRecord | undefined {
  const keyCell = cells[layout.key.index] ?? '';
  if (keyCell.trim() === '' && isBlank(cells)) return 'blank';
  if (isTrailer(cells)) return 'trailer';
  const { titles } = layout;
  if (
    cleanCell(keyCell) === titles[layout.key.index] &&
    cells.every((cell, index) => cleanCell(cell) === (titles[index] ?? ''))
  ) {
    return 'repeated-header';
  }
  return undefined;
}
