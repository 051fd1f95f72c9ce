/** Errors about a file, word for word: what each names, how much of the file it shows, and which flag it proposes. */
import { describe, expect, test } from '@jest/globals';
import type { AppError } from '../../src/domain/codes/app-error.ts';
import { printable, quoted } from '../../src/selection/input-error.ts';
import {
  actorOrTarget,
  ambiguousColumn,
  badColumnPosition,
  missingColumn,
  missingHeader,
  notResults,
  proposedColumn,
  severalUsers,
  shiftedHeader,
  sideBySide,
  wrongObjects,
  type Shown,
} from '../../src/selection/layout/layout-error.ts';
import { RECOGNISE_ALL } from '../../src/selection/selection.ts';
import { missingSheet, severalSheets } from '../../src/selection/workbook/workbook-error.ts';
import { whereOf } from './sample.ts';

const FILE = 'users.csv';
const told = ({ code, message, hint }: AppError) => ({ code, message, hint });
const numbered = (count: number, word: string) =>
  Array.from({ length: count }, (_, at) => `${word} ${String.fromCharCode(65 + at)}`);
const shown = (index: number, name: string, ...cells: readonly string[]): Shown => ({
  index,
  name,
  cells,
});
const shownAll = (count: number) =>
  numbered(count, 'T').map((name, index) => shown(index, name, `c${index}`));

describe('a column that is missing', () => {
  const NAME = 'Name the column of user ids or logins: --column "NAME"';

  test('is reported with up to twenty titles, only those made of words', () => {
    const missing = (titles: readonly (string | undefined)[]) =>
      missingColumn(FILE, titles, RECOGNISE_ALL, 'column').message;
    const start = 'No column of users.csv is known to contain users.';
    expect(missing([])).toBe(start);
    expect(missing(['Name', undefined, ' ', 'S3cret!', 'Ort'])).toBe(
      `${start} Its first line: “Name”, …, “Ort”.`,
    );
    const twenty = numbered(20, 'T').map((title) => `“${title}”`);
    expect(missing(numbered(20, 'T'))).toBe(`${start} Its first line: ${twenty.join(', ')}.`);
    expect(missing(numbered(21, 'T'))).toBe(
      `${start} Its first line: ${twenty.join(', ')} and 1 more.`,
    );
  });

  test.each([
    [
      'by nobody',
      {},
      'column',
      `${NAME}; a list without a header needs a line such as Login above it.`,
    ],
    [
      'by nobody, with --delimiter',
      { delimiter: ';' },
      'column',
      `${NAME}; a list without a header needs a line such as Login above it. Or leave out --delimiter: it is detected.`,
    ],
    [
      'by --column',
      { column: 'Konto' },
      'column',
      'Name one of these with --column "NAME", or by its position: --column 1.',
    ],
    [
      'by --where',
      { where: [whereOf('Land=x')] },
      'where',
      'Name one of these in --where "NAME=value".',
    ],
  ] as const)('and is named %s: the hint says how to name another', (_, options, what, hint) => {
    expect(missingColumn(FILE, ['Ort'], { ...RECOGNISE_ALL, ...options }, what).hint).toBe(hint);
  });

  test('is named in the message, by the first condition if it is of --where', () => {
    const options = {
      ...RECOGNISE_ALL,
      column: 'Konto',
      where: [whereOf('Land=x'), whereOf('Stadt=y')],
    };
    expect(missingColumn(FILE, ['Ort'], options, 'column').message).toBe(
      'users.csv has no column “Konto”. Its first line: “Ort”.',
    );
    expect(missingColumn(FILE, ['Ort'], options, 'where').message).toBe(
      'users.csv has no column “Land”. Its first line: “Ort”.',
    );
  });

  test.each([
    ['rexiom', 'Region', true],
    ['xxxion', 'Region', false],
    ['REGION', 'Ré-gion', true],
    [`${'r'.repeat(59)}x`, 'r'.repeat(60), true],
    [`${'r'.repeat(60)}x`, 'r'.repeat(61), false],
  ])('%s: is %s proposed? %s', (wanted, title, isProposed) => {
    const { message } = missingColumn(
      FILE,
      [undefined, 'Quite another', title],
      RECOGNISE_ALL,
      'column',
      wanted,
    );
    expect(message.includes(`Did you mean “${title}”?`)).toBe(isProposed);
  });
});

describe('columns that could be meant', () => {
  test('are listed up to twenty, four with their cells and in the hint', () => {
    const names = numbered(20, 'T').map((name) => `“${name}”`);
    const cells = 'T A: “c0”; T B: “c1”; T C: “c2”; T D: “c3”.';
    const hint =
      "Name the right one: --column 'T A' or --column 'T B' or --column 'T C' or --column 'T D'. Columns with the same title are told apart by position: --column 1 is the first column.";
    const code = 'INPUT_COLUMN_AMBIGUOUS';
    expect(told(ambiguousColumn(FILE, shownAll(20)))).toEqual({
      code,
      message: `users.csv has 20 columns that could contain the users: ${names.join(', ')}. ${cells}`,
      hint,
    });
    expect(told(ambiguousColumn(FILE, shownAll(22)))).toEqual({
      code,
      message: `users.csv has 22 columns that could contain the users: ${names.join(', ')} and 2 more. ${cells}`,
      hint,
    });
  });

  test('without a title are named by their position', () => {
    const { hint } = ambiguousColumn(FILE, [
      shown(1, 'Column 2'),
      shown(3, 'Column 3'),
      shown(4, 'Konto'),
    ]);
    expect(hint).toContain(": --column 2 or --column 'Column 3' or --column Konto.");
  });

  test('of a log of events are named by their side, and three more', () => {
    const columns = [shown(0, 'actor', 'ada'), shown(1, 'target', 'uma', 'mei')];
    const error = (flags: string | undefined, actor: string | undefined, others: string[]) =>
      actorOrTarget(FILE, columns, flags, actor, others);
    expect(told(error('--column target', 'actor', []))).toEqual({
      code: 'INPUT_COLUMN_AMBIGUOUS',
      message:
        'users.csv lists events, and its columns name those who did something or those it was done to: “actor”, “target”. actor: “ada”; target: “uma”, “mei”.',
      hint: 'For the users it was done to: --column target. For those who did it: --column actor.',
    });
    expect(error(undefined, 'actor', []).hint).toBe('For those who did it: --column actor.');
    expect(error('--column target', undefined, ['a', 'b', 'c', 'd']).hint).toBe(
      'For the users it was done to: --column target. For those in “a”: --column a. For those in “b”: --column b. For those in “c”: --column c.',
    );
  });

  test.each([
    ['user id', 1, '1 user id in its first line: ', '--column 1.'],
    ['user id', 3, '3 user ids in its first line: ', '--column 1 or --column 2 or --column 3.'],
    ['address', 2, '2 addresses in its first line: ', '--column 1 or --column 2.'],
    ['address', 5, '5 addresses', '--column 1 or --column 2 or --column 3 or --column 4.'],
  ] as const)('in a line without titles: %s, %d', (what, count, words, flags) => {
    const columns = Array.from({ length: count }, (_, at) => shown(at, `Column ${at + 1}`, 'x'));
    const { code, message, hint } = severalUsers(FILE, columns, what);
    expect(code).toBe('INPUT_COLUMN_AMBIGUOUS');
    expect(message).toContain(`users.csv has no header, and ${words}`);
    expect(hint).toBe(
      `If each of them is a user to act on, put each on its own line. Otherwise name the column: ${flags}`,
    );
  });
});

describe('a file without a known title', () => {
  test('is refused with the column that looks like users', () => {
    expect(told(proposedColumn(FILE, shown(2, 'Konto', 'ada', 'uma')))).toEqual({
      code: 'INPUT_COLUMN_MISSING',
      message:
        'No title of users.csv is known to contain users. The column “Konto” looks as if it does: “ada”, “uma”.',
      hint: 'If it does: --column Konto',
    });
  });

  test.each([
    [undefined, 'its first line is already a row.', 1],
    [shown(0, 'x', 'ada'), 'its first line is already a row, with “ada” in column 1.', 1],
    [shown(2, 'x', 'a', 'b'), 'its first line is already a row, with “a”, “b” in column 3.', 3],
  ])('and without a header names a position', (column, message, position) => {
    expect(told(missingHeader(FILE, column))).toEqual({
      code: 'INPUT_COLUMN_MISSING',
      message: `users.csv has no header: ${message}`,
      hint: `Say which column names the users: --column ${position}. Or put a header line above it, such as Login.`,
    });
  });

  test.each([
    [
      '0/id',
      false,
      'in one line, side by side: “0/id”. One user per line',
      'A converter made it like this. Use the JSON file itself (--file users.json), or convert it with one line per user.',
    ],
    [
      'data.users.0.id',
      false,
      'in one line, side by side: “data.users.0.id”. One user per line',
      'A converter made it like this. Use the JSON file itself (--file users.json), or convert it with one line per user.',
    ],
    [
      'data.users.0.id',
      true,
      'in one record: “data.users.0.id”. One user per record',
      "Extract the list: jq -c '.data.users[]' users.csv > users.ndjson",
    ],
    [
      '0.id',
      true,
      'in one record: “0.id”. One user per record',
      'Give a list of users: [{"id": "00u…"}, …], or one object per line.',
    ],
  ])('%s, in JSON: %s, has all users side by side', (title, isJson, message, hint) => {
    expect(told(sideBySide(FILE, title, isJson))).toEqual({
      code: 'INPUT_COLUMN_MISSING',
      message: `users.csv has all its users ${message} is needed.`,
      hint,
    });
  });
});

test.each([
  [
    'a position that does not exist',
    () => badColumnPosition(FILE, 6, 2),
    'INPUT_COLUMN_MISSING',
    'users.csv has 2 columns; there is no column 7.',
    'Give --column 1 to 2, or a title.',
  ],
  [
    'a header that does not fit',
    () => shiftedHeader(FILE, 'Login', 3, 1),
    'INPUT_CSV',
    'users.csv: the header has 3 titles and the rows have 1 cell, so “Login” may be above another column.',
    'A title with a comma in it? Put quotes around that title in the header line, or export with the User Id column first.',
  ],
  [
    'ids of other objects',
    () => wrongObjects(FILE, 'id', 'a group', '00g', undefined),
    'INPUT_WRONG_OBJECTS',
    'users.csv: the column “id” has ids of a group, not of users: “00g”.',
    'Export users (okta-reset users, or Rockstar’s Export Users), or name another column: --column "NAME".',
  ],
  [
    'ids of other objects next to those of users',
    () => wrongObjects(FILE, 'id', 'a group', '00g', shown(1, 'owner', 'a', 'b')),
    'INPUT_WRONG_OBJECTS',
    'users.csv: the column “id” has ids of a group, not of users: “00g”.',
    'The users are in the column “owner” (“a”, “b”): --column owner',
  ],
  [
    'a file that is not of results',
    () => notResults(FILE, []),
    'INPUT_CSV',
    'users.csv is not a results file of okta-reset: _row, _user_id, _outcome and _run_id are not all among its columns.',
    'Give a run directory, or its results.csv. To take every row of any other file: okta-reset run --file FILE',
  ],
  [
    'standard input that is not of results',
    () => notResults('-', ['Login', 'Ort']),
    'INPUT_CSV',
    'standard input is not a results file of okta-reset: _row, _user_id, _outcome and _run_id are not all among its columns. Its header: “Login”, “Ort”.',
    'Give a run directory, or its results.csv. To take every row of any other file: okta-reset run --file FILE',
  ],
  [
    'a sheet that does not exist',
    () => missingSheet(FILE, 'Staff', numbered(12, 'S')),
    'INPUT_SHEET',
    `users.csv has no sheet “Staff”. Its sheets: ${numbered(12, 'S')
      .map((name) => `“${name}”`)
      .join(', ')}.`,
    "Name one of these: --sheet 'S A'",
  ],
  [
    'several sheets',
    () => severalSheets(FILE, numbered(14, 'S')),
    'INPUT_SHEET',
    `users.csv has 14 sheets that are not empty: ${numbered(12, 'S')
      .map((name) => `“${name}”`)
      .join(', ')} and 2 more.`,
    "Name the one with the users: --sheet 'S A' or --sheet 'S B' or --sheet 'S C' or --sheet 'S D'",
  ],
])('%s: the refusal', (_, error, code, message, hint) => {
  expect(told(error())).toEqual({ code, message, hint });
});

test('text from a file is shown as one line of at most 120 characters', () => {
  expect(quoted('a\n\u202Eb\u2028c\td')).toBe('“a\uFFFD\uFFFDb\uFFFDc\uFFFDd”');
  expect(printable('a'.repeat(120))).toBe('a'.repeat(120));
  expect(printable('a'.repeat(121))).toBe(`${'a'.repeat(119)}…`);
  // A character of two units counts once, and is never cut in half.
  expect(printable('🙂'.repeat(120))).toBe('🙂'.repeat(120));
  expect(printable('🙂'.repeat(121))).toBe(`${'🙂'.repeat(119)}…`);
});
