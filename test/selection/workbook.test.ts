import { describe, expect, test } from '@jest/globals';
import { gzipSync } from 'node:zlib';
import { readResults } from '../../src/selection/rows/read-results.ts';
import type { AppError } from '../../src/domain/codes/app-error.ts';
import { readIdentifiers } from '../../src/selection/rows/read-identifiers.ts';
import {
  ADA,
  brief,
  codesOf,
  collect,
  errorOf,
  fixture,
  GRACE,
  JOSE,
  LINUS,
  never,
  portsOf,
  selectCsv,
  whereOf,
} from './sample.ts';
import { elementBudget, spendRow } from '../../src/selection/workbook/xml.ts';
import { membersOf, sheetOf, workbookOf, zipOf, type MadeCell } from './workbook.ts';

const TITLES = ['User Id', 'Name', 'Status'];
const LIST = sheetOf([TITLES, [ADA, 'Byron, Ada', 'ACTIVE'], [GRACE, 'Hopper', 'STAGED']]);
const xml = (text: string): MadeCell => ({ xml: text });

describe('a workbook', () => {
  test.each([
    ['as it is', LIST],
    ['gzipped', gzipSync(LIST)],
  ])('is read by its sheet, %s', async (_, content) => {
    for (const chunk of [undefined, 7]) {
      const { rows, notices } = await selectCsv(content, {}, chunk);
      expect(rows.map(brief)).toEqual([`2 id ${ADA}`, `3 id ${GRACE}`]);
      expect(rows[0]?.columns).toEqual({ 'User Id': ADA, Name: 'Byron, Ada', Status: 'ACTIVE' });
      expect(notices.map(({ text }) => text)).toEqual([
        'Users by column “User Id”, as user ids (the only column known to contain users). Sheet “Users”, XLSX.',
      ]);
    }
  });

  test('has lines by Excel’s row numbers, title lines, blank rows, and --where', async () => {
    const content = sheetOf([
      ['Users to reset'],
      [],
      TITLES,
      [ADA, 'Ada', 'ACTIVE'],
      [],
      [GRACE, 'Grace', 'STAGED'],
      [JOSE, undefined, 'active'],
    ]);
    const { rows, notices } = await selectCsv(content, { where: [whereOf('Status=ACTIVE')] });
    expect(rows.map(brief)).toEqual([`4 id ${ADA}`, `7 id ${JOSE}`]);
    expect(rows[1]?.columns).toEqual({ 'User Id': JOSE, Name: '', Status: 'active' });
    expect(codesOf(notices)).toEqual(['title-lines', 'where']);
  });

  test('has stored values: numbers by their digits, dates as ISO, formulas by their value', async () => {
    const cells = [
      ['<c r="@"><v>4711.0</v></c>', '4711'],
      ['<c r="@"><v>1.2345678E7</v></c>', '12345678'],
      ['<c r="@"><v>12345678901234567890</v></c>', '1.2345678901234567e+19'],
      ['<c r="@"><v>0.1</v></c>', '0.1'],
      ['<c r="@" s="1"><v>46353</v></c>', '2026-11-27'],
      ['<c r="@" s="2"><v>46353.5</v></c>', '2026-11-27T12:00:00'],
      ['<c r="@" s="3"><v>59</v></c>', '1900-02-28'],
      ['<c r="@" s="3"><v>61</v></c>', '1900-03-01'],
      ['<c r="@" s="2"><v>0.75</v></c>', '18:00:00'],
      ['<c r="@" t="d"><v>2026-11-27T12:00:00</v></c>', '2026-11-27T12:00:00'],
      ['<c r="@" t="b"><v>1</v></c>', 'TRUE'],
      ['<c r="@" t="e"><f>1/0</f><v>#DIV/0!</v></c>', '#DIV/0!'],
      ['<c r="@" t="str"><f>A2&amp;"x"</f><v>ada&amp;x</v></c>', 'ada&x'],
      ['<c r="@"><f>1+1</f></c>', ''],
      ['<c r="@" t="inlineStr"><is><t>a</t><rPh><t>no</t></rPh><r><t> b</t></r></is></c>', 'a b'],
      ['<c r="@" t="inlineStr"><is><t>a_x000D_b_x005F_x0041_</t></is></c>', 'a\rb_x0041_'],
    ] as const;
    const titles = ['User Id', ...cells.map((_, at) => `C${at}`)];
    const content = sheetOf([titles, [ADA, ...cells.map(([text]) => xml(text))], [GRACE]]);
    const { rows, notices } = await selectCsv(content);
    expect(Object.values(rows[0]?.columns ?? {}).slice(1)).toEqual(cells.map(([, text]) => text));
    expect(notices.find(({ code }) => code === 'formulas')).toMatchObject({ count: 1, lines: [2] });
  });

  test('counts dates from 1904 if it says so', async () => {
    const rows = [TITLES, [ADA, xml('<c r="@" s="1"><v>44891</v></c>')]];
    const content = workbookOf([{ name: 'a', rows }], { from1904: true });
    expect((await selectCsv(content)).rows[0]?.columns['Name']).toBe('2026-11-27');
  });

  test('a login that is a number keeps its digits, or is refused if they are lost', async () => {
    const content = sheetOf([['Login'], [12345678], [xml('<c r="@"><v>1.23456789E+17</v></c>')]]);
    const { rows, notices } = await selectCsv(content);
    expect(rows.map(brief)).toEqual(['2 login 12345678', '3 invalid']);
    expect(codesOf(notices)).toEqual(['e-notation']);
  });

  test.each(['#N/A', '#REF!', '#WERT!', '#¡VALOR!', '#NAME?', 'Err:502'])(
    'a formula’s error names nobody: %s',
    async (text) => {
      const content = sheetOf([['Login'], [xml(`<c r="@" t="e"><v>${text}</v></c>`)], ['ada']]);
      const { rows, notices } = await selectCsv(content);
      expect(rows.map(brief)).toEqual(['2 invalid', '3 login ada']);
      expect(notices.map((notice) => notice.text).join()).toContain('a spreadsheet’s error');
    },
  );

  test('hidden rows are rows, and reported; merged cells count for each of their rows', async () => {
    const content = sheetOf(
      [
        ['Department', 'Login'],
        ['Sales', 'ada@acme.example'],
        [undefined, 'grace@acme.example'],
        [undefined, 'mei@acme.example'],
        ['Ops', 'jose@acme.example'],
      ],
      { hidden: [3], merged: ['A2:A4', 'B7:C7'] },
    );
    const { rows, notices } = await selectCsv(content, { where: [whereOf('department=sales')] });
    expect(rows.map(({ line }) => line)).toEqual([2, 3, 4]);
    expect(rows[2]?.columns).toEqual({ Department: 'Sales', Login: 'mei@acme.example' });
    expect(codesOf(notices)).toEqual(['where', 'hidden-rows', 'merged-cells']);
    expect(notices.find(({ code }) => code === 'hidden-rows')).toMatchObject({ lines: [3] });
  });

  test('cells after the header, and short rows, shift nothing', async () => {
    const content = sheetOf([['Login', 'Team'], ['ada@acme.example', 'a', 'note'], ['grace']]);
    const { rows, notices } = await selectCsv(content, { column: 'Login' });
    expect(rows.map(brief)).toEqual(['2 login ada@acme.example', '3 login grace']);
    expect(codesOf(notices)).toEqual([]);
  });

  test('columns of secrets are left out', async () => {
    const content = sheetOf([
      ['Login', 'Password'],
      ['ada@acme.example', 'Made-up1'],
      ['mei@acme.example'],
    ]);
    const { rows } = await selectCsv(content);
    expect(rows.map(({ columns }) => columns)).toEqual([
      { Login: 'ada@acme.example' },
      { Login: 'mei@acme.example' },
    ]);
  });

  test('a results file saved as a workbook is one', async () => {
    const [header = '', ...lines] = (await fixture('results.csv')).toString().trim().split(/\r?\n/);
    const plain = lines.filter((line) => !line.includes('"'));
    const content = sheetOf([header, ...plain].map((line) => line.split(',')));
    const read = await collect(readResults('r.xlsx', portsOf({ 'r.xlsx': content }), never));
    expect(read.length).toBe(plain.length);
    expect(read.every(({ runId }) => runId !== undefined)).toBe(true);
    const other = await errorOf(collect(readResults('u.xlsx', portsOf({ 'u.xlsx': LIST }), never)));
    expect(other.message).toContain('not a results file');
  });
});

describe('sheets', () => {
  const two = workbookOf([
    { name: 'Read me', rows: [] },
    { name: 'Staff', rows: [TITLES, [ADA]] },
    { name: 'Old list', rows: [TITLES, [LINUS]], state: 'hidden' },
    { name: 'Guests & co', rows: [TITLES, [GRACE]] },
  ]);

  test('if several are not empty, one must be named', async () => {
    const error = await errorOf(selectCsv(two));
    expect(error).toMatchObject({ code: 'INPUT_SHEET', exitCode: 3 });
    expect(error.message).toContain('2 sheets that are not empty: “Staff”, “Guests & co”.');
    expect(error.hint).toContain(`--sheet Staff or --sheet 'Guests & co'`);
  });

  test.each([
    ['Guests & co', `2 id ${GRACE}`],
    ['Old list', 'INPUT_SHEET'],
    [undefined, 'INPUT_SHEET'],
  ])('if there is somebody to ask, the answer counts: %s', async (answer, expected) => {
    const asked: unknown[] = [];
    const askSheet = async (...question: unknown[]) => {
      asked.push(question);
      return answer;
    };
    const ports = { ...portsOf({ 'u.xlsx': two }), askSheet };
    const found = await collect(readIdentifiers('u.xlsx', ports, never)).then(
      (rows) => rows.map(brief).join(),
      (error: unknown) => (error as AppError).code,
    );
    expect(found).toBe(expected);
    expect(asked).toEqual([['u.xlsx', ['Staff', 'Guests & co']]]);
  });

  test('if --sheet is not available, the error does not name it, and nobody is asked', async () => {
    const ports = portsOf({ 'u.xlsx': two });
    const exclude = await errorOf(collect(readIdentifiers('u.xlsx', ports, never)));
    expect(exclude.hint).toContain('Keep only one sheet in the --exclude workbook');
    const askSheet = () => Promise.reject(new Error('asked'));
    const results = await errorOf(collect(readResults('u.xlsx', { ...ports, askSheet }, never)));
    expect(results).toMatchObject({ code: 'INPUT_SHEET', exitCode: 3 });
    expect(results.hint).not.toContain('--sheet');
  });

  test.each([
    ['guests & CO', GRACE],
    ['Old list', LINUS],
  ])('--sheet %s', async (sheet, id) => {
    expect((await selectCsv(two, { sheet })).rows.map(brief)).toEqual([`2 id ${id}`]);
  });

  test('the only one that is not empty needs no name', async () => {
    const content = workbookOf([
      { name: 'Notes', rows: [[undefined]] },
      { name: 'Staff', rows: [TITLES, [ADA]] },
    ]);
    expect((await selectCsv(content)).rows.map(brief)).toEqual([`2 id ${ADA}`]);
  });

  test('a name that does not exist, and a file without sheets, are refused', async () => {
    const missing = await errorOf(selectCsv(two, { sheet: 'Stuff' }));
    expect(missing.message).toContain('no sheet “Stuff”');
    const text = await errorOf(selectCsv('Login\nada@acme.example\n', { sheet: 'Staff' }));
    expect(text.code).toBe('INPUT_SHEET');
  });
});

describe('a file that is not a workbook', () => {
  const compound = Buffer.from('d0cf11e0a1b11ae1', 'hex');
  const parts = membersOf([{ name: 'a', rows: [TITLES, [ADA]] }]);
  const instead = (name: string, content: string) =>
    zipOf(parts.map(([member, old]) => [member, member === name ? content : old]));
  const sheet = 'xl/worksheets/sheet1.xml';

  test.each([
    ['an old one', Buffer.concat([compound, Buffer.alloc(600)]), /old Excel workbook \(\.xls\)/],
    [
      'a protected one',
      Buffer.concat([compound, Buffer.alloc(100_000), Buffer.from('EncryptedPackage', 'utf16le')]),
      /protected by a password/,
    ],
    ['a binary one', zipOf([['xl/workbook.bin', 'x']]), /\.xlsb/],
    ['an OpenDocument one', zipOf([['content.xml', '<a/>']]), /OpenDocument/],
    ['a zip', zipOf([['users.csv', 'Login\nx\n']]), /a zip archive, not a workbook/],
    ['an empty zip', zipOf([]), /a zip archive, not a workbook/],
    ['one cut off', LIST.subarray(0, LIST.length - 40), /damaged/],
    ['one with a member cut off', instead(sheet, '<worksheet><sheetData><row r="1">'), /damaged/],
    ['one that is no XML', instead(sheet, 'User Id\n00u\n'), /damaged/],
    ['one with undefined entities', instead(sheet, '<worksheet>&bomb;</worksheet>'), /damaged/],
    [
      'one with other letters',
      zipOf([[sheet, Buffer.from([0xff])], ...parts.slice(0, 5)]),
      /damaged/,
    ],
    ['one whose sizes are wrong', zipOf(parts, { [sheet]: { size: 7 } }), /damaged/],
    ['one with protected members', zipOf(parts, { [sheet]: { flags: 1 } }), /protected/],
  ])('%s is refused with what to do', async (_, content, message) => {
    const error = await errorOf(selectCsv(content));
    expect(error).toMatchObject({ code: 'INPUT_WORKBOOK', exitCode: 3 });
    expect(error.message).toMatch(message);
    expect(error.hint).not.toBe('');
  });

  test('an empty sheet is empty', async () => {
    expect((await errorOf(selectCsv(sheetOf([[]])))).code).toBe('INPUT_EMPTY');
  });

  test.each([
    ['a bomb', { [sheet]: 'x'.repeat(20_000_000) }],
    ['a document type', { [sheet]: '<!DOCTYPE a [<!ENTITY b "c">]><worksheet/>' }],
    [
      'too many attributes',
      { [sheet]: `<a ${Array.from({ length: 99 }, (_, at) => `b${at}="c"`).join(' ')}/>` },
    ],
    [
      'rows whose second cell stands far to the right',
      {
        [sheet]: `<worksheet>${'<row><c t="str"><v>Login</v></c><c r="ALL1"><v>1</v></c></row>'.repeat(20_000)}</worksheet>`,
      },
    ],
    [
      'one long text for many cells',
      {
        'xl/sharedStrings.xml': `<sst><si><t>${'x'.repeat(32_000)}</t></si></sst>`,
        [sheet]: `<worksheet><row><c t="str"><v>Login</v></c></row>${`<row><c t="str"><v>a@b.co</v></c><c t="s"><v>0</v></c></row>`.repeat(2200)}</worksheet>`,
      },
    ],
    [
      'one sheet by many names',
      {
        'xl/workbook.xml': `<workbook xmlns:r="x"><sheets>${'<sheet name="a" r:id="rId1"/>'.repeat(1001)}</sheets></workbook>`,
      },
    ],
    ['too deep a tree', { [sheet]: '<a>'.repeat(99) }],
    ['too many elements', { [sheet]: `<a>${'<b/>'.repeat(1_100_000)}</a>` }],
    ['a text without an end', { 'xl/sharedStrings.xml': `<sst><si><t>${'x'.repeat(2_000_000)}` }],
    [
      'a row without an end',
      { [sheet]: `<worksheet><row><c t="str"><v>${'x'.repeat(300_000)}</v></c></row></worksheet>` },
    ],
  ])('%s is refused before it does harm', async (_, members: Readonly<Record<string, string>>) => {
    const content = zipOf(parts.map(([name, old]) => [name, members[name] ?? old]));
    const error = await errorOf(selectCsv(content));
    expect(error.code).toBe('INPUT_WORKBOOK');
    expect(error.message).toContain('more than a list of users should');
  });

  test('short rows under a wide header cost only what they contain', async () => {
    const titles = ['Login', ...Array.from({ length: 999 }, (_, at) => `T${at}`)];
    const rows = Array.from({ length: 9000 }, (_, at) => [`u${at}@acme.example`]);
    const selected = await selectCsv(sheetOf([titles, ...rows]));
    expect(selected.rows).toHaveLength(9000);
    expect(Object.keys(selected.rows[0]?.columns ?? {})).toEqual(titles);
    expect(selected.rows[1]?.columns).toEqual({ Login: 'u1@acme.example' });
  });

  test('a cell far to the right is refused like a row of CSV with as many', async () => {
    const content = instead(sheet, '<worksheet><row><c r="XFD1"><v>1</v></c></row></worksheet>');
    expect((await errorOf(selectCsv(content))).code).toBe('INPUT_CSV');
  });
});

describe('how much is read from a workbook', () => {
  test('is limited by its elements, its cells and its characters, the larger the file the more', () => {
    const spent = (bytes: number, width: number, text: number) => () =>
      spendRow('a.xlsx', elementBudget(bytes), width, text);
    const characters = 64 * 1024 * 1024;
    for (const fine of [spent(0, 2_000_000, characters), spent(2_000_000, 8_000_000, 80_000_000)])
      expect(fine).not.toThrow();
    for (const tooMuch of [
      spent(0, 2_000_002, 0),
      spent(0, 0, characters + 1),
      spent(2_000_000, 8_000_002, 0),
      spent(2_000_000, 0, 80_000_001),
    ])
      expect(tooMuch).toThrow(/more than a list of users should/);
  });
});
