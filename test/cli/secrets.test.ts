import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { eligible, startCliRig, userFlags, type CliRig } from './rig.ts';

let rig: CliRig;
let recipient: string;
const run = ['run', '--action', 'temp-password', '--yes', '--max-users', '20'];

beforeAll(async () => {
  rig = await startCliRig({ users: 200 });
  const made = await rig.type(['secrets', 'keygen', '--out', 'key.txt']);
  expect(made.code).toBe(0);
  recipient = made.out.trim();
  const sealed = ['--secrets-recipient', recipient, '--out', 'sealed'];
  const ended = await rig.type([...run, ...userFlags(eligible(rig.org, 12)), ...sealed]);
  if (ended.code !== 0) throw new Error(ended.err);
});

afterAll(() => rig.close());

const rowsOf = (csv: string) =>
  csv
    .trim()
    .split('\n')
    .map((line) => line.split(','));

describe('secrets keygen', () => {
  test('writes a key that only its owner can read, prints only the recipient, and never replaces a file', async () => {
    expect(recipient).toMatch(/^age1[a-z0-9]{58}$/);
    expect((await stat(join(rig.dir, 'key.txt'))).mode & 0o777).toBe(0o600);
    const before = await rig.read('key.txt');
    const again = await rig.type(['secrets', 'keygen', '--out', 'key.txt']);
    expect(again.code).toBe(2);
    expect(again.err).toContain('[SECRETS_IDENTITY]');
    expect(again.err).not.toContain('AGE-SECRET-KEY');
    expect(await rig.read('key.txt')).toBe(before);
  });

  test('needs a file', async () => {
    const { code, err } = await rig.type(['secrets', 'keygen']);
    expect([code, err]).toEqual([2, expect.stringContaining('--out FILE')]);
  });
});

describe('secrets open', () => {
  test('returns each user’s own password, which works', async () => {
    const { code, out } = await rig.type(['secrets', 'open', 'sealed', '--identity', 'key.txt']);
    expect(code).toBe(0);
    const [header, ...rows] = rowsOf(out);
    expect(header).toEqual(['id', 'login', 'secret']);
    expect(rows).toHaveLength(12);
    for (const [id = '', login, secret] of rows) {
      expect(secret).toBe(rig.org.currentTempPassword(id));
      expect(login).toBe(rig.org.user(id)?.login);
    }
  });

  test('returns NDJSON with --json, and nothing else on standard output', async () => {
    const { events } = await rig.type([
      'secrets',
      'open',
      'sealed',
      '--identity',
      'key.txt',
      '--json',
    ]);
    expect(events).toHaveLength(12);
    expect(Object.keys(events[0] as object)).toEqual(['id', 'login', 'secret']);
  });

  test('shows nothing on a terminal unless asked to', async () => {
    const open = ['secrets', 'open', 'sealed', '--identity', 'key.txt'];
    const refused = await rig.type(open, { tty: true });
    expect([refused.code, refused.out]).toEqual([2, '']);
    const shown = await rig.type([...open, '--show'], { tty: true });
    expect(rowsOf(shown.out)).toHaveLength(13);
  });

  test('refuses without the key, and with a different one', async () => {
    await rig.type(['secrets', 'keygen', '--out', 'other.txt']);
    for (const flags of [[], ['--identity', 'other.txt'], ['--identity', 'missing.txt']]) {
      const { code, out, err } = await rig.type(['secrets', 'open', 'sealed', ...flags]);
      expect([code, out]).toEqual([2, '']);
      expect(err).toContain('[SECRETS_IDENTITY]');
    }
  });

  test('opens what was stored unencrypted without a key', async () => {
    const ids = eligible(rig.org, 16).slice(12);
    await rig.type([...run, ...userFlags(ids), '--secrets-plaintext', '--out', 'clear']);
    const { out } = await rig.type(['secrets', 'open', 'clear']);
    const [id = '', , secret] = rowsOf(out)[1] ?? [];
    expect(secret).toBe(rig.org.currentTempPassword(id));
  });
});

describe('secrets open if not everything opens', () => {
  const first = <T>(rows: readonly T[]) => rows.slice(0, 1);

  /** A run whose first four rows are sealed to one key, and the others to another. */
  async function twoKeys(out: string, from: number): Promise<readonly [string, string]> {
    const users = eligible(rig.org, from + 10).slice(from);
    await rig.type(['plan', '--action', 'temp-password', ...userFlags(users), '--out', out]);
    const keys: string[] = [];
    for (const at of [1, 2]) {
      const key = await rig.type(['secrets', 'keygen', '--out', `${out}-${at}.txt`]);
      keys.push(key.out.trim());
    }
    const [one = '', two = ''] = keys;
    let rows = 0;
    const yes = ['--yes', '--max-users', '20', '--concurrency', '1'];
    await rig.type(['run', '--plan', out, '--secrets-recipient', one, ...yes, '--json'], {
      onOut: (text) => {
        rows += text.split('"type":"row"').length - 1;
        if (rows >= 3) rig.press('SIGINT');
      },
    });
    expect((await rig.type(['resume', out, '--secrets-recipient', two])).code).toBe(0);
    return [one, two];
  }

  test('opens what it can, and says which rows stay encrypted and to whom', async () => {
    const [one, two] = await twoKeys('two', 16);
    // What is missing is said with -q too.
    const late = await rig.type(['secrets', 'open', 'two', '--identity', 'two-2.txt', '-q']);
    expect(late.code).toBe(4);
    expect(late.err).toMatch(new RegExp(`Rows 1–\\d+ stay encrypted: sealed to ${one}`));
    const early = await rig.type(['secrets', 'open', 'two', '--identity', 'two-1.txt']);
    expect(early.err).toMatch(new RegExp(`Rows \\d+–10 stay encrypted: sealed to ${two}`));
    expect(rowsOf(late.out).length + rowsOf(early.out).length).toBe(12);
    const both = ['--identity', 'two-1.txt', '--identity', 'two-2.txt'];
    const all = await rig.type(['secrets', 'open', 'two', ...both]);
    expect([all.code, rowsOf(all.out).length, all.err]).toEqual([0, 11, '10 secrets opened.\n']);
    const neither = await rig.type(['secrets', 'open', 'two', '--identity', 'key.txt']);
    expect([neither.code, neither.out]).toEqual([2, '']);
    expect(neither.err.replace(/\s+/g, ' ')).toContain(`encrypted to ${one}, ${two}`);
  });

  test('says which rows succeeded without a secret, and hands out none that the journal does not mention', async () => {
    const users = eligible(rig.org, 30).slice(26);
    const seal = ['--secrets-recipient', recipient, '--out', 'gaps'];
    await rig.type([...run, ...userFlags(users), ...seal]);
    const path = join(rig.dir, 'gaps/secrets.jsonl');
    const [a = '', , c = '', d = ''] = (await rig.read('gaps/secrets.jsonl')).split('\n');
    const swapped = { ...(JSON.parse(c) as object), age: (JSON.parse(d) as { age: string }).age };
    await writeFile(path, `${[a, JSON.stringify(swapped), d].join('\n')}\n`);
    const { code, out, err } = await rig.type(['secrets', 'open', 'gaps', '--identity', 'key.txt']);
    expect([code, rowsOf(out).length]).toEqual([4, 3]);
    expect(err).toMatch(/Row \d: refused: the sealed text is not the one that the run wrote\./);
    expect(err).toMatch(/Rows \d(, |–)\d succeeded, and no secret of them can be handed out\./);
  });

  test('writes a file that only its owner can read, and never replaces one', async () => {
    const open = ['secrets', 'open', 'sealed', '--identity', 'key.txt', '--out', 'handed.csv'];
    const { code, out, err } = await rig.type(open, { tty: true });
    expect([code, out, err]).toEqual([0, '', '12 secrets opened.\n']);
    expect((await stat(join(rig.dir, 'handed.csv'))).mode & 0o777).toBe(0o600);
    expect(first(rowsOf(await rig.read('handed.csv')))).toEqual([['id', 'login', 'secret']]);
    const again = await rig.type(open);
    expect([again.code, again.err]).toEqual([2, expect.stringContaining('not overwritten')]);
    const none = [...open.slice(0, 3), '--out', 'none.csv'];
    expect((await rig.type(none)).code).toBe(2);
    await expect(stat(join(rig.dir, 'none.csv'))).rejects.toMatchObject({ code: 'ENOENT' });
  });
});

describe('secrets open if secrets.jsonl is missing', () => {
  const commandIn = (err: string) =>
    /okta-reset (followup .*)$/m.exec(err)?.[1]?.trim().split(' ') ?? [];

  test.each([
    ['temporary passwords', ['--action', 'temp-password']],
    ['links', ['--action', 'reset-password', '--no-send-email']],
  ])('says that the %s are lost, and prints what issues new ones', async (what, action) => {
    const out = `lost-${what.split(' ').at(-1) ?? ''}`;
    const users = userFlags(eligible(rig.org, 4));
    const seal = ['--secrets-recipient', recipient, '--out', out];
    const yes = ['--yes', '--max-users', '20'];
    expect((await rig.type(['run', ...action, ...users, ...seal, ...yes])).code).toBe(0);
    await rm(join(rig.dir, out, 'secrets.jsonl'));
    const { code, err } = await rig.type(['secrets', 'open', out, '--identity', 'key.txt']);
    expect(code).toBe(3);
    expect(err).toContain('[RUN_DAMAGED]');
    expect(err).toContain('mentions 4 temporary passwords or links, but');
    expect(err).toContain('Restore secrets.jsonl from a copy');
    const again = await rig.type([...commandIn(err), ...yes, '--out', `${out}-new`]);
    expect([again.code, again.out]).toEqual([0, expect.stringMatching(/succeeded +4\b/)]);
    const open = await rig.type(['secrets', 'open', `${out}-new`, '--identity', 'key.txt']);
    expect([open.code, rowsOf(open.out).length]).toEqual([0, 5]);
  });

  test('says of a run without secrets why there are none', async () => {
    const [user = '', ...more] = eligible(rig.org, 14).slice(12);
    const plan = ['plan', ...userFlags([user]), '--out'];
    await rig.type([...plan, 'unbegun', '--action', 'temp-password']);
    await rig.type([...plan, 'unbegun-links', '--no-send-email']);
    await rig.type([...plan, 'mailed']);
    for (const id of more) rig.org.putOutOfReach(id);
    const failed = [
      ...run,
      ...userFlags(more),
      '--secrets-recipient',
      recipient,
      '--out',
      'failed',
    ];
    expect((await rig.type(failed)).code).toBe(4);
    await rm(join(rig.dir, 'failed', 'secrets.jsonl'));
    const said = {
      unbegun: /was not executed, so it has no temporary passwords yet.*run --plan unbegun/s,
      'unbegun-links': /was not executed, so it has no reset links yet/,
      mailed: /its action is reset-password.*--no-send-email/s,
      failed: /has returned no temporary passwords in this run.*okta-reset report failed/s,
    };
    for (const [name, says] of Object.entries(said)) {
      const { code, err } = await rig.type(['secrets', 'open', name, '--identity', 'key.txt']);
      expect([name, code, err]).toEqual([name, 3, expect.stringMatching(says)]);
      expect(err).toContain('[RUN_NOT_FOUND]');
    }
  });
});

describe('commands of two words', () => {
  test.each([
    [['secrets'], 'keygen or open'],
    [['secrets', 'keygn'], 'Did you mean: okta-reset secrets keygen'],
    [['secret'], 'Did you mean: okta-reset secrets'],
    [['secrets', 'open', 'sealed', 'more'], '“more” is not expected by secrets open.'],
    [['secrets', 'open', '--to', 'x'], 'Unknown flag --to.'],
    [['secrets', 'open'], 'secrets open needs a run.'],
  ])('%j is refused with what helps', async (argv, help) => {
    const { code, err } = await rig.type(argv);
    expect([code, err]).toEqual([2, expect.stringContaining(help)]);
  });

  test('the help shows both, and each of them', async () => {
    const both = await rig.type(['secrets', '--help']);
    expect(both.out).toMatch(/okta-reset secrets keygen[^]*okta-reset secrets open \[RUN\]/);
    const one = await rig.type(['help', 'secrets', 'open']);
    expect(one.out).toContain('--identity FILE');
    expect(one.out).not.toContain('keygen --out');
  });
});
