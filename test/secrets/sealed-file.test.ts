import { describe, expect, test } from '@jest/globals';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtemp, readFile, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateHybridIdentity, identityToRecipient } from 'age-encryption';
import fc from 'fast-check';
import type { Appender } from '../../src/domain/append-file.ts';
import type { SecretRecord } from '../../src/domain/secret-sink.ts';
import { openLines } from '../../src/disk/append-file.ts';
import {
  keygen,
  parseIdentities,
  parseRecipients,
  type Recipient,
} from '../../src/secrets/identity.ts';
import { readSealed, type OpenedSecrets } from '../../src/secrets/read-sealed.ts';
import { openSealedFile, type Protection } from '../../src/secrets/sealed-file.ts';
import { Secret } from '../../src/secrets/secret.ts';

const newFolder = () => mkdtemp(join(tmpdir(), 'okta-reset-'));
const createdAt = '2026-11-22T03:15:02.000Z';

const record = (row: number, text: string, over: Partial<SecretRecord> = {}): SecretRecord => ({
  row,
  userId: `00u${row}`,
  login: `user${row}@acme.com`,
  what: 'temp-password',
  at: createdAt,
  attempt: 1,
  secret: new Secret(text),
  ...over,
});

async function newKey() {
  const out = join(await newFolder(), 'key.txt');
  const recipient = await keygen({ out, createdAt });
  return { out, recipient, identity: await readFile(out, 'utf8') };
}

async function keep(path: string, protection: Protection, records: readonly SecretRecord[]) {
  const file = await openSealedFile({ path, protection, openLines });
  for (const one of records) await file.put(one);
  await file.close();
}

const sealedFor = (...recipients: [Recipient, ...Recipient[]]): Protection => ({
  kind: 'sealed',
  recipients,
});

async function textsOf(opened: OpenedSecrets) {
  const texts: Record<string, string> = {};
  for await (const one of opened) texts[one.userId] = one.secret.reveal();
  return texts;
}

describe('a key', () => {
  test('is written for its owner alone, never over another file', async () => {
    const key = await newKey();
    expect((await stat(key.out)).mode & 0o777).toBe(0o600);
    expect(key.identity).toContain(`# public key: ${key.recipient}\nAGE-SECRET-KEY-1`);
    await expect(keygen({ out: key.out, createdAt })).rejects.toMatchObject({
      code: 'SECRETS_IDENTITY',
      exitCode: 2,
    });
    expect(await readFile(key.out, 'utf8')).toBe(key.identity);
    await expect(keygen({ out: join(key.out, 'below'), createdAt })).rejects.toMatchObject({
      code: 'SECRETS_IDENTITY',
    });
  });

  test('recipients are checked, each kept once', async () => {
    const { recipient, identity } = await newKey();
    expect(parseRecipients([recipient, ` ${recipient}\n`])).toEqual([recipient]);
    expect(parseRecipients([])).toEqual([]);
    const wrong = `${recipient.slice(0, -1)}${recipient.endsWith('q') ? 'p' : 'q'}`;
    for (const text of ['', 'age1', 'ssh-ed25519 AAAA', wrong, recipient.slice(4)]) {
      expect(() => parseRecipients([text])).toThrow(expect.objectContaining({ code: 'USAGE' }));
    }
    const [, key = ''] = /^(AGE-SECRET-KEY-.*)$/m.exec(identity) ?? [];
    expect(key).not.toBe('');
    expect(() => parseRecipients([key])).toThrow(
      expect.objectContaining({ code: 'USAGE', message: expect.not.stringContaining(key) }),
    );
  });

  test.each(['', '# only a comment\n', 'AGE-SECRET-KEY-1NOTAKEY', 'age1qqq', '-----BEGIN AGE'])(
    'an identity file with %j is refused without repeating it',
    (text) => {
      expect(() => parseIdentities(text)).toThrow(
        expect.objectContaining({
          code: 'SECRETS_IDENTITY',
          message: expect.not.stringContaining('NOTAKEY'),
        }),
      );
    },
  );
});

describe('the sealed file', () => {
  test('opens for every recipient, one secret per user: the last', async () => {
    const path = join(await newFolder(), 'secrets.jsonl');
    const keys = [await newKey(), await newKey()] as const;
    const protection = sealedFor(keys[0].recipient, keys[1].recipient);
    await keep(path, protection, [
      record(1, 'first-1'),
      record(2, 'pass-2'),
      record(1, 'second-1', { attempt: 2 }),
    ]);
    await keep(path, protection, [
      record(3, 'https://x/reset_password/abc', { what: 'reset-link' }),
    ]);

    const text = await readFile(path, 'utf8');
    expect(text).not.toMatch(/first-1|second-1|pass-2|reset_password/);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    for (const { identity } of keys) {
      const opened = readSealed(path, `# mine\r\n${identity}`);
      expect(await textsOf(opened)).toEqual({
        '00u1': 'second-1',
        '00u2': 'pass-2',
        '00u3': 'https://x/reset_password/abc',
      });
      expect(opened.unreadable()).toBe(0);
    }
  });

  test('an older attempt that comes later in the file does not win', async () => {
    const path = join(await newFolder(), 'secrets.jsonl');
    await keep(path, { kind: 'plaintext' }, [
      record(1, 'new', { attempt: 2 }),
      record(1, 'old', { attempt: 1 }),
    ]);
    expect(await textsOf(readSealed(path, undefined))).toEqual({ '00u1': 'new' });
  });

  test('seals for post-quantum recipients too', async () => {
    const path = join(await newFolder(), 'secrets.jsonl');
    const identity = await generateHybridIdentity();
    const [recipient] = parseRecipients([await identityToRecipient(identity)]);
    await keep(path, sealedFor(recipient!), [record(1, 'pass-1')]);
    expect(await textsOf(readSealed(path, identity))).toEqual({ '00u1': 'pass-1' });
  });

  test('says so when the identity is the wrong one, or none is given', async () => {
    const path = join(await newFolder(), 'secrets.jsonl');
    await keep(path, sealedFor((await newKey()).recipient), [record(1, 'a'), record(2, 'b')]);
    const other = await newKey();
    for (const identity of [other.identity, undefined]) {
      await expect(textsOf(readSealed(path, identity))).rejects.toMatchObject({
        code: 'SECRETS_IDENTITY',
        exitCode: 2,
      });
    }
  });

  test('counts what it cannot read, and gives no password that was replaced', async () => {
    const path = join(await newFolder(), 'secrets.jsonl');
    const { recipient, identity } = await newKey();
    await keep(path, sealedFor(recipient), [record(1, 'old'), record(2, 'b')]);
    const replaced = {
      ...JSON.parse((await readFile(path, 'utf8')).split('\n')[0]!),
      attempt: 2,
      age: 'x',
    };
    await writeFile(path, `not json\n${JSON.stringify(replaced)}\n{"half":`, { flag: 'a' });
    const opened = readSealed(path, identity);
    expect(await textsOf(opened)).toEqual({ '00u2': 'b' });
    expect(opened.unreadable()).toBe(2);
  });

  test('goes on after a torn tail', async () => {
    const path = join(await newFolder(), 'secrets.jsonl');
    await keep(path, { kind: 'plaintext' }, [record(1, 'a')]);
    await writeFile(path, '{"row":2,"userId":"00u2","secr', { flag: 'a' });
    await keep(path, { kind: 'plaintext' }, [record(3, 'c')]);
    const opened = readSealed(path, undefined);
    expect(await textsOf(opened)).toEqual({ '00u1': 'a', '00u3': 'c' });
    expect(opened.unreadable()).toBe(0);
  });

  test('a run without secrets has none to open', async () => {
    const path = join(await newFolder(), 'secrets.jsonl');
    await expect(textsOf(readSealed(path, undefined))).rejects.toMatchObject({
      code: 'RUN_NOT_FOUND',
    });
  });

  test('put resolves after the disk, rejects with it, and close waits for what is being sealed', async () => {
    const { recipient } = await newKey();
    const kept: string[] = [];
    const disk: { error?: Error } = {};
    const appender: Appender = {
      append: async (line) => {
        if (disk.error !== undefined) throw disk.error;
        await new Promise((resolve) => void setImmediate(resolve));
        kept.push(line);
      },
      close: async () => void kept.push('closed'),
    };
    const file = await openSealedFile({
      path: 'secrets.jsonl',
      protection: sealedFor(recipient),
      openLines: async () => appender,
    });
    await file.put(record(1, 'a'));
    expect(kept).toHaveLength(1);
    const put = file.put(record(2, 'b'));
    await file.close();
    await put;
    expect(kept).toHaveLength(3);
    expect(kept[2]).toBe('closed');
    disk.error = new Error('ENOSPC');
    await expect(file.put(record(3, 'c'))).rejects.toBe(disk.error);
  });
});

const AGE = 'age';
const hasAge = spawnSync(AGE, ['--version']).status === 0;

// Where the age tool is not installed, the library's own opening of what it sealed is tested above.
(hasAge ? test : test.skip)('the age tool opens what we seal, with the key we made', async () => {
  const path = join(await newFolder(), 'secrets.jsonl');
  const { out, recipient } = await newKey();
  await keep(path, sealedFor(recipient), [record(1, 'pässword "1"')]);
  const { age } = JSON.parse(await readFile(path, 'utf8')) as { age: string };
  expect(execFileSync(AGE, ['-d', '-i', out], { input: age }).toString()).toBe('pässword "1"');
});

test('secrets.jsonl of anything is read without a crash: what opens, and a count of what does not', async () => {
  const path = join(await newFolder(), 'secrets.jsonl');
  const { identity, recipient } = await newKey();
  await keep(path, sealedFor(...(parseRecipients([recipient]) as [Recipient])), [
    record(1, 'first'),
  ]);
  const sealed = await readFile(path, 'utf8');
  const anything = fc.jsonValue({ maxDepth: 1 });
  const line = fc.oneof(
    fc.constant(sealed.trim()),
    fc.nat(sealed.length).map((at) => `${sealed.slice(0, at)}x${sealed.slice(at + 1)}`.trim()),
    fc.string({ unit: 'binary' }),
    fc.json(),
    fc
      .record({
        row: fc.oneof(fc.constant(1), anything),
        userId: fc.oneof(fc.constant('00u1'), anything),
        login: anything,
        what: fc.oneof(fc.constant('temp-password'), anything),
        at: fc.oneof(fc.constant(createdAt), anything),
        attempt: fc.oneof(fc.constant(1), anything),
        age: anything,
        secret: anything,
      })
      .map((value) => JSON.stringify(value)),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(line, { maxLength: 4 }),
      fc.constantFrom(identity, undefined, '# nothing\n'),
      async (lines, key) => {
        await writeFile(path, `${lines.join('\n')}\n`);
        try {
          const opened = readSealed(path, key);
          for await (const one of opened) expect(one.secret.reveal()).toEqual(expect.any(String));
          expect(opened.unreadable()).toBeLessThanOrEqual(lines.join('\n').split('\n').length);
        } catch (error) {
          expect(error).toMatchObject({ name: 'AppError', code: 'SECRETS_IDENTITY' });
        }
      },
    ),
    { numRuns: 100 },
  );
});
