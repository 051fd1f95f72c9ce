import { beforeEach, describe, expect, test } from '@jest/globals';
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { armor, Encrypter, generateHybridIdentity, identityToRecipient } from 'age-encryption';
import fc from 'fast-check';
import type { Appender } from '../../src/domain/append-file.ts';
import {
  KEPT_IN_CLEAR,
  type SecretMention,
  type SecretRecord,
} from '../../src/domain/secret-sink.ts';
import { openLines } from '../../src/disk/append/append-file.ts';
import {
  keygen,
  parseIdentities,
  parseRecipients,
  recipientsIn,
  type Recipient,
} from '../../src/secrets/identity.ts';
import { kindOfSecrets, readSealed, type SealedFinding } from '../../src/secrets/read-sealed.ts';
import { openSealedFile, type Protection } from '../../src/secrets/sealed-file.ts';
import { Secret } from '../../src/secrets/secret.ts';
import { anyText } from '../any-text.ts';

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

const RUN_ID = '20261122T031502Z-test';

/** Stores records, and returns what a journal would say about them. */
async function keep(path: string, protection: Protection, records: readonly SecretRecord[]) {
  const mentions = new Map<number, SecretMention>();
  const file = await openSealedFile({ path, runId: RUN_ID, protection, openLines });
  for (const one of records)
    mentions.set(one.row, { attempt: one.attempt, kept: await file.put(one) });
  await file.close();
  return mentions;
}

const sealedFor = (...recipients: [Recipient, ...Recipient[]]): Protection => ({
  kind: 'sealed',
  recipients,
});

/** Opens a file according to what a journal says. `identity` is the text of an identity file. */
async function findingsOf(
  path: string,
  mentions: ReadonlyMap<number, SecretMention>,
  identity: string | undefined,
  more: {
    readonly isOld?: boolean;
    readonly recipients?: readonly string[];
    readonly only?: number;
  } = {},
): Promise<readonly SealedFinding[]> {
  const found: SealedFinding[] = [];
  const run = { runId: RUN_ID, isOld: false, recipients: [], ...more };
  const decrypters = identity === undefined ? [] : [parseIdentities(identity)];
  const sealed = { ...run, mentionOf: (row: number) => mentions.get(row) };
  for await (const one of readSealed(path, sealed, decrypters)) found.push(one);
  return found;
}

function textsOf(found: readonly SealedFinding[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    found.flatMap((one) => (one.kind === 'opened' ? [[one.userId, one.secret.reveal()]] : [])),
  );
}

/** What was not opened: its row or line, and why. */
const leftOut = (found: readonly SealedFinding[]) =>
  found.flatMap((one) => {
    switch (one.kind) {
      case 'opened':
        return [];
      case 'closed':
        return [[one.row, 'closed']];
      case 'refused':
        return [[one.row ?? `line ${one.line}`, one.why]];
    }
  });

type Line = Readonly<Record<string, unknown>>;

/** Writes lines after changing each as `edit` says. */
async function edited(path: string, edit: (lines: Line[]) => readonly unknown[]): Promise<void> {
  const lines = (await readFile(path, 'utf8')).trim().split('\n');
  const records = edit(lines.map((line) => JSON.parse(line) as Line));
  await writeFile(
    path,
    records.map((one) => `${typeof one === 'string' ? one : JSON.stringify(one)}\n`).join(''),
  );
}

describe('a key', () => {
  test('is written for its owner only, and never replaces a file', async () => {
    const key = await newKey();
    expect((await stat(key.out)).mode & 0o777).toBe(0o600);
    expect(key.identity).toContain(`# public key: ${key.recipient}\nAGE-SECRET-KEY-1`);
    await expect(keygen({ out: key.out, createdAt })).rejects.toMatchObject({
      code: 'SECRETS_IDENTITY',
      exitCode: 2,
      message: expect.stringContaining('already exists, and a key never overwrites a file'),
      hint: expect.stringContaining('or use the key that is there'),
    });
    expect(await readFile(key.out, 'utf8')).toBe(key.identity);
    await expect(keygen({ out: join(key.out, 'below'), createdAt })).rejects.toMatchObject({
      code: 'SECRETS_IDENTITY',
      message: expect.not.stringContaining('already exists'),
    });
  });

  test('has its public halves in its file, each of several; a file with anything else has none', async () => {
    const [one, other] = [await newKey(), await newKey()];
    expect(await recipientsIn(one.identity)).toEqual([one.recipient]);
    expect(await recipientsIn(one.identity + other.identity)).toEqual([
      ...[one.recipient, other.recipient],
    ]);
    for (const text of ['', '# only a comment\n', `${one.identity}greetings\n`, 'age1abc'])
      await expect(recipientsIn(text)).rejects.toMatchObject({ code: 'SECRETS_IDENTITY' });
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
  test('opens for every recipient; only what the journal says holds', async () => {
    const path = join(await newFolder(), 'secrets.jsonl');
    const keys = [await newKey(), await newKey()] as const;
    const protection = sealedFor(keys[0].recipient, keys[1].recipient);
    const first = await keep(path, protection, [
      record(1, 'first-1'),
      record(2, 'pass-2'),
      record(1, 'second-1', { attempt: 2 }),
    ]);
    const second = await keep(path, protection, [
      record(3, 'https://x/reset_password/abc', { what: 'reset-link' }),
      record(4, 'never-mentioned'),
    ]);
    second.delete(4);

    const text = await readFile(path, 'utf8');
    expect(text).not.toMatch(/first-1|second-1|pass-2|reset_password/);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    for (const { identity } of keys) {
      const found = await findingsOf(path, new Map([...first, ...second]), `# mine\r\n${identity}`);
      expect(textsOf(found)).toEqual({
        '00u1': 'second-1',
        '00u2': 'pass-2',
        '00u3': 'https://x/reset_password/abc',
      });
      expect(leftOut(found)).toEqual([[4, 'not-in-journal']]);
    }
  });

  test('an older attempt that comes later in the file does not win', async () => {
    const path = join(await newFolder(), 'secrets.jsonl');
    const mentions = await keep(path, { kind: 'plaintext' }, [
      record(1, 'old', { attempt: 1 }),
      record(1, 'new', { attempt: 2 }),
    ]);
    await edited(path, (lines) => lines.reverse());
    expect(mentions.get(1)).toEqual({ attempt: 2, kept: KEPT_IN_CLEAR });
    expect(textsOf(await findingsOf(path, mentions, undefined))).toEqual({ '00u1': 'new' });
  });

  test('seals for post-quantum recipients too', async () => {
    const path = join(await newFolder(), 'secrets.jsonl');
    const identity = await generateHybridIdentity();
    const [recipient] = parseRecipients([await identityToRecipient(identity)]);
    const mentions = await keep(path, sealedFor(recipient!), [record(1, 'pass-1')]);
    expect(textsOf(await findingsOf(path, mentions, identity))).toEqual({ '00u1': 'pass-1' });
  });

  test('one that is sealed to another key, or damaged, blocks none after it, even as the first', async () => {
    const path = join(await newFolder(), 'secrets.jsonl');
    const [mine, other] = [await newKey(), await newKey()];
    const many = Array.from({ length: 60 }, (_, at) => record(at + 2, 'theirs'));
    const theirs = await keep(path, sealedFor(other.recipient), many);
    const ours = await keep(path, sealedFor(mine.recipient), [record(100, 'a'), record(101, 'b')]);
    await edited(path, (lines) => ['{"damaged":', 'x'.repeat(3 * 1024 * 1024), ...lines]);
    const found = await findingsOf(path, new Map([...theirs, ...ours]), mine.identity);
    expect(textsOf(found)).toEqual({ '00u100': 'a', '00u101': 'b' });
    expect(leftOut(found).slice(0, 3)).toEqual([
      ['line 1', 'unreadable'],
      ['line 2', 'unreadable'],
      [2, 'closed'],
    ]);
    expect(found.filter(({ kind }) => kind === 'closed')).toHaveLength(60);
    expect(found[2]).toMatchObject({ recipients: [other.recipient], whole: true });
  });

  test('has a record of one row, if only that is asked for', async () => {
    const path = join(await newFolder(), 'secrets.jsonl');
    const { recipient, identity } = await newKey();
    const texts = ['a', 'b', 'c'].map((text, at) => record(at + 1, text));
    const mentions = await keep(path, sealedFor(recipient), texts);
    const found = await findingsOf(path, mentions, identity, { only: 2 });
    expect([textsOf(found), found.length]).toEqual([{ '00u2': 'b' }, 1]);
    expect(await findingsOf(path, mentions, identity, { only: 9 })).toEqual([]);
  });

  test('names a seal that the journal knows and nobody can open', async () => {
    const path = join(await newFolder(), 'secrets.jsonl');
    const { recipient, identity } = await newKey();
    const age = 'not a seal';
    await writeFile(path, `${JSON.stringify({ ...record(1, ''), secret: undefined, age })}\n`);
    const kept = createHash('sha256').update(age).digest('hex');
    const mentions = new Map([[1, { attempt: 1, kept }]]);
    const found = await findingsOf(path, mentions, identity, { recipients: [recipient] });
    expect(leftOut(found)).toEqual([[1, 'unreadable']]);
  });

  test('continues after a torn tail', async () => {
    const path = join(await newFolder(), 'secrets.jsonl');
    const first = await keep(path, { kind: 'plaintext' }, [record(1, 'a')]);
    await writeFile(path, '{"row":2,"userId":"00u2","secr', { flag: 'a' });
    const second = await keep(path, { kind: 'plaintext' }, [record(3, 'c')]);
    const found = await findingsOf(path, new Map([...first, ...second]), undefined);
    expect(textsOf(found)).toEqual({ '00u1': 'a', '00u3': 'c' });
    expect(leftOut(found)).toEqual([]);
  });

  test('a run without secrets has none to open', async () => {
    const path = join(await newFolder(), 'secrets.jsonl');
    await expect(findingsOf(path, new Map(), undefined)).rejects.toMatchObject({
      code: 'RUN_NOT_FOUND',
    });
  });
});

describe('a record that is not what the run wrote is refused, and named', () => {
  let path: string;
  let mentions: Map<number, SecretMention>;
  let key: Awaited<ReturnType<typeof newKey>>;
  beforeEach(async () => {
    path = join(await newFolder(), 'secrets.jsonl');
    key = await newKey();
    mentions = await keep(path, sealedFor(key.recipient), [record(1, 'one'), record(2, 'two')]);
  });

  const after = async (edit: Parameters<typeof edited>[1]) => {
    await edited(path, edit);
    const found = await findingsOf(path, mentions, key.identity, { recipients: [key.recipient] });
    return { texts: textsOf(found), left: leftOut(found) };
  };

  test('sealed texts that changed places', async () => {
    const { texts, left } = await after(([a, b]) => [
      { ...a, age: b?.['age'] },
      { ...b, age: a?.['age'] },
    ]);
    expect(texts).toEqual({});
    expect(left).toEqual([
      [1, 'changed'],
      [2, 'changed'],
    ]);
  });

  test('whole records that were swapped between users', async () => {
    const { texts, left } = await after(([a, b]) => [{ ...a, userId: b?.['userId'] }, b]);
    expect([texts, left]).toEqual([{ '00u2': 'two' }, [[1, 'of-another']]]);
  });

  test('a record of another run, sealed to the same key', async () => {
    const other = join(await newFolder(), 'secrets.jsonl');
    const file = await openSealedFile({
      path: other,
      runId: 'another-run',
      protection: sealedFor(key.recipient),
      openLines,
    });
    await file.put(record(1, 'foreign'));
    await file.close();
    const foreign = JSON.parse(await readFile(other, 'utf8')) as unknown;
    const { texts, left } = await after(([a, b]) => [foreign, a, b]);
    expect([texts, left]).toEqual([{ '00u1': 'one', '00u2': 'two' }, [[1, 'changed']]]);
  });

  test.each<[string, Partial<SecretRecord>, string]>([
    ['run', {}, 'another-run'],
    ['row', { row: 3 }, RUN_ID],
    ['user', { userId: '00u3' }, RUN_ID],
    ['kind', { what: 'reset-link' }, RUN_ID],
    ['attempt', { attempt: 2 }, RUN_ID],
  ])(
    'what was sealed for another %s, though the journal knows its bytes',
    async (_, over, runId) => {
      const other = join(await newFolder(), 'secrets.jsonl');
      const protection = sealedFor(key.recipient);
      const file = await openSealedFile({ path: other, runId, protection, openLines });
      const kept = await file.put(record(1, 'foreign', over));
      await file.close();
      const { age } = JSON.parse(await readFile(other, 'utf8')) as { readonly age: string };
      mentions.set(1, { attempt: 1, kept });
      const { texts, left } = await after(([a, b]) => [{ ...a, age }, b]);
      expect([texts, left]).toEqual([{ '00u2': 'two' }, [[1, 'of-another']]]);
    },
  );

  test('a bare secret, as 0.1.0 sealed it, though the journal knows its bytes', async () => {
    const encrypter = new Encrypter();
    encrypter.addRecipient(key.recipient);
    const age = armor.encode(await encrypter.encrypt('foreign'));
    const kept = createHash('sha256').update(age).digest('hex');
    mentions.set(1, { attempt: 1, kept });
    const { texts, left } = await after(([a, b]) => [{ ...a, age }, b]);
    expect([texts, left]).toEqual([{ '00u2': 'two' }, [[1, 'of-another']]]);
  });

  test('a sealed record, and one without a text, if the journal has an unencrypted secret', async () => {
    mentions.set(1, { attempt: 1, kept: KEPT_IN_CLEAR });
    mentions.set(2, { attempt: 1, kept: KEPT_IN_CLEAR });
    const { texts, left } = await after(([a, b]) => [a, { ...b, age: undefined, secret: '2' }]);
    expect([texts, left]).toEqual([{ '00u2': '2' }, [[1, 'changed']]]);
    const found = await findingsOf(path, mentions, undefined);
    expect(found.find(({ kind }) => kind === 'opened')).toMatchObject({ bound: false });
    await edited(path, ([, b]) => [{ ...b, secret: undefined }]);
    expect(leftOut(await findingsOf(path, mentions, undefined))).toEqual([
      [expect.anything(), 'unreadable'],
    ]);
  });

  test('a record that is there twice', async () => {
    const { texts, left } = await after(([a, b]) => [a, b, a]);
    expect([texts, left]).toEqual([{ '00u1': 'one', '00u2': 'two' }, [[1, 'claimed-twice']]]);
  });

  test('an unencrypted record', async () => {
    const { texts, left } = await after(([a, b]) => [{ ...a, age: undefined, secret: 'mine' }, b]);
    expect([texts, left]).toEqual([{ '00u2': 'two' }, [[1, 'in-clear']]]);
  });

  test('a later attempt that is not in the journal', async () => {
    const { texts, left } = await after(([a, b]) => [a, b, { ...b, attempt: 9 }]);
    expect([texts, left]).toEqual([{ '00u1': 'one', '00u2': 'two' }, [[2, 'not-in-journal']]]);
  });

  test('a login outside the seal counts for nothing', async () => {
    await edited(path, ([a, b]) => [{ ...a, login: 'evil@acme.com' }, b]);
    const [first] = await findingsOf(path, mentions, key.identity);
    expect(first).toMatchObject({ login: 'user1@acme.com', bound: true });
  });
});

describe('a file of version 0.1.0', () => {
  /** Seals as 0.1.0 did: the bare secret. */
  async function oldLine(recipient: Recipient, one: SecretRecord): Promise<unknown> {
    const encrypter = new Encrypter();
    encrypter.addRecipient(recipient);
    const { secret, ...members } = one;
    return { ...members, age: armor.encode(await encrypter.encrypt(secret.reveal())) };
  }
  const mentions = new Map<number, SecretMention>([
    [1, { attempt: 1, kept: undefined }],
    [2, { attempt: 2, kept: undefined }],
  ]);

  test('opens, not bound to a user; what is not in the journal, and what is claimed twice, is left out', async () => {
    const path = join(await newFolder(), 'secrets.jsonl');
    const { recipient, identity } = await newKey();
    const lines = await Promise.all([
      oldLine(recipient, record(1, 'one')),
      oldLine(recipient, record(2, 'old', { attempt: 1 })),
      oldLine(recipient, record(2, 'two', { attempt: 2 })),
      oldLine(recipient, record(3, 'crashed')),
    ]);
    const write = (all: readonly unknown[]) =>
      writeFile(path, all.map((line) => `${JSON.stringify(line)}\n`).join(''));
    await write(lines);
    const found = await findingsOf(path, mentions, identity, { isOld: true });
    expect(textsOf(found)).toEqual({ '00u1': 'one', '00u2': 'two' });
    expect(leftOut(found)).toEqual([[3, 'not-in-journal']]);
    expect(found[0]).toMatchObject({ bound: false });

    await write([{ ...record(1, ''), secret: 'clear' }]);
    expect(textsOf(await findingsOf(path, mentions, identity, { isOld: true }))).toEqual({
      '00u1': 'clear',
    });
    const sealing = { isOld: true, recipients: [recipient] };
    expect(leftOut(await findingsOf(path, mentions, identity, sealing))).toEqual([[1, 'in-clear']]);

    await write([
      ...lines,
      await oldLine(recipient, record(1, 'forged')),
      { ...record(2, ''), attempt: 2, secret: 'clear' },
    ]);
    const forged = await findingsOf(path, mentions, identity, { isOld: true });
    expect(textsOf(forged)).toEqual({});
    expect(leftOut(forged)).toContainEqual([2, 'in-clear']);
    expect(leftOut(forged)).toContainEqual([1, 'claimed-twice']);
  });

  test('is not one that a new run can have', async () => {
    const path = join(await newFolder(), 'secrets.jsonl');
    const { recipient, identity } = await newKey();
    await writeFile(path, `${JSON.stringify(await oldLine(recipient, record(1, 'one')))}\n`);
    expect(leftOut(await findingsOf(path, mentions, identity))).toEqual([[1, 'not-in-journal']]);
  });
});

test('a file with one sealed record counts as sealed, wherever the record is', async () => {
  const path = join(await newFolder(), 'secrets.jsonl');
  expect(await kindOfSecrets(path)).toBe('none');
  await keep(path, { kind: 'plaintext' }, [record(1, 'a')]);
  expect(await kindOfSecrets(path)).toBe('plaintext');
  await keep(path, sealedFor((await newKey()).recipient), [record(2, 'b')]);
  expect(await kindOfSecrets(path)).toBe('sealed');
});

describe('keeping', () => {
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
      runId: RUN_ID,
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
  const text = execFileSync(AGE, ['-d', '-i', out], { input: age }).toString();
  expect(JSON.parse(text)).toMatchObject({ userId: '00u1', secret: 'pässword "1"' });
});

test('any secrets.jsonl is read without a crash: the one secret of the journal opens, only with its key', async () => {
  const path = join(await newFolder(), 'secrets.jsonl');
  const { identity, recipient } = await newKey();
  const mentions = await keep(path, sealedFor(recipient), [record(1, 'first')]);
  const sealed = await readFile(path, 'utf8');
  const anything = fc.jsonValue({ maxDepth: 1 });
  const line = fc.oneof(
    fc.constant(sealed.trim()),
    fc.nat(sealed.length).map((at) => `${sealed.slice(0, at)}x${sealed.slice(at + 1)}`.trim()),
    anyText(),
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
        const decrypted = key === '# nothing\n' ? undefined : key;
        for (const isOld of [true, false]) {
          const found = await findingsOf(path, mentions, decrypted, { isOld });
          const opened = found.filter(({ kind }) => kind === 'opened');
          // A record whose login was edited opens too: the login inside the seal counts.
          const whole = lines.includes(sealed.trim()) && decrypted !== undefined;
          expect(textsOf(opened)).toEqual(whole || opened.length > 0 ? { '00u1': 'first' } : {});
          expect(opened.length).toBeLessThanOrEqual(decrypted === undefined ? 0 : 1);
        }
      },
    ),
    { numRuns: 100 },
  );
});
