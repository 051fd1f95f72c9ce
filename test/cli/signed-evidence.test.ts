/** Seals that are signed and verified by the ssh-keygen of this machine, if it has one. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { eligible, startCliRig, userFlags, type CliRig } from './rig.ts';

/** Exits with 1, because it has no -Y without an operation; ENOENT if it is missing. */
const hasKeygen = spawnSync('ssh-keygen', ['-Y']).error === undefined;
const isPosix = process.platform !== 'win32';

const PATH = process.env['PATH'];
let rig: CliRig;
let dir: string;

const type = (...argv: readonly string[]) => rig.type(argv, { env: { PATH } });
const seal = (...flags: readonly string[]) =>
  type('report', dir, '--seal', '--format', 'json', ...flags);
const verify = (...flags: readonly string[]) => type('report', dir, '--verify', ...flags);
const evidence = () => join(dir, 'evidence.json');
const signature = () => join(dir, 'evidence.json.sig');

/** Makes a key pair; returns its private half. */
function makeKey(name: string, passphrase = ''): string {
  const path = join(rig.dir, name);
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', passphrase, '-C', name, '-f', path]);
  return path;
}

function signers(name: string, lines: Readonly<Record<string, string>>): string {
  const path = join(rig.dir, name);
  const text = Object.entries(lines).map(
    ([who, key]) => `${who} ${readFileSync(`${key}.pub`, 'utf8')}`,
  );
  writeFileSync(path, text.join(''), { mode: 0o600 });
  return path;
}

beforeAll(async () => {
  rig = await startCliRig({ users: 60 });
  dir = join(rig.dir, 'run');
  const consent = ['--yes', '--max-users', '3'];
  await type('run', ...userFlags(eligible(rig.org, 3)), ...consent, '--out', 'run');
});
afterAll(() => rig.close());

// If OpenSSH is not installed, nothing can sign: skipped, and shown as skipped.
(hasKeygen ? describe : describe.skip)('a seal signed with a key of OpenSSH', () => {
  let key: string;
  let trusted: string;
  let strangers: string;
  beforeAll(async () => {
    key = makeKey('key');
    trusted = signers('trusted', { 'ann@acme.example': key });
    strangers = signers('strangers', { 'bob@acme.example': makeKey('other') });
    const { code, err } = await seal('--sign-key', key);
    expect([code, err]).toEqual([0, expect.stringContaining('signed')]);
  });

  test('is confirmed by a file of signers that names the key', async () => {
    const { code, out } = await verify('--signers', trusted);
    expect([code, out]).toEqual([
      0,
      expect.stringContaining('Signed by ann@acme.example, with ED25519 SHA256:'),
    ]);
  });

  test('is intact without a file of signers, but it stays open whose key it is', async () => {
    const { code, out } = await verify();
    expect([code, out]).toEqual([0, expect.stringContaining('Nobody checked whose key that is')]);
  });

  test('is refused if the file of signers does not name the key', async () => {
    const { code, out, err } = await verify('--signers', strangers);
    expect([code, err]).toEqual([3, expect.stringContaining('[EVIDENCE_SIGNATURE]')]);
    expect(out).toContain('Signed by a key that the file of signers does not name');
  });

  test('is refused if one byte of it, or of the seal, differs', async () => {
    const [text, sig] = [readFileSync(evidence(), 'utf8'), readFileSync(signature(), 'utf8')];
    const refused = [3, expect.stringContaining('[EVIDENCE_SIGNATURE]')];
    writeFileSync(evidence(), text.replace(/"rows": 3/, '"rows": 4'));
    const edited = await verify('--signers', trusted);
    expect([edited.code, edited.err]).toEqual(refused);
    writeFileSync(evidence(), text);
    writeFileSync(
      signature(),
      sig.replace(/.(?=.\n-----END)/, (c) => (c === 'A' ? 'B' : 'A')),
    );
    const broken = await verify();
    expect([broken.code, broken.err]).toEqual(refused);
    rmSync(signature());
    const unsigned = await verify('--signers', trusted);
    expect([unsigned.code, unsigned.err]).toEqual(refused);
    writeFileSync(signature(), sig);
    expect((await verify('--signers', trusted)).code).toBe(0);
  });

  test('made for another purpose is not a signature of a seal', async () => {
    const sig = readFileSync(signature());
    const other = spawnSync('ssh-keygen', ['-Y', 'sign', '-n', 'file', '-f', key], {
      input: readFileSync(evidence()),
    });
    writeFileSync(signature(), other.stdout);
    const { code, err } = await verify('--signers', trusted);
    writeFileSync(signature(), sig);
    expect([code, err]).toEqual([3, expect.stringContaining('[EVIDENCE_SIGNATURE]')]);
  });

  test('is not replaced by one without a signature', async () => {
    const { code, err } = await seal();
    expect([code, err]).toEqual([2, expect.stringContaining('--sign-key FILE')]);
    expect(existsSync(signature())).toBe(true);
  });

  test('whose file of signers is missing, or open to other writers, is not checked', async () => {
    const none = await verify('--signers', join(rig.dir, 'nowhere'));
    expect([none.code, none.err]).toEqual([3, expect.stringContaining('[INPUT_UNREADABLE]')]);
    const open = join(rig.dir, 'open');
    cpSync(trusted, open);
    chmodSync(open, 0o666);
    const refused = await verify('--signers', open);
    expect([refused.code, refused.err]).toEqual([5, expect.stringContaining('[FILE_NOT_YOURS]')]);
  });

  test.each([
    ['is not there', () => join(rig.dir, 'nowhere')],
    ['is no key', () => trusted],
    ['has a passphrase that nobody is asked for', () => makeKey('closed', 'hello')],
  ])('is not made if the key %s; the seal before it stays', async (_what, path) => {
    const before = readFileSync(evidence());
    const { code, err } = await seal('--sign-key', path());
    expect([code, err]).toEqual([2, expect.stringContaining('[SIGN_KEY]')]);
    expect(readFileSync(evidence())).toEqual(before);
    expect((await verify('--signers', trusted)).code).toBe(0);
  });
});

// The programs that replace ssh-keygen are shell scripts: skipped on Windows, and shown as skipped.
(isPosix ? describe : describe.skip)('without an ssh-keygen that signs', () => {
  /** A folder of programs that has this ssh-keygen, or none. */
  const programs = (script?: string): string => {
    const bin = join(rig.dir, script === undefined ? 'empty' : 'old');
    execFileSync('mkdir', ['-p', bin]);
    if (script !== undefined) writeFileSync(join(bin, 'ssh-keygen'), script, { mode: 0o755 });
    return bin;
  };

  test.each([
    ['none', undefined, 'There is no ssh-keygen'],
    ['an old one', '#!/bin/sh\necho "unknown option -- Y" >&2\nexit 1\n', 'is too old'],
  ])('%s: signing says what to do, sealing works', async (_what, script, told) => {
    const env = { PATH: programs(script) };
    const key = join(rig.dir, 'key-file');
    writeFileSync(key, 'x', { mode: 0o600 });
    const flags = ['report', 'run', '--seal', '--format', 'json'];
    rmSync(signature(), { force: true });
    const signed = await rig.type([...flags, '--sign-key', key], { env });
    expect([signed.code, signed.err]).toEqual([2, expect.stringContaining('[SIGN_PROGRAM]')]);
    expect(signed.err).toContain(told);
    expect(signed.err.replace(/\s+/g, ' ')).toContain('Install OpenSSH 8.2 or later');
    const plain = await rig.type(flags, { env });
    expect([plain.code, plain.err]).toEqual([0, expect.stringContaining('not signed')]);
    const verified = await rig.type(['report', 'run', '--verify'], { env });
    expect([verified.code, verified.err]).toEqual([0, '']);
  });
});
