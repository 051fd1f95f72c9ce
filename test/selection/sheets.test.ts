/** The parts of a workbook: its archive, its XML, its styles and merged cells, and the rows of a sheet. */
import { describe, expect, test } from '@jest/globals';
import { openArchive, type Archive } from '../../src/selection/workbook/archive.ts';
import { columnOf, columnOfCell } from '../../src/selection/workbook/cell-reference.ts';
import { isDateCode, readDateStyles } from '../../src/selection/workbook/date-styles.ts';
import { readMergedCells } from '../../src/selection/workbook/merged-cells.ts';
import { readParts } from '../../src/selection/workbook/parts.ts';
import { readSharedStrings } from '../../src/selection/workbook/shared-strings.ts';
import { newSheetTally, readSheetRows } from '../../src/selection/workbook/sheet-rows.ts';
import { elementBudget, readWholeXml, type Attributes } from '../../src/selection/workbook/xml.ts';
import { ADA, brief, collect, errorOf, GRACE, never, selectCsv } from './sample.ts';
import { sheetOf, workbookOf, zipOf } from './workbook.ts';

const MIB = 1024 * 1024;
const OVERSIZED = /more than a list of users should/;
const DAMAGED = /is damaged or cut off/;
const many = (count: number, text: (at: number) => string) =>
  Array.from({ length: count }, (_, at) => text(at)).join('');

type Content = string | Uint8Array | readonly string[];

function* piecesOf(content: Content, chunk: number): Generator<Buffer> {
  if (typeof content === 'object' && !(content instanceof Uint8Array)) {
    yield* content.map((text) => Buffer.from(text));
    return;
  }
  const bytes = Buffer.from(content);
  for (let at = 0; at < bytes.length; at += chunk) yield bytes.subarray(at, at + chunk);
}

/** An archive of members that need no unpacking, in pieces of a length. */
function archiveOf(members: Readonly<Record<string, Content>>, chunk = 1000): Archive {
  return {
    path: 'users.xlsx',
    has: (name) => name in members,
    read: (name) => {
      const content = members[name];
      if (content === undefined) return undefined;
      return (async function* () {
        yield* piecesOf(content, chunk);
      })();
    },
  };
}

describe('an archive', () => {
  const ENTRY = 'xl/Sheet.xml';
  const open = (bytes: Buffer, packedBytes = 0, signal = never) =>
    openArchive('users.xlsx', bytes, packedBytes, signal);
  const length = async (archive: Archive, name: string, again?: 'again') => {
    let sum = 0;
    for await (const part of archive.read(name, again) ?? []) sum += part.length;
    return sum;
  };

  test('has its members whatever their case', async () => {
    const archive = await open(zipOf([[ENTRY, 'abc']]));
    expect(['XL/sheet.XML', ENTRY, 'Sheet.xml'].map(archive.has)).toEqual([true, true, false]);
    expect(await length(archive, 'XL/sheet.XML')).toBe(3);
    expect(archive.read('Sheet.xml')).toBeUndefined();
  });

  test.each([
    [8 * MIB, 0, DAMAGED],
    [8 * MIB + 1, 0, OVERSIZED],
    [9_000_000, 300_000, DAMAGED],
    [9_000_001, 300_000, OVERSIZED],
  ])('of which a member says to have %d bytes, packed to %d', async (size, packed, message) => {
    const archive = await open(zipOf([[ENTRY, 'abc']], { [ENTRY]: { size } }), packed);
    // A size within the limit is not the real one.
    await expect(length(archive, ENTRY)).rejects.toThrow(message);
  });

  test('counts what all members unpack to, but not what is read again', async () => {
    const bytes = zipOf(
      [
        ['big', Buffer.alloc(8 * MIB)],
        ['small', 'abc'],
      ],
      { small: { size: 1 } },
    );
    const archive = await open(bytes);
    expect(await length(archive, 'big', 'again')).toBe(8 * MIB);
    await expect(length(archive, 'small')).rejects.toThrow(DAMAGED);
    expect(await length(archive, 'big')).toBe(8 * MIB);
    await expect(length(archive, 'small')).rejects.toThrow(OVERSIZED);
  });

  test.each([
    [10_000, DAMAGED],
    [10_001, OVERSIZED],
  ])('that says to have %d members', async (count, message) => {
    const bytes = zipOf([[ENTRY, 'abc']]);
    for (const from of [14, 12]) bytes.writeUInt16LE(count, bytes.length - from);
    await expect(open(bytes)).rejects.toThrow(message);
  });

  test('is no longer read after an abort', async () => {
    const abort = new AbortController();
    const archive = await open(zipOf([[ENTRY, 'abc']]), 0, abort.signal);
    abort.abort(new Error('stopped'));
    await expect(length(archive, ENTRY)).rejects.toThrow('stopped');
  });
});

describe('XML', () => {
  async function eventsOf(content: Content, chunk?: number, left = 1000) {
    const events: string[] = [];
    const budget = { left, characters: 0 };
    await readWholeXml(archiveOf({ a: content }, chunk), 'a', budget, {
      open: (name, attributes: Attributes) =>
        events.push([name, ...Object.entries(attributes).flat()].join(' ')),
      text: (text) => events.push(`“${text}”`),
      close: (name) => events.push(`/${name}`),
    });
    return { events, left: budget.left };
  }

  test('is read without the prefixes of its names, and costs its elements and attributes', async () => {
    expect(await eventsOf('<x:a y:b="1" c="é"><d/>é<![CDATA[<&]]></x:a>')).toEqual({
      events: ['a y:b 1 c é', 'd', '/d', '“é”', '“<&”', '/a'],
      left: 1000 - 4,
    });
    const { events } = await eventsOf('<a>é🙂</a>', 1);
    expect(events.join('').replaceAll('”“', '')).toBe('a“é🙂”/a');
  });

  test.each<[string, Content, RegExp | undefined]>([
    ['64 levels', '<a>'.repeat(64) + '</a>'.repeat(64), undefined],
    ['65 levels', '<a>'.repeat(65) + '</a>'.repeat(65), OVERSIZED],
    [
      '64 attributes each',
      `<a>${`<b${many(64, (at) => ` c${at}=""`)}/>`.repeat(2)}</a>`,
      undefined,
    ],
    ['65 attributes', `<a${many(65, (at) => ` c${at}=""`)}/>`, OVERSIZED],
    ['an element too many', `<a>${'<b/>'.repeat(1000)}</a>`, OVERSIZED],
    ['as many elements as it can', `<a>${'<b/>'.repeat(999)}</a>`, undefined],
    ['letters that are not UTF-8', Buffer.from('<a>\xff</a>', 'latin1'), DAMAGED],
    ['an end within a letter', Buffer.from('<a/>\xc3', 'latin1'), DAMAGED],
    ['no end', '<a>', DAMAGED],
    ['no name', '<a>< b/></a>', DAMAGED],
  ])('with %s is read or refused', async (_, content, message) => {
    const read = eventsOf(content);
    if (message === undefined) expect((await read).left).toBeLessThan(1000);
    else await expect(read).rejects.toThrow(message);
  });

  test('can have a MiB of text between two tags', async () => {
    const text = 'x'.repeat(MIB);
    expect((await eventsOf(['<a>', text, '<b>', text, '</b>', '</a>'])).left).toBe(998);
  });
});

test.each([
  ['A1', 0],
  ['Z1', 25],
  ['AA7', 26],
  ['AB12', 27],
  ['XFD1048576', 16_383],
  ['A', undefined],
  ['1', undefined],
  ['a1', undefined],
  ['ABCD1', undefined],
  ['', undefined],
])('the cell %s is in the column %s', (reference, column) => {
  expect(columnOfCell(reference)).toBe(column);
  if (column !== undefined) expect(columnOf(reference)).toBe(column);
});

describe('the style of a cell', () => {
  const styles = (xml: string) =>
    readDateStyles(archiveOf({ s: `<styleSheet>${xml}</styleSheet>` }), 's', elementBudget(0));

  test('shows dates by the numbers that Excel knows', async () => {
    const xfs = many(70, (at) => `<xf numFmtId="${at}"/>`);
    const range = (from: number, to: number) =>
      Array.from({ length: to - from + 1 }, (_, at) => from + at);
    expect([...(await styles(`<cellXfs>${xfs}</cellXfs>`))]).toEqual([
      ...[...range(14, 22), ...range(27, 36), ...range(45, 47), ...range(50, 58)],
    ]);
  });

  test('shows dates by the workbook’s own formats, which come before Excel’s', async () => {
    const formats = [
      ['164', 'yyyy'],
      ['165', '0.0'],
      ['14', '0'],
    ].map(([id, code]) => `<numFmt numFmtId="${id}" formatCode="${code}"/>`);
    const other = '<cellStyleXfs><xf numFmtId="164"/></cellStyleXfs>';
    const xfs = ['<xf/>', ...[164, 165, 14, 15].map((id) => `<xf numFmtId="${id}"/>`)];
    const all = `<numFmt numFmtId="166"/>${formats.join('')}${other}<cellXfs>${xfs.join('')}</cellXfs>${other}`;
    expect([...(await styles(all))]).toEqual([1, 4]);
    expect(await readDateStyles(archiveOf({}), undefined, elementBudget(0))).toEqual(new Set());
  });

  test.each([
    ['yyyy-mm-dd', true],
    ['[$-409]d\\-mmm', true],
    ['H:MM', true],
    ['[h]', true],
    ['[SS]', true],
    ['yyyy;0', true],
    ['0;yyyy', false],
    ['General', false],
    ['"day" 0', false],
    ['[Red]0', false],
    ['\\d0', false],
    ['_d0', false],
    ['*d0', false],
    ['', false],
    [`${'0'.repeat(254)}d`, true],
    [`${'0'.repeat(255)}d`, false],
  ])('with the format %j shows dates: %s', (code, expected) => {
    expect(isDateCode(code)).toBe(expected);
  });
});

describe('merged cells', () => {
  const tag = (area: string) => `<mergeCell ref="${area}"/>`;
  const merged = (areas: readonly string[], chunk?: number) =>
    readMergedCells(archiveOf({ s: `<a>${areas.map(tag).join('')}</a>` }, chunk), 's');

  test.each([1, 7, 50, 1000])('are found wherever the sheet is cut: %d', async (chunk) => {
    const cells = await merged(['C2:D3', 'A2:A4', 'B5:C5', 'E3:E4', 'F2:F3'], chunk);
    const rows = [[], ['1', '', '3', '', 'x'], ['', 'own'], ['', '', 'own'], ['', 'b'], []].map(
      (row, at) => {
        cells.fill(at + 1, row);
        return row;
      },
    );
    expect(rows).toEqual([
      [],
      ['1', '', '3', '', 'x'],
      ['1', 'own', '3'],
      ['1', '', 'own'],
      ['', 'b'],
      [],
    ]);
    expect(cells.filled).toBe(3);
  });

  test('before which a row has nothing are filled up to them', async () => {
    const cells = await merged(['C1:C2']);
    cells.fill(1, ['', '', 'x']);
    const row: string[] = [];
    cells.fill(2, row);
    expect(row).toStrictEqual(['', '', 'x']);
  });

  test('with a prefix are found, and a sheet that is not there has none', async () => {
    const archive = archiveOf({ s: '<x:mergeCell count="2" ref="A1:A2"></x:mergeCell>' });
    const cells = await readMergedCells(archive, 's');
    cells.fill(1, ['a']);
    cells.fill(2, ['']);
    expect(cells.filled).toBe(1);
    expect((await readMergedCells(archive, 't')).filled).toBe(0);
  });

  test('are at most 20,000, without those of one row', async () => {
    const areas = (count: number, rows: number) =>
      Array.from({ length: count }, (_, at) => `A${at}:B${at + rows - 1}`);
    await expect(merged([...areas(20_000, 2), ...areas(9, 1)], 50_000)).resolves.toBeDefined();
    await expect(merged(areas(20_001, 2), 50_000)).rejects.toThrow(OVERSIZED);
  });

  test('fill at most a million cells', async () => {
    const letters = (at: number) =>
      [676, 26, 1].map((unit) => String.fromCharCode(65 + (Math.floor(at / unit) % 26))).join('');
    const areas = Array.from({ length: 1000 }, (_, at) => `${letters(at + 702)}1:A2000`);
    const cells = await merged(areas);
    const row = Array<string>(4000).fill('x');
    for (let at = 1; at <= 1001; at += 1) cells.fill(at, row);
    expect(() => {
      cells.fill(1002, row);
    }).toThrow(OVERSIZED);
  });
});

describe('the parts of a workbook', () => {
  const relations = (...all: readonly (readonly string[])[]) =>
    `<Relationships>${all.map(([id, type, target]) => `<Relationship Id="${id}" Type="http://x/${type}" Target="${target}"/>`).join('')}</Relationships>`;
  const parts = (members: Readonly<Record<string, Content>>) =>
    readParts(archiveOf(members), elementBudget(0));
  const book = (inside: string) => `<workbook xmlns:r="x"><sheets>${inside}</sheets></workbook>`;

  test.each([
    ['worksheets/s.xml', 'xl/worksheets/s.xml'],
    ['/xl/worksheets/s.xml', 'xl/worksheets/s.xml'],
    ['./worksheets//s.xml', 'xl/worksheets/s.xml'],
    ['../other/s.xml', 'other/s.xml'],
    ['worksheets/', 'xl/worksheets'],
  ])('are at %s: %s', async (target, member) => {
    const { sheets } = await parts({
      'xl/workbook.xml': book('<sheet name="a" r:id="r1"/>'),
      'xl/_rels/workbook.xml.rels': relations(['r1', 'worksheet', target]),
    });
    expect(sheets).toEqual([{ name: 'a', member, isHidden: false }]);
  });

  test('are found from the root, in any folder', async () => {
    const found = await parts({
      '_rels/.rels': relations(
        ['a', 'thumbnail', 'x.jpg'],
        ['b', 'officeDocument', 'a/b/book.xml'],
      ),
      'a/b/book.xml':
        '<workbook xmlns:q="x"><workbookPr date1904="on"/><other date1904="0"/><sheets>' +
        '<sheet name="One" q:id="r1" state="visible"/><sheet q:id="r2" state="veryHidden"/>' +
        '<sheet name="Chart" q:id="r3"/><sheet name="Lost" q:id="r9"/><sheet name="None"/>' +
        '<tab name="No" q:id="r1"/></sheets></workbook>',
      'a/b/_rels/book.xml.rels': relations(
        ['r1', 'worksheet', '../sheets/1.xml'],
        ['r2', 'worksheet', '2.xml'],
        ['r3', 'chartsheet', '3.xml'],
        ['s', 'sharedStrings', 's.xml'],
        ['t', 'styles', '/t.xml'],
      ).replace(
        '</',
        '<Relationship Id="x"/><Relationship Target="x"/><Other Id="r1" Target="x"/><Relationship Id="y" Target="y"/></',
      ),
    });
    expect(found).toEqual({
      sheets: [
        { name: 'One', member: 'a/sheets/1.xml', isHidden: false },
        { name: '', member: 'a/b/2.xml', isHidden: true },
      ],
      strings: 'a/b/s.xml',
      styles: 't.xml',
      from1904: true,
    });
  });

  test.each([
    ['1', true],
    ['true', true],
    ['0', false],
    ['', false],
  ])('count dates from 1904 if they say %j: %s', async (text, expected) => {
    const members = { 'xl/workbook.xml': `<workbook><workbookPr date1904="${text}"/></workbook>` };
    expect((await parts(members)).from1904).toBe(expected);
    const none = await parts({ 'xl/workbook.xml': '<workbook><workbookPr/></workbook>' });
    expect(none).toEqual({ sheets: [], strings: undefined, styles: undefined, from1904: false });
  });

  test.each([
    ['xl/workbook.bin', 'an Excel binary workbook (.xlsb)'],
    ['content.xml', 'an OpenDocument spreadsheet'],
    ['word/document.xml', 'a Word document'],
    ['ppt/presentation.xml', 'a PowerPoint presentation'],
    ['index/document.iwa', 'an Apple Numbers document'],
    ['users.csv', 'a zip archive, not a workbook'],
  ])('are not in an archive with %s', async (member, what) => {
    await expect(parts({ [member]: 'x' })).rejects.toThrow(`users.xlsx is ${what}.`);
  });

  test('are at most 1,000 sheets', async () => {
    const sheets = (count: number) =>
      parts({
        'xl/workbook.xml': book('<sheet name="a" r:id="r1"/>'.repeat(count)),
        'xl/_rels/workbook.xml.rels': relations(['r1', 'worksheet', 's.xml']),
      });
    expect((await sheets(1000)).sheets).toHaveLength(1000);
    await expect(sheets(1001)).rejects.toThrow(OVERSIZED);
  });
});

test('texts that cells refer to have their runs, without the readings of Japanese words', async () => {
  const xml =
    '<sst>x<si>y<t>a</t>z<rPh><t>no</t></rPh><r><rPr/><t> b</t></r></si><si/><si><t>_x0041_</t></si></sst>';
  const read = (member: string | undefined) =>
    readSharedStrings(archiveOf({ s: xml }), member, elementBudget(0));
  expect(await read('s')).toEqual(['a b', '', 'A']);
  expect(await read(undefined)).toEqual([]);
});

describe('the rows of a sheet', () => {
  async function rowsOf(inside: string) {
    const tally = newSheetTally();
    const facts = {
      textAt: (at: number) => ['zero', 'one', ''][at],
      dateStyles: new Set([1]),
      from1904: false,
    };
    const archive = archiveOf({ s: `<sheetData>${inside}</sheetData>` });
    const pieces = readSheetRows(archive, 's', elementBudget(0), facts, undefined, tally);
    const all = (await collect(pieces)).flat();
    return {
      rows: all.map(({ number, cells, characters }) => [number, cells.join('|'), characters]),
      hidden: tally.hidden.lines,
      unvalued: tally.unvalued.lines,
    };
  }
  const text = (value: string, reference = '') =>
    `<c t="str"${reference === '' ? '' : ` r="${reference}"`}><v>${value}</v></c>`;

  test('have the numbers that they say, else the next ones; so have their cells', async () => {
    const { rows } = await rowsOf(
      `<row>${text('a')}${text('b')}</row><row/><row>${text('c', 'C1')}${text('d')}</row>` +
        `<row r="9">${text('e', 'B9')}<c/>${text('f')}</row><row><c/>${text('g', 'b1')}</row>`,
    );
    expect(rows).toEqual([
      [1, 'a|b', 2],
      [3, '||c|d', 2],
      [9, '|e||f', 2],
      [10, '|g', 1],
    ]);
  });

  test('have each cell’s own value, type and style', async () => {
    const { rows } = await rowsOf(
      '<row><c t="s"><v>1</v></c><c t="s"><v>2</v></c><c t="s"/><c s="1"><v>1</v></c><c><v>1</v></c>' +
        '<c s="1"/><c t="b"><v>0</v></c><c t="b"><v>true</v></c><c t="b"/>' +
        '<c t="inlineStr"><is><t>a</t></is></c><c t="inlineStr"/><c t="e"><v>#N/A</v></c>x</row>',
    );
    expect(rows).toEqual([
      [1, 'one|||1900-01-01|1||FALSE|TRUE||a||#N/A', 3 + 10 + 1 + 5 + 4 + 1 + 4],
    ]);
    await expect(rowsOf('<row><c t="s"><v>3</v></c></row>')).rejects.toThrow(DAMAGED);
  });

  test('are counted if they are hidden, or have formulas without a value', async () => {
    const found = await rowsOf(
      `<row hidden="1">${text('a')}</row><row hidden="true">${text('b')}</row>` +
        `<row hidden="0">${text('c')}</row><row>${text('d')}</row><row hidden="1"/>` +
        '<row><c><f>1</f></c><c/><c><f>1</f><v>1</v></c><c t="str"><f>1</f><v/></c></row>',
    );
    expect(found).toMatchObject({ hidden: [1, 2], unvalued: [6] });
    expect(found.rows.map(([, cells]) => cells)).toEqual(['a', 'b', 'c', 'd', '||1']);
  });

  test('have at most 2,000 cells and 250,000 characters each', async () => {
    const wide = await rowsOf(`<row>${text('a', 'BXX1')}</row>`);
    expect(wide.rows).toEqual([[1, `${'|'.repeat(1999)}a`, 1]]);
    await expect(rowsOf(`<row>${text('a', 'BXY1')}</row>`)).rejects.toThrow('2000');
    const long = (length: number) => `<row>${text('x'.repeat(length - 1))}${text('y')}</row>`;
    expect((await rowsOf(long(250_000) + long(250_000))).rows).toHaveLength(2);
    await expect(rowsOf(long(250_001))).rejects.toThrow(OVERSIZED);
  });
});

describe('the sheet that is read', () => {
  const filled = (id: string) => [['id'], [id]];

  test.each([
    [' guests ', GRACE],
    ['STAFF', ADA],
  ])('is the one that --sheet names, whatever its case and spaces: %j', async (sheet, id) => {
    const content = workbookOf([
      { name: 'Staff ', rows: filled(ADA) },
      { name: 'Guests', rows: filled(GRACE) },
    ]);
    expect((await selectCsv(content, { sheet })).rows.map(brief)).toEqual([`2 id ${id}`]);
  });

  test('is the first if all are hidden, but no hidden one next to an empty one', async () => {
    const hidden = { name: 'a', rows: filled(ADA), state: 'hidden' } as const;
    const other = { name: 'b', rows: filled(GRACE), state: 'hidden' } as const;
    expect((await selectCsv(workbookOf([hidden, other]))).rows.map(brief)).toEqual([`2 id ${ADA}`]);
    const empty = workbookOf([hidden, { name: 'c', rows: [] }]);
    expect((await errorOf(selectCsv(empty))).code).toBe('INPUT_EMPTY');
  });

  test('says what is hidden, merged and without a value, one and several', async () => {
    const formula = { xml: '<c r="@"><f>1</f></c>' };
    const told = async (count: number) => {
      const rows = Array.from({ length: count }, () => [ADA, undefined, formula]);
      const hidden = rows.map((_, at) => at + 2);
      const content = sheetOf([['id', 'x', 'y'], [GRACE, 'a'], ...rows].slice(0, count + 2), {
        hidden: hidden.map((line) => line + 1),
        merged: [`B2:B${count + 2}`],
      });
      return (await selectCsv(content)).notices.slice(1);
    };
    expect(await told(1)).toEqual([
      {
        ...{ code: 'hidden-rows', level: 'warning', source: 'users.csv', count: 1, lines: [3] },
        text: '1 hidden row included: a filter hides rows but does not remove them.',
        hint: 'To leave them out, copy the visible rows into a new workbook, or use --where.',
      },
      {
        ...{ code: 'merged-cells', level: 'info', source: 'users.csv', count: 1 },
        text: '1 cell merged with the one above: its value is taken for each row.',
      },
      {
        ...{ code: 'formulas', level: 'warning', source: 'users.csv', count: 1, lines: [3] },
        text: '1 formula without a stored value, taken as empty.',
        hint: 'Open the workbook in Excel and save it: that stores the values.',
      },
    ]);
    expect((await told(2)).map(({ text }) => text.split(/ (?:incl|merg|with)/)[0])).toEqual([
      '2 hidden rows',
      '2 cells',
      '2 formulas',
    ]);
  });
});
