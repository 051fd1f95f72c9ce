import { describe, expect, test } from '@jest/globals';
import type { FileOptions } from '../../src/selection/selection.ts';
import type { Notice, NoticeCode } from '../../src/selection/remarks/notice.ts';
import { ADA, GRACE, JOSE, selectCsv, whereOf } from './sample.ts';

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
