import { describe, expect, test } from '@jest/globals';
import type { Row } from '../../src/domain/row/row.ts';
import type { FileOptions } from '../../src/selection/selection.ts';
import { ADA, brief, codesOf, errorOf, GRACE, JOSE, selectCsv, whereOf } from './sample.ts';

const LOG = [
  'severity,event_type,actor.id,actor.type,actor.alternate_id,target0.id,target0.type,target0.alternate_id,target1.type,target1.alternate_id',
  `WARN,security.breached_credential.detected,${JOSE},SystemPrincipal,system@okta.com,${ADA},User,ada@acme.example,,`,
  `INFO,user.account.reset_password,${JOSE},User,jose@acme.example,${GRACE},User,grace@acme.example,,`,
  `INFO,user.authentication.sso,${GRACE},User,grace@acme.example,0oa1k2mPayr0llApp0h7,AppInstance,Payroll,AppUser,grace@acme.example`,
  `WARN,user.mfa.okta_verify.deny_push,${ADA},User,ada@acme.example,${ADA},User,ada@acme.example,,`,
  '',
].join('\n');

async function refusal(text: string, options: Partial<FileOptions> = {}) {
  return errorOf(selectCsv(text, options));
}

describe('a log of events', () => {
  test('is refused with the columns, three cells each, and the flags that select its targets', async () => {
    const error = await refusal(LOG);
    expect(error.code).toBe('INPUT_COLUMN_AMBIGUOUS');
    expect(error.message).toContain(
      '. actor.alternate_id: “system@okta.com”, “jose@acme.example”, “grace@acme.example”; ',
    );
    expect(error.message).toContain(
      '; target0.alternate_id: “ada@acme.example”, “grace@acme.example”, “Payroll”; ',
    );
    // A line end would be printed as a character that controls the terminal.
    expect(error.message).not.toContain('\n');
    expect(error.hint).toContain('--column target0.alternate_id --where target0.type=User');
    expect(error.hint).toContain('--column actor.alternate_id');
  });

  test('selects its users with the flags that it was refused with', async () => {
    const { rows } = await selectCsv(LOG, {
      column: 'target0.alternate_id',
      where: [whereOf('target0.type=User')],
    });
    expect(rows.map(brief)).toEqual([
      '2 login ada@acme.example',
      '3 login grace@acme.example',
      '5 login ada@acme.example',
    ]);
  });

  test.each([
    ['actor.alternateId,target.alternateId', '--column target.alternateId'],
    ['actor_alternate_id,target_alternate_id', '--column target_alternate_id'],
    ['actor_alternateId_s,target_alternateId_s', '--column target_alternateId_s'],
    ['okta.actor.alternate_id,okta.target.alternate_id', '--column okta.target.alternate_id'],
    ['actor.alternateId,target[0].alternateId', "--column 'target[0].alternateId'"],
    ['actor.alternateId,target{}.alternateId', "--column 'target{}.alternateId'"],
    ['Actor Alternate ID,Target 0 Alternate ID', "--column 'Target 0 Alternate ID'"],
    ['user.name,target.0.alternateId', '--column target.0.alternateId'],
    ['target0.alternate_id,target1.alternate_id', '--column target0.alternate_id'],
    ['ActorUsername,TargetUsername', '--column TargetUsername'],
    ['okta.actor.alternate_id,user.target.email', '--column user.target.email'],
    ['actor.alternateId,debugContext.debugData.targetLogin', 'debugData.targetLogin'],
    ['email,actor.alternateId', '--column email'],
    ['Benutzername,Zielbenutzer', '--column Zielbenutzer'],
    ['src_user,user', '--column user'],
    ['SubjectUserName,TargetUserName', 'done to: --column TargetUserName'],
  ])('%s is refused, whichever comes first', async (titles, flag) => {
    for (const header of [titles, titles.split(',').reverse().join(',')]) {
      const error = await refusal(`${header}\nx@acme.example,y@acme.example\n`);
      expect(error.code).toBe('INPUT_COLUMN_AMBIGUOUS');
      expect(error.hint).toContain(flag);
    }
  });

  test.each([
    [
      'actor.id,target0.id,target0.type',
      `${JOSE},${ADA},User`,
      '--column target0.id --where target0.type=User',
    ],
    [
      'actor.id,target.0.id,target.0.type',
      `${JOSE},${ADA},User`,
      '--column target.0.id --where target.0.type=User',
    ],
    [
      'actor/id,target/0/id,target/0/type',
      `${JOSE},${ADA},User`,
      '--column target/0/id --where target/0/type=User',
    ],
    ['actor_id,target[0].id', `${JOSE},${ADA}`, "--column 'target[0].id'"],
    ['target_0_id,target_1_id', `${ADA},${JOSE}`, '--column target_0_id'],
    ['user_id,target.alternateId', `${JOSE},ada@acme.example`, '--column target.alternateId'],
    ['username,victim_id', `root@acme.example,${ADA}`, '--column victim_id'],
    ['time,actorId', `2026,${JOSE}`, 'did it: --column actorId'],
  ])('%s is refused, even if ids are next to logins', async (header, line, flag) => {
    const error = await refusal(`${header}\n${line}\n`);
    expect(error.code).toBe('INPUT_COLUMN_AMBIGUOUS');
    expect(error.hint).toContain(flag);
  });

  test('that names only actors is refused, and says how to select them', async () => {
    const error = await refusal(
      'eventType,actor.alternateId\nuser.session.start,ada@acme.example\n',
    );
    expect(error.code).toBe('INPUT_COLUMN_AMBIGUOUS');
    expect(error.hint).toContain('--column actor.alternateId');
    const { rows } = await selectCsv('eventType,actor.alternateId\nx,ada@acme.example\n', {
      column: 'actor.alternateId',
    });
    expect(rows.map(brief)).toEqual(['2 login ada@acme.example']);
  });
});

describe('two columns that look alike', () => {
  test.each([
    ['Actor,Target', ['root@acme.example,ada@acme.example']],
    ['username,target_user', ['root@acme.example,ada@acme.example']],
    ['UserPrincipalName,Affected account', ['root@acme.example,ada@acme.example']],
    ['email,Requester email', ['ada@acme.example,root@acme.example']],
    ['User Id,performed for', [`${ADA},${GRACE}`]],
    ['login,subject', ['ada@acme.example,ada@acme.example', 'root@acme.example,ada@acme.example']],
    ['username,target', ['root@corp,ada@corp']],
    ['Benutzername,Ziel', ['root@acme.example,ada@acme.example', 'root@acme.example,Payroll']],
    ['username,cible', ['root@acme.example,Payroll', 'root@acme.example,ada@acme.example']],
  ])('%s are refused if they disagree in some row', async (header, lines) => {
    const error = await refusal([header, ...lines, ''].join('\n'));
    expect(error.code).toBe('INPUT_COLUMN_AMBIGUOUS');
    const [first = '', second = ''] = header.split(',');
    expect(error.message).toContain(`. ${first}: “`);
    expect(error.message).toContain(`; ${second}: “`);
    expect(error.hint).toMatch(/--column .* --column /);
  });

  test('are refused even if the first row in which they disagree is deep in the file', async () => {
    const same = Array.from({ length: 5000 }, (_, n) => `u${n}@acme.example,u${n}@acme.example`);
    const error = await refusal(
      ['login,subject', ...same, 'root@acme.example,ada@acme.example', ''].join('\n'),
    );
    expect(error.code).toBe('INPUT_COLUMN_AMBIGUOUS');
    expect(error.message).toContain('root@acme.example');
  });

  test('are shown in the order of the file, whichever row is the first to disagree', async () => {
    const same = Array.from({ length: 500 }, (_, n) => `${`u${n}@acme.example,`.repeat(3)}x`);
    const last = 'root@acme.example,ada@acme.example,mei@acme.example,x';
    for (const lines of [[last], [...same, last]]) {
      const error = await refusal(['login,subject,performed for,Note', ...lines, ''].join('\n'));
      expect(error.message).toMatch(/\. login: “.*; subject: “.*; performed for: “/);
    }
  });

  test.each([
    ['login,subject', 'ada@acme.example,ADA@acme.example '],
    ['login,subject', 'ada@acme.example,'],
    ['login,email', 'ada@acme.example,ada.byron@post.example'],
    ['login,secondEmail,manager', 'ada@acme.example,home@post.example,boss@acme.example'],
    ['email,Manager email', 'ada@acme.example,boss@acme.example'],
    ['login,createdBy', 'ada@acme.example,root@acme.example'],
    ['login,department', 'ada@acme.example,r&d@home'],
  ])('%s agree, or differ normally: %s', async (header, line) => {
    const { rows } = await selectCsv(`${header}\n${line}\nmei@acme.example,,r&d\n`);
    expect(rows[0]?.identifier).toMatchObject({ value: 'ada@acme.example' });
  });
});

describe('templates of other directories', () => {
  const TEMPLATE = [
    'version:v1.0,,,',
    'Name [displayName] Required,User name [userPrincipalName] Required,Initial password [passwordProfile] Required,Block sign in (Yes/No) [accountEnabled] Required',
    'Example: Jo Doe,jo.doe@contoso.example,made-up-1,No',
    'Ada Byron,ada@acme.example,made-up-2,No',
    '',
  ].join('\n');

  test.each([
    undefined,
    'userPrincipalName',
    'User name',
    'user name [userPrincipalName] required',
  ])('are read after the version line; --column %s', async (column) => {
    const { rows, notices } = await selectCsv(TEMPLATE, { column });
    expect(rows.map(brief)).toEqual(['3 invalid', '4 login ada@acme.example']);
    expect(rows[0]?.identifier).toMatchObject({ problem: expect.stringContaining('example') });
    expect(codesOf(notices)).toEqual(['left-out', 'title-lines', 'invalid-rows']);
    expect(notices.find(({ code }) => code === 'title-lines')).toMatchObject({ lines: [1] });
    expect(JSON.stringify(rows)).not.toContain('made-up');
  });

  test.each([
    'First Name [Required],Email Address [Required],Password [Required],New Primary Email [UPLOAD ONLY]',
    'Name,Email (required),Password,x',
    'Name*,Email*,Password*,x',
    'version:v1.0\nName [displayName],Email address to reset [mail] Required,Password [x],y',
    '#TYPE Directory.User\nName,mail,Password,x',
  ])('%s', async (header) => {
    const { rows } = await selectCsv(`${header}\nAda,ada@acme.example,made-up-1,\n`);
    expect(rows.map(({ identifier }) => identifier)).toEqual([
      { kind: 'email', value: 'ada@acme.example' },
    ]);
    expect(JSON.stringify(rows)).not.toContain('made-up');
  });

  test('a line above the header that is a row is not skipped', async () => {
    const error = await refusal('ada@acme.example\nlogin\ngrace@acme.example\n');
    expect(error.code).toBe('INPUT_COLUMN_MISSING');
    expect(error.hint).toContain('--column 1');
  });
});

describe('ids of another system', () => {
  const GUID = '8a1f0c2e-5b7d-4e9a-8c3f-1d2e3f4a5b6c';
  test.each([
    ['id,email,username', '17,ada.b@acme.example,ada@acme.example', 'login'],
    ['userId,username,email', 'U0123ABCD,ada@acme.example,ada.b@acme.example', 'login'],
    ['Id,Email,x', '005000000000001AAA,ada@acme.example,y', 'email'],
    ['Benutzer-ID,Benutzername', '4711,ada@acme.example', 'login'],
    ['User ID,userPrincipalName', `${GUID},ada@acme.example`, 'login'],
  ])('in %s are passed over, and that is reported', async (header, line, kind) => {
    const { rows, notices } = await selectCsv(`${header}\n${line}\n`);
    expect(rows[0]?.identifier).toEqual({ kind, value: 'ada@acme.example' });
    const [first = ''] = header.split(',');
    expect(notices[0]?.text).toContain(`“${first}” has no Okta user ids`);
  });

  test.each([
    ['id,login', `${ADA.slice(0, 15)},ada@acme.example`, '2 invalid'],
    ['id,login', `17,\n${ADA},ada@acme.example`, '2 invalid'],
    ['id', '17', '2 invalid'],
  ])(
    '%s: malformed ids, some ids, and no other column are not a reason',
    async (header, lines, row) => {
      const { rows } = await selectCsv(`${header}\n${lines}\n`);
      expect(brief(rows[0] as Row)).toBe(row);
    },
  );
});

describe('what converters make of JSON', () => {
  test.each([
    ['id,profile/login,profile/email', `${ADA},ada@acme.example,ada@acme.example`, `2 id ${ADA}`],
    ['profile/login,status', 'ada@acme.example,ACTIVE', '2 login ada@acme.example'],
    ['user.profile.login,x', 'ada@acme.example,y', '2 login ada@acme.example'],
    ['_embedded/user/profile/login,x', 'ada@acme.example,y', '2 login ada@acme.example'],
    ['users__profile__login,x', 'ada@acme.example,y', '2 login ada@acme.example'],
    ['data.id,x', `${ADA},y`, `2 id ${ADA}`],
    ['_embedded.user.id,id', `${ADA},0ua1k2mAssign0001h7x`, `2 id ${ADA}`],
    ['id,_embedded/user/id', `0ua1k2mAssign0001h7x,${ADA}`, `2 id ${ADA}`],
    ['id,userId', `0oa1k2mAssign0001h7x,${ADA}`, `2 id ${ADA}`],
  ])('%s', async (header, line, expected) => {
    const { rows } = await selectCsv(`${header}\n${line}\n`);
    expect(rows.map(brief)).toEqual([expected]);
  });

  test('a column of app users is refused with the column of users', async () => {
    for (const options of [{}, { column: 'id' }]) {
      const error = await refusal(`id,person\n0ua1k2mAssign0001h7x,${ADA}\n`, options);
      expect(error.code).toBe('INPUT_WRONG_OBJECTS');
      expect(error.message).toContain('an app user');
      expect(error.hint).toContain('--column person');
      expect(error.hint).toContain(ADA);
    }
  });

  test.each([
    '0/id,0/profile/login',
    '0.id,1.id',
    'users.0.id,users.1.id',
    '[0].id,[1].id',
    'value/0/id',
    'id_0,id_1',
    'id.0,id.1',
    '0 id,1 id',
    'login[0],login[1]',
  ])('%s is refused: one user per line is needed', async (header) => {
    const error = await refusal(`${header}\n${ADA},${GRACE}\n`);
    expect(error.code).toBe('INPUT_COLUMN_MISSING');
    expect(error.message).toMatch(/side by side.*One user per line is needed/);
  });
});

test('several ids in one line without a header are refused, with their positions', async () => {
  const error = await refusal(`${ADA},${GRACE},${JOSE}\n`);
  expect(error.code).toBe('INPUT_COLUMN_AMBIGUOUS');
  expect(error.hint).toContain('put each on its own line');
  expect(error.hint).toContain('--column 1 or --column 2');
});

describe('one column', () => {
  test.each([
    ['login', 'a|b@acme.example'],
    ['login', "o'neil-smith@acme.example"],
    ['login', 'a;b@acme.example'],
    ['email', 'rosa-maria@acme-north.example'],
    ['User name', 'a,b@acme.example'],
    ['login', 'a:b@acme.example'],
  ])('%s with %j stays one', async (header, login) => {
    const others = Array.from({ length: 300 }, (_, n) => `u${n}@acme.example`);
    for (const lines of [
      [login, ...others],
      [...others, login],
      [login, login],
    ]) {
      const { rows, notices } = await selectCsv([header, ...lines, ''].join('\n'));
      expect(rows.map(({ identifier }) => identifier.value)).toEqual(lines);
      expect(notices[0]?.text).toContain('One column');
    }
  });

  test('of logins without a header too', async () => {
    const { rows } = await selectCsv('a|b@acme.example\numa@acme.example\nuna@acme.example\n', {
      column: '1',
    });
    expect(rows.map(({ identifier }) => identifier.value)).toEqual([
      'a|b@acme.example',
      'uma@acme.example',
      'una@acme.example',
    ]);
  });
});

describe('headers in other languages', () => {
  test.each([
    'E-Mail-Adresse',
    'E-MAIL ADRESSE',
    'Benutzername',
    'Anmeldename',
    'Identifiant',
    'Nom d’utilisateur',
    'Adresse e-mail',
    'Courriel',
    'Correo',
    'Correo electrónico',
    'CORREO ELECTRONICO',
    'Nombre de usuario',
    'Nome de usuário',
    'Endereço de e-mail',
    'Nome utente',
    'Indirizzo e-mail',
    'Gebruikersnaam',
    'E-mailadres',
    'Användarnamn',
    'E-postadress',
    'Brugernavn',
    'Käyttäjätunnus',
    'Sähköposti',
    'Nazwa użytkownika',
    'Uživatelské jméno',
    'Felhasználónév',
    'Nume utilizator',
    'Kullanıcı adı',
    'Логин',
    'Имя пользователя',
    'Электронная почта',
    'Όνομα χρήστη',
    'ユーザー名',
    'メールアドレス',
    '用户名',
    '邮箱',
    '사용자 이름',
    '이메일',
    'Benutzer-ID',
  ])('%s', async (title) => {
    const { rows } = await selectCsv(`Nr;${title};Status\n1;ada@acme.example;x\n`);
    expect(rows[0]?.identifier).toMatchObject({ value: 'ada@acme.example' });
  });

  test.each([
    ['Konto', 'ada@acme.example', '--column Konto', 'grace@acme.example'],
    ['Mitarbeiter (Okta)', ADA, "--column 'Mitarbeiter (Okta)'", GRACE],
  ])('%s is proposed because of its cells', async (title, one, flag, two) => {
    const error = await refusal(`Nr,${title},Ort\n1,${one},Köln\n2,${two},Bonn\n`);
    expect(error.code).toBe('INPUT_COLUMN_MISSING');
    expect(error.message).toContain(`“${one}”, “${two}”`);
    expect(error.hint).toContain(flag);
  });

  test.each([
    ['first', `,Ort\n${ADA},Köln\n${GRACE},Bonn\n`, '1'],
    ['last, of logins', 'Ort,\nKöln,ada@acme.example\nBonn,grace@acme.example\n', '2'],
  ])(
    'a column without a title is proposed because of its cells: the %s',
    async (_, text, place) => {
      const error = await refusal(text);
      expect(error.code).toBe('INPUT_COLUMN_MISSING');
      expect(error.hint).toBe(`If it does: --column ${place}`);
      expect((await selectCsv(text, { column: place })).rows).toHaveLength(2);
    },
  );

  test('a column without a title that names other users is asked about', async () => {
    const error = await refusal('Login,,Ort\nada@acme.example,grace@acme.example,Köln\n');
    expect(error.code).toBe('INPUT_COLUMN_AMBIGUOUS');
    expect(error.hint).toContain('--column Login or --column 2');
  });
});

test('a list of addresses on one line is refused, since its first column is only one of them', async () => {
  const text = 'ada@acme.example, grace@acme.example, uma@acme.example\n';
  const error = await errorOf(selectCsv(text));
  expect(error).toMatchObject({ code: 'INPUT_COLUMN_AMBIGUOUS' });
  expect(error.message).toContain('3 addresses in its first line');
  expect(error.hint).toContain('put each on its own line');
  // One user with the same address twice is not a list.
  expect(await errorOf(selectCsv('ada@acme.example,Ada@acme.example\n'))).toMatchObject({
    code: 'INPUT_COLUMN_MISSING',
  });
});
