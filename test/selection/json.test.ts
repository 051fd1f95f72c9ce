import { describe, expect, test } from '@jest/globals';
import { gzipSync } from 'node:zlib';
import { openTable, type TableFormat } from '../../src/report/table.ts';
import {
  ADA,
  brief,
  codesOf,
  collect,
  errorOf,
  GRACE,
  JOSE,
  portsOf,
  select,
  selectCsv,
  whereOf,
} from './sample.ts';
import { RECOGNISE_ALL } from '../../src/selection/selection.ts';

const user = (id: string, login: string) => ({
  id,
  status: 'ACTIVE',
  profile: { login, email: login, employeeNumber: 4711 },
  credentials: { password: {}, provider: { type: 'OKTA' } },
});
const USERS = [user(ADA, 'ada@acme.example'), user(GRACE, 'grace@acme.example')];
const BRIEF = [`1 id ${ADA}`, `2 id ${GRACE}`];

describe('JSON', () => {
  test.each([
    ['an array', JSON.stringify(USERS)],
    ['an array, indented', JSON.stringify(USERS, undefined, 2)],
    ['one object per line', USERS.map((each) => `${JSON.stringify(each)}\n`).join('')],
    [
      'one object per line, CRLF and blank lines',
      USERS.map((each) => `${JSON.stringify(each)}\r\n\r\n`).join(''),
    ],
    [
      'objects one after another, indented',
      USERS.map((each) => JSON.stringify(each, undefined, 2)).join(''),
    ],
    [
      'an answer of an API',
      JSON.stringify({ '@odata.count': 2, value: USERS, next: { token: 'x', list: ['y'] } }),
    ],
    ['pages one after another', USERS.map((each) => JSON.stringify([each])).join('\n')],
    ['a mark first', `\uFEFF${JSON.stringify(USERS)}`],
    ['UTF-16', Buffer.from(`\uFEFF${JSON.stringify(USERS)}`, 'utf16le')],
    ['gzip', gzipSync(JSON.stringify(USERS))],
  ])('%s: members are columns with dotted names', async (_, content) => {
    for (const chunk of [undefined, 3]) {
      const { rows, notices } = await selectCsv(content, {}, chunk);
      expect(rows.map(brief)).toEqual(BRIEF);
      expect(rows[0]?.columns).toEqual({
        id: ADA,
        status: 'ACTIVE',
        'profile.login': 'ada@acme.example',
        'profile.email': 'ada@acme.example',
        'profile.employeeNumber': '4711',
        'credentials.provider.type': 'OKTA',
      });
      expect(notices[0]?.text).toMatch(/“id”, as user ids .*JSON/);
    }
  });

  test('--column and --where name nested members', async () => {
    const { rows } = await selectCsv(JSON.stringify(USERS), {
      column: 'profile.login',
      where: [whereOf('Profile Login=grace@acme.example')],
    });
    expect(rows.map(brief)).toEqual(['2 login grace@acme.example']);
  });

  test('a list of texts names users by value', async () => {
    const { rows } = await selectCsv(JSON.stringify([ADA, 'grace@acme.example']));
    expect(rows.map(brief)).toEqual([`1 id ${ADA}`, '2 login grace@acme.example']);
  });

  test('keeps long numbers as they are written, lists of texts as one cell, and members that come late', async () => {
    const late = Array.from({ length: 300 }, () => ({ login: 'x@acme.example' }));
    const text = `[{"login":"ada@acme.example","badge":12345678901234567890,"ratio":1.50,"groups":["a","b"],"emails":[{"value":"x"}],"no":null},${late.map((each) => JSON.stringify(each)).join(',')},{"login":"b@acme.example","Late":true,"latePassword":"Made-up1"}]`;
    const { rows } = await selectCsv(text);
    expect(rows[0]?.columns).toEqual({
      login: 'ada@acme.example',
      badge: '12345678901234567890',
      ratio: '1.50',
      groups: '["a","b"]',
      'emails.0.value': 'x',
      no: '',
    });
    expect(rows.at(-1)?.columns).toEqual({ login: 'b@acme.example', Late: 'true' });
  });

  test('of the System Log is refused as ambiguous, with the flags that select its targets', async () => {
    const event = (actor: string, target: string) => ({
      actor: { alternateId: actor },
      target: [{ type: 'User', alternateId: target }],
    });
    const error = await errorOf(
      selectCsv(JSON.stringify([event('root@acme.example', 'ada@acme.example')])),
    );
    expect(error.code).toBe('INPUT_COLUMN_AMBIGUOUS');
    expect(error.hint).toContain('--column target.0.alternateId --where target.0.type=User');
  });

  test('without a member that names users says which one looks like it', async () => {
    const error = await errorOf(
      selectCsv(JSON.stringify([{ konto: 'ada@acme.example', ort: 'x' }])),
    );
    expect(error.code).toBe('INPUT_COLUMN_MISSING');
    expect(error.hint).toContain('--column konto');
  });

  test.each([
    '{"profile":{"login":"ada@acme.example"},"credentials":{"password":{"value":"CANARY1x"}}}',
    '{"login":"ada@acme.example","credentials":{"password":{"hash":{"algorithm":"BCRYPT","salt":"CANARY1x","value":"CANARY1x"}}}}',
    '{"login":"ada@acme.example","credentials":{"recovery_question":{"question":"q","answer":"CANARY1x"}}}',
    '{"login":"ada@acme.example","passwords":["CANARY1x"],"history":[{"pwd":"CANARY1x"}]}',
    '{"login":"ada@acme.example","raw":"{\\"password\\":\\"CANARY1x\\"}"}',
    '["ada@acme.example:CANARY1x"]',
  ])('%s: secrets stay out', async (text) => {
    const { rows, notices } = await selectCsv(text);
    expect(rows).toHaveLength(1);
    expect(JSON.stringify([rows, notices])).not.toContain('CANARY1x');
  });
});

describe('JSON that is not a list of users', () => {
  test.each([
    ['cut off', JSON.stringify(USERS).slice(0, -30), 'INPUT_JSON'],
    ['cut off between users', `${JSON.stringify(USERS).slice(0, -1)},`, 'INPUT_JSON'],
    ['two commas', '[{"id":"x"},,{"id":"y"}]', 'INPUT_JSON'],
    ['no colon', '[{"id" "x"}]', 'INPUT_JSON'],
    ['a number', '["a@acme.example", 7]', 'INPUT_JSON'],
    ['lists in a list', '[["id"],["x"]]', 'INPUT_JSON'],
    ['two lists', '{"users":[{"id":"x"}],"members":[{"id":"y"}]}', 'INPUT_JSON'],
    ['text behind it', '[{"login":"a@acme.example"}] x', 'INPUT_JSON'],
    ['nothing in it', '[]', 'INPUT_EMPTY'],
    ['an empty answer', '{"value":[]}', 'INPUT_EMPTY'],
    ['too deep', `[${'{"a":'.repeat(40)}1${'}'.repeat(40)}]`, 'INPUT_JSON'],
    ['brackets', '['.repeat(300_000), 'INPUT_JSON'],
    [
      'too many members',
      `[{${Array.from({ length: 3000 }, (_, n) => `"m${n}":1`).join(',')}}]`,
      'INPUT_JSON',
    ],
    [
      'too many columns',
      `[${Array.from({ length: 6000 }, (_, n) => `{"m${n}":1}`).join(',')}]`,
      'INPUT_JSON',
    ],
    ['one text without end', `["${'a'.repeat(2_000_000)}`, 'INPUT_JSON'],
    ['damaged gzip', gzipSync(JSON.stringify(USERS)).subarray(0, 60), 'INPUT_UNREADABLE'],
    ['gzip in gzip', gzipSync(gzipSync('id\n')), 'INPUT_ENCODING'],
    [
      'a gzip bomb',
      gzipSync(`login\n${`${' '.repeat(8000)}x\n`.repeat(3000)}`),
      'INPUT_UNREADABLE',
    ],
  ])('%s is refused with a hint', async (_, content, code) => {
    const error = await errorOf(selectCsv(content));
    expect([error.code, error.exitCode]).toEqual([code, 3]);
    expect(error.hint).not.toBe('');
  });

  test('an endless record is refused before it fills the memory', async () => {
    let read = 0;
    const endless = (async function* () {
      yield Buffer.from('[{"id":[');
      for (;;) {
        read += 1;
        yield Buffer.from('"aaaaaaaaaaaaaaaa",'.repeat(1000));
      }
    })();
    const error = await errorOf(selectCsv(endless));
    expect(error.code).toBe('INPUT_JSON');
    expect(read).toBeLessThan(40);
  });

  test('a name that every object has is a column like any other', async () => {
    const { rows } = await selectCsv(`[{"id":"${ADA}","__proto__":"x","constructor":"y","":"z"}]`);
    expect(Object.entries(rows[0]?.columns ?? {})).toEqual([
      ['id', ADA],
      ['(__proto__)', 'x'],
      ['constructor', 'y'],
      ['()', 'z'],
    ]);
  });
});

describe('gzip', () => {
  test('is recognized by content, never by the name, even on standard input', async () => {
    const text = `User Id;Note\n${ADA};"a\nb"\n${JOSE};x\n`;
    for (const path of ['users.csv', 'users.csv.gz', '-']) {
      for (const content of [text, gzipSync(text)]) {
        const ports = portsOf({ [path]: content }, [], 5);
        const rows = await collect(
          select([{ kind: 'file', path, options: RECOGNISE_ALL }], {
            ...ports,
            stdin: path === '-' ? ports.openFile(path, new AbortController().signal) : undefined,
          }),
        );
        expect(rows.map(({ identifier }) => identifier.value)).toEqual([ADA, JOSE]);
      }
    }
  });

  test('ends with the signal’s reason', async () => {
    const stop = new AbortController();
    const endless = (async function* () {
      yield gzipSync('login\n');
      stop.abort(new Error('stopped'));
      await new Promise(() => undefined);
    })();
    const rows = select(
      [{ kind: 'file', path: 'u', options: RECOGNISE_ALL }],
      portsOf({ u: endless }),
      undefined,
      stop.signal,
    );
    await expect(collect(rows)).rejects.toThrow('stopped');
  });
});

describe('what users writes', () => {
  test.each<TableFormat>(['csv', 'json', 'ndjson'])('%s can be read back', async (format) => {
    let text = '';
    const table = openTable(
      {
        isTty: false,
        write: async (part) => void (text += part),
        size: () => ({ columns: 80, rows: 24 }),
        onResize: () => () => undefined,
      },
      format,
      ['id', 'profile.login', 'note'],
    );
    await table.row([ADA, 'ada@acme.example', '=1+1, "x"\n']);
    await table.row([GRACE, 'grace@acme.example', undefined]);
    await table.end();
    const { rows, notices } = await selectCsv(text);
    expect(rows.map(({ identifier }) => identifier.value)).toEqual([ADA, GRACE]);
    expect(codesOf(notices).filter((code) => code !== 'multi-line-rows')).toEqual([]);
  });
});
