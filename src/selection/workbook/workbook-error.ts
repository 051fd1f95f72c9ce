import type { AppError } from '../../domain/codes/app-error.ts';
import { inputError, printable, quoted, sourceName } from '../input-error.ts';
import { shellWord } from '../../domain/shell-word.ts';

const SAVE =
  'Open it in the program that made it and save it as “CSV UTF-8”, or as an Excel workbook (.xlsx) without a password.';
const MOST_NAMES = 12;

/** Makes the error of a file in a packed format that is not an XLSX workbook. `what` completes “users.xlsx is …”. */
export function notAWorkbook(path: string, what: string, hint = SAVE): AppError {
  return inputError('INPUT_WORKBOOK', `${sourceName(path)} is ${what}.`, hint);
}

export function damagedWorkbook(path: string, cause: unknown): AppError {
  return inputError(
    'INPUT_WORKBOOK',
    `${sourceName(path)} is a workbook that is damaged or cut off.`,
    'Copy or export it again. If Excel opens it, save it as “CSV UTF-8”.',
    cause,
  );
}

/** Makes the error of a workbook that unpacks to far more than a list of users does. */
export function oversizedWorkbook(path: string): AppError {
  return inputError(
    'INPUT_WORKBOOK',
    `${sourceName(path)} is a workbook that unpacks to more than a list of users should.`,
    'If it is yours: open it, copy the list into a new workbook, or save the sheet as “CSV UTF-8”, which can be of any length.',
  );
}

function sheetFlag(name: string): string {
  return `--sheet ${shellWord(printable(name))}`;
}

function listed(names: readonly string[]): string {
  const more = names.length > MOST_NAMES ? ` and ${names.length - MOST_NAMES} more` : '';
  return `${names.slice(0, MOST_NAMES).map(quoted).join(', ')}${more}`;
}

export function severalSheets(path: string, names: readonly string[]): AppError {
  return inputError(
    'INPUT_SHEET',
    `${sourceName(path)} has ${names.length} sheets that are not empty: ${listed(names)}.`,
    `Name the one with the users: ${names.slice(0, 4).map(sheetFlag).join(' or ')}`,
  );
}

export function missingSheet(path: string, wanted: string, names: readonly string[]): AppError {
  return inputError(
    'INPUT_SHEET',
    `${sourceName(path)} has no sheet ${quoted(wanted)}. Its sheets: ${listed(names)}.`,
    `Name one of these: ${sheetFlag(names[0] ?? 'Sheet1')}`,
  );
}

/** `--sheet` is given for a file that has no sheets. */
export function noSheets(path: string, wanted: string): AppError {
  return inputError(
    'INPUT_SHEET',
    `${sourceName(path)} is not a workbook, so it has no sheet ${quoted(wanted)}.`,
    'Drop --sheet, or name the workbook.',
  );
}
