import { describe, expect, test } from '@jest/globals';
import { readdir } from 'node:fs/promises';
import type { FileOptions } from '../../src/selection/selection.ts';
import {
  ADA,
  brief,
  codesOf,
  errorOf,
  fixture,
  FIXTURES,
  GRACE,
  JOSE,
  LINUS,
  MEI,
  selectCsv,
  whereOf,
} from './sample.ts';

const IDS = [ADA, GRACE, JOSE, LINUS, MEI];
const LOGINS = ['ada.byron', 'grace.hopper', 'jose.nunez', 'linus.oneill', 'mei.chen'].map(
  (name) => `${name}@acme.example`,
);

function ids(firstLine: number): readonly string[] {
  return IDS.map((id, index) => `${firstLine + index} id ${id}`);
}

function logins(firstLine: number): readonly string[] {
  return LOGINS.map((login, index) => `${firstLine + index} login ${login}`);
}

interface Selects {
  readonly column: string;
  readonly rows: readonly string[];
  readonly notices?: readonly string[];
  readonly options?: Partial<FileOptions>;
}

interface Refuses {
  readonly code: string;
  readonly message: RegExp;
  readonly hint: RegExp;
}

const SELECTS: Readonly<Record<string, Selects>> = {
  'rockstar-export-users.csv': { column: 'User Id', rows: ids(2) },
  'rockstar-user-id-only.csv': { column: 'User Id', rows: ids(2) },
  'rockstar-all-columns.csv': { column: 'User Id', rows: ids(2) },
  'rockstar-comma-title.csv': { column: 'User Id', rows: ids(2), notices: ['shifted-header'] },
  'rockstar-two-equal-titles.csv': { column: 'User Id', rows: ids(2) },
  'rockstar-group-members.csv': { column: 'id', rows: ids(2) },
  'rockstar-app-users.csv': { column: 'id', rows: ids(2) },
  'rockstar-yubikeys.csv': {
    column: 'userId',
    rows: [...ids(2).slice(0, 3), '5 invalid'],
    notices: ['invalid-rows'],
  },
  'rockstar-export-objects-old.csv': { column: 'id', rows: ids(2) },
  'console-report.csv': { column: 'id', rows: ids(2) },
  'okta-article-user-id.csv': { column: 'User ID', rows: ids(2) },
  'okta-article-userid-camel.csv': { column: 'userId', rows: ids(2) },
  'okta-article-login.csv': { column: 'Login', rows: logins(2) },
  'okta-article-username.csv': { column: 'username', rows: logins(2) },
  'okta-user-accounts.csv': { column: 'user.Id', rows: ids(2) },
  'okta-password-health.csv': { column: 'Login', rows: logins(2) },
  'okta-mfa-usage.csv': {
    column: 'Login',
    rows: LOGINS.slice(0, 3)
      .flatMap((login) => [login, login])
      .map((login, index) => `${index + 2} login ${login}`),
  },
  'okta-import-template.csv': { column: 'login', rows: logins(2) },
  'okta-cli-users-list.csv': { column: 'id', rows: ids(2) },
  'okta-tools-all-okta-users.csv': { column: 'id', rows: ids(2), notices: ['trailer-lines'] },
  'okta-api-psm1-export.csv': { column: 'id', rows: ids(2) },
  'powershell-export-utf16le.csv': { column: 'id', rows: ids(2) },
  'navar-toolkit.csv': {
    column: 'userId',
    rows: ids(2).slice(0, 4),
    notices: ['where'],
    options: { where: [whereOf('Approved=true')] },
  },
  'siem-emails.csv': {
    column: 'email',
    rows: [
      '2 email ada.byron@acme.example',
      '3 email Grace.Hopper@acme.example',
      '4 email jose.nunez@acme.example',
      '5 email mei.chen@acme.example',
    ],
  },
  'siem-target-alternate-id.csv': { column: 'target.alternateId', rows: logins(2).slice(0, 2) },
  'directory-upn.csv': { column: 'UserPrincipalName', rows: logins(2) },
  'excel-semicolon.csv': { column: 'User Id', rows: ids(2) },
  'excel-semicolon-utf16le.csv': { column: 'User Id', rows: ids(2) },
  'excel-unicode-text.txt': { column: 'User Id', rows: ids(2) },
  'excel-utf16be.csv': { column: 'User Id', rows: ids(2) },
  'excel-windows-1252.csv': { column: 'User Id', rows: ids(2), notices: ['encoding-guessed'] },
  'excel-windows-1252-logins.csv': {
    column: 'Login',
    rows: ['2 login ada.byron@acme.example', '3 invalid', '4 login grace.hopper@acme.example'],
    notices: ['encoding-guessed', 'encoding-guessed'],
  },
  'excel-sep-line.csv': { column: 'User Id', rows: ids(3) },
  'excel-title-row.csv': {
    column: 'User ID',
    rows: ids(5),
    notices: ['title-lines', 'blank-lines'],
  },
  'excel-e-notation.csv': {
    column: 'Login',
    rows: ['2 invalid', '3 invalid', '4 login 4711'],
    notices: ['e-notation'],
  },
  'excel-lost-zeros.csv': {
    column: 'Username',
    rows: ['10042317', '20042318', '42319', '30042320', '40042321', '50042322'].map(
      (login, index) => `${index + 2} login ${login}`,
    ),
    notices: ['lost-zeros'],
  },
  'excel-lower-cased-ids.csv': {
    column: 'User Id',
    rows: IDS.map((id, index) => `${index + 2} id ${id.toLowerCase()}`),
    notices: ['case-changed'],
  },
  'mac-cr-only.csv': { column: 'User Id', rows: ids(2) },
  'pipe-padded.csv': { column: 'User Id', rows: ids(2) },
  'bare-ids.csv': { column: 'Column 1', rows: ids(1), notices: ['no-header'] },
  'mixed-column.csv': {
    column: 'User Id',
    rows: [`2 id ${ADA}`, '3 invalid', `4 id ${JOSE}`, '5 invalid', '6 invalid', '7 invalid'],
    notices: ['mixed-column', 'wrong-objects', 'invalid-rows', 'invalid-rows'],
  },
  'last-first-unquoted.csv': {
    column: 'Login',
    rows: ['2 invalid', '3 login grace.hopper@acme.example', '4 login mei.chen@acme.example'],
    notices: ['ragged-rows'],
  },
  'joined-exports.csv': {
    column: 'User Id',
    rows: [`2 id ${ADA}`, `3 id ${GRACE}`, `5 id ${JOSE}`, `6 id ${LINUS}`, `7 id ${MEI}`],
    notices: ['repeated-headers'],
  },
  'results.csv': {
    column: '_user_id',
    rows: [
      `2 id ${ADA}`,
      `3 id ${GRACE}`,
      `4 id ${JOSE}`,
      '5 login nobody@acme.example',
      `6 id ${LINUS}`,
    ],
    notices: ['results-file'],
  },
  'results-saved-in-excel.csv': {
    column: '_user_id',
    rows: [
      `2 id ${ADA}`,
      `3 id ${GRACE}`,
      `4 id ${JOSE}`,
      '5 login nobody@acme.example',
      `6 id ${LINUS}`,
    ],
    notices: ['results-file', 'blank-lines'],
  },
  'failed.csv': {
    column: '_user_id',
    rows: [`2 id ${GRACE}`, `3 id ${JOSE}`],
    notices: ['results-file'],
  },
};

const REFUSES: Readonly<Record<string, Refuses>> = {
  'rockstar-comma-title-before-login.csv': {
    code: 'INPUT_CSV',
    message: /4 titles and the rows have 3 cells/,
    hint: /quotes around that title/,
  },
  'rockstar-groups.csv': { code: 'INPUT_WRONG_OBJECTS', message: /a group/, hint: /--column/ },
  'rockstar-devices.csv': { code: 'INPUT_WRONG_OBJECTS', message: /a device/, hint: /--column/ },
  'rockstar-apps.csv': { code: 'INPUT_WRONG_OBJECTS', message: /an app/, hint: /--column/ },
  'siem-actor-and-target.csv': {
    code: 'INPUT_COLUMN_AMBIGUOUS',
    message: /“actor.alternateId”, “target.alternateId”/,
    hint: /--column target.alternateId/,
  },
  'two-id-columns.csv': {
    code: 'INPUT_COLUMN_AMBIGUOUS',
    message: /“User Id”, “Okta ID”/,
    hint: /--column 'User Id' or --column 'Okta ID'/,
  },
  'no-user-column.csv': {
    code: 'INPUT_COLUMN_MISSING',
    message: /“First name”, “Last name”, “Status”/,
    hint: /--column "NAME"/,
  },
  'bare-logins.csv': {
    code: 'INPUT_COLUMN_MISSING',
    message: /no header.*“ada.byron@acme.example”, “grace.hopper@acme.example”/,
    hint: /--column 1/,
  },
  'unclosed-quote.csv': { code: 'INPUT_CSV', message: /line 3: a quote/, hint: /line 3/ },
  'empty.csv': { code: 'INPUT_EMPTY', message: /is empty/, hint: /Export it again/ },
  'header-only.csv': { code: 'INPUT_EMPTY', message: /has no rows/, hint: /Export it again/ },
};

describe('each known shape of a CSV', () => {
  test.each(Object.entries(SELECTS))('%s selects its users', async (name, expected) => {
    const { rows, notices } = await selectCsv(await fixture(name), expected.options);
    expect(rows.map(brief)).toEqual(expected.rows);
    expect(notices[0]?.text).toContain(`Users by column “${expected.column}”`);
    expect(codesOf(notices)).toEqual(expected.notices ?? []);
  });

  test.each(Object.entries(REFUSES))(
    '%s is refused, with how to fix it',
    async (name, expected) => {
      const error = await errorOf(selectCsv(await fixture(name)));
      expect(error.code).toBe(expected.code);
      expect(error.exitCode).toBe(3);
      expect(error.message).toMatch(expected.message);
      expect(error.hint).toMatch(expected.hint);
    },
  );

  test('has a test, and each test has its file', async () => {
    const files = (await readdir(FIXTURES)).filter((name) => /\.(csv|txt)$/.test(name));
    expect(files.toSorted()).toEqual([...Object.keys(SELECTS), ...Object.keys(REFUSES)].toSorted());
  });

  test('reads the same from chunks of a few bytes', async () => {
    for (const [name, expected] of Object.entries(SELECTS)) {
      const { rows } = await selectCsv(await fixture(name), expected.options, 7);
      expect(rows.map(brief)).toEqual(expected.rows);
    }
  });
});

describe('the flag that a hint names', () => {
  test('--column 1 reads a list of logins without a header', async () => {
    const { rows } = await selectCsv(await fixture('bare-logins.csv'), { column: '1' });
    expect(rows.map(brief)).toEqual(logins(1));
  });

  test('--column decides which of two columns is meant', async () => {
    const { rows } = await selectCsv(await fixture('siem-actor-and-target.csv'), {
      column: 'target alternateid',
    });
    expect(rows.map(brief)).toEqual(logins(2).slice(0, 2));
  });

  test('--column Username selects by login if the ids are mixed', async () => {
    const { rows } = await selectCsv(await fixture('mixed-column.csv'), { column: 'Username' });
    expect(rows.map(brief)).toEqual([
      ...logins(2).slice(0, 3),
      '5 invalid',
      '6 login linus.oneill@acme.example',
      '7 login mei.chen@acme.example',
    ]);
  });

  test('--encoding windows-1252 makes letters certain', async () => {
    const { rows, notices } = await selectCsv(await fixture('excel-windows-1252-logins.csv'), {
      encoding: 'windows-1252',
    });
    expect(rows[1]?.identifier).toEqual({ kind: 'login', value: 'josé.nuñez@acme.example' });
    expect(codesOf(notices)).toEqual([]);
  });
});

describe('original columns', () => {
  test('distinguish titles that repeat', async () => {
    const { rows } = await selectCsv(await fixture('rockstar-two-equal-titles.csv'));
    expect(rows[0]?.columns).toEqual({
      'User Id': ADA,
      Status: 'ACTIVE',
      Username: 'ada.byron@acme.example',
      Name: 'Ada',
      'Name (2)': 'Byron',
    });
  });

  test('are under a title with a comma that was joined', async () => {
    const { rows } = await selectCsv(await fixture('rockstar-comma-title.csv'));
    expect(rows[0]?.columns).toEqual({
      'User Id': ADA,
      Status: 'ACTIVE',
      'Manager name, first then last': 'Hopper, Grace',
      Username: 'ada.byron@acme.example',
      'Primary email': 'ada.byron@acme.example',
    });
  });

  test('keep letters of UTF-16 and of windows-1252', async () => {
    for (const name of ['excel-unicode-text.txt', 'excel-windows-1252.csv']) {
      const { rows } = await selectCsv(await fixture(name));
      expect(rows[2]?.columns['First name']).toBe('José');
    }
  });

  test.each(['results.csv', 'results-saved-in-excel.csv'])(
    'of %s are the first input’s, without guards',
    async (name) => {
      const { rows } = await selectCsv(await fixture(name));
      expect(rows.map(({ columns }) => columns)).toEqual([
        { Login: 'ada.byron@acme.example', Note: '=HYPERLINK("http://evil.example")', Name: '1' },
        { Login: 'grace.hopper@acme.example', Note: '+1 555 0100', Name: '2' },
        { Login: 'jose.nunez@acme.example', Note: 'plain, with a comma', Name: '3' },
        { Login: 'nobody@acme.example', Note: "'=kept", Name: '4' },
        { Login: 'linus.oneill@acme.example', Note: '', Name: '5' },
      ]);
    },
  );
});
