import { describe, expect, test } from '@jest/globals';
import { RECOGNISE_ALL, type FileOptions } from '../../src/selection/selection.ts';
import type { Notice, NoticeCode } from '../../src/selection/remarks/notice.ts';
import { ADA, collect, GRACE, JOSE, portsOf, select, selectCsv, whereOf } from './sample.ts';
import { sheetOf } from './workbook.ts';

interface Case {
  readonly content: string | Buffer;
  readonly options?: Partial<FileOptions>;
  readonly level?: Notice['level'];
  /** How many, and on which lines. */
  readonly count?: number;
  readonly lines?: readonly number[];
  readonly text: RegExp;
  readonly hint?: RegExp;
}

const LOGINS = 'u1@acme.example\nu2@acme.example\n';

/** Each message about a file, and a file that causes it. */
const CASES: Readonly<Record<string, readonly [NoticeCode, Case]>> = {
  'the column of users': [
    'column',
    { content: `User Id;Login\n${ADA};ada\n`, level: 'info', text: /“User Id”, as user ids/ },
  ],
  'a file without a header': [
    'no-header',
    { content: `${ADA}\n${GRACE}\n`, text: /first line is taken as a row/, hint: /User Id/ },
  ],
  'a first line that may be a user': [
    'unknown-titles',
    { content: 'ada\ngrace\n', options: { column: '1' }, text: /“ada” is not/, hint: /above it/ },
  ],
  'a results file': [
    'results-file',
    {
      content: `_row,_user_id,_outcome,_run_id\n1,${ADA},failed,r\n`,
      level: 'info',
      text: /users are taken from _user_id/,
      hint: /rerun/,
    },
  ],
  'columns of secrets': [
    'left-out',
    { content: `id,Password,PIN\n${ADA},x,y\n`, text: /^2 columns .* are left out/, hint: /keep/ },
  ],
  'one column of secrets': [
    'left-out',
    { content: `id,Password\n${ADA},x\n`, text: /^1 column .* is left out/, hint: /keep/ },
  ],
  'columns without a header': [
    'left-out',
    {
      content: `${ADA},x\n${GRACE},y\n`,
      text: /^Only the column of users is kept/,
      hint: /header/,
    },
  ],
  'a column to keep that does not exist': [
    'left-out',
    {
      content: `id\n${ADA}\n`,
      options: { keep: ['Color'] },
      text: /no column of this file: “Color”/,
    },
  ],
  'cells with secrets': [
    'left-out',
    {
      content: `id,Note\n${ADA},fine\n${GRACE},pwd: Made-up!Canary7\n`,
      count: 1,
      lines: [3],
      text: /^1 cell that may contain passwords/,
      hint: /keep/,
    },
  ],
  'lines above the header': [
    'title-lines',
    {
      content: `Our users\nas of May\nUser Id\n${ADA}\n`,
      level: 'info',
      count: 2,
      lines: [1, 2],
      text: /^2 lines above the header/,
    },
  ],
  'blank lines': [
    'blank-lines',
    { content: `User Id\n\n${ADA}\n`, level: 'info', count: 1, lines: [2], text: /^1 blank line / },
  ],
  'closing lines': [
    'trailer-lines',
    {
      content: `User Id,x\n${ADA},\nTotal: 1,\n`,
      level: 'info',
      count: 1,
      lines: [3],
      text: /^1 closing line/,
    },
  ],
  'repeated headers': [
    'repeated-headers',
    {
      content: `User Id,x\n${ADA},1\nUser Id,x\n${GRACE},2\n`,
      count: 1,
      lines: [3],
      text: /^1 repeated header .*joined/,
    },
  ],
  'rows that --where leaves out': [
    'where',
    {
      content: `User Id,x\n${ADA},1\n${GRACE},2\n${JOSE},2\n`,
      options: { where: [whereOf('x=1')] },
      level: 'info',
      count: 2,
      lines: [3, 4],
      text: /^2 rows left out by --where/,
    },
  ],
  'ids among logins': [
    'mixed-column',
    {
      content: `Login\n${LOGINS}${ADA}\n`,
      count: 1,
      lines: [4],
      text: /^1 user id in a column of logins/,
    },
  ],
  'ids among email addresses': [
    'mixed-column',
    {
      content: `Email\n${LOGINS}${ADA}\n${GRACE}\n`,
      count: 2,
      lines: [4, 5],
      text: /^2 user ids in a column of email addresses/,
    },
  ],
  'rows of another length': [
    'ragged-rows',
    {
      content: `User Id,x,y\n${ADA},1,2\n${GRACE},1\n`,
      level: 'info',
      count: 1,
      lines: [3],
      text: /^1 row with fewer or more cells/,
    },
  ],
  'rows of several lines': [
    'multi-line-rows',
    {
      content: `User Id,x\n${ADA},"1\n2"\n${GRACE},1\n`,
      level: 'info',
      count: 1,
      lines: [2],
      text: /^1 row with line breaks/,
    },
  ],
  'bytes that are not text': [
    'bad-bytes',
    {
      content: Buffer.concat([
        Buffer.from(`User Id,x\n${ADA},ö\n${GRACE},ö`),
        Buffer.from([0xff, 0x0a]),
      ]),
      count: 1,
      lines: [3],
      text: /^1 row with bytes that are not UTF-8/,
      hint: /--encoding/,
    },
  ],
  'a guessed encoding': [
    'encoding-guessed',
    {
      content: Buffer.from(`User Id,x\n${ADA},\xf6\n`, 'latin1'),
      text: /windows-1252, which is a guess/,
      hint: /UTF-8/,
    },
  ],
  'ids that have lost their capitals': [
    'case-changed',
    {
      content: `User Id\n${[1, 2, 3, 4, 5].map((n) => `00uabcdefgh${n}jklmnop7\n`).join('')}`,
      text: /^No id has a capital letter/,
      hint: /not found/,
    },
  ],
  'logins that have lost their zeros': [
    'lost-zeros',
    {
      content: 'Login\n1001\n1002\n1003\n1004\n105\n',
      count: 1,
      text: /^1 login made of digits and shorter/,
      hint: /Export again/,
    },
  ],
};

describe('the message about', () => {
  test.each(Object.entries(CASES))(
    '%s has its level, count, lines and hint',
    async (_, [code, each]) => {
      const { notices } = await selectCsv(each.content, each.options);
      const found = notices.filter((notice) => notice.code === code);
      expect(found).toEqual([
        {
          code,
          level: each.level ?? 'warning',
          source: 'users.csv',
          text: expect.stringMatching(each.text),
          ...(each.hint === undefined ? {} : { hint: expect.stringMatching(each.hint) }),
          ...(each.count === undefined ? {} : { count: each.count }),
          ...(each.lines === undefined ? {} : { lines: each.lines }),
        },
      ]);
    },
  );

  test('a title with a comma says whether it was put together', async () => {
    const shifted = async (header: string) =>
      (await selectCsv(`${header}\n${ADA},x\n${GRACE},y\n`)).notices.filter(
        ({ code }) => code === 'shifted-header',
      );
    expect(await shifted('User Id,Name, first')).toMatchObject([{ level: 'info' }]);
    expect(await shifted('User Id,Name,first')).toMatchObject([
      { level: 'warning', hint: expect.stringContaining('quotes') },
    ]);
  });

  test('rows of several lines counts them all, wherever the file is cut into pieces', async () => {
    const text = `User Id,x\n${ADA},"1\n2"\n${GRACE},1\n${JOSE},"1\n2\n3"\n`;
    for (const chunk of [1, 7, 30, 60_000]) {
      const { notices } = await selectCsv(text, {}, chunk);
      expect(notices.at(-1)).toMatchObject({ code: 'multi-line-rows', count: 2, lines: [2, 5] });
    }
  });

  test('any number of lines counts all of them, and names the first ten', async () => {
    for (const count of [9, 10, 11, 30]) {
      const { notices } = await selectCsv(`User Id\n${'\n'.repeat(count)}${ADA}\n`);
      const first = Array.from({ length: Math.min(count, 10) }, (_, at) => at + 2);
      expect(notices.at(-1)).toMatchObject({ code: 'blank-lines', count, lines: first });
    }
  });

  test('many columns of secrets names twenty', async () => {
    const text = async (columns: number) => {
      const titles = Array.from(
        { length: columns },
        (_, at) => `PIN ${String.fromCharCode(65 + at)}`,
      );
      const { notices } = await selectCsv(`id,${titles.join()}\n${ADA}${',x'.repeat(columns)}\n`);
      return notices.find(({ code }) => code === 'left-out')?.text ?? '';
    };
    expect(await text(20)).toMatch(/: (“PIN .”, ){19}“PIN T”\.$/);
    expect(await text(22)).toMatch(/: (“PIN .”, ){19}“PIN T” and 2 more\.$/);
  });
});

describe('the first message', () => {
  const told = async (content: string | Buffer, options?: Partial<FileOptions>) =>
    (await selectCsv(content, options)).notices[0]?.text;
  const line = (...cells: readonly string[]) => `${cells.join()}\n`;

  test.each([
    [line('Login') + LOGINS, 'the only column known to contain users', 'One column'],
    [
      line('Email', 'id', 'Login') + line('x', ADA, 'y'),
      'before “Email”, “Login”: id before login before email',
    ],
    [
      line('id', 'Email', 'Login') + line('17', 'x', 'ada'),
      '“id” has no Okta user ids; before “Email”: id before login before email',
    ],
    [line('id', 'Login') + line('17', 'ada'), '“id” has no Okta user ids'],
    [line('Benutzer-ID', 'Login') + line('17', 'ada'), '“Benutzer-ID” has no Okta user ids'],
    [
      line('id', 'Benutzer-ID', 'Nutzer-ID') + line('17', '18', 'ada'),
      '“id”, “Benutzer-ID” has no Okta user ids',
    ],
    [
      line('id', 'Benutzer-ID') + line(ADA, 'ada'),
      'before “Benutzer-ID”: id before login before email',
    ],
    [
      line('id', 'userId', 'Benutzer-ID') + line('0ua1k2mAssign0001h7x', ADA, 'x'),
      '“id” has no Okta user ids; before “Benutzer-ID”: id before login before email',
    ],
    [line(ADA, 'x'), 'the first line has a user id there'],
    [
      line('_row', '_user_id', '_outcome', '_run_id') + line('1', ADA, 'failed', 'r'),
      'a results file',
    ],
    [
      JSON.stringify([{ id: ADA, login: 'x' }]),
      'before “login”: id before login before email',
      'JSON',
    ],
    [sheetOf([['id'], [ADA]]), 'the only column known to contain users', 'Sheet “Users”'],
  ])('says why the column is chosen: %j', async (content, why, cells = 'Delimiter comma') => {
    const encoding = typeof content === 'string' ? 'UTF-8' : 'XLSX';
    expect(await told(content)).toMatch(/^Users by column “.*”, as .* \(/);
    expect(await told(content)).toContain(` (${why}). ${cells}, ${encoding}.`);
  });

  test.each([
    [';', 'Delimiter semicolon'],
    ['\t', 'Delimiter tab'],
    ['|', 'Delimiter pipe'],
    ['#', 'Delimiter “#”'],
  ])('names the delimiter %j, and what --column names', async (delimiter, words) => {
    const text = `Konto${delimiter}x\nada${delimiter}y\n`;
    expect(await told(text, { delimiter, column: 'Konto' })).toBe(
      `Users by column “Konto”, as users (named by --column). ${words}, UTF-8.`,
    );
  });

  test('is followed by what is left out, and by what is uncertain in the header', async () => {
    const header = line('id', 'Password', '', 'Note', 'x');
    const { notices } = await selectCsv(header + line(ADA, 'a', 'b', 'c'), { keep: ['Color'] });
    expect(notices.map(({ code, text }) => [code, text.slice(0, 30)])).toEqual([
      ['column', 'Users by column “id”, as user '],
      ['left-out', '4 columns may contain password'],
      ['left-out', '--keep-column names no column '],
      ['shifted-header', 'The header has more titles tha'],
    ]);
    expect(notices[1]?.text).toContain(': “Password”, “Column 3”, “Note”, “x”.');
  });
});

describe('the age of an export', () => {
  const DAY_MS = 86_400_000;
  const MADE_MS = Date.UTC(2026, 1, 20);

  async function told(path: string, nowMs: number | undefined) {
    const notices: Notice[] = [];
    const ports = portsOf({ [path]: `id\n${ADA}\n` }, notices);
    const clock = nowMs === undefined ? {} : { nowMs: () => nowMs };
    const source = { kind: 'file', path, options: RECOGNISE_ALL } as const;
    await collect(select([source], { ...ports, ...clock }));
    return notices
      .slice(1)
      .map(({ code, level, text }) => [code, level, text.split('.')[0]].join());
  }
  const stale = (days: number) => [
    `stale-export,warning,According to its name, the export is ${days} days old`,
  ];

  test.each<[string, number, string[]]>([
    ['users 2026-02-20.csv', 2 * DAY_MS, stale(2)],
    ['users 2026-02-20.csv', 2 * DAY_MS - 1, []],
    ['users 2026-02-20.csv', 4 * DAY_MS - 1, stale(3)],
    ['2026-02-20T12-30-30.csv', 2.5 * DAY_MS + 1_830_000, stale(2)],
    ['2026-02-20_12-30-30.csv', 2.5 * DAY_MS + 1_829_999, []],
    ['a/2020-01-01/b/users.csv', 9 * DAY_MS, []],
    ['a/2020-01-01/users 2026-02-20.csv', 9 * DAY_MS, stale(9)],
    ['C:\\2020-01-01\\b\\users.csv', 9 * DAY_MS, []],
    ['a/2020-01-01\\users.csv', 9 * DAY_MS, []],
    ['2026-02-31-99.csv', 0, []],
    ['users 2026-13-40.csv', 9 * DAY_MS, []],
    ['users.csv', 9 * DAY_MS, []],
  ])('of %s, %d ms later', async (path, ms, notices) => {
    expect(await told(path, MADE_MS + ms)).toEqual(notices);
    expect(await told(path, undefined)).toEqual([]);
  });
});

describe('what a fault proposes', () => {
  const CORRECT = 'Correct these lines. They are reported, and nothing is sent for them.';

  test.each([
    ['id,x', `${ADA},x`, ',y', 'invalid-rows', CORRECT],
    [
      'id,Login',
      `${ADA},x`,
      ',ada',
      'invalid-rows',
      '--column Login selects by that column instead.',
    ],
    [
      'id,Login',
      `${ADA},x`,
      'a@b.co,ada',
      'mixed-column',
      'Give the ids, or select by another column: --column Login.',
    ],
    [
      'id,x',
      `${ADA},x`,
      'ada,y',
      'invalid-rows',
      'Correct these lines, or select by another column: --column "NAME".',
    ],
    ['Email,x', 'a@b.co,x', 'ada,y', 'invalid-rows', CORRECT],
    ['Login,x', 'ada,x', `${'a'.repeat(101)},y`, 'invalid-rows', CORRECT],
    ['Login,x', 'ada,x', `a\\b,y`, 'invalid-rows', 'Give their user ids.'],
    ['Login,x', 'ada,x', `#REF!,y`, 'invalid-rows', 'Correct the formula in the spreadsheet,'],
    ['Login,x', 'ada,x', `a b;c@d.co e@f.co,y`, 'invalid-rows', 'Put each user in a separate row.'],
    ['Login,x', 'ada,x', `ada:hunter2,y`, 'invalid-rows', 'Name the --delimiter, or remove what'],
    ['Login,x', 'ada,x', `1E+7,y`, 'e-notation', 'Export again, and do not save the file in'],
    ['id,x', `${ADA},x`, `${ADA.toUpperCase()},y`, 'case-changed', 'Export again; ids are'],
    [
      'id,x',
      `${ADA},x`,
      '00g1k2mR3vYc9LpKd5h7,y',
      'wrong-objects',
      'Export users: okta-reset users',
    ],
    ['x,Login', 'x,ada', 'Example: x,ada', 'invalid-rows', 'Nothing is sent for it. Delete'],
    ['x,Login', 'x,ada', 'a,b,ada', 'ragged-rows', 'Put quotes around the cell that contains'],
  ])('%s: %s, then %s', async (header, good, bad, code, hint) => {
    const { notices } = await selectCsv(`${header}\n${good}\n${good}\n${bad}\n`);
    expect(notices.at(-1)).toMatchObject({ code, level: 'warning', count: 1, lines: [4] });
    expect(notices.at(-1)?.text).toMatch(/^1 row /);
    expect(notices.at(-1)?.hint?.slice(0, hint.length)).toBe(hint);
  });
});

describe('logins of digits have lost zeros', () => {
  const digits = (long: number, short: number) =>
    [
      'Login',
      ...Array.from({ length: long }, (_, n) => `${1000 + n}`),
      ...Array.from({ length: short }, (_, n) => `${100 + n}`),
      '',
    ].join('\n');

  test.each([
    [4, 1, 1],
    [7, 3, 3],
    [90, 10, 10],
  ])('if %d are long and %d shorter', async (long, short, count) => {
    const { notices } = await selectCsv(digits(long, short));
    expect(notices.filter(({ code }) => code === 'lost-zeros')).toMatchObject([{ count }]);
  });

  test.each([
    [3, 1],
    [6, 4],
    [20, 0],
    [0, 20],
  ])('but not if %d are long and %d shorter', async (long, short) => {
    const { notices } = await selectCsv(digits(long, short));
    expect(notices.map(({ code }) => code)).not.toContain('lost-zeros');
  });
});

test('a few ids without capitals, or one with them among many, are ordinary', async () => {
  const ids = (count: number) =>
    Array.from({ length: count }, (_, n) => `00uabcdefgh${n}jklmnop7\n`).join('');
  for (const lines of [ids(4), `${ids(9)}${ADA}\n`, `${ADA}\n${ids(9)}`]) {
    const { notices } = await selectCsv(`User Id\n${lines}`);
    expect(notices.map(({ code }) => code)).toEqual(['column']);
  }
});
