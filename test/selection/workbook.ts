import { crc32, deflateRawSync } from 'node:zlib';

/** What a cell of a made-up sheet contains: a text, a number, or its XML. */
export type MadeCell = string | number | undefined | { readonly xml: string };

export interface MadeSheet {
  readonly name: string;
  readonly rows: readonly (readonly MadeCell[])[];
  /** 1-based rows that are hidden. */
  readonly hidden?: readonly number[];
  readonly merged?: readonly string[];
  readonly state?: 'hidden' | 'veryHidden';
}

type Member = readonly [name: string, content: string | Buffer];

/** What the directory of a zip can say incorrectly about a member. */
interface Lie {
  readonly size?: number;
  readonly flags?: number;
}

/** Packs members as a zip archive. */
export function zipOf(
  members: readonly Member[],
  lies: Readonly<Record<string, Lie>> = {},
): Buffer {
  const local: Buffer[] = [];
  const central: Buffer[] = [];
  let offset = 0;
  for (const [name, content] of members) {
    const data = typeof content === 'string' ? Buffer.from(content) : content;
    const packed = deflateRawSync(data);
    const { size = data.length, flags = 0 } = lies[name] ?? {};
    const facts = Buffer.alloc(26);
    facts.writeUInt16LE(20, 0);
    facts.writeUInt16LE(flags, 2);
    facts.writeUInt16LE(8, 4);
    facts.writeUInt32LE(crc32(data), 10);
    facts.writeUInt32LE(packed.length, 14);
    facts.writeUInt32LE(size, 18);
    facts.writeUInt16LE(Buffer.byteLength(name), 22);
    const entry = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), facts, Buffer.from(name)]);
    local.push(entry, packed);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(offset, 10);
    central.push(
      Buffer.concat([Buffer.from('PK\x01\x02\x14\x00', 'latin1'), facts, tail, Buffer.from(name)]),
    );
    offset += entry.length + packed.length;
  }
  const directory = Buffer.concat(central);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(members.length, 8);
  end.writeUInt16LE(members.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...local, directory, end]);
}

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');

function letters(column: number): string {
  const rest = Math.floor(column / 26);
  return (rest > 0 ? letters(rest - 1) : '') + String.fromCharCode(65 + (column % 26));
}

function sheetXml(sheet: MadeSheet, texts: Map<string, number>): string {
  const cell = (value: MadeCell, reference: string): string => {
    if (value === undefined) return '';
    if (typeof value === 'object') return value.xml.replace('@', reference);
    if (typeof value === 'number') return `<c r="${reference}"><v>${value}</v></c>`;
    if (!texts.has(value)) texts.set(value, texts.size);
    return `<c r="${reference}" t="s"><v>${texts.get(value)}</v></c>`;
  };
  const rows = sheet.rows.map((cells, at) => {
    const hidden = sheet.hidden?.includes(at + 1) === true ? ' hidden="1"' : '';
    const made = cells.map((value, column) => cell(value, `${letters(column)}${at + 1}`));
    return cells.length === 0 ? '' : `<row r="${at + 1}"${hidden}>${made.join('')}</row>`;
  });
  const merged = (sheet.merged ?? []).map((area) => `<mergeCell ref="${area}"/>`).join('');
  return `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>${rows.join('')}</sheetData>${merged === '' ? '' : `<mergeCells>${merged}</mergeCells>`}</worksheet>`;
}

const OFFICE = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';

/** The members of a workbook as Excel writes them. Style 1 shows dates, 2 dates and times, 3 a custom format. */
export function membersOf(
  sheets: readonly MadeSheet[],
  { from1904 = false }: { readonly from1904?: boolean } = {},
): readonly Member[] {
  const texts = new Map<string, number>();
  const made = sheets.map((sheet) => sheetXml(sheet, texts));
  const tabs = sheets.map(
    ({ name, state }, at) =>
      `<sheet name="${escaped(name)}" sheetId="${at + 1}"${state === undefined ? '' : ` state="${state}"`} r:id="rId${at + 1}"/>`,
  );
  const relations = sheets.map(
    (_, at) =>
      `<Relationship Id="rId${at + 1}" Type="${OFFICE}/worksheet" Target="worksheets/sheet${at + 1}.xml"/>`,
  );
  return [
    [
      '_rels/.rels',
      `<Relationships><Relationship Id="rId1" Type="${OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
    ],
    [
      'xl/workbook.xml',
      `<workbook xmlns:r="${OFFICE}"><workbookPr date1904="${from1904 ? 1 : 0}"/><sheets>${tabs.join('')}</sheets></workbook>`,
    ],
    [
      'xl/_rels/workbook.xml.rels',
      `<Relationships>${relations.join('')}<Relationship Id="s" Type="${OFFICE}/sharedStrings" Target="/xl/sharedStrings.xml"/><Relationship Id="t" Type="${OFFICE}/styles" Target="styles.xml"/></Relationships>`,
    ],
    [
      'xl/styles.xml',
      '<styleSheet><numFmts><numFmt numFmtId="164" formatCode="[$-409]d\\-mmm\\-yy;@"/></numFmts><cellStyleXfs><xf numFmtId="0"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="22"/><xf numFmtId="164"/></cellXfs></styleSheet>',
    ],
    [
      'xl/sharedStrings.xml',
      `<sst>${[...texts.keys()].map((text) => `<si><t xml:space="preserve">${escaped(text)}</t></si>`).join('')}</sst>`,
    ],
    ...made.map((xml, at): Member => [`xl/worksheets/sheet${at + 1}.xml`, xml]),
  ];
}

/** A workbook as Excel writes it. */
export function workbookOf(
  sheets: readonly MadeSheet[],
  options: { readonly from1904?: boolean } = {},
): Buffer {
  return zipOf(membersOf(sheets, options));
}

/** A workbook with one sheet. */
export function sheetOf(
  rows: readonly (readonly MadeCell[])[],
  more: Partial<MadeSheet> = {},
): Buffer {
  return workbookOf([{ name: 'Users', rows, ...more }]);
}
