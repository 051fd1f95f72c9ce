import { openArchive, type Archive } from './archive.ts';
import { readDateStyles } from './date-styles.ts';
import { readMergedCells, type MergedValues } from './merged-cells.ts';
import { readParts, type Parts, type Sheet } from './parts.ts';
import { readSharedStrings } from './shared-strings.ts';
import { newSheetTally, readSheetRows, type SheetRow, type SheetTally } from './sheet-rows.ts';
import { damagedWorkbook, missingSheet, severalSheets } from './workbook-error.ts';
import { elementBudget, type ElementBudget } from './xml.ts';

/** A workbook whose parts are found. */
export interface Workbook {
  readonly archive: Archive;
  readonly parts: Parts;
  readonly budget: ElementBudget;
}

/** The sheet that is read, and the counts of it. */
export interface OpenSheet {
  readonly name: string;
  readonly rows: AsyncGenerator<readonly SheetRow[]>;
  readonly tally: SheetTally;
  readonly merged: MergedValues;
}

/** Opens a workbook in memory. Rejects with INPUT_WORKBOOK if it is not one. */
export async function openWorkbook(
  path: string,
  bytes: Buffer,
  packedBytes: number,
  signal: AbortSignal,
): Promise<Workbook> {
  const archive = await openArchive(path, bytes, packedBytes, signal);
  const budget = elementBudget(packedBytes);
  return { archive, budget, parts: await readParts(archive, budget) };
}

/** Tells whether a sheet has a cell with text or a number. */
async function hasCells({ archive, budget }: Workbook, sheet: Sheet): Promise<boolean> {
  // It does not matter here which text a cell refers to.
  const facts = { textAt: () => 'x', dateStyles: new Set<number>(), from1904: false };
  const { member } = sheet;
  const rows = readSheetRows(archive, member, budget, facts, undefined, newSheetTally());
  for await (const found of rows) if (found.length > 0) return true;
  return false;
}

/** Returns the sheets that are visible and not empty. */
async function filledSheets(workbook: Workbook): Promise<readonly Sheet[]> {
  const filled: Sheet[] = [];
  for (const sheet of workbook.parts.sheets) {
    if (!sheet.isHidden && (await hasCells(workbook, sheet))) filled.push(sheet);
  }
  return filled;
}

/** Asks which of several sheets is meant; undefined if there is nobody to ask. */
export type AskSheet = (names: readonly string[]) => Promise<string | undefined> | undefined;

async function chooseSheet(
  workbook: Workbook,
  wanted: string | undefined,
  ask: AskSheet,
): Promise<Sheet> {
  const { path } = workbook.archive;
  const { sheets } = workbook.parts;
  const [first] = sheets;
  if (first === undefined) throw damagedWorkbook(path, new Error('It has no sheets.'));
  if (wanted !== undefined) {
    const same = (name: string) => name.trim().toLowerCase();
    const found = sheets.find(({ name }) => same(name) === same(wanted));
    if (found !== undefined) return found;
    throw missingSheet(
      path,
      wanted,
      sheets.map(({ name }) => name),
    );
  }
  if (sheets.length === 1) return first;
  const filled = await filledSheets(workbook);
  if (filled.length > 1) {
    const names = filled.map(({ name }) => name);
    const answer = await ask(names);
    const found = filled.find(({ name }) => name === answer);
    if (found === undefined) throw severalSheets(path, names);
    return found;
  }
  return filled[0] ?? sheets.find(({ isHidden }) => !isHidden) ?? first;
}

/**
 * Opens the sheet that is named, or the only one that is not empty, or if there are several, the one that `ask` returns.
 * Rejects with INPUT_SHEET if several could be meant or none has that name, and with whatever `ask` rejects with.
 */
export async function openSheet(
  workbook: Workbook,
  wanted: string | undefined,
  ask: AskSheet,
): Promise<OpenSheet> {
  const { archive, budget, parts } = workbook;
  const { name, member } = await chooseSheet(workbook, wanted, ask);
  if (!archive.has(member)) throw damagedWorkbook(archive.path, new Error('A sheet is missing.'));
  const strings = await readSharedStrings(archive, parts.strings, budget);
  const facts = {
    textAt: (number: number) => strings[number],
    dateStyles: await readDateStyles(archive, parts.styles, budget),
    from1904: parts.from1904,
  };
  const merged = await readMergedCells(archive, member);
  const tally = newSheetTally();
  return {
    name,
    merged,
    tally,
    rows: readSheetRows(archive, member, budget, facts, merged, tally),
  };
}
