/** The only way to open what must belong to this account: run folders, their files, private keys, proofs of consent. */
import { constants } from 'node:fs';
import { open, rm, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ownAccount, type AccountId } from './account.ts';
import { systemCode } from './disk-error.ts';
import { faultIn, notYours, type Terms } from './ownership.ts';

const FILE_MODE = 0o600;
const OTHERS = 0o077;

// Windows does not have the first two, which are zero there.
const { O_NOFOLLOW, O_NONBLOCK, O_APPEND, O_CREAT, O_RDONLY, O_RDWR } = constants;
/** Follow no link, and wait for no pipe. */
const CAREFUL = O_NOFOLLOW | O_NONBLOCK;

/**
 * How a file is opened: `read`; `append`, after its content; `write`, anywhere in it. The last two create it (0600) if it is
 * missing, and remove others' permission to read it.
 */
export type Use = 'read' | 'append' | 'write';

const FLAGS: Readonly<Record<Use, number>> = {
  read: O_RDONLY | CAREFUL,
  append: O_RDWR | O_APPEND | O_CREAT | CAREFUL,
  write: O_RDWR | O_CREAT | CAREFUL,
};

export interface OwnOptions {
  /** Who must own it. By default the account of this process. */
  readonly owner?: AccountId;
  /** Nobody else must be able to read it. */
  readonly secret?: boolean;
  /** It can have other names, because it is only read or replaced completely. */
  readonly manyNames?: boolean;
}

const ownerOf = (options: OwnOptions): AccountId =>
  'owner' in options ? options.owner : ownAccount();

/** What the system answers if `O_NOFOLLOW` finds a link, on Linux and macOS, FreeBSD, NetBSD. */
const LINK_CODES: ReadonlySet<string | undefined> = new Set(['ELOOP', 'EMLINK', 'EFTYPE']);

function refusedOpening(path: string, wanted: Terms['kind'], error: unknown): unknown {
  const code = systemCode(error);
  if (LINK_CODES.has(code)) return notYours(path, { kind: 'link' });
  const other = (found: string) => notYours(path, { kind: 'other-kind', found, wanted });
  if (code === 'EISDIR') return other('a folder');
  if (code === 'ENXIO') return other('a socket or a device');
  return error;
}

async function openJudged(path: string, flags: number, terms: Terms): Promise<FileHandle> {
  const handle = await open(path, flags, FILE_MODE).catch((error: unknown) => {
    throw refusedOpening(path, terms.kind, error);
  });
  try {
    const fault = await faultIn(dirname(path), await handle.stat(), terms);
    if (fault !== undefined) throw notYours(path, fault);
    return handle;
  } catch (error) {
    await handle.close().catch(() => undefined);
    throw error;
  }
}

/**
 * Opens a file that belongs to this account: a plain file with one name that nobody else owns or can write to. What is
 * checked is what is opened. No link is followed, and no pipe is waited for. Rejects with FILE_NOT_YOURS, or the system's
 * error.
 */
export async function openOwnFile(
  path: string,
  use: Use,
  options: OwnOptions = {},
): Promise<FileHandle> {
  const { secret = false, manyNames = false } = options;
  const terms: Terms = { kind: 'file', owner: ownerOf(options), secret, manyNames };
  const handle = await openJudged(path, FLAGS[use], terms);
  if (use === 'read') return handle;
  try {
    // A file that something else made for this account might be readable by others.
    if (terms.owner !== undefined && ((await handle.stat()).mode & OTHERS) !== 0)
      await handle.chmod(FILE_MODE);
    return handle;
  } catch (error) {
    await handle.close().catch(() => undefined);
    throw error;
  }
}

/** Reads at most `maxBytes` of an open file from its beginning. Rejects with the system's error. */
export async function readUpTo(handle: FileHandle, maxBytes: number): Promise<Buffer> {
  const { size } = await handle.stat();
  // A file in /proc reports no size, but has text.
  const bytes = Buffer.alloc(Math.min(maxBytes, size === 0 ? maxBytes : size));
  let filled = 0;
  while (filled < bytes.length) {
    const { bytesRead } = await handle.read(bytes, filled, bytes.length - filled, filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return bytes.subarray(0, filled);
}

/** Reads the text of one of our own files, at most `maxBytes` of it. Rejects with FILE_NOT_YOURS, or the system's error. */
export async function readOwnText(
  path: string,
  maxBytes: number,
  options: OwnOptions = {},
): Promise<string> {
  const handle = await openOwnFile(path, 'read', options);
  try {
    return (await readUpTo(handle, maxBytes)).toString();
  } finally {
    await handle.close();
  }
}

/**
 * Like `readOwnText`, for a file that nobody else must be able to read; undefined if it is missing or does not meet this.
 * Never rejects.
 */
export async function readOwnSecret(
  path: string,
  owner: AccountId,
  maxBytes: number,
): Promise<string | undefined> {
  return readOwnText(path, maxBytes, { owner, secret: true }).catch(() => undefined);
}

/**
 * Creates a new file (0600) for writing. Never replaces another file or follows a link. Rejects with the system's error:
 * EEXIST if the name is taken.
 */
export async function createOwnFile(path: string): Promise<FileHandle> {
  return open(path, 'wx', FILE_MODE);
}

async function pour(from: FileHandle, to: FileHandle): Promise<void> {
  for await (const chunk of from.createReadStream()) await to.writeFile(chunk as Uint8Array);
  await to.sync();
}

/**
 * Copies one of our own files to a new one, completely or not at all. Rejects with FILE_NOT_YOURS, or the system's error
 * (EEXIST).
 */
export async function copyOwnFile(from: string, to: string): Promise<void> {
  const read = await openOwnFile(from, 'read');
  try {
    const copy = await createOwnFile(to);
    try {
      await pour(read, copy).finally(() => copy.close());
    } catch (error) {
      // A part would be taken for the whole.
      await rm(to).catch(() => undefined);
      throw error;
    }
  } finally {
    await read.close();
  }
}

// These work on names. None of them opens a file or follows a link.
export { link, mkdtemp, rename, rm, rmdir, unlink } from 'node:fs/promises';
export type { FileHandle };
