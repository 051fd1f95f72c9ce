import { execFileSync, spawn } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  closeSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { readCredential, readNamedFile, type Waiting } from '../../src/disk/named-file.ts';
import { isRoot, NOBODY } from './shapes.ts';

const dir = mkdtempSync(join(tmpdir(), 'okta-reset-named-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

let nth = 0;
function newPath(): string {
  nth += 1;
  return join(dir, `${nth}`);
}

function pipe(): string {
  const path = newPath();
  execFileSync('mkfifo', ['-m', '600', path]);
  return path;
}

/** Time that passes at once, and is counted. */
class Waits implements Waiting {
  waitedMs = 0;
  readonly signal: AbortSignal;
  readonly #onWait: (waitedMs: number) => void;

  constructor(onWait: (waitedMs: number) => void = () => undefined, signal?: AbortSignal) {
    this.#onWait = onWait;
    this.signal = signal ?? new AbortController().signal;
  }

  sleep = async (ms: number, signal?: AbortSignal): Promise<void> => {
    this.waitedMs += ms;
    this.#onWait(this.waitedMs);
    await new Promise((resolve) => void setImmediate(resolve));
    signal?.throwIfAborted();
  };
}

async function textOf(bytes: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of bytes) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

test('a file, a link to one, and an empty one are read as they are', async () => {
  const path = newPath();
  writeFileSync(path, 'id\n00u1\n');
  const link = newPath();
  symlinkSync(path, link);
  const empty = newPath();
  writeFileSync(empty, '');
  for (const [name, text] of [
    [path, 'id\n00u1\n'],
    [link, 'id\n00u1\n'],
    [empty, ''],
  ] as const)
    expect(await textOf(readNamedFile(name, new Waits()))).toBe(text);
  await expect(textOf(readNamedFile(newPath(), new Waits()))).rejects.toMatchObject({
    code: 'ENOENT',
  });
  await expect(textOf(readNamedFile(dir, new Waits()))).rejects.toMatchObject({ code: 'EISDIR' });
});

test('a pipe is read completely, however late its writer comes and however slowly it writes', async () => {
  const path = pipe();
  let writer = -1;
  const waits = new Waits((waitedMs) => {
    if (waitedMs !== 10_000) return;
    writer = openSync(path, 'w');
    setImmediate(() => writeSync(writer, 'id\n'));
  });
  const chunks: string[] = [];
  for await (const chunk of readNamedFile(path, waits)) {
    chunks.push(Buffer.from(chunk).toString('utf8'));
    if (chunks.length > 1) continue;
    writeSync(writer, '00u1\n');
    closeSync(writer);
  }
  expect(chunks).toEqual(['id\n', '00u1\n']);
  expect(waits.waitedMs).toBe(10_000);
});

test('a pipe that nobody writes to is given up after half a minute', async () => {
  const waits = new Waits();
  await expect(textOf(readNamedFile(pipe(), waits))).rejects.toMatchObject({ code: 'NO_WRITER' });
  expect(waits.waitedMs).toBe(30_000);
});

test('waiting for a pipe ends with the signal, even with a silent writer', async () => {
  const reason = new Error('stop');
  const noWriter = new AbortController();
  const waits = new Waits((waitedMs) => {
    if (waitedMs === 5000) noWriter.abort(reason);
  }, noWriter.signal);
  await expect(textOf(readNamedFile(pipe(), waits))).rejects.toBe(reason);
  expect(waits.waitedMs).toBe(5000);

  const path = pipe();
  const writer = openSync(path, 'r+');
  const silent = new AbortController();
  const reading = readNamedFile(path, new Waits(undefined, silent.signal));
  writeSync(writer, 'id\n');
  expect((await reading.next()).value).toEqual(Buffer.from('id\n'));
  const next = reading.next();
  setImmediate(() => silent.abort(reason));
  await expect(next).rejects.toBe(reason);
  closeSync(writer);
});

test('an aborted signal ends the waiting also where nothing else listens to it, and nothing is opened after it', async () => {
  const reason = new Error('stop');
  const controller = new AbortController();
  let waits = 0;
  const deaf: Waiting = {
    signal: controller.signal,
    sleep: async () => {
      waits += 1;
      if (waits === 3) controller.abort(reason);
    },
  };
  await expect(textOf(readNamedFile(pipe(), deaf))).rejects.toBe(reason);
  expect(waits).toBe(3);
  await expect(textOf(readNamedFile(newPath(), deaf))).rejects.toBe(reason);
});

test('a credential is read through the links of a mounted secret, and from a pipe', async () => {
  // As Kubernetes mounts secrets: token → ..data/token, ..data → a folder with a time in its name.
  const mount = newPath();
  mkdirSync(join(mount, '..2026_11_22'), { recursive: true });
  writeFileSync(join(mount, '..2026_11_22', 'token'), '00token\n', { mode: 0o644 });
  symlinkSync('..2026_11_22', join(mount, '..data'));
  symlinkSync('..data/token', join(mount, 'token'));
  expect(await readCredential(join(mount, 'token'), 100, new Waits())).toEqual({
    text: '00token\n',
    mode: 0o644,
  });
  const path = pipe();
  spawn('sh', ['-c', `printf '00token\\n' > ${path}`]);
  const real: Waiting = { sleep: (ms) => new Promise((resolve) => void setTimeout(resolve, ms)) };
  expect(await readCredential(path, 100, real)).toEqual({ text: '00token\n', mode: 0o600 });
  expect((await readCredential(join(mount, 'token'), 4, new Waits())).text).toBe('00to');
});

test('a credential can have other names, and belong to the administrator', async () => {
  const path = newPath();
  writeFileSync(path, '00token', { mode: 0o600 });
  linkSync(path, newPath());
  expect((await readCredential(path, 100, new Waits())).text).toBe('00token');
  if (isRoot) process.seteuid?.(NOBODY);
  try {
    const text = readFileSync('/etc/passwd', 'utf8').slice(0, 4);
    expect(await readCredential('/etc/passwd', 4, new Waits())).toMatchObject({ text });
  } finally {
    if (isRoot) process.seteuid?.(0);
  }
});

test('a credential that others can write to, or that is not a file, is not read', async () => {
  const path = newPath();
  writeFileSync(path, 'theirs');
  chmodSync(path, 0o664);
  expect(await readCredential(path, 100, new Waits())).toMatchObject({
    text: '',
    fault: expect.stringContaining('write to it (mode 0664)'),
  });
  expect(await readCredential(dir, 100, new Waits())).toMatchObject({
    text: '',
    fault: 'it is a folder, not a file',
  });
});

// Only root can give a file to another account.
(isRoot ? test : test.skip)('a credential of another account is not read', async () => {
  const path = newPath();
  writeFileSync(path, 'theirs', { mode: 0o644 });
  chownSync(path, NOBODY, NOBODY);
  expect(await readCredential(path, 100, new Waits())).toMatchObject({
    text: '',
    fault: 'it belongs to another user (uid 65534)',
  });
});

test('reading a pipe ends with the signal too if that comes while its first bytes are used', async () => {
  const path = pipe();
  const writer = openSync(path, 'r+');
  writeSync(writer, 'id\n');
  const over = new AbortController();
  const reason = new Error('stop');
  const reading = readNamedFile(path, new Waits(undefined, over.signal));
  expect((await reading.next()).value).toEqual(Buffer.from('id\n'));
  over.abort(reason);
  await expect(reading.next()).rejects.toBe(reason);
  closeSync(writer);
});

test('reading a file ends with the signal’s reason, whenever that comes', async () => {
  const path = newPath();
  writeFileSync(path, 'x'.repeat(300_000), { mode: 0o600 });
  const reason = new Error('stop');
  const before: Waiting = new Waits(undefined, AbortSignal.abort(reason));
  await expect(textOf(readNamedFile(newPath(), before))).rejects.toBe(reason);
  await expect(readCredential(path, 100, before)).rejects.toBe(reason);
  const over = new AbortController();
  const reading = readNamedFile(path, new Waits(undefined, over.signal));
  expect((await reading.next()).value?.length).toBeLessThan(300_000);
  over.abort(reason);
  await expect(reading.next()).rejects.toBe(reason);
});

test('a credential from a pipe is not read after the signal, however much of it is there', async () => {
  const path = pipe();
  const writer = openSync(path, 'r+');
  writeSync(writer, '00token');
  const reason = new Error('stop');
  const over = new Waits(undefined, AbortSignal.abort(reason));
  await expect(readCredential(path, 4, over)).rejects.toBe(reason);
  closeSync(writer);
});

test('a long credential is read in its order', async () => {
  const path = newPath();
  const text = Array.from({ length: 40_000 }, (_, at) => `line ${at}\n`).join('');
  writeFileSync(path, text, { mode: 0o600 });
  expect((await readCredential(path, 1_000_000, new Waits())).text).toBe(text);
});

test('a pipe is read too if its writer is there first and silent, and a single byte of it', async () => {
  const path = pipe();
  const writer = openSync(path, 'r+');
  const waits = new Waits();
  const reading = readNamedFile(path, waits);
  const first = reading.next();
  for (let turns = 0; turns < 3; turns += 1)
    await new Promise((resolve) => void setImmediate(resolve));
  writeSync(writer, 'id\n');
  expect((await first).value).toEqual(Buffer.from('id\n'));
  await reading.return(undefined);
  writeSync(writer, 'x');
  const byte = readNamedFile(path, waits);
  expect((await byte.next()).value).toEqual(Buffer.from('x'));
  await byte.return(undefined);
  expect(waits.waitedMs).toBe(0);
  closeSync(writer);
});
