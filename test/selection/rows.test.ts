/** Which records are rows, which cells of them are kept, and which rows name nobody. */
import { describe, expect, test } from '@jest/globals';
import type { Notice } from '../../src/selection/remarks/notice.ts';
import { hasCellsBehind } from '../../src/selection/rows/row-columns.ts';
import { isExample, isTrailer } from '../../src/selection/rows/other-record.ts';
import { preferOriginal, resultIndexes } from '../../src/selection/rows/results-header.ts';
import { readResults } from '../../src/selection/rows/read-results.ts';
import { readIdentifiers } from '../../src/selection/rows/read-identifiers.ts';
import {
  ADA,
  brief,
  codesOf,
  collect,
  errorOf,
  GRACE,
  JOSE,
  never,
  portsOf,
  selectCsv,
  whereOf,
} from './sample.ts';
import { sheetOf } from './workbook.ts';

const GROUP = '00g1k2mR3vYc9LpKd5h7';
const UMA = 'uma@acme.example';
const lines = (...all: readonly string[]) => `${all.join('\n')}\n`;

async function results(content: string | Uint8Array) {
  const notices: Notice[] = [];
  const rows = await collect(readResults('r.csv', portsOf({ 'r.csv': content }, notices), never));
  return { rows, notices };
}

test('text behind a position is a cell that shows something', () => {
  const cells = ['a', '', ' ', 'b', '\u200B'];
  expect([0, 1, 2, 3, 4, 5, 9].map((width) => hasCellsBehind(cells, width))).toEqual([
    ...[true, true, true, true, false, false, false],
  ]);
});

test.each([
  [['Total: 12'], true],
  [['TOTAL'.toLowerCase()], false],
  [['total users', '12', ''], true],
  [['Total number of rows: 12', ' 1,000 '], true],
  [['Total: 12', 'x'], false],
  [['Total: 12', '3', 'x'], false],
  [['Totally'], false],
  [['x', 'Total: 12'], false],
  [[`Total: ${'1'.repeat(52)}`], true],
  [[`Total: ${'1'.repeat(53)}`], false],
  [[], false],
])('%j is a closing line: %s', (cells, expected) => {
  expect(isTrailer(cells)).toBe(expected);
});

test.each([
  [['Example: Ada'], true],
  [['', 'Beispiel： Ada', UMA], true],
  [['Ada', 'Example: Ada'], false],
  [['Example'], false],
  [['Examples: Ada'], false],
  [[''], false],
])('%j is the example of a template: %s', (cells, expected) => {
  expect(isExample(cells)).toBe(expected);
});

describe('the columns of a results file', () => {
  const titles = ['_ROW', 'x', '_user_id', '_row', '_outcome', '_run_id'];

  test('are found in any order and case, the first of each name', () => {
    expect([...(resultIndexes(titles) ?? [])]).toEqual([
      ['_row', 0],
      ['_user_id', 2],
      ['_outcome', 4],
      ['_run_id', 5],
    ]);
    for (const title of ['_user_id', '_outcome', '_run_id'])
      expect(resultIndexes(titles.filter((each) => each !== title))).toBeUndefined();
  });

  test('come after the admin’s own with the same name', () => {
    const own = resultIndexes(titles);
    expect(preferOriginal([0, 1], own)).toEqual([1]);
    expect(preferOriginal([0, 1, 3], own)).toEqual([1, 3]);
    expect(preferOriginal([0, 2], own)).toEqual([0, 2]);
    expect(preferOriginal([0], own)).toEqual([0]);
    expect(preferOriginal([0, 1], undefined)).toEqual([0, 1]);
  });
});

describe('a record', () => {
  test('that has the titles up to a place before the users is a row without a user', async () => {
    const { rows, notices } = await selectCsv(lines('Name,Login', 'Name', `Uma,${UMA}`));
    expect(rows.map(brief)).toEqual(['2 invalid', `3 login ${UMA}`]);
    expect(codesOf(notices)).toEqual(['invalid-rows', 'ragged-rows']);
  });

  test('that has the titles and something else is a row', async () => {
    const { rows } = await selectCsv(lines('Login,Name', 'Login,Uma', `${UMA},Name`, 'Login,Name'));
    expect(rows.map(brief)).toEqual(['2 login Login', `3 login ${UMA}`]);
  });

  test.each([
    [2, ['2 login ada', '3 login uma', '4 invalid', '5 invalid']],
    [3, ['2 login ada', '3 login uma', '4 login eve', '5 login mei']],
  ])('with a cell behind the titles is torn unless most have one: %d of 4', async (count, rows) => {
    const logins = ['ada', 'uma', 'eve', 'mei'];
    const text = logins.map((login, at) => `${at},${login},${4 - at <= count ? 'x' : ''}`);
    expect((await selectCsv(lines('Nr,Login,', ...text))).rows.map(brief)).toEqual(rows);
  });

  test('with empty cells behind the titles is torn only if its login is not an address', async () => {
    const text = lines(
      'Nr,Login',
      '1,ada,',
      `2,${UMA},`,
      `3,${GROUP},`,
      '4,mei',
      '5,eve',
      '6,x',
      '7,y',
    );
    expect((await selectCsv(text)).rows.map(brief).slice(0, 4)).toEqual([
      '2 invalid',
      `3 login ${UMA}`,
      '4 invalid',
      '5 login mei',
    ]);
  });

  test('that is torn shows its cells, or nothing if one of them might be a secret', async () => {
    const torn = async (header: string) =>
      (await selectCsv(lines(header, `a,b,${UMA},c`, `a,${UMA},d`))).rows[0];
    expect(await torn('x,Login,Note')).toMatchObject({
      identifier: { kind: 'invalid', value: 'b' },
      columns: { x: 'a', Login: 'b', Note: UMA },
    });
    expect(await torn('x,Login,PIN')).toMatchObject({
      identifier: {
        value: '',
        problem:
          'The row has 4 cells where 3 are expected, so “Login” may be in the wrong column. Put quotes around the cell that contains the delimiter.',
      },
      columns: {},
    });
  });

  test('that is a template’s example keeps its cells', async () => {
    const { rows } = await selectCsv(lines('Name,Login', `Example: Uma,${UMA}`, `Uma,${UMA}`));
    expect(rows.map(brief)).toEqual(['2 invalid', `3 login ${UMA}`]);
    expect(rows[0]).toMatchObject({
      identifier: { value: UMA },
      columns: { Name: 'Example: Uma', Login: UMA },
    });
  });

  test('has as many rows left out as kept', async () => {
    const text = lines('id,x', `${ADA},1`, `${GRACE},2`);
    expect((await selectCsv(text, { where: [whereOf('x=1')] })).rows).toHaveLength(1);
  });
});

describe('the cells of a row', () => {
  test('stay as they are, also if they name nobody', async () => {
    const many = `${'a'.repeat(130)}@acme.example`;
    const text = lines('login;x', ` "a,b" ; y`, `${many};`, 'ada:Winter24!x;z');
    const { rows } = await selectCsv(text);
    expect(rows.map(({ columns }) => columns)).toEqual([
      { login: ' "a,b" ', x: ' y' },
      { login: many, x: '' },
      { login: 'ada', x: 'z' },
    ]);
  });

  test.each([
    ['red', true],
    ['2026-01-01', true],
    [ADA, true],
    [UMA, true],
    ['Winter24!x', false],
    ['Ab1', false],
  ])('without a title, %s is kept: %s', async (cell, isKept) => {
    const { rows, notices } = await selectCsv(lines('Login,Column 3,', `${UMA},a,${cell}`));
    expect(rows[0]?.columns).toEqual({
      Login: UMA,
      'Column 3': 'a',
      ...(isKept ? { 'Column 3 (untitled)': cell } : {}),
    });
    expect(codesOf(notices)).toEqual(isKept ? [] : ['left-out']);
  });

  test('without a title are kept by the position that --keep-column names', async () => {
    const { rows } = await selectCsv(lines('Login,', `${UMA},Ab1`), { keep: ['Column 2'] });
    expect(rows[0]?.columns).toEqual({ Login: UMA, 'Column 2': 'Ab1' });
  });

  test('that might have slipped are left out, with the user if it is not clear', async () => {
    const text = lines('Login,Name,Password', `${UMA},Uma`, `"a@b.co;${UMA}",Uma`, `${UMA},Uma,x`);
    const { rows } = await selectCsv(text);
    expect(rows.map(({ columns }) => columns)).toEqual([{ Login: UMA }, {}, { Login: UMA }]);
  });

  test('that are few in a list without a header are left out, whatever they look like', async () => {
    const { rows, notices } = await selectCsv(lines(ADA, GRACE, `${JOSE},winter`, `${ADA},`, ADA), {
      delimiter: ',',
    });
    expect(rows.map(({ columns }) => columns)).toEqual(
      [ADA, GRACE, JOSE, ADA, ADA].map((id) => ({ 'Column 1': id })),
    );
    expect(notices.find(({ code }) => code === 'left-out')).toMatchObject({ count: 1, lines: [3] });
  });

  test('can have been made safe for a spreadsheet', async () => {
    const header = 'Login,Note,_row,_user_id,_outcome,_run_id';
    const { rows } = await results(lines(header, `'+1@acme.example,'=1,1,${ADA},failed,r`));
    expect(rows[0]?.row.columns).toEqual({ Login: '+1@acme.example', Note: '=1' });
  });
});

describe('ids of other objects', () => {
  test('are refused although a closing line follows', async () => {
    const error = await errorOf(selectCsv(lines('id', GROUP, '', 'Total: 1')));
    expect(error.code).toBe('INPUT_WRONG_OBJECTS');
  });

  test.each([
    ['before', lines('id', GROUP, ADA)],
    ['behind', lines('id', ADA, GROUP)],
  ])('among those of users are invalid rows: %s', async (_, text) => {
    const { rows } = await selectCsv(text);
    expect(rows.map(brief).toSorted()).toEqual(
      text.startsWith(`id\n${GROUP}`) ? ['2 invalid', `3 id ${ADA}`] : [`2 id ${ADA}`, '3 invalid'],
    );
  });

  test('are refused with the column of users only if all of its cells are', async () => {
    const refusal = async (other: string) =>
      (await errorOf(selectCsv(lines('id,a,,b', `${GROUP},x,${ADA},${other}`)))).hint;
    expect(await refusal(ADA)).toContain('The users are in the column “b”');
    expect(await refusal('y')).toContain('name another column');
  });
});

describe('an earlier result', () => {
  const HEADER = `_row,_user_id,_login,_outcome,_reason,_action,_http_status,_okta_error_code,_okta_request_id,_run_id`;

  test('has all that its row says', async () => {
    const { rows } = await results(
      lines(
        HEADER,
        `7,${ADA},ada,FAILED,refused,expire-password,403,E0000006,req9,r1`,
        `x,${GRACE},,skipped,,,n/a,,,r1`,
      ),
    );
    expect(rows.map(({ row, ...more }) => [brief(row), more])).toEqual([
      [
        `2 id ${ADA}`,
        {
          ...{ outcome: 'failed', reason: 'refused', action: 'expire-password', userId: ADA },
          ...{ login: 'ada', httpStatus: 403, oktaErrorCode: 'E0000006', oktaRequestId: 'req9' },
          ...{ runId: 'r1', earlierRow: 7 },
        },
      ],
      [
        `3 id ${GRACE}`,
        expect.objectContaining({ outcome: 'skipped', userId: GRACE, runId: 'r1' }),
      ],
    ]);
    expect(rows[1]).toMatchObject({ httpStatus: undefined, earlierRow: undefined });
  });

  test('without an id or login names its user by what was given with --user', async () => {
    const { rows } = await results(
      lines(
        'user,_row,_user_id,_login,_outcome,_run_id',
        `${UMA},1,,,skipped,r`,
        `${ADA},2,,,skipped,r`,
        `x,3,,mei,skipped,r`,
      ),
    );
    expect(rows.map(({ row }) => brief(row))).toEqual([
      `2 login ${UMA}`,
      `3 id ${ADA}`,
      '4 login mei',
    ]);
    const short = await results(lines('user,_row,_user_id,_outcome,_run_id', 'mei,1,,skipped,r'));
    expect(short.rows.map(({ row }) => brief(row))).toEqual(['2 login mei']);
  });

  test('names its user by another column only if its id is empty, and by what --column says', async () => {
    const text = lines('Login,_row,_user_id,_login,_outcome,_run_id', `,1,,${UMA},failed,r`);
    expect((await selectCsv(text, { column: 'Login' })).rows.map(brief)).toEqual(['2 invalid']);
    expect((await selectCsv(text)).rows.map(brief)).toEqual([`2 login ${UMA}`]);
  });

  test.each([
    ['in JSON', '[{"id":"x"}]', /among its columns\.$/],
    ['with other titles', lines('Our users', 'id,Ort', `${ADA},x`), /header: “id”, “Ort”\.$/],
    ['without titles', lines(ADA, GRACE), /header: …\.$/],
    ['in a workbook', sheetOf([['id'], [ADA]]), /header: “id”\.$/],
    [
      'of another sheet',
      sheetOf([
        ['Ort', 'id'],
        ['x', ADA],
      ]),
      /header: “Ort”, “id”\.$/,
    ],
    ['without an outcome', lines(HEADER, `1,${ADA},,odd,,,,,,r`), /line 2: “odd” in _outcome is/],
    ['with an empty outcome', lines(HEADER, `1,${ADA},,,,,,,,r`), /line 2: “” in _outcome is none/],
  ])('is not found %s, and nothing else is said', async (_, content, message) => {
    const notices: Notice[] = [];
    const ports = portsOf({ 'r.csv': content }, notices);
    const error = await errorOf(collect(readResults('r.csv', ports, never)));
    expect(error.code).toBe('INPUT_CSV');
    expect(error.message).toMatch(message);
    expect(codesOf(notices)).toEqual([]);
  });

  test.each([
    [' \n,,\n', 'INPUT_EMPTY'],
    [`id${',a'.repeat(2000)}\n`, 'INPUT_CSV'],
    ['', 'INPUT_EMPTY'],
    ['\u00AD\n\u00AD\n', 'INPUT_EMPTY'],
  ])('is not found in a file without a list: %j', async (text, code) => {
    const error = await errorOf(results(text));
    expect(error.code).toBe(code);
    expect(error.message).not.toContain('results file');
  });
});

describe('an exclude list', () => {
  const refusal = (content: string | Uint8Array) =>
    errorOf(collect(readIdentifiers('keep.csv', portsOf({ 'keep.csv': content }), never)));

  test.each([
    [lines('Ort', 'x'), 'INPUT_COLUMN_MISSING', /put a line such as Login or id above the users/],
    [lines('id,id', `${ADA},${GRACE}`), 'INPUT_COLUMN_AMBIGUOUS', /Keep only one column/],
    [lines('id', GROUP), 'INPUT_WRONG_OBJECTS', /^Use a file of users with --exclude/],
    [Buffer.alloc(300), 'INPUT_ENCODING', /^Save it as .* --encoding is for --file\.$/],
    ['', 'INPUT_EMPTY', /^Export it again/],
  ])('that is refused has a hint without a flag of --file', async (content, code, hint) => {
    const error = await refusal(content);
    expect(error).toMatchObject({ code, exitCode: 3 });
    expect(error.hint).toMatch(hint);
  });

  test.each([
    [
      1,
      '1 row of the exclude list cannot be used, so those people would not be protected: line 3: ',
      /login\.$/,
    ],
    [2, '2 rows of the exclude list cannot be used', /; line 4: /],
    [21, '21 rows of the exclude list cannot be used', /; and 1 more\.$/],
  ])('with %d rows that name nobody is refused', async (count, start, end) => {
    const { message } = await refusal(
      lines('login', UMA, ...Array<string>(count).fill('a'.repeat(101)), JOSE),
    );
    expect(message).toContain(start);
    expect(message.replace(/; an Okta login has at most 100\.$/, '; login.')).toMatch(end);
  });

  test.each([
    [1, '1 formula of the exclude list has no stored value (line 2), so'],
    [2, '2 formulas of the exclude list have no stored value (line 2, 3), so'],
    [10, 'have no stored value (line 2, 3, 4, 5, 6, 7, 8, 9, 10, 11), so'],
    [11, 'have no stored value (line 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, …), so'],
  ])('with %d formulas without a value is refused', async (count, words) => {
    const formula = { xml: '<c r="@"><f>A1</f></c>' };
    const rows = Array.from({ length: count }, () => [formula, 'x']);
    const error = await refusal(sheetOf([['Login', 'y'], ...rows, ['uma', 'x']]));
    expect(error.message).toContain(words);
    expect(error.hint).toContain('save it: that stores the values');
  });
});
