/** The questions of the guided start, one by one: what is offered, which texts are refused, and what comes of each answer. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { guideWhat } from '../../src/cli/guide/ask-action.ts';
import { guideCredential, guideCredentialKind } from '../../src/cli/guide/ask-credential.ts';
import { guideWhom } from '../../src/cli/guide/ask-users.ts';
import { ACTION_NAMES } from '../../src/domain/plan/action.ts';
import { workbookOf } from '../selection/workbook.ts';
import { answeringOn, type Answer } from './guide-answers.ts';
import { terminalOn } from './terminal-on.ts';

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'okta-reset-guide-'));
  await writeFile(join(dir, 'users.csv'), 'id\n1\n2\n3\n4\n');
  await writeFile(join(dir, 'odd.csv'), `Who,Name\n${'x'.repeat(80)},y\n`);
  await writeFile(join(dir, 'two.csv'), 'Old Login,New Login\na@x.example,b@x.example\n');
  const sheet = (name: string, title: string) => ({ name, rows: [[title], ['a@x.example']] });
  await writeFile(join(dir, 'two.xlsx'), workbookOf([sheet('One', 'Login'), sheet('Two', 'Who')]));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

const answering = (answers: readonly Answer[], platform = 'linux') => {
  const { host } = terminalOn();
  return answeringOn({ ...host, cwd: dir, platform }, answers);
};

describe('which users', () => {
  test.each<[readonly string[], readonly string[]]>([
    [['all'], ['--all']],
    [
      ['group', 'Sales'],
      ['--group', 'Sales'],
    ],
    [
      ['search', 'status eq "ACTIVE"'],
      ['--search', 'status eq "ACTIVE"'],
    ],
    [
      ['log', 'a eq "b"', 'target'],
      ['--log', 'a eq "b"'],
    ],
    [
      ['log', 'a eq "b"', 'actor'],
      ['--log', 'a eq "b"', '--log-who', 'actor'],
    ],
    [
      ['file', 'users.csv', 'yes'],
      ['--file', 'users.csv'],
    ],
    [
      ['file', 'odd.csv', 'column', 'Name', 'yes'],
      ['--file', 'odd.csv', '--column', 'Name'],
    ],
    [
      ['file', 'two.xlsx', 'Two', 'column', 'Who', 'yes'],
      ['--file', 'two.xlsx', '--sheet', 'Two', '--column', 'Who'],
    ],
    [['file', 'users.csv', 'back', 'all'], ['--all']],
    [['file', 'none.csv', 'all'], ['--all']],
  ])('%j become %j', async (answers, flags) => {
    const { stage, left } = answering(answers);
    expect([await guideWhom(stage), left]).toEqual([flags, []]);
  });

  test.each<[readonly string[], ...asked: (readonly [question: string, example: string])[]]>([
    [
      ['group', 'x'],
      ['Which group?', 'Sales'],
    ],
    [
      ['search', 'x'],
      ['Which search?', 'profile.department eq "Sales"'],
    ],
    [
      ['log', 'x', 'target'],
      ['Which events?', 'eventType eq "user.mfa.okta_verify.deny_push"'],
    ],
    [
      ['file', 'odd.csv', 'column', 'Name', 'yes'],
      ['Which file?', 'users.csv'],
      ['Its title', 'User Id'],
    ],
  ])('%j are asked for with an example', async (answers, ...questions) => {
    const { stage, asked } = answering(answers);
    await guideWhom(stage);
    for (const question of questions) expect(asked).toContainEqual(question);
  });

  test('five sources are offered', async () => {
    const { stage, asked } = answering(['all']);
    await guideWhom(stage);
    expect(asked).toEqual([
      [
        'Which users?',
        'file: Users in a file',
        'group: Members of a group',
        'search: Users from an Okta search',
        'log: Users in System Log events',
        'all: Everybody',
      ],
    ]);
  });

  test.each<[readonly string[], string]>([
    [['file', '', 'users.csv', 'yes'], 'Type the path of a file: CSV, Excel (.xlsx), JSON'],
    [['file', 'odd.csv', 'column', '', 'Name', 'yes'], 'Type the title of a column, or press'],
    [['group', '', 'x'], 'Type its name or id, or press Ctrl-C to leave.'],
    [['search', '', 'x'], 'Type an Okta search expression, or press Ctrl-C to leave.'],
    [['log', '', 'x', 'target'], 'Type a System Log filter expression, or press'],
  ])('%j: an empty answer is refused', async (answers, says) => {
    const { stage, refused } = answering(answers);
    await guideWhom(stage);
    expect(refused).toEqual([expect.stringContaining(says)]);
  });

  test('a file that can be read is confirmed by its first three rows, which are cut', async () => {
    const { stage, asked, notes } = answering(['file', 'users.csv', 'yes']);
    await guideWhom(stage);
    expect(asked.slice(1)).toEqual([
      ['Which file?', 'users.csv'],
      ['Are these the users?', 'yes: Yes', 'column: Use another column', 'back: Choose again'],
    ]);
    const [note = []] = notes;
    expect(note[0]).toBe('users.csv');
    const at = note.indexOf('First rows:');
    expect(note.slice(at + 1)).toHaveLength(3);
    expect(note[at + 1]).toMatch(/^line 2: 1/);

    const long = answering(['file', 'odd.csv', 'column', 'Who', 'yes']);
    await guideWhom(long.stage);
    const cut = long.notes.flat().filter((line) => line.startsWith('line 2: xxx'));
    expect(cut.map((line) => [line.length, line.endsWith('…')])).toEqual([[70, true]]);
  });

  test.each(['odd.csv', 'two.csv'])(
    'of %s only the column is asked for, and yes is not offered',
    async (file) => {
      const { stage, asked, notes } = answering(['file', file, 'back', 'all']);
      await guideWhom(stage);
      expect(asked[2]).toEqual([
        'Which column has the users?',
        'column: Name the column',
        'back: Choose again',
      ]);
      expect(notes).toEqual([['problem', expect.stringContaining(file), expect.any(String)]]);
    },
  );
});

describe('what to do', () => {
  test.each(ACTION_NAMES)('%s is offered, and named unless it is the first', async (action) => {
    const password = ['reset-password', 'temp-password', 'expire-password'].includes(action);
    const key = action === 'temp-password' ? ['have', 'age1abc'] : [];
    const { stage, asked, left } = answering([action, ...(password ? [[]] : []), ...key]);
    const named = action === 'reset-password' ? [] : ['--action', action];
    const secrets = action === 'temp-password' ? ['--secrets-recipient', 'age1abc'] : [];
    expect([await guideWhat(stage), left]).toEqual([{ flags: named, secrets }, []]);
    expect(asked[0]?.slice(1).map((choice) => choice.split(':')[0])).toEqual(ACTION_NAMES);
  });

  test('sessions, tokens and factors are ticked', async () => {
    const { stage, asked } = answering(['reset-password', 'as ticked']);
    const flags = ['--revoke-sessions', '--revoke-tokens', '--reset-factors'];
    expect((await guideWhat(stage)).flags).toEqual(flags);
    expect(asked[1]?.slice(1)).toEqual(flags);
  });

  test('a recipient must look like one', async () => {
    const typed = ['AGE1ABC', 'xage1abc', 'age1', 'age1abc!', 'age1abc2'];
    const { stage, refused, asked } = answering(['temp-password', [], 'have', ...typed]);
    expect((await guideWhat(stage)).secrets).toEqual(['--secrets-recipient', 'age1abc2']);
    expect(refused).toEqual(Array.from({ length: 4 }, () => 'It starts with age1.'));
    expect(asked.at(-1)).toEqual(['Recipient', 'age1…']);
  });

  test('a new key is a file that must not exist yet, and is asked for until it does', async () => {
    const answers = ['temp-password', [], 'make', '', 'users.csv', 'make', 'new.txt'];
    const { stage, refused, notes, left, asked } = answering(answers);
    const { secrets } = await guideWhat(stage);
    const key = await readFile(join(dir, 'new.txt'), 'utf8');
    expect(secrets).toEqual(['--secrets-recipient', /age1\w+/.exec(key)?.[0]]);
    expect(refused).toEqual(['Name a file that does not exist yet.']);
    expect(asked.at(-1)).toEqual(['File for the key', 'okta-reset-key.txt']);
    expect(notes).toEqual([['problem', expect.stringContaining('users.csv'), expect.any(String)]]);
    expect(left).toEqual([]);
  });
});

describe('which credential', () => {
  const ORIGIN = 'https://acme.okta.com';

  test('is a token or an app', async () => {
    const { stage, asked } = answering(['app']);
    expect(await guideCredentialKind(stage)).toBe('app');
    expect(asked).toEqual([
      ['Which credential?', 'token: An API token', 'app: A service app (OAuth)'],
    ]);
  });

  test.each([
    ['linux', `export OKTA_CLIENT_ORGURL=${ORIGIN}`, 'read -rs OKTA_CLIENT_TOKEN'],
    ['win32', `$env:OKTA_CLIENT_ORGURL = '${ORIGIN}'`, '$env:OKTA_CLIENT_TOKEN = [System'],
  ])('a token is used here and asked for in the shell of %s', async (platform, org, token) => {
    const { stage } = answering(['00secret'], platform);
    const { env, exports } = await guideCredential(stage, 'token', ORIGIN);
    expect(env).toEqual({ OKTA_CLIENT_ORGURL: ORIGIN, OKTA_CLIENT_TOKEN: '00secret' });
    expect(exports).toEqual([org, expect.stringContaining(token)]);
  });

  test('an app needs an id, a path and scopes that look like such', async () => {
    const answers = [
      ...['short77', 'with blank 1', 'x'.repeat(65), '0oa1b2c3'],
      ...['', '{"kty":"RSA"}', 'x -----BEGIN KEY', 'app.pem'],
      ...['typed', '', 'okta.users.read;', 'okta.users.read,  okta.logs.read'],
    ];
    const { stage, refused, asked, left } = answering(answers);
    const { env } = await guideCredential(stage, 'app', ORIGIN);
    expect(left).toEqual([]);
    expect(env).toEqual({
      OKTA_CLIENT_ORGURL: ORIGIN,
      OKTA_CLIENT_AUTHORIZATIONMODE: 'PrivateKey',
      OKTA_CLIENT_CLIENTID: '0oa1b2c3',
      OKTA_CLIENT_PRIVATEKEY: join(dir, 'app.pem'),
      OKTA_CLIENT_SCOPES: 'okta.users.read okta.logs.read',
    });
    const id = 'It is on the app’s page: Applications › the app › Client ID (0oa…).';
    const key = 'Type the path of the file, not the key: this screen shows what you type.';
    const scopes = 'Scopes look like okta.users.manage.';
    const path = 'Type the path of a file, or press Ctrl-C to leave.';
    expect(refused).toEqual([id, id, id, path, key, key, scopes, scopes]);
    expect([asked[0], asked[1], asked[3]]).toEqual([
      ['Client ID', '0oa1b2c3d4e5f6g7h8i9'],
      ['File with its private key (PEM or JWK)', 'okta-reset.pem'],
      ['Scopes, separated by spaces', 'okta.users.manage okta.groups.read'],
    ]);
    expect(asked[2]).toEqual([
      'Which scopes does it have?',
      'all: All that are useful here',
      'typed: Only some',
    ]);
  });

  test('an app with all scopes names none', async () => {
    const { stage } = answering(['0oa1b2c3', 'app.pem', 'all']);
    const { env, exports } = await guideCredential(stage, 'app', ORIGIN);
    expect(Object.keys(env)).not.toContain('OKTA_CLIENT_SCOPES');
    expect(exports).toEqual(Object.entries(env).map(([name, value]) => `export ${name}=${value}`));
  });
});
