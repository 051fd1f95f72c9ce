import { describe, expect, test } from '@jest/globals';
import { withoutSecrets } from '../../src/selection/layout/left-out.ts';
import { readResults } from '../../src/selection/rows/read-results.ts';
import {
  ADA,
  codesOf,
  collect,
  errorOf,
  fixture,
  GRACE,
  never,
  portsOf,
  selectCsv,
  whereOf,
} from './sample.ts';

/** Made up; no title or fact contains it. */
const CANARY = 'Made-up!Canary7';

const SECRET =
  `password, PASSWORD, Password [Required], Initial password [passwordProfile] Required, New password (set at first login),
  Password (must change at next login), tempPassword, user_pwd, pwd, pw, Pass, passphrase, passcode, secret, client_secret, clientSecret,
  token, API Token, accessToken, OTP, One-time password, Recovery code, backupCodes, PIN, Security answer, resetPasswordUrl, Password reset link,
  activationUrl, Temporary Access Pass, passwordProfile, passwordProfile.password, credentials.password.value, credentials.password.hash.value,
  credentials.recovery_question.answer, credentials/password/value, _embedded.user.credentials.password.value, credentials, Password Hash Function,
  Passwort, Initialkennwort, Kennwort, Zugangscode, Mot de passe, motDePasse, MDP, Code secret, Contraseña, contrasena, CLAVE, Código de recuperación,
  Senha, Palavra-passe, Parola d’ordine, Codice di recupero, Wachtwoord, Lösenord, Adgangskode, Passord, Salasana, Hasło, Heslo, Jelszó, Parola, Şifre,
  MFA Seed, TOTP seed, Пароль, Κωδικός, パスワード, 初期パスワード, 密码, 비밀번호, mật khẩu, ｐａｓｓｗｏｒｄ, Password1, pass_word,
  Temporary credential, hashed, NTLM, md5, SHA-256, Authorization, Bearer, AuthCode, otpauth, plaintext, Session cookie, MFA reset code, Temp Code, userpass, TAP, PSK, Pre-shared key, SSH key`
    .split(',')
    .map((title) => title.trim());

const FACTS =
  `Password Changed, passwordChanged, Password Changed Date, pwdLastSet, Last Password Change, PasswordNeverExpires, Password status,
  User PIN changed on, My token expires, Your OTP status, passwordPolicies, Change Password at Next Sign-In, mustChangePassword, badPwdCount, Kennwort geändert am, Passwort läuft ab, Mot de passe modifié le,
  Fecha de cambio de contraseña, パスワード変更日, Kennwort läuft nie ab`
    .split(',')
    .map((title) => title.trim());

const OTHERS =
  `credentials.provider.type, credentials.provider.name, Credential Recovery Question, Passport number, Secretary, Compass, Tokenring,
  profile.displayName, Department, Spin, type, Answered calls, SID,
  Authorization group, Authorized by, Natasha1`
    .split(',')
    .map((title) => title.trim());

describe('a column of secrets', () => {
  test.each(SECRET)('%s is left out, and named', async (title) => {
    const { rows, notices } = await selectCsv(`id\t${title}\tNote\n${ADA}\t${CANARY}\tx\n`);
    expect(rows[0]?.columns).toEqual({ id: ADA, Note: 'x' });
    expect(notices.find(({ code }) => code === 'left-out')?.text).toContain(`“${title}”`);
    expect(JSON.stringify([rows, notices])).not.toContain(CANARY);
  });

  test.each(FACTS)('%s stays as long as its cells are facts', async (title) => {
    const facts = ['2026-02-27T02:14:00.000Z', 'TRUE', '27.02.2026 02:14', 'Expired', '42', ''];
    const lines = facts.map((fact) => `${ADA}\t${fact}`);
    const { rows, notices } = await selectCsv(`id\t${title}\n${lines.join('\n')}\n`);
    expect(rows.map(({ columns }) => columns[title])).toEqual(facts);
    expect(codesOf(notices)).toEqual([]);
    const secret = await selectCsv(`id\t${title}\n${ADA}\t${CANARY}\n`);
    expect(JSON.stringify(secret)).not.toContain(CANARY);
  });

  test.each(OTHERS)('%s stays', async (title) => {
    const { rows } = await selectCsv(`id\t${title}\n${ADA}\t${CANARY}\n`);
    expect(rows[0]?.columns[title]).toBe(CANARY);
  });

  test('stays with --keep-column, by title, name in brackets, or ignoring case', async () => {
    for (const keep of ['Token [serialId] Required', 'serialid', 'TOKEN']) {
      const { rows, notices } = await selectCsv(
        `id,Token [serialId] Required,Password\n${ADA},0007654321,${CANARY}\n`,
        { keep: [keep] },
      );
      expect(rows[0]?.columns).toEqual({ id: ADA, 'Token [serialId] Required': '0007654321' });
      expect(notices.find(({ code }) => code === 'left-out')?.text).toContain('“Password”');
    }
    const { notices } = await selectCsv(`id,Password\n${ADA},x\n`, { keep: ['Pasword'] });
    expect(notices.map(({ text }) => text).join(' ')).toContain('“Pasword”');
  });

  test('can be used by neither --column nor --where', async () => {
    const text = `Login,Password\nada@acme.example,${CANARY}\n`;
    for (const [flag, options] of [
      ['--column', { column: 'password' }],
      ['--where', { where: [whereOf(`Password=${CANARY}`)] }],
    ] as const) {
      const error = await errorOf(selectCsv(text, options));
      expect(error.message).toContain(`It is left out, so ${flag} cannot use it.`);
      expect(error.code).toBe('INPUT_COLUMN_MISSING');
      expect(error.hint).toContain('--keep-column Password');
      expect(error.message).not.toContain(CANARY);
    }
  });
});

describe('a secret that no title announces', () => {
  const TEXTS: readonly (readonly [what: string, text: string, column?: string])[] = [
    ['a cell too many', `Name,Password,Login\nByron, Ada,${CANARY},ada@acme.example\n`],
    ['a cell too many behind the user', `Login,Password,Note\nada@acme.example,x,${CANARY},y\n`],
    ['a cell too few', `Login,Name,Password\nada@acme.example,${CANARY}\n`],
    ['a header that does not fit', `id,Office (a,b),Password,Note\n${ADA},"x",${CANARY}\n`],
    ['no header', `${ADA},${CANARY}\n${GRACE},${CANARY}\n`],
    ['no header and --column', `ada@acme.example;${CANARY}\nuna@acme.example;${CANARY}\n`, '1'],
    ['one cell', `login\nada@acme.example:${CANARY}\n`],
    ['one cell, no header', `ada@acme.example:${CANARY}\nuna@acme.example:${CANARY}\n`, '1'],
    ['one cell, an @ in it', `login\nada@acme.example:p@${CANARY}.x\n`],
    ['one cell, short login', `username\nada:${CANARY}\n`],
    ['one cell, a tab', `login\nada@acme.example\t${CANARY}\n`],
    ['one cell, page first', `https://acme.example/in:ada@acme.example:${CANARY}\n`, '1'],
    ['one cell, page first, short login', `login\nhttps://acme.example/in:ada:${CANARY}\n`],
    ['texts of JSON', JSON.stringify([`ada@acme.example:${CANARY}`, `una:${CANARY}`])],
    ['one member of JSON', `{"login":"ada@acme.example\\t${CANARY}"}\n`],
    ['one cell, with a blank', `email\nada@acme.example ${CANARY}\n`],
    ['one cell with an id', `id\n${ADA}:${CANARY}\n`],
    ['one cell with an id, no header', `${ADA}:${CANARY}\n${GRACE}:${CANARY}\n`],
    ['one cell, and pairs in the header', `login:password\nada@acme.example:${CANARY}\n`],
    [
      'one cell of JSON',
      `id,raw\n${ADA},"{""credentials"":{""password"":{""value"":""${CANARY}""}}}"\n`,
    ],
  ];

  test.each([
    ['no title', `login,,\nada@acme.example,${CANARY},red\n`],
    ['more cells than titles', `login,name\nada@acme.example,Ada,${CANARY}\n`],
  ])('a column with %s keeps only what is clearly no password', async (_, text) => {
    const { rows, notices } = await selectCsv(text);
    expect(JSON.stringify(rows)).not.toContain(CANARY);
    expect(rows).toMatchObject([{ identifier: { value: 'ada@acme.example' } }]);
    expect(codesOf(notices)).toContain('left-out');
  });

  test('no header, short logins and --column 1: every line is a row, and only the users are kept', async () => {
    for (const secret of [CANARY, 'Winter2026', 'P@ssw0rd']) {
      const text = `ada;${secret}\nuna;${secret}\neve;x\n`;
      const { rows, notices } = await selectCsv(text, { column: '1' });
      expect(rows.map(({ identifier }) => identifier.value)).toEqual(['ada', 'una', 'eve']);
      expect(JSON.stringify([rows, notices])).not.toContain(secret);
      expect(codesOf(notices)).toContain('no-header');
    }
  });

  test('unknown titles and --column 1: a message says that line 1 is not a row', async () => {
    const { rows, notices } = await selectCsv('ada;grey\nuna;blue\n', { column: '1' });
    expect(rows.map(({ identifier }) => identifier.value)).toEqual(['una']);
    const warning = notices.find(({ code }) => code === 'unknown-titles');
    expect(warning?.level).toBe('warning');
    expect(warning?.text).toContain('“ada”');
  });

  test.each([
    ['a known title', 'Konto;Login\nada;x\n', '1'],
    ['named by its title', 'Konto;Bem\nada;x\n', 'Konto'],
    ['addresses below', 'Konto;Bem\nada@acme.example;x\n', '1'],
    ['numbers below', 'Konto;Bem\n004711;x\n', '1'],
    ['words', 'Konto Nr;Bem\nada;x\n', '1'],
  ])('titles are titles: %s', async (_, text, column) => {
    const { rows, notices } = await selectCsv(text, { column });
    expect(rows).toHaveLength(1);
    expect(codesOf(notices)).not.toContain('unknown-titles');
    expect(codesOf(notices)).not.toContain('no-header');
  });

  test.each(TEXTS.map(([what, text, column]) => [what, { text, column }] as const))(
    '%s',
    async (_, { text, column }) => {
      const { rows, notices } = await selectCsv(text, { column });
      expect(rows.length).toBeGreaterThan(0);
      expect(JSON.stringify([rows, notices])).not.toContain(CANARY);
    },
  );

  test.each([
    ['no header', `ada@acme.example,${CANARY}\nuna@acme.example,${CANARY}\n`, {}],
    ['no header and --column NAME', `ada@acme.example,${CANARY}\n`, { column: 'Login' }],
    ['no header, short logins', `ada,${CANARY}\nuna,${CANARY}\n`, {}],
    ['no header, short logins and --column NAME', `ada,${CANARY}\n`, { column: 'Login' }],
    ['no header and --where', `${ADA},${CANARY}\n`, { where: [whereOf('x=y')] }],
  ])('%s: the refusal does not show it', async (_, text, options) => {
    const error = await errorOf(selectCsv(text, options));
    expect(`${error.message} ${error.hint}`).not.toContain(CANARY);
  });
});

test('a secret member that no earlier user has is left out, whatever it looks like', async () => {
  // More than the first piece of a file, from which its members are known.
  const users = Array.from({ length: 5000 }, () => ({ id: ADA, Note: 'x' }));
  const late = {
    id: GRACE,
    Note: 'x',
    password: 'Winter',
    Color: 'red',
    'Password changed': '2026',
  };
  const { rows } = await selectCsv(JSON.stringify([...users, late]));
  expect(rows.at(-1)?.columns).toEqual({
    id: GRACE,
    Note: 'x',
    Color: 'red',
    'Password changed': '2026',
  });
});

describe('a cell that says that it contains a secret', () => {
  const SECRETS = [
    'password: @',
    'Password:@',
    'temp password = "@"',
    'Initial pw: @ (change it)',
    'call her; pwd=@; urgent',
    'New password is @',
    'password now set to @',
    'Password @',
    'Kennwort lautet @',
    'Initialkennwort: @',
    'mot de passe : @',
    'contraseña → @',
    'Passwort：@',
    'user una, password - @',
    'パスワード：@',
    'old one expired. Passphrase: @',
    'recovery code: @',
    'MFA token: @',
    'first line\npassword:\n@',
  ].map((cell) => cell.replace('@', CANARY));
  const SIMPLE = [
    ['password: summer', 'summer'],
    ['PIN: 4711', '4711'],
    ['pwd: 20260401', '20260401'],
    ['OTP=123456', '123456'],
    ['password: correct-horse-battery', 'correct-horse'],
  ] as const;
  const ORDINARY = [
    'Password: expired',
    'Password: must be changed',
    'password status: ACTIVE',
    'Password changed: 2026-02-27T02:14:00.000Z',
    'password last set: 3 days ago',
    'Passwort: abgelaufen',
    'Password: n/a',
    'Password reset requested, ticket INC0012345',
    'reset the password twice',
    'forgot password',
    'password: see the vault',
    'Token: none',
    'Pass: 12, fail: 3',
    'Secretary: Una7!Byron',
    'SMTP:una@acme.example;smtp:una.b@acme.example',
    'https://acme.example/path?a=1',
    'Room 4B: left wing',
    'asks for a Token-Ring2 card',
    '12:30 Passport office, Gate B12',
    'Compass: N42-E11',
    'CN=Una,OU=Users,DC=acme',
  ];

  test.each([...SECRETS.map((cell) => [cell, CANARY] as const), ...SIMPLE])(
    '%j is left out, and counted',
    async (cell, secret) => {
      const { rows, notices } = await selectCsv(
        `id\tNote\n${ADA}\t"${cell.replaceAll('"', '""')}"\n`,
      );
      expect(rows.map(({ columns }) => columns)).toEqual([{ id: ADA }]);
      expect(codesOf(notices)).toContain('left-out');
      expect(JSON.stringify([rows, notices])).not.toContain(secret);
    },
  );

  test.each(ORDINARY)('%j stays', async (cell) => {
    const { rows } = await selectCsv(`id\tNote\n${ADA}\t${cell}\n`);
    expect(rows[0]?.columns).toEqual({ id: ADA, Note: cell });
  });

  test('stays with --keep-column', async () => {
    const { rows } = await selectCsv(`id,Note\n${ADA},password: x1y2\n`, { keep: ['note'] });
    expect(rows[0]?.columns).toEqual({ id: ADA, Note: 'password: x1y2' });
  });

  test.each([`una password: ${CANARY}`, `una pwd=${CANARY}`, `una (password ${CANARY})`])(
    '%j in the column of users names only the user',
    async (cell) => {
      const { rows, notices } = await selectCsv(`login\n${cell}\nada@acme.example\n`);
      expect(rows.map(({ identifier }) => identifier.value)).toEqual(['una', 'ada@acme.example']);
      expect(rows[0]?.identifier.kind).toBe('invalid');
      expect(JSON.stringify([rows, notices])).not.toContain(CANARY);
    },
  );
});

describe('what an earlier version kept', () => {
  test('is left out of a results file', async () => {
    const text = (await fixture('results.csv'))
      .toString()
      .replace('Login,Note,', 'Login,Password,')
      .replace('+1 555 0100', CANARY);
    const read = await collect(readResults('r.csv', portsOf({ 'r.csv': text }), never));
    expect(read[0]?.row.columns).toEqual({ Login: 'ada.byron@acme.example', Name: '1' });
    expect(JSON.stringify(read)).not.toContain(CANARY);
  });

  test('is left out of the rows of its plan', () => {
    expect(
      withoutSecrets({
        Login: 'ada',
        Kennwort: CANARY,
        raw: `{"password":"${CANARY}"}`,
        Note: `password: ${CANARY}`,
        'Password Changed': '2026-01-01',
      }),
    ).toEqual({ Login: 'ada', 'Password Changed': '2026-01-01' });
  });
});
