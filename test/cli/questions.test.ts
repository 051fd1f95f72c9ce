/** What a person is asked in the middle of a command, and which answers mean what. */
import { describe, expect, test } from '@jest/globals';
import { askSheet } from '../../src/cli/screens/ask-sheet.ts';
import { askConsent, askToGoOn } from '../../src/cli/screens/consent.ts';
import type { LineInput } from '../../src/cli/terminal/line-input.ts';
import { makeStyle } from '../../src/cli/terminal/style.ts';
import type { Terminal } from '../../src/cli/terminal/terminal.ts';
import { wordsOf, type Text } from '../../src/text/styled.ts';
import { runFile } from '../report/sample.ts';
import { LETTERS, roomLeft } from './room-left.ts';

const never = new AbortController().signal;

function asked(answers: readonly string[], columns = 100) {
  const said: Text[] = [];
  const left = [...answers];
  const terminal = {
    err: async (text: Text) => void said.push(text),
    style: makeStyle(false),
    host: { stderr: { size: () => ({ columns, rows: 40 }) } },
  } as unknown as Terminal;
  const input: LineInput = { next: async () => left.shift(), close: () => undefined };
  return { terminal, input, said: () => said.map(wordsOf).join('') };
}

describe('which sheet of a workbook has the users', () => {
  const names = ['Leavers', 'Staff ', '3', 'Straße'];
  const answer = async (...answers: readonly string[]) => {
    const { terminal, input, said } = asked(answers);
    return { sheet: await askSheet(terminal, input, 'u.xlsx', names, never), said: said() };
  };

  test.each([
    ['Leavers', 'Leavers'],
    ['LEAVERS', 'Leavers'],
    ['staff', 'Staff '],
    ['2', 'Staff '],
    ['3', '3'],
    ['4', 'Straße'],
    ['STRASSE', undefined],
    ['5', undefined],
    ['0', undefined],
    ['', undefined],
  ])('“%s” means %s', async (typed, sheet) => {
    expect((await answer(typed)).sheet).toBe(sheet);
  });

  test('twenty sheets are shown with their numbers, and any can be typed', async () => {
    const asking = async (count: number) => {
      const many = Array.from({ length: count }, (_, at) => `S${at + 1}`);
      const { terminal, input, said } = asked([`s${count}`]);
      expect(await askSheet(terminal, input, 'u.xlsx', many, never)).toBe(`S${count}`);
      return said().split('\n').slice(1, -2);
    };
    expect((await asking(20)).slice(-2)).toEqual(['  19  S19', '  20  S20']);
    expect((await asking(22)).slice(-2)).toEqual(['  20  S20', '  … and 2 more']);
  });

  test('is asked again until the answer is clear', async () => {
    const { sheet, said } = await answer('none', '9', '1');
    expect(sheet).toBe('Leavers');
    expect(said.match(/There is no such sheet/g)).toHaveLength(2);
    expect(said).toContain('u.xlsx has 4 sheets that are not empty:');
    expect(said).toContain('To skip this question next time: --sheet Leavers');
  });
});

describe('whether to go on after a wave', () => {
  const seen = { run: runFile(), users: [{ login: 'ada@acme.example', status: 'RECOVERY' }] };
  const text = async (wave: object, typed = '') => {
    const { terminal, input, said } = asked([typed]);
    const goes = await askToGoOn(
      terminal,
      input,
      { ...seen, ...{ wave: 1, waves: 1, next: 3, left: 3 }, ...wave },
      never,
    );
    return [goes, said().replace(/\s+/g, ' ')] as const;
  };

  test('is about the rest if no wave is left', async () => {
    const [, said] = await text({});
    expect(said).toContain('1 user read back, and correct: ada@acme.example RECOVERY');
    expect(said).toContain('the other 3 users on acme.okta.com');
    expect(said).not.toMatch(/Wave|the next|asked again/);
    expect((await text({ next: 1, left: 1 }))[1]).toContain('the other 1 user on acme.okta.com');
  });

  test('is about the next wave if there is one', async () => {
    const [, said] = await text({ waves: 2, next: 3, left: 8 });
    expect(said).toContain('Wave 1 of 2: 1 user read back');
    expect(said).toContain('the next 3 of the other 8 users on acme.okta.com');
    expect(said).toContain('you are asked again before the 5 after them');
    expect(said).toContain('Type 3@acme.okta.com to go on');
  });

  test('shows ten users, counts the others, and asks about emails only if there are any', async () => {
    const users = Array.from({ length: 12 }, (_, at) => ({
      login: `user${at + 1}@acme.example`,
      status: 'RECOVERY',
    }));
    const [, said] = await text({ users });
    expect(said).toContain('12 users read back, and correct: user1@');
    expect(said).toMatch(/user10@acme\.example RECOVERY … and 2 more Check now: have the emails/);
    expect((await text({ users: users.slice(0, 10) }))[1]).not.toContain('more Check');
    const spec = { action: 'suspend' } as const;
    expect((await text({ run: { ...runFile(), spec } }))[1]).toContain(
      'Check now: is this what you expect?',
    );
  });

  test.each([
    ['3@acme.okta.com', true],
    ['3@acme.okta.com#c0ffee00', true],
    ['8@acme.okta.com', false],
    ['yes', false],
    ['', false],
  ])('“%s” is a yes: %s', async (typed, yes) => {
    expect((await text({ left: 8 }, typed))[0]).toBe(yes);
  });
});

describe('consent', () => {
  const HINT = 'okta-reset run --plan r';
  const consent = async (more: object, typed: string) => {
    const { terminal, input, said } = asked([typed]);
    const question = { run: runFile(), begun: false, users: 3, later: 0, unread: [], hint: HINT };
    const error = await askConsent(terminal, input, { ...question, ...more }, never).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    return { error, said: said() };
  };

  test('is about all users, and names what is typed', async () => {
    const { error, said } = await consent({}, '3@acme.okta.com');
    expect(error).toBeUndefined();
    expect(said).toMatch(
      /^\nReset the passwords of 3 users on acme\.okta\.com\. [^\n]*\nType 3@acme\.okta\.com to go on, anything else to stop: $/,
    );
  });

  test('is about the first of them if more are asked about later', async () => {
    const { error, said } = await consent({ users: 5, later: 1200 }, '5@acme.okta.com');
    expect(error).toBeUndefined();
    expect(said).toContain('the first 5 of 1,205 users on acme.okta.com');
    expect(said).toContain(
      'They are read back, and you are asked again before the other 1,200.\nType 5@acme',
    );
  });

  test('says first which protecting lists could not be read', async () => {
    const unread = [{ text: 'The admins are not known' }, { text: 'The group is not known' }];
    const { said } = await consent({ unread }, '');
    expect(said).toMatch(/^\n! The admins are not known\.\n! The group is not known\.\nReset/);
  });

  test.each(['', '8@acme.okta.com', 'yes', '3@acme.okta.com#deadbeef'])(
    '“%s” is a no, which says how to continue',
    async (typed) => {
      const { error } = await consent({}, typed);
      expect(error).toMatchObject({
        code: typed.includes('#') ? 'CONFIRM_OTHER_PLAN' : 'CONFIRM_MISMATCH',
      });
      if (!typed.includes('#')) expect(error).toMatchObject({ hint: HINT });
    },
  );
});

describe('a question fits its terminal', () => {
  const run = { ...runFile(), host: LETTERS };
  const unread = [{ list: 'admins', text: LETTERS }] as const;
  const users = [{ login: 'l'.repeat(120), status: 'RECOVERY' }];

  const consentIn = async (columns: number) => {
    const { terminal, input, said } = asked(['no'], columns);
    const question = { run, begun: false, users: 3, later: 0, unread, hint: '' };
    await askConsent(terminal, input, question, never).catch(() => undefined);
    const lines = said().split('\n').slice(1);
    const at = lines.findIndex((line) => line.startsWith('Reset'));
    return { lists: lines.slice(0, at), text: lines.slice(at, -1) };
  };

  test('with lists that could not be read, and with what is consented to', async () => {
    expect(await roomLeft(async (columns) => (await consentIn(columns)).lists)).toBe(1);
    expect(await roomLeft(async (columns) => (await consentIn(columns)).text)).toBe(1);
  });

  test('with users of a wave, whose logins are cut and whose states are not', async () => {
    const waveIn = async (columns: number) => {
      const { terminal, input, said } = asked(['no'], columns);
      const wave = { run, users, wave: 1, waves: 1, next: 3, left: 3 };
      await askToGoOn(terminal, input, wave, never);
      return said().split('\n').slice(2, -1);
    };
    expect((await waveIn(60))[0]).toMatch(/^ {2}l+… {2}RECOVERY$/);
    expect(await roomLeft(async (columns) => (await waveIn(columns)).slice(3))).toBe(1);
    expect(await roomLeft(async (columns) => (await waveIn(columns)).slice(0, 2))).toBe(1);
  });
});
