import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expectCode } from './expect-code.ts';
import {
  closeStages,
  filesUnder,
  isEligible,
  outcomes,
  PLAIN,
  readCsv,
  stage,
  type Stage,
  writesSeen,
} from './rig.ts';

const FIXTURES = fileURLToPath(new URL('../../fixtures/', import.meta.url));

let s: Stage;
let users: readonly { readonly id: string; readonly login: string; readonly email: string }[];
beforeAll(async () => {
  s = await stage({ users: 14, mix: PLAIN });
  users = [...s.org.users()].slice(2);
});
afterAll(closeStages);

const lines = (end: string, ...rows: readonly string[]) => rows.map((row) => row + end).join('');
const utf16be = (text: string) => Buffer.from(`\uFEFF${text}`, 'utf16le').swap16();

type Shape = readonly [name: string, write: () => string | Uint8Array, more?: readonly string[]];

const SHAPES: readonly Shape[] = [
  ['ids without a header', () => lines('\n', ...users.map(({ id }) => id))],
  [
    'Excel, semicolons, CRLF, a mark',
    () => '\uFEFF' + lines('\r\n', 'User Id;Name', ...users.map(({ id }) => `${id};"Doe; Jane"`)),
  ],
  [
    'Excel, UTF-16LE, tabs',
    () =>
      Buffer.from(
        `\uFEFF${lines('\r\n', 'Name\tUser Id', ...users.map(({ id }) => `José\t${id}`))}`,
        'utf16le',
      ),
  ],
  ['UTF-16BE', () => utf16be(lines('\n', 'login,name', ...users.map(({ login }) => `${login},x`)))],
  [
    'a title row, sep= and a trailer',
    () =>
      lines(
        '\r\n',
        'sep=,',
        'User ID,Login',
        ...users.map(({ id, login }) => `${id},${login}`),
        '',
        `Total Users: ,${users.length}`,
      ),
  ],
  [
    'logins in capitals with padding',
    () => lines('\n', 'Username', ...users.map(({ login }) => `  ${login.toUpperCase()}\u200B `)),
  ],
  [
    'e-mails behind pipes',
    () => lines('\n', 'name|email', ...users.map(({ email }) => `x|${email}`)),
  ],
  [
    'traps beside the id',
    () =>
      lines(
        '\n',
        'User Type ID,externalId,User,id',
        ...users.map(({ id }, at) => `otyp${at},E${at},"Doe, J",${id}`),
      ),
  ],
  [
    'a column by name',
    () =>
      lines(
        '\n',
        'actor login,target login',
        ...users.map(({ login }) => `admin@acme.example,${login}`),
      ),
    ['--column', 'target login'],
  ],
  [
    'rows by a gate',
    () =>
      lines(
        '\n',
        'userId,approved',
        ...users.map(({ id }) => `${id},true`),
        `${'00u'.padEnd(20, 'x')},false`,
      ),
    ['--where', 'approved=true'],
  ],
];

describe('a list of users as it comes', () => {
  test.each(SHAPES)('%s: selects the right users', async (name, write, more = []) => {
    const file = `${name.replaceAll(/\W+/g, '-')}.csv`;
    await writeFile(s.path(file), write());
    const out = `run-${file}`;
    expectCode(await s.run(['plan', '--file', file, ...more, '--out', out]), 0);
    const rows = await readCsv(s.path(out, 'results.csv'));
    expect(
      rows.filter((row) => row['_outcome'] === 'not-attempted').map((row) => row['_user_id']),
    ).toEqual(users.map(({ id }) => id));
  });

  test('a bad row is named with its line and why, and none is dropped', async () => {
    const ids = users.map(({ id }) => id);
    await s.writeCsv(
      'bad.csv',
      lines(
        '\n',
        'User Id',
        ids[0]!,
        '00gGROUPGROUPGROUP123',
        ids[0]!,
        ids[1]!.slice(0, 15),
        'x@y@z',
        '00uNOSUCHNOSUCHNOSU1',
        ids[2]!,
      ),
    );
    const plan = await s.run(['plan', '--file', 'bad.csv', '--out', 'bad']);
    expectCode(plan, 0);
    const rows = await readCsv(s.path('bad', 'results.csv'));
    expect(rows).toHaveLength(7);
    expect(outcomes(rows)).toEqual({ 'not-attempted': 2, skipped: 5 });
    expect(rows.map((row) => row['_reason'])).toEqual([
      '',
      'invalid-id',
      'duplicate',
      'invalid-id',
      expect.stringMatching(/invalid-id|not-found/),
      'not-found',
      '',
    ]);
  });

  test('every file in fixtures/ ends in a plan or a refusal with a way out', async () => {
    const files = (await readdir(FIXTURES)).filter((name) => /\.(csv|txt)$/.test(name));
    expect(files.length).toBeGreaterThan(40);
    for (const file of files) {
      const ran = await s.run(['plan', '--file', FIXTURES + file, '--out', 'fixture', '-q']);
      // A plan reads what the runs next to it did.
      await rm(s.path('fixture'), { recursive: true, force: true });
      expect([file, [0, 3].includes(ran.code)]).toEqual([file, true]);
      if (ran.code === 3) expect(ran.stderr).toMatch(/→ \S/);
    }
    expect(writesSeen(s.org)).toBe(0);
  });
});

test('results.csv says which user --user meant, and a rerun from it finds them', async () => {
  const s = await stage({ users: 20, mix: PLAIN });
  const [first, second] = [...s.org.users()].filter(isEligible);
  const csv = await s.ids([first!]);
  const typo = `${second!.login}x`;
  const nobody = `00u${'x'.repeat(17)}`;
  const who = ['--file', csv, '--user', typo, '--user', nobody, '--user', '??'];
  expectCode(await s.run(['run', ...who, '--out', 'run', '--yes', '--max-users', '9']), 0);
  const rows = await readCsv(s.path('run', 'results.csv'));
  expect(rows.map((row) => [row['id'], row['user'], row['_outcome'], row['_reason']])).toEqual([
    [first!.id, '', 'succeeded', ''],
    ['', typo, 'skipped', 'not-found'],
    ['', nobody, 'skipped', 'not-found'],
    ['', '??', 'skipped', 'not-found'],
  ]);
  const results = await readFile(s.path('run', 'results.csv'), 'utf8');
  await s.writeCsv('fixed.csv', results.replace(typo, second!.login));
  const again = ['rerun', 'fixed.csv', '--only', 'skipped', '--out', 'again'];
  expectCode(await s.run([...again, '--yes', '--max-users', '9']), 0);
  const verdicts = await readCsv(s.path('again', 'results.csv'));
  expect(verdicts.map((row) => [row['user'], row['_user_id'], row['_outcome']])).toEqual([
    [second!.login, second!.id, 'succeeded'],
    [nobody, '', 'skipped'],
    ['??', '', 'skipped'],
  ]);
});

describe('passwords in the list', () => {
  const CANARY = 'Made-up!Canary7';

  test('reach no file and no output of plan, run, report and rerun', async () => {
    const s = await stage({ users: 14, mix: PLAIN });
    const users = [...s.org.users()].slice(2);
    const rows = users.map(({ login }, at) => `${login},Ada ${at},${CANARY}${at},x`);
    await s.writeCsv(
      'pw.csv',
      lines('\n', 'Login,Name,Initial password [passwordProfile],Note', ...rows),
    );
    const said = [];
    const max = String(users.length);
    said.push(await s.run(['plan', '--file', 'pw.csv', '--out', 'pw-plan', '-v']));
    expect(said[0]?.stderr).toContain('“Initial password [passwordProfile]”');
    said.push(
      await s.run([
        'run',
        '--file',
        'pw.csv',
        '--out',
        'pw',
        '--yes',
        '--max-users',
        max,
        '--json',
        '-v',
        '--limit',
        '3',
      ]),
      await s.run(['report', 'pw', '--format', 'json']),
      await s.run([
        'rerun',
        'pw/results.csv',
        '--only',
        'succeeded,skipped',
        '--dry-run',
        '--out',
        'pw2',
      ]),
    );
    for (const ran of said) {
      expectCode(ran, 0);
      expect(ran.stdout + ran.stderr).not.toContain(CANARY);
    }
    for (const dir of ['pw-plan', 'pw', 'pw2']) {
      const files = await filesUnder(s.path(dir));
      expect(files.size).toBeGreaterThan(3);
      for (const [path, text] of files)
        expect([path, text.includes(CANARY)]).toEqual([path, false]);
    }
    expect((await readCsv(s.path('pw', 'results.csv')))[0]).toMatchObject({
      Name: 'Ada 0',
      Note: 'x',
    });
  });
});
