/** Files that somebody names: input and credentials. They can be links and pipes, and nothing waits for them forever. */
import { close, constants, createReadStream, fstat, open, read, type Stats } from 'node:fs';
import { Socket } from 'node:net';
import { dirname } from 'node:path';
import { addAbortSignal, type Readable } from 'node:stream';
import { isatty, ReadStream as TtyStream } from 'node:tty';
import { promisify } from 'node:util';
import { ownAccount } from './account.ts';
import { systemCode } from './disk-error.ts';
import { faultIn, faultText, type Terms } from './ownership.ts';

const openAsync = promisify(open);
const statAsync = promisify(fstat);
const readAsync = promisify(read);
const closeAsync = promisify(close);

const CHUNK_BYTES = 128 * 1024;
/** How long a pipe can have no writer. A program that opens one for writing does so at once. */
const WRITER_WAIT_MS = 30_000;
const LOOK_EVERY_MS = 50;
const { O_NONBLOCK, O_RDONLY } = constants;

export interface Waiting {
  /** Resolves after this many milliseconds. Rejects with the signal's reason if it aborts. */
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
  readonly signal?: AbortSignal;
}

/** Nobody has opened the pipe for writing. */
class NoWriter extends Error {
  readonly code = 'NO_WRITER';

  constructor(path: string) {
    super(`${path} is a pipe that nothing writes to`);
  }
}

/** Waits until somebody writes to a pipe. Returns the first bytes, if there are any yet. */
async function firstBytes(
  fd: number,
  path: string,
  { sleep, signal }: Waiting,
): Promise<Uint8Array | undefined> {
  const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
  for (let waitedMs = 0; waitedMs < WRITER_WAIT_MS; waitedMs += LOOK_EVERY_MS) {
    signal?.throwIfAborted();
    try {
      const { bytesRead } = await readAsync(fd, chunk, 0, chunk.length, null);
      if (bytesRead > 0) return chunk.subarray(0, bytesRead);
    } catch (error) {
      // There is a writer, but it has not written anything yet.
      if (systemCode(error) === 'EAGAIN') return undefined;
      throw error;
    }
    await sleep(LOOK_EVERY_MS, signal);
  }
  throw new NoWriter(path);
}

/** Passes on what a stream reads, and destroys it after the last chunk that is wanted, or when the signal aborts. */
async function* chunksOf(
  stream: Readable,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  // The loop listens at once, so that an abort from before is an error of the loop.
  if (signal !== undefined) addAbortSignal(signal, stream);
  try {
    for await (const chunk of stream) yield chunk as Uint8Array;
  } catch (error) {
    // The stream makes an error of its own of an abort.
    signal?.throwIfAborted();
    throw error;
  }
}

/**
 * Reads a pipe as its writer fills it, and closes it. A thread that waits for a pipe would outlive Ctrl-C; a socket does
 * not.
 */
async function* readPipe(fd: number, path: string, waiting: Waiting): AsyncGenerator<Uint8Array> {
  const { signal } = waiting;
  let stream: Socket | undefined;
  try {
    const first = await firstBytes(fd, path, waiting);
    if (first !== undefined) yield first;
    signal?.throwIfAborted();
    stream = new Socket({ fd, readable: true });
    yield* chunksOf(stream, signal);
  } finally {
    // Once there is a socket, it owns the descriptor.
    if (stream === undefined) await closeAsync(fd);
  }
}

/** Reads what an open descriptor refers to, and closes it. */
async function* readDescriptor(
  fd: number,
  facts: Pick<Stats, 'isFIFO'>,
  path: string,
  waiting: Waiting,
): AsyncGenerator<Uint8Array> {
  if (facts.isFIFO()) {
    yield* readPipe(fd, path, waiting);
    return;
  }
  const stream = isatty(fd)
    ? new TtyStream(fd)
    : createReadStream(path, { fd, highWaterMark: CHUNK_BYTES });
  yield* chunksOf(stream, waiting.signal);
}

async function openToRead(path: string): Promise<{ readonly fd: number; readonly facts: Stats }> {
  const fd = await openAsync(path, O_RDONLY | O_NONBLOCK);
  try {
    return { fd, facts: await statAsync(fd) };
  } catch (error) {
    await closeAsync(fd).catch(() => undefined);
    throw error;
  }
}

/**
 * Reads a file that somebody names as it arrives, no matter who owns it: a file, a link to one, a pipe or a terminal. Gives up a
 * pipe without a writer after half a minute. Rejects with the system's error (`NO_WRITER` for such a pipe), and with the
 * signal's reason if it aborts.
 */
export async function* readNamedFile(path: string, waiting: Waiting): AsyncGenerator<Uint8Array> {
  waiting.signal?.throwIfAborted();
  const { fd, facts } = await openToRead(path);
  yield* readDescriptor(fd, facts, path, waiting);
}

export interface CredentialText {
  /** Empty if the file was not read. */
  readonly text: string;
  /** Permission bits. Those of a pipe mean nothing. */
  readonly mode: number;
  /** Why the file was not read: who owns it, or who else can write to it, as the rest of a sentence about it. */
  readonly fault?: string;
}

/**
 * Reads at most `maxBytes` of a file with a credential. It must belong to this account or the administrator, and nobody else
 * must be able to write to it. It can also be reached through links, as Kubernetes mounts secrets, or be a pipe. What is
 * checked is what is read. Rejects with the system's error, or the signal's reason.
 */
export async function readCredential(
  path: string,
  maxBytes: number,
  waiting: Waiting,
): Promise<CredentialText> {
  const { fd, facts } = await openToRead(path);
  const good = { orRoot: true, orPipe: true, manyNames: true };
  const terms: Terms = { kind: 'file', owner: ownAccount(), ...good };
  const mode = facts.isFIFO() ? 0o600 : facts.mode & 0o777;
  const fault = await faultIn(dirname(path), facts, terms);
  if (fault !== undefined) {
    await closeAsync(fd);
    return { text: '', mode, fault: faultText(fault) };
  }
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of readDescriptor(fd, facts, path, waiting)) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes >= maxBytes) break;
  }
  return { text: Buffer.concat(chunks).subarray(0, maxBytes).toString(), mode };
}
