import { describe, expect, test } from '@jest/globals';
import type { Notice } from '../../src/selection/remarks/notice.ts';
import { RECOGNISE_ALL } from '../../src/selection/selection.ts';
import {
  ADA,
  brief,
  codesOf,
  collect,
  errorOf,
  GRACE,
  JOSE,
  LINUS,
  portsOf,
  select,
  selectCsv,
  whereOf,
} from './sample.ts';

describe('a CSV file', () => {
  test('returns each line with its number, even after cells with line breaks', async () => {
    const text = `User Id,Note\r\n${ADA},"two\r\nlines"\r\n\r\n${GRACE},x\r\n`;
    const { rows, notices } = await selectCsv(text);
    expect(rows.map(brief)).toEqual([`2 id ${ADA}`, `5 id ${GRACE}`]);
    expect(rows[0]?.columns['Note']).toBe('two\r\nlines');
    expect(codesOf(notices)).toEqual(['blank-lines', 'multi-line-rows']);
  });

  test('does not lose a row that an open quote took into its cell', async () => {
    const text = `User Id,Name\n${ADA},"Ada\n${GRACE},"Grace"\n${JOSE},x\n`;
    const error = await errorOf(selectCsv(text));
    expect(error.code).toBe('INPUT_CSV');
    expect(error.message).toContain('line 2: a quote');
  });

  test('says where a quote stays open, and where a row is too long', async () => {
    const refused = async (text: string) => (await errorOf(selectCsv(text))).message;
    const start = `id,Note\n${ADA},x\n`;
    expect(await refused(`${start}${GRACE},"open\nx`)).toBe(
      'users.csv, line 3: a quote (") is not closed.',
    );
    expect(await refused(`${start}${GRACE},${'x'.repeat(66_000)}\n`)).toBe(
      'users.csv, line 3: the row is longer than 65536 characters.',
    );
  });

  test('does not lose such a row because an earlier cell has the same text, rightly written', async () => {
    const rightly = `x,"""Ada\numa,""Uma"""\n`;
    const between = 'y,z\n'.repeat(10_000);
    const { rows } = await selectCsv(`Login,Name\n${rightly}${between}`);
    expect(rows[0]?.columns['Name']).toBe('"Ada\numa,"Uma"');
    const error = await errorOf(
      selectCsv(`Login,Name\n${rightly}${between}ada,"Ada\numa,"Uma"\nmei,x\n`),
    );
    expect(error.code).toBe('INPUT_CSV');
    expect(error.message).toContain('line 10004: a quote');
  });

  test('can begin with a title in quotes that has several lines', async () => {
    const { rows } = await selectCsv(`"""Our""\nnote",User Id\nx,${ADA}\n`);
    expect(rows.map(brief)).toEqual([`3 id ${ADA}`]);
  });

  test('with rows longer than its header has no ragged rows, and with shorter ones it has', async () => {
    const longer = await selectCsv(`User Id,x\n${ADA},1,\n${GRACE},2,\n`);
    expect(codesOf(longer.notices)).toEqual([]);
    const shorter = await selectCsv(`User Id,x,y\n${ADA},1\n${GRACE},2\n`);
    expect(codesOf(shorter.notices)).toEqual(['shifted-header']);
  });

  test('keeps empty cells, names columns without a title, drops what is empty at the end', async () => {
    const { rows } = await selectCsv(`User Id,,Note,,\n${ADA},red,,,\n${GRACE},blue,x\n`);
    expect(rows.map(({ columns }) => columns)).toEqual([
      { 'User Id': ADA, 'Column 2': 'red', Note: '' },
      { 'User Id': GRACE, 'Column 2': 'blue', Note: 'x' },
    ]);
  });

  test('does not mistake a title for a prototype', async () => {
    const { rows } = await selectCsv(`User Id,__proto__,constructor\n${ADA},a,b\n`);
    expect(Object.entries(rows[0]?.columns ?? {})).toEqual([
      ['User Id', ADA],
      ['__proto__ (2)', 'a'],
      ['constructor', 'b'],
    ]);
  });

  test('reads cells that its own guard made safe', async () => {
    const { rows } = await selectCsv(`Login,Note\n'+ada@acme.example,'=1\n`);
    expect(rows[0]?.identifier).toEqual({ kind: 'login', value: '+ada@acme.example' });
    expect(rows[0]?.columns).toEqual({ Login: "'+ada@acme.example", Note: "'=1" });
  });

  test('reports that an export is old', async () => {
    const path = 'Export Users 2026-02-20 08-00-00.csv';
    const codes: string[] = [];
    for (const day of ['2026-02-21T08:00:00Z', '2026-02-22T08:00:00Z']) {
      const notices: Notice[] = [];
      const ports = {
        ...portsOf({ [path]: `User Id\n${ADA}\n` }, notices),
        nowMs: () => Date.parse(day),
      };
      await collect(select([{ kind: 'file', path, options: RECOGNISE_ALL }], ports));
      codes.push(...codesOf(notices));
    }
    expect(codes).toEqual(['stale-export']);
  });
});

describe('a torn row', () => {
  test('is invalid if its surplus cell might have moved the user', async () => {
    const { rows } = await selectCsv(
      `Name,managerId,User Id\nByron, Ada,${GRACE},${ADA}\nHopper,${JOSE},${GRACE}\n`,
    );
    expect(rows.map(brief)).toEqual(['2 invalid', `3 id ${GRACE}`]);
  });

  test('is usable if the user comes before any cell that could move', async () => {
    const { rows, notices } = await selectCsv(`User Id,Name\n${ADA},Byron, Ada\n${GRACE},Hopper\n`);
    expect(rows.map(brief)).toEqual([`2 id ${ADA}`, `3 id ${GRACE}`]);
    expect(rows[0]?.columns).toEqual({ 'User Id': ADA, Name: 'Byron', 'Column 3': ' Ada' });
    expect(codesOf(notices)).toEqual(['ragged-rows']);
  });

  test('is none if it is as wide as the others, although the last column has no title', async () => {
    const lines = ['1,uma,', '2,ada,x', '3,una,', '4,mei,,'];
    const { rows } = await selectCsv(`Nr,Login,\n${lines.join('\n')}\n`);
    expect(rows.map(brief)).toEqual(['2 login uma', '3 invalid', '4 login una', '5 invalid']);
  });

  test('is kept in the selection, invalid, whatever --where says about its shifted cells', async () => {
    const { rows } = await selectCsv(
      'Name,Login,Status\nByron, Ada,ada@acme.example,ACTIVE\nHopper,grace@acme.example,STAGED\nChen,mei@acme.example,ACTIVE\n',
      { where: [whereOf('status=active')] },
    );
    expect(rows.map(brief)).toEqual(['2 invalid', '4 login mei@acme.example']);
  });
});

describe('--where', () => {
  const text = `User Id,Dept,Dept,Approved Flag\n${ADA},a,b, TRUE \n${GRACE},a,c,false\n${JOSE},A,b,true\n`;

  test('selects rows that meet all conditions, ignoring case and spaces', async () => {
    const { rows, notices } = await selectCsv(text, {
      where: [whereOf('approved_flag=True'), whereOf('Dept (2)=b')],
    });
    expect(rows.map(brief)).toEqual([`2 id ${ADA}`, `4 id ${JOSE}`]);
    expect(notices.find(({ code }) => code === 'where')).toMatchObject({ count: 1, lines: [3] });
  });

  test('compares only complete cells', async () => {
    const { rows } = await selectCsv(text, { where: [whereOf('Approved Flag=tru')] });
    expect(rows).toEqual([]);
  });

  test.each([
    ['Status!=active', [3, 4, 5]],
    ['Email!=', [2, 4]],
    ['Email=', [3, 5]],
    ['Dept~SALES', [2, 3]],
    ['Status in active, locked_out', [2, 3]],
    ['Dept=Sales, North', [2]],
    ['Dept in Sales, North', [3]],
    ['Days in status=5', [4]],
    ['Note=a=b', [3]],
    ['Note~x~y', [5]],
    ['Dept IN ops', [4]],
  ])('%s', async (condition, lines) => {
    const { rows } = await selectCsv(
      [
        'User Id,Status,Email,Dept,Days in status,Note',
        `${ADA},ACTIVE,a@acme.example,"Sales, North",1,`,
        `${GRACE},LOCKED_OUT,,Sales,2,a=b`,
        `${JOSE},STAGED,j@acme.example,Ops,5,`,
        `${LINUS},,,,,ax~yb`,
        '',
      ].join('\n'),
      { where: [whereOf(condition)] },
    );
    expect(rows.map(({ line }) => line)).toEqual(lines);
  });

  test('a column that does not exist is refused with the nearest one', async () => {
    const error = await errorOf(selectCsv(text, { where: [whereOf('aproved flg in a,b')] }));
    expect(error.message).toContain('no column “aproved flg”. Did you mean “Approved Flag”?');
    const column = await errorOf(selectCsv(text, { column: 'user ld' }));
    expect(column.message).toContain('Did you mean “User Id”?');
  });

  test('refuses a column that does not exist, or exists twice', async () => {
    const missing = await errorOf(selectCsv(text, { where: [whereOf('Team=x')] }));
    expect(missing.code).toBe('INPUT_COLUMN_MISSING');
    expect(missing.message).toContain('“Team”');
    const twice = await errorOf(selectCsv(text, { where: [whereOf('dept=a')] }));
    expect(twice.code).toBe('INPUT_COLUMN_AMBIGUOUS');
    expect(twice.message).toContain('2 columns that --where could mean: “Dept”, “Dept (2)”.');
    expect(twice.hint).toContain('--where');
  });
});

describe('--column', () => {
  const text = `Employee,Contact,Ref\n4711,ada@acme.example,${ADA}\n007,grace@acme.example,00g1k2mR3vYc9LpKd5h7\n`;

  test('accepts ids by their shape and everything else as logins', async () => {
    expect((await selectCsv(text, { column: 'Ref' })).rows.map(brief)).toEqual([
      `2 id ${ADA}`,
      '3 invalid',
    ]);
    expect((await selectCsv(text, { column: 'contact' })).rows.map(brief)).toEqual([
      '2 login ada@acme.example',
      '3 login grace@acme.example',
    ]);
    expect((await selectCsv(text, { column: 'Employee' })).rows.map(brief)).toEqual([
      '2 login 4711',
      '3 login 007',
    ]);
  });

  test('of a position that does not exist says how many there are', async () => {
    const error = await errorOf(selectCsv(`${ADA},x\n${GRACE},y\n`, { column: '7' }));
    expect(error).toMatchObject({ code: 'INPUT_COLUMN_MISSING', exitCode: 3 });
    expect(error.message).toContain('has 2 columns; there is no column 7.');
    expect(error.hint).toContain('--column 1 to 2');
  });

  test('accepts a position if no title has that name', async () => {
    expect((await selectCsv(text, { column: '2' })).rows.map(brief)).toEqual([
      '2 login ada@acme.example',
      '3 login grace@acme.example',
    ]);
    const error = await errorOf(selectCsv(text, { column: '4' }));
    expect(error.code).toBe('INPUT_COLUMN_MISSING');
    expect(error.hint).toContain('--column 1 to 3');
  });

  test('says which titles there are, and that --delimiter might be wrong', async () => {
    const error = await errorOf(selectCsv(text, { column: 'User', delimiter: ';' }));
    expect(error.code).toBe('INPUT_COLUMN_MISSING');
    expect(error.message).toContain('Employee,Contact,Ref');
    expect(error.hint).toContain('--delimiter');
  });

  test('means the admin’s own column before okta-reset’s in a results file', async () => {
    const results = `Login,_row,_user_id,_login,_outcome,_run_id\nada@acme.example,1,${ADA},x@acme.example,failed,r\n`;
    const { rows } = await selectCsv(results, { column: 'login' });
    expect(rows.map(brief)).toEqual(['2 login ada@acme.example']);
    expect(rows[0]?.columns).toEqual({ Login: 'ada@acme.example' });
  });
});

describe('columns that name no user', () => {
  test.each([
    'User Type ID',
    'externalId',
    'User',
    'keyId',
    'groupId',
    'appId',
    'secondEmail',
    'Name',
  ])('%s is never chosen', async (title) => {
    const error = await errorOf(selectCsv(`${title},Status\n${ADA.slice(0, 19)},ACTIVE\n`));
    expect(error.code).toBe('INPUT_COLUMN_MISSING');
  });

  test('a misleading column of user ids after a login does not win', async () => {
    const { rows } = await selectCsv(`managerId,Login\n${GRACE},ada@acme.example\n`);
    expect(rows.map(brief)).toEqual(['2 login ada@acme.example']);
  });
});

describe('what is around a user in a cell', () => {
  test.each([
    ['a formula that keeps a spreadsheet from changing it', (id: string) => `="${id}"`],
    ['a combining joiner', (id: string) => `${id}\u034F`],
    ['an Arabic letter mark', (id: string) => `\u061C${id}`],
    ['a filler that looks like a space', (id: string) => `\u3164${id}\uFFA0`],
    ['a variation selector', (id: string) => `${id}\uFE0F`],
    ['a tag', (id: string) => `${id}\u{E0020}`],
  ])('%s is not part of it', async (_, around) => {
    const quoted = (cell: string) => `"${cell.replaceAll('"', '""')}"`;
    for (const delimiter of [',', ';']) {
      const cells = [around(ADA), around('ada@acme.example')].map(quoted).join(delimiter);
      const byId = await selectCsv(`id${delimiter}login\n${cells}\n`);
      expect(byId.rows.map(brief)).toEqual([`2 id ${ADA}`]);
      const byLogin = await selectCsv(`id${delimiter}login\n${cells}\n`, { column: 'login' });
      expect(byLogin.rows.map(brief)).toEqual(['2 login ada@acme.example']);
    }
    const bare = await selectCsv(`id\n${around(ADA)}\n`);
    expect(bare.rows.map(brief)).toEqual([`2 id ${ADA}`]);
  });

  test('a formula that computes something is not a user', async () => {
    const { rows } = await selectCsv(`id,x\n"=""${ADA}""&""x""",x\n"=LOWER(""${ADA}"")",x\n`);
    expect(rows.map(({ identifier }) => identifier.kind)).toEqual(['invalid', 'invalid']);
  });
});

describe('what cannot name a user', () => {
  test.each([
    ['login', 'ada@acme.example;grace@acme.example', /several users/],
    ['login', 'Ada <ada@acme.example>', /Remove the name and the brackets\.$/],
    ['email', '<ada@acme.example>', /Remove the brackets\.$/],
    ['email', 'mailto:ada@acme.example', /Remove “mailto:”\.$/],
    ['login', 'SMTP: ada@acme.example', /Remove “SMTP:”\.$/],
    ['login', 'Ada <mailto:ada@acme.example>', /the name, the brackets, and “mailto:”\.$/],
    ['login', 'ada@acme.example<mailto:ada@acme.example>', /the first address, the brackets,/],
    ['login', 'ada@acme.example <ada@acme.example>', /Remove the first address and the brackets/],
    ['email', 'ada@acme.example;', /Remove “;” at the end\.$/],
    ['login', 'Ada <ada@acme.example>,', /the name, the brackets, and “,” at the end\.$/],
    ['login', 'Ada <ada@acme.example', /Keep only the address, without < and >/],
    ['login', 'mailto:ada@acme.example:hunter2', /^The cell has more than “ada@acme.example”/],
    ['login', 'sip:hunter2', /^The cell has more than “sip”/],
    ['login', 'Ada <ada@acme.example>; Bo <bo@acme.example>', /several users/],
    ['login', 'mailto:ada@acme.example,bo@acme.example', /several users/],
    ['login', 'a"b@acme.example', /quote or a backslash/],
    ['login', 'a\\b@acme.example', /quote or a backslash/],
    ['login', 'ada\u0000@acme.example', /not text/],
    ['login', 'ada\uFFFD@acme.example', /not text/],
    ['login', `${'a'.repeat(101)}@acme.example`, /at most 100/],
    ['login', '00g1k2mR3vYc9LpKd5h7', /a group/],
    ['email', 'ada', /not an email address/],
    ['id', '00U1K2MQW8ZR4TNXB0H7', /capitals/],
    ['id', '00u1k2mQw8Zr4TnXb0h7x', /21 characters/],
    ['id', '00u1k2mQw8Zr4TnXb0/7', /not an Okta user id/],
    ['id', '../../00u1k2mQw8Zr4T', /not an Okta user id/],
    ['id', 'abc1k2mQw8Zr4TnXb0h7', /something else in Okta/],
    ['id', '1,2E+19', /spreadsheet shortened/],
  ])('%s %j is reported and never sent', async (title, cell, problem) => {
    const { rows } = await selectCsv(`${title},ref\n"${cell.replaceAll('"', '""')}",x\n${ADA},x\n`);
    expect(rows.map(({ identifier }) => identifier.kind)).toEqual(['invalid', 'id']);
    expect(rows[0]?.identifier).toMatchObject({ problem: expect.stringMatching(problem) });
  });

  test('the remark about names and brackets says what to remove', async () => {
    const cells = ['Ada <ada@acme.example>', 'mailto:bo@acme.example'];
    const { notices } = await selectCsv(
      `login,ref\n${cells.map((cell) => `${cell},x\n`).join('')}`,
    );
    const told = notices.find(({ code }) => code === 'invalid-rows');
    expect(told?.text).toContain('2 rows with more than an address');
    expect(told?.hint).toBe(
      'Keep only the address: remove names, brackets and words such as “mailto:”.',
    );
  });

  test('problems contain nothing that controls a terminal', async () => {
    const { rows } = await selectCsv(`id,x\n"\u001B[2J\u202E00u",x\n${ADA},x\n`);
    expect(JSON.stringify(rows[0]?.identifier)).not.toMatch(/\\u001b|\u202E/);
  });

  test('a login of twenty letters is not an id of something else', async () => {
    const { rows } = await selectCsv('login,x\nchristopherrobinson1,x\n');
    expect(rows.map(brief)).toEqual(['2 login christopherrobinson1']);
  });
});

describe('files that are not a list', () => {
  test.each([
    ['a workbook cut off', Buffer.from([0x50, 0x4b, 0x03, 0x04, 0x14, 0x00]), 'INPUT_WORKBOOK'],
    ['zero bytes', Buffer.alloc(300), 'INPUT_ENCODING'],
    ['a web page', Buffer.from('<!DOCTYPE html><html>Sign in'), 'INPUT_CSV'],
    ['blank lines', Buffer.from('\n\r\n  \n,,,\n'), 'INPUT_EMPTY'],
    ['a mark alone', Buffer.from([0xef, 0xbb, 0xbf]), 'INPUT_EMPTY'],
    ['a separator line alone', Buffer.from('sep=;\n'), 'INPUT_EMPTY'],
  ])('%s is refused', async (_, bytes, code) => {
    const error = await errorOf(selectCsv(bytes));
    expect(error.code).toBe(code);
    expect(error.exitCode).toBe(3);
    expect(error.hint).not.toBe('');
  });

  test('a row without an end is refused before it fills the memory', async () => {
    const cell = Buffer.from(`"${'a'.repeat(100_000)}`);
    let read = 0;
    const endless = (async function* () {
      yield Buffer.from(`User Id,Note\n${ADA},`);
      for (;;) {
        read += 1;
        yield cell.subarray(read > 1 ? 1 : 0);
      }
    })();
    const error = await errorOf(selectCsv(endless));
    expect(error.code).toBe('INPUT_CSV');
    expect(error.message).toContain('line 2');
    expect(read).toBeLessThan(40);
  });

  test.each([0, 20_000])('a row of endless empty cells after %d rows is refused', async (rows) => {
    const commas = Buffer.alloc(256 * 1024, ',');
    let read = 0;
    const endless = (async function* () {
      yield Buffer.from(`User Id\n${`${ADA}\n`.repeat(rows)}${ADA}`);
      for (; read < 40; read += 1) yield commas;
    })();
    const error = await errorOf(selectCsv(endless));
    expect(error.code).toBe('INPUT_CSV');
    expect(read).toBeLessThan(12);
  });
});

describe('bytes', () => {
  test('that are not UTF-8 never change a login unnoticed', async () => {
    const bytes = Buffer.concat([
      Buffer.from('Login,Name\nada@acme.example,Zoë\nbad'),
      Buffer.from([0xff]),
      Buffer.from('@acme.example,x\ngrace@acme.example,b'),
      Buffer.from([0xfe]),
      Buffer.from('d\nmei@acme.example,Ünsal\n'),
    ]);
    const { rows, notices } = await selectCsv(bytes);
    expect(rows.map(brief)).toEqual([
      '2 login ada@acme.example',
      '3 invalid',
      '4 login grace@acme.example',
      '5 login mei@acme.example',
    ]);
    expect(rows[3]?.columns['Name']).toBe('Ünsal');
    expect(codesOf(notices)).toEqual(['bad-bytes', 'bad-bytes']);
  });

  test('of UTF-16 without a mark are recognized', async () => {
    const text = `User Id;Name\r\n${ADA};José\r\n`;
    for (const bytes of [Buffer.from(text, 'utf16le'), Buffer.from(text, 'utf16le').swap16()]) {
      const { rows } = await selectCsv(bytes);
      expect(rows[0]?.columns).toEqual({ 'User Id': ADA, Name: 'José' });
    }
  });

  test('of an unknown encoding are refused', async () => {
    const error = await errorOf(selectCsv('User Id\n', { encoding: 'klingon' }));
    expect(error.code).toBe('INPUT_ENCODING');
    expect(error.hint).toContain('--encoding');
  });
});
