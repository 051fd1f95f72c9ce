/** How ssh-keygen is called to sign a seal and to check its signature, and what each of its answers means. */
import { afterAll, beforeEach, describe, expect, test } from '@jest/globals';
import { existsSync } from 'node:fs';
import { chmod, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { checkSignature, sign } from '../../src/app/evidence/signature.ts';
import { host as realHost } from '../../src/host.ts';
import { around, newFolder } from './run-folders.ts';

/** What the program does for one of its operations. */
interface Does {
  readonly code?: number;
  readonly out?: string;
  readonly err?: string;
}

/** What it was called with. */
interface Called {
  readonly args: readonly string[];
  readonly input: string;
  /** The contents of the files that its options name. */
  readonly files: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly token: string;
}

/** Notes what it was called with, and then does what the test said about this operation. */
const SCRIPT = `#!/bin/sh
here=$(dirname "$0")
n=1; while [ -e "$here/call$n" ]; do n=$((n + 1)); done
call="$here/call$n"; mkdir "$call"
printf '%s\\n' "$@" > "$call/args"
cat > "$call/input"
pwd > "$call/cwd"
printf '%s' "$OKTA_CLIENT_TOKEN" > "$call/token"
for name in signature signers; do [ -e "$name" ] && cp "$name" "$call/$name"; done
of="$here/$2"
cat "$of.err" >&2
cat "$of.out"
exit "$(cat "$of.code")"
`;

const folders: string[] = [];
afterAll(async () => {
  for (const folder of folders) await rm(folder, { recursive: true, force: true });
});

const KEY = 'Good "okta-reset-evidence" signature with ED25519 key SHA256:abc\n';
const SOUND = { 'check-novalidate': { out: KEY } };
const GOOD = '-----BEGIN SSH SIGNATURE-----\nabc\n-----END SSH SIGNATURE-----\n';
const SEAL = '{"format":1}\n';

// The program is a shell script: skipped on Windows, and shown as skipped.
const posixOnly = process.platform === 'win32' ? describe.skip : describe;

posixOnly('ssh-keygen', () => {
  let dir: string;
  let key: string;
  beforeEach(async () => {
    dir = await newFolder();
    folders.push(dir);
    key = join(dir, 'seal-key');
    await writeFile(key, 'a key', { mode: 0o600 });
    await mkdir(join(dir, 'bin'));
  });

  /** Puts a program in front of the others; resolves with a context that finds it. */
  async function having(
    does: Readonly<Record<string, Does>> | string,
    { late = false }: { readonly late?: boolean } = {},
  ) {
    const bin = join(dir, 'bin');
    const script = typeof does === 'string' ? does : SCRIPT;
    await writeFile(join(bin, 'ssh-keygen'), script, { mode: 0o755 });
    for (const [operation, { code = 0, out = '', err = '' }] of Object.entries(
      typeof does === 'string' ? {} : does,
    ))
      for (const [part, text] of Object.entries({ code: String(code), out, err }))
        await writeFile(join(bin, `${operation}.${part}`), text);
    const asked: number[] = [];
    const { context, drain } = around(dir, {
      env: { PATH: `${bin}:${process.env['PATH'] ?? ''}`, OKTA_CLIENT_TOKEN: '00secret' },
      clock: {
        ...realHost.clock,
        sleep: (ms, signal) => {
          asked.push(ms);
          return late ? Promise.resolve() : realHost.clock.sleep(ms, signal);
        },
      },
    });
    return { context, drain, asked };
  }

  async function calls(): Promise<readonly Called[]> {
    const bin = join(dir, 'bin');
    const names = (await readdir(bin)).filter((name) => /^call\d+$/.test(name));
    const read = (name: string, part: string) =>
      readFile(join(bin, name, part), 'utf8').catch(() => '');
    return Promise.all(
      names
        .toSorted((a, b) => Number(a.slice(4)) - Number(b.slice(4)))
        .map(async (name) => ({
          args: (await read(name, 'args')).split('\n').slice(0, -1),
          input: await read(name, 'input'),
          files: {
            signature: await read(name, 'signature'),
            signers: await read(name, 'signers'),
          },
          cwd: (await read(name, 'cwd')).trim(),
          token: await read(name, 'token'),
        })),
    );
  }

  const signers = async (text = 'me@acme.example ssh-ed25519 AAAA\n') => {
    const path = join(dir, 'signers');
    await writeFile(path, text, { mode: 0o600 });
    return path;
  };

  describe('that signs', () => {
    test('gets the seal, the key and the purpose, and brings the signature', async () => {
      const { context, asked } = await having({ sign: { out: GOOD } });
      expect(await sign(SEAL, { keyFile: key, mayAsk: true }, context)).toBe(GOOD);
      const [call] = await calls();
      expect(call?.args).toEqual(['-Y', 'sign', '-n', 'okta-reset-evidence', '-f', key]);
      expect([call?.input, call?.token]).toEqual([SEAL, '']);
      // Somebody can type a passphrase meanwhile.
      expect(asked).toEqual([300_000]);
    });

    test('is told an empty passphrase if nobody can type one', async () => {
      const { context } = await having({ sign: { out: GOOD } });
      await sign(SEAL, { keyFile: key, mayAsk: false }, context);
      expect((await calls())[0]?.args).toEqual([
        ...['-Y', 'sign', '-n', 'okta-reset-evidence', '-P', '', '-f', key],
      ]);
    });

    test('works in its own folder, which is removed', async () => {
      const { context } = await having({ sign: { out: GOOD } });
      await sign(SEAL, { keyFile: key, mayAsk: false }, context);
      const cwd = (await calls())[0]?.cwd ?? '';
      expect(basename(cwd)).toMatch(/^okta-reset-seal-./);
      expect(basename(dirname(cwd))).toBe(basename(tmpdir()));
      expect(existsSync(cwd)).toBe(false);
    });

    test.each<[string, Does, string]>([
      ['refuses', { code: 255, err: 'one\r\ntwo\nthree\n' }, 'two; three'],
      ['refuses although it prints one', { code: 2, out: GOOD, err: 'no' }, 'no'],
      ['prints something else', { out: `Hello\n${GOOD}`, err: 'odd' }, 'odd'],
      ['says a lot', { code: 255, err: 'x'.repeat(400) }, 'x'.repeat(300)],
    ])('has not if it %s', async (_what, does, words) => {
      const { context } = await having({ sign: does });
      await expect(sign(SEAL, { keyFile: key, mayAsk: true }, context)).rejects.toMatchObject({
        ...{ code: 'SIGN_KEY', message: `ssh-keygen could not sign with ${key}: ${words}.` },
      });
    });

    test.each(['missing', 'bin'])('is not called without a key file: %s', async (name) => {
      const { context } = await having({ sign: { out: GOOD } });
      const keyFile = join(dir, name);
      await expect(sign(SEAL, { keyFile, mayAsk: true }, context)).rejects.toMatchObject({
        ...{ code: 'SIGN_KEY', message: `There is no key file ${keyFile}.` },
      });
      expect(await calls()).toEqual([]);
    });
  });

  describe('that cannot be used', () => {
    const refused = async (...program: Parameters<typeof having>) => {
      const { context } = await having(...program);
      const asking = sign(SEAL, { keyFile: key, mayAsk: true }, context);
      const error: unknown = await asking.catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({
        ...{ code: 'SIGN_PROGRAM', hint: expect.stringContaining('Install OpenSSH 8.2') },
      });
      return (error as Error).message;
    };

    test('is too old if it does not know the operation', async () => {
      expect(await refused({ sign: { code: 1, out: GOOD } })).toBe(
        'The ssh-keygen of this machine is too old: it cannot sign.',
      );
    });

    test('did not end in time', async () => {
      expect(await refused('#!/bin/sh\nexec sleep 60\n', { late: true })).toBe(
        'ssh-keygen did not end within 5 minutes.',
      );
    });

    test('printed too much', async () => {
      const printing = (bytes: number) => `#!/bin/sh\nhead -c ${bytes} /dev/zero\n`;
      expect(await refused(printing(64 * 1024 + 1))).toBe(
        'ssh-keygen printed more than a signature.',
      );
      const { context } = await having(printing(64 * 1024));
      await expect(sign(SEAL, { keyFile: key, mayAsk: true }, context)).rejects.toMatchObject({
        code: 'SIGN_KEY',
      });
    });

    test('cannot be started', async () => {
      const path = join(dir, 'bin', 'ssh-keygen');
      await having({});
      await chmod(path, 0o600);
      const { context } = around(dir, { env: { PATH: join(dir, 'bin') } });
      const asked = sign(SEAL, { keyFile: key, mayAsk: true }, context);
      await expect(asked).rejects.toMatchObject({
        ...{ code: 'SIGN_PROGRAM', message: 'ssh-keygen cannot be started (EACCES).' },
      });
      await rm(path);
      await expect(sign(SEAL, { keyFile: key, mayAsk: true }, context)).rejects.toMatchObject({
        message: 'There is no ssh-keygen on this machine, or not in PATH.',
      });
    });
  });

  describe('that checks a signature', () => {
    const check = async (
      does: Readonly<Record<string, Does>>,
      signersFile?: string,
      signature: string | undefined = GOOD,
    ) => {
      const { context, asked } = await having(does);
      const found = await checkSignature({ text: SEAL, signature }, signersFile, context);
      return { found, asked };
    };

    test('is asked whether it is intact if there is no file of signers', async () => {
      const { found, asked } = await check(SOUND);
      expect(found).toEqual({ kind: 'sound', key: 'ED25519 SHA256:abc' });
      const all = await calls();
      expect(all).toHaveLength(1);
      expect(all[0]?.args.slice(0, -1)).toEqual([
        ...['-Y', 'check-novalidate', '-n', 'okta-reset-evidence', '-s'],
      ]);
      expect(basename(all[0]?.args.at(-1) ?? '')).toBe('signature');
      expect([all[0]?.input, all[0]?.files['signature']]).toEqual([SEAL, GOOD]);
      expect(asked).toEqual([60_000]);
    });

    test('does not name the key in an answer that nobody expects', async () => {
      const { found } = await check({ 'check-novalidate': { out: 'ok' } });
      expect(found).toEqual({ kind: 'sound', key: 'unknown key' });
    });

    test('says why it is not', async () => {
      const broken = { code: 255, err: 'Could not verify signature.\n' };
      const { found } = await check({ 'check-novalidate': broken }, await signers());
      expect(found).toEqual({ kind: 'bad', why: 'Could not verify signature.' });
      expect(await calls()).toHaveLength(1);
    });

    test('is asked whose key it is, and whether that name may sign', async () => {
      const text = 'me@acme.example ssh-ed25519 AAAA\n';
      const { found } = await check(
        { ...SOUND, 'find-principals': { out: 'me@acme.example\n' }, verify: { out: KEY } },
        await signers(text),
      );
      expect(found).toEqual({
        ...{ kind: 'vouched', key: 'ED25519 SHA256:abc', by: 'me@acme.example' },
      });
      const [, finding, verifying] = await calls();
      const named = (call: Called | undefined) =>
        call?.args.map((each) => each.replace(/^\/.*\//, ''));
      expect(named(finding)).toEqual([
        ...['-Y', 'find-principals', '-f', 'signers', '-s', 'signature'],
      ]);
      expect([finding?.input, finding?.files['signers']]).toEqual(['', text]);
      expect(named(verifying)).toEqual([
        ...['-Y', 'verify', '-n', 'okta-reset-evidence', '-I', 'me@acme.example'],
        ...['-f', 'signers', '-s', 'signature'],
      ]);
      expect(verifying?.input).toBe(SEAL);
    });

    test('names a stranger if the file of signers does not have the key', async () => {
      const none = { code: 255, out: 'me@acme.example\n', err: 'No principal matched.' };
      const { found } = await check({ ...SOUND, 'find-principals': none }, await signers());
      expect(found).toEqual({
        ...{ kind: 'stranger', why: 'ED25519 SHA256:abc; No principal matched.' },
      });
      expect((await calls()).map(({ args }) => args[1])).toEqual([
        ...['check-novalidate', 'find-principals'],
      ]);
    });

    test('is asked about each name of a key, twenty at most, and about none that is an option or a pattern', async () => {
      const names = Array.from({ length: 21 }, (_, n) => `n${n}`);
      const { found } = await check(
        {
          ...SOUND,
          'find-principals': {
            out: `-O\n!deny, ${names.slice(0, 2).join(',')}\r\n\n${names.slice(2).join('\n')}\n`,
          },
          verify: { code: 255, err: 'expired' },
        },
        await signers(),
      );
      expect(found).toEqual({ kind: 'stranger', why: 'ED25519 SHA256:abc; expired' });
      const tried = (await calls()).flatMap(({ args }) =>
        args[1] === 'verify' ? [args[args.indexOf('-I') + 1]] : [],
      );
      expect(tried).toEqual(names.slice(0, 20));
    });

    test('is not asked if there is no signature', async () => {
      const { context } = await having(SOUND);
      const seal = { text: SEAL, signature: undefined };
      expect(await checkSignature(seal, undefined, context)).toEqual({ kind: 'unsigned' });
      expect(await checkSignature(seal, await signers(), context)).toEqual({ kind: 'unsigned' });
      expect(await calls()).toEqual([]);
    });
  });

  describe('with a file of signers', () => {
    const checked = async (path: string) => {
      const { context, drain } = await having(SOUND);
      return { drain, ask: () => checkSignature({ text: SEAL, signature: GOOD }, path, context) };
    };

    test('that is missing is not asked', async () => {
      const path = join(dir, 'nowhere');
      const { ask, drain } = await checked(path);
      await expect(ask()).rejects.toMatchObject({
        code: 'INPUT_UNREADABLE',
        message: `The file of signers, ${path}, cannot be read.`,
      });
      expect(await calls()).toEqual([]);
      drain.abort(new Error('over'));
      await expect(ask()).rejects.toThrow('over');
    });

    test('that is larger than 1 MiB is not read in part', async () => {
      const mib = 1024 * 1024;
      const { ask } = await checked(await signers('#'.repeat(mib - 1).concat('\n')));
      // No answer of this program names a signer, so that nobody is found in it.
      expect(await ask()).toMatchObject({ kind: 'stranger' });
      await signers('#'.repeat(mib).concat('\n'));
      await expect(ask()).rejects.toMatchObject({
        code: 'INPUT_UNREADABLE',
        message: expect.stringContaining('is larger than 1 MiB'),
      });
    });

    test('that others can write to is not asked', async () => {
      const path = await signers();
      await chmod(path, 0o666);
      const { ask } = await checked(path);
      await expect(ask()).rejects.toMatchObject({ code: 'FILE_NOT_YOURS' });
      expect(await calls()).toEqual([]);
    });
  });

  test('is not waited for after an abort', async () => {
    const { context, drain } = await having('#!/bin/sh\nexec sleep 60\n');
    const signing = sign(SEAL, { keyFile: key, mayAsk: true }, context);
    const expected = expect(signing).rejects.toThrow('over');
    drain.abort(new Error('over'));
    await expected;
  });
});
