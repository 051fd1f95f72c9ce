import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { eligible, startCliRig, userFlags, type CliRig } from './rig.ts';

let rig: CliRig;
let recipient: string;
const run = ['run', '--action', 'temp-password', '--yes', '--max-users', '20'];

beforeAll(async () => {
  rig = await startCliRig({ users: 120 });
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
  test('writes a key that only its owner reads, prints the recipient alone, and never writes over a file', async () => {
    expect(recipient).toMatch(/^age1[a-z0-9]{58}$/);
    expect((await stat(join(rig.dir, 'key.txt'))).mode & 0o777).toBe(0o600);
    const before = await rig.read('key.txt');
    const again = await rig.type(['secrets', 'keygen', '--out', 'key.txt']);
    expect(again.code).toBe(2);
    expect(again.err).toContain('[SECRETS_IDENTITY]');
    expect(again.err).not.toContain('AGE-SECRET-KEY');
    expect(await rig.read('key.txt')).toBe(before);
  });

  test('wants a file', async () => {
    const { code, err } = await rig.type(['secrets', 'keygen']);
    expect([code, err]).toEqual([2, expect.stringContaining('--out FILE')]);
  });
});

describe('secrets open', () => {
  test('gives each user’s own password, and it is the one that works', async () => {
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

  test('gives NDJSON with --json, and nothing else on standard output', async () => {
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

  test('refuses without the key, and with another one', async () => {
    await rig.type(['secrets', 'keygen', '--out', 'other.txt']);
    for (const flags of [[], ['--identity', 'other.txt'], ['--identity', 'missing.txt']]) {
      const { code, out, err } = await rig.type(['secrets', 'open', 'sealed', ...flags]);
      expect([code, out]).toEqual([2, '']);
      expect(err).toContain('[SECRETS_IDENTITY]');
    }
  });

  test('opens what was kept in clear without a key', async () => {
    const ids = eligible(rig.org, 16).slice(12);
    await rig.type([...run, ...userFlags(ids), '--secrets-plaintext', '--out', 'clear']);
    const { out } = await rig.type(['secrets', 'open', 'clear']);
    const [id = '', , secret] = rowsOf(out)[1] ?? [];
    expect(secret).toBe(rig.org.currentTempPassword(id));
  });
});

describe('commands of two words', () => {
  test.each([
    [['secrets'], 'keygen or open'],
    [['secrets', 'keygn'], 'Did you mean: okta-reset secrets keygen'],
    [['secret'], 'Did you mean: okta-reset secrets'],
    [['secrets', 'open', 'sealed', 'more'], '“more” is one word too many for secrets open.'],
    [['secrets', 'open', '--out', 'x'], 'Unknown flag --out.'],
    [['secrets', 'open'], 'secrets open needs a run.'],
  ])('%j is refused with what helps', async (argv, help) => {
    const { code, err } = await rig.type(argv);
    expect([code, err]).toEqual([2, expect.stringContaining(help)]);
  });

  test('help tells of both, and of one', async () => {
    const both = await rig.type(['secrets', '--help']);
    expect(both.out).toMatch(/okta-reset secrets keygen[^]*okta-reset secrets open \[RUN\]/);
    const one = await rig.type(['help', 'secrets', 'open']);
    expect(one.out).toContain('--identity FILE');
    expect(one.out).not.toContain('keygen --out');
  });
});
