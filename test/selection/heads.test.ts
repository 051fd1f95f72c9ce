/** The beginning of a file: its delimiter, where its header is, and how its titles are above their cells. */
import { describe, expect, test } from '@jest/globals';
import { headRecords } from '../../src/selection/layout/dialect.ts';
import { isAddress, positionOf } from '../../src/selection/layout/head-reading.ts';
import { readLayout } from '../../src/selection/layout/layout.ts';
import { RECOGNISE_ALL, type FileOptions } from '../../src/selection/selection.ts';
import { ADA, GRACE, JOSE, LINUS, selectCsv, whereOf } from './sample.ts';

const UMA = 'uma@acme.example';
const MEI = 'mei@acme.example';
const lines = (...all: readonly string[]) => `${all.join('\n')}\n`;

function read(text: string, options: Partial<FileOptions> = {}) {
  const found = readLayout('users.csv', text, true, { ...RECOGNISE_ALL, ...options });
  const { key, dialect, headerRecord, preamble, header, width, names, leftOut } = found;
  return {
    key: `${key.index} ${key.name} ${key.kind}`,
    delimiter: dialect.delimiter,
    ...{ headerRecord, preamble, header, width, names, leftOut: [...leftOut] },
  };
}

function refusal(text: string, options: Partial<FileOptions> = {}): string {
  try {
    return JSON.stringify(read(text, options));
  } catch (error) {
    const { code, message } = error as Error & { code: string };
    return `${code} ${message}`;
  }
}

describe('the delimiter of a file', () => {
  const ids = [ADA, GRACE, JOSE, LINUS];
  const many = (count: number, line: (at: number) => string) =>
    lines(...Array.from({ length: count }, (_, at) => line(at)));

  test.each([
    ['has the most titles', lines('id;a;b,c', `${ADA};x;y,z`), ';'],
    ['has more titles than another', lines('id;a;b,Login', `${ADA};x;y,z`), ';'],
    [
      'has the most titles in the header, not above it',
      lines('Our;users;x', 'id;Login,Email', `${ADA};x,y`),
      ',',
    ],
    [
      'is none if the only title is above pairs',
      lines('login', ...Array<string>(9).fill('ada:x')),
      '\u001F',
    ],
    [
      'is none if the only title is above two cells each',
      lines('login', ...Array<string>(9).fill('ada;x')),
      '\u001F',
    ],
    ['is the first of two with as many', lines('id,login;email', `${ADA},x;y`), ','],
    ['is declared', lines('sep=;', 'id,x;login', `${ADA},x;y`), ';'],
    ['is declared in quotes', lines('"sep=|"', 'id;x|login', `${ADA};x|y`), '|'],
    ['is a colon if its header has it', lines('login:password', `${UMA}:x`), ':'],
    ['is no colon if a row has none', lines('users:login', UMA, MEI), '\u001F'],
    ['is none if the only column is titled', lines('login', 'a;b', 'c;d'), '\u001F'],
    ['is none if few rows have it', many(10, (at) => `${ids[at % 4]}${at < 2 ? ',x' : ''}`), ''],
    ['splits nine of ten rows', many(10, (at) => `${ids[at % 4]}${at < 9 ? ',x' : ''}`), ','],
    ['splits eight of ten rows', many(10, (at) => `${ids[at % 4]}${at < 8 ? ',x' : ''}`), ''],
    ['splits the rows after a blank line', lines('', '', `${ADA};x`, `${GRACE};y`), ';'],
    ['is the one that finds ids', lines(`a;b;c|${ADA}`, `a;b;c|${GRACE}`), '|'],
    ['is a colon if it finds ids', lines(`${ADA}:x`, `${GRACE}:y`), ':'],
  ])('%s', (_, text, delimiter) => {
    const found = refusal(text);
    // Without a delimiter, the first line is not an id.
    if (delimiter === '') expect(found).toMatch(/^INPUT_COLUMN_MISSING|"delimiter":"\\u001f"/);
    else expect(read(text).delimiter).toBe(delimiter);
  });

  test('that is given counts, whatever the file has', () => {
    expect(read(lines('id;a,login', `${ADA};x,y`), { delimiter: ',' }).key).toBe('1 login login');
  });

  test.each([
    ['|', 'id | "Note"', `${ADA} | "x"`, 'x'],
    [',', 'id, "Note"', `${ADA}, "x" `, 'x'],
    [',', 'id,Note', `${ADA}, x `, ' x '],
    ['\t', 'id\t "Note"', `${ADA}\t "x"`, 'x'],
    ['\t', 'id\t\t"Note"\tMore', `${ADA}\t\t" x "\ty`, ' x '],
    ['.', 'id. "Note"', `${ADA}. "x"`, 'x'],
  ])(
    '%j has spaces around it only if there are quotes: %s',
    async (delimiter, header, row, note) => {
      const { rows } = await selectCsv(lines(header, row), { delimiter });
      expect(rows[0]?.columns['Note']).toBe(note);
    },
  );

  test('with spaces around it separates no cell in quotes', () => {
    expect(read(lines('id, "Note"', `${ADA}, "a,b"`))).toMatchObject({ width: 2, header: 'sound' });
  });

  test('gives no row more than 2,000 cells', () => {
    const wide = (cells: number) => lines(`id${',a'.repeat(cells - 1)}`, ADA);
    expect(read(wide(2000)).names).toHaveLength(2000);
    expect(refusal(wide(2001))).toMatch(/^INPUT_CSV .*more than 2000 cells/);
    expect(refusal(lines('id,x', `${ADA}${','.repeat(2000)}`))).toMatch(/^INPUT_CSV /);
  });
});

describe('the first records of a file', () => {
  const dialect = { delimiter: ',', newlines: ['\n'], padded: false };
  const firsts = (text: string, complete: boolean, most: number) =>
    headRecords(text, complete, dialect, most).map((cells) => cells.join('|'));

  test('end before the one that is cut off', () => {
    expect(firsts('a,b\nc,d\ne', true, 9)).toEqual(['a|b', 'c|d', 'e']);
    expect(firsts('a,b\nc,d\ne', false, 9)).toEqual(['a|b', 'c|d']);
    expect(firsts('a,b\nc,d\ne', false, 2)).toEqual(['a|b', 'c|d']);
    expect(firsts('a,b\nc,d\ne', false, 3)).toEqual(['a|b', 'c|d', 'e']);
  });

  test('end before an open quote, and before a record that is half as long as any can be', () => {
    expect(firsts('a\nb\n"c', true, 9)).toEqual(['a', 'b']);
    for (const [length, count] of [
      [32_000, 3],
      [33_000, 1],
    ] as const)
      expect(firsts(`a\n${'b'.repeat(length)}\nc\n`, true, 9)).toHaveLength(count);
  });
});

describe('the header', () => {
  const titled = (count: number) => lines(...Array<string>(count).fill('Our users'), 'Login', UMA);

  test('is among the first twenty lines', () => {
    expect(read(titled(19))).toMatchObject({ headerRecord: 19, preamble: 20 });
    expect(refusal(titled(20))).toMatch(/^INPUT_COLUMN_MISSING/);
  });

  test.each<[string, string, number | undefined]>([
    ['after the first user is a row', lines(ADA, 'User Id', GRACE), undefined],
    ['can have an id in it', lines(`User Id,${ADA}`, `${GRACE},x`), 0],
    ['before the first user', lines('Note', 'User Id', ADA), 1],
    [
      'below a line of another length',
      lines('ada@acme.example', '', 'Login,Name', `${UMA},Uma`),
      2,
    ],
    ['below an address in another column', lines(`${MEI},x`, 'Note,Login', `y,${UMA}`), 1],
  ])('%s', (_, text, record) => {
    expect(read(text).headerRecord).toBe(record);
  });

  test.each([
    ['directly', lines(`Mei,${MEI}`, 'Name,Login', `Uma,${UMA}`)],
    ['and a title', lines('Our users,', `Mei,${MEI}`, 'Name,Login', `Uma,${UMA}`)],
  ])('below a user does not count: %s', (_, text) => {
    expect(refusal(text)).toMatch(/^INPUT_COLUMN_MISSING/);
  });

  test('is the one with the title that --column names, or a known one if it gives a position', () => {
    const text = lines('Our users,x', 'Konto,Login', `k1,${UMA}`);
    expect(read(text, { column: 'konto' })).toMatchObject({ key: '0 Konto any', headerRecord: 1 });
    expect(read(text, { column: ' 1 ' })).toMatchObject({ key: '0 Konto any', headerRecord: 1 });
    expect(refusal(text, { column: 'Abteilung' })).toContain(
      'no column “Abteilung”. Its first line: “Our users”, “x”',
    );
  });

  test('of a results file is known whatever --column names', () => {
    const text = lines('Our results', '_row,_user_id,_outcome,_run_id', `1,${ADA},failed,r`);
    expect(refusal(text, { column: 'Konto' })).toContain('“_outcome”');
  });

  test.each([
    ['1', 0],
    [' 12 ', 11],
    ['9999', 9998],
    ['0', undefined],
    ['01', undefined],
    ['10000', undefined],
    ['1a', undefined],
    [undefined, undefined],
  ])('has a column by the position %s: %s', (column, index) => {
    expect(positionOf(column)).toBe(index);
  });

  test('is not a line with an address, which has less than 300 characters', () => {
    const address = (length: number) => `${'a'.repeat(length - 5)}@b.co`;
    expect([UMA, ` ${UMA} `, 'a@b', 'a b@c.co', address(299), address(300)].map(isAddress)).toEqual(
      [true, true, false, false, true, false],
    );
  });
});

describe('titles and cells', () => {
  test.each([
    ['as many', lines('id,x', `${ADA},1`), 'sound', 2],
    ['empty titles behind', lines('id,x,,', `${ADA},1`, `${GRACE},2`), 'sound', 4],
    ['cells without a title', lines('id,x', `${ADA},1,2`, `${GRACE},1,2`), 'sound', 3],
    [
      'two lengths that are as frequent',
      lines('id,x,y', `${ADA},1`, `${GRACE},1,2`, `${JOSE},1,2`, `${LINUS},1`),
      'sound',
      3,
    ],
    [
      'one length that is less frequent',
      lines('id,x', `${ADA},1`, `${GRACE},1`, `${JOSE},1,2`),
      'sound',
      2,
    ],
    ['one title in two parts', lines('id,Name, first', `${ADA},x`), 'joined', 2],
    ['the first title in two parts', lines('Name, first,id', `x,${ADA}`), 'joined', 2],
    ['a space at the end of a title', lines('id,Name ,first', `${ADA},x`), 'uncertain', 2],
    ['a space before the first title', lines(' id,Name, first', `${ADA},x`), 'joined', 2],
    ['two parts too many', lines('id,Name, first,x', `${ADA},x`), 'uncertain', 2],
    ['one row', lines('id,a,b', `${ADA},x`), 'uncertain', 2],
  ])('%s', (_, text, header, width) => {
    expect(read(text)).toMatchObject({ header, width });
  });

  test('a title that was put together has the delimiter in it again', () => {
    expect(read(lines('Name; first; last;id', `x;${ADA}`)).names).toEqual([
      'Name; first; last',
      'id',
    ]);
  });

  test.each([
    ['ids, wherever they are', lines('x,id,a,b', `1,${ADA},2`), {}],
    ['logins in the first column', lines('Login,x,a,b', `${UMA},1,2`), {}],
  ])('that do not fit do no harm to %s', (_, text, options) => {
    expect(read(text, options).header).toBe('uncertain');
  });

  test.each([
    ['logins behind the first column', lines('x,Login,a,b', `1,${UMA},2`), {}, 'Login'],
    ['a condition', lines('id,x,y', `${ADA},1`), { where: [whereOf('x=1'), whereOf('y=2')] }, 'x'],
  ])('that do not fit are refused with %s', (_, text, options, title) => {
    expect(refusal(text, options)).toMatch(
      new RegExp(`^INPUT_CSV .*titles and the rows have . cells, so “${title}”`),
    );
  });

  test('that do not fit keep only the user if any title is of a secret', () => {
    expect(read(lines('id,a,b', `${ADA},x`)).leftOut).toEqual([]);
    expect(read(lines('x,id,PIN,b', `1,${ADA},2`)).leftOut).toEqual([0, 2, 3]);
  });

  test('of a results file are shown without the guard of a spreadsheet', () => {
    const text = lines("'=x,'+PIN,_row,_user_id,_outcome,_run_id", `a,b,1,${ADA},failed,r`);
    expect(read(text)).toMatchObject({ names: expect.arrayContaining(['=x']), leftOut: [1] });
    expect(read(lines("id,'=x", `${ADA},a`)).names).toEqual(['id', "'=x"]);
  });
});

describe('a file without a header', () => {
  test.each<[string, string, string | undefined, object]>([
    ['an id', lines(`x,${ADA}`, `y,${GRACE}`), undefined, { key: '1 Column 2 id', leftOut: [0] }],
    ['an id below blank lines', lines('', ADA, GRACE), undefined, { preamble: 1, width: 1 }],
    ['ids, one by position', lines(`${ADA},${GRACE}`), '2', { key: '1 Column 2 any' }],
    ['an address, by position', lines(`${UMA},x`), '1', { key: '0 Column 1 any', leftOut: [1] }],
    ['a password, by position', lines('ada,Winter24!x'), '1', { key: '0 Column 1 any' }],
  ])('has %s', (_, text, column, found) => {
    expect(read(text, { column })).toMatchObject({
      headerRecord: undefined,
      header: 'sound',
      ...found,
    });
  });

  test.each([
    ['a position that does not exist', lines(`${ADA},x`), { column: '3' }, 'there is no column 3'],
    [
      'a condition',
      lines(`${ADA},x`),
      { where: [whereOf('Dept=x')] },
      'users.csv has no column “Dept”.',
    ],
    ['a title', lines(`${ADA},Winter`), { column: 'Login' }, 'no column “Login”.'],
    ['a title, above addresses', lines(`Winter,${UMA}`), { column: 'Login' }, 'no column “Login”.'],
    ['two ids', lines(`x,${ADA},${GRACE}`), {}, 'has no header, and 2 user ids in its first line'],
    ['two addresses', lines(`x,${UMA},${MEI}`), {}, 'has no header, and 2 addresses'],
    [
      'one address twice',
      lines(`Uma,${UMA},${UMA.toUpperCase()}`),
      {},
      `with “${UMA}” in column 2`,
    ],
    ['one address', lines(`x,${UMA}`, '', `y,${MEI}`), {}, `“${UMA}”, “${MEI}” in column 2.`],
    [
      'an address above something else',
      lines(UMA, 'Payroll'),
      {},
      'has no header: its first line is already a row.',
    ],
  ])('is refused with %s', (_, text, options, message) => {
    const said = refusal(text, options);
    expect(said).toContain(message);
    // A row can contain anything, so only what names users is shown.
    expect(said).not.toContain('Winter');
  });

  test.each([
    ['a word above words', lines('ada,x', 'uma,y'), 'unknown'],
    ['a number above numbers', lines('4711,x', '4712,y'), 'unknown'],
    ['a short name with digits', lines('u-4711,x', 'u-4712,y'), 'unknown'],
    ['a word above some words', lines('ada,x', `${UMA},y`, 'mei,z'), 'unknown'],
    ['a word above addresses', lines('Konto,x', `${UMA},y`, ',z', `${MEI},z`), 'sound'],
    ['a word above numbers', lines('Konto,x', '4711,y'), 'sound'],
    ['two words', lines('Konto Nr,x', 'ada,y'), 'sound'],
    ['nothing', lines(',x', 'ada,y'), 'sound'],
  ])('may have one: --column 1 and %s', (_, text, header) => {
    expect(read(text, { column: '1' }).header).toBe(header);
  });

  test.each([
    ['nothing', ''],
    ['a mark', '\uFEFF'],
    ['empty cells', ',,\n,,\n'],
    ['quotes', '""\n""\n'],
    ['a declared delimiter', 'sep=;\n;;\n'],
    ['a space that shows nothing', '\u00AD\n\u00AD\n'],
  ])('is empty if it has only %s', (_, text) => {
    expect(refusal(text)).toBe('INPUT_EMPTY users.csv is empty.');
  });
});
