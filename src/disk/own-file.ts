/** The one way in to what must be this account's own: run folders, their files, private keys, proofs of consent. */
import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ownAccount, type AccountId } from './account.ts';
import { systemCode } from './disk-error.ts';
import { faultIn, notYours, type Terms } from './ownership.ts';

const FILE_MODE = 0o600;
const OTHERS = 0o077;

// Windows has neither of the first two, and there they are no bits at all.
const { O_NOFOLLOW, O_NONBLOCK, O_APPEND, O_CREAT, O_RDONLY, O_RDWR } = constants;
/** No link is followed, and no pipe waited for. */
const CAREFUL = O_NOFOLLOW | O_NONBLOCK;

/**
 * How a file is opened: `read`; `append`, after what it holds; `write`, anywhere in it. The last two make it (0600) where
 * there is none, and close one that others can read to them.
 */
export type Use = 'read' | 'append' | 'write';

const FLAGS: Readonly<Record<Use, number>> = {
  read: O_RDONLY | CAREFUL,
  append: O_RDWR | O_APPEND | O_CREAT | CAREFUL,
  write: O_RDWR | O_CREAT | CAREFUL,
};

export interface OwnOptions {
  /** Whose it must be; the account of this process where nobody is named. */
  readonly owner?: AccountId;
  /** Nobody else can read it. */
  readonly secret?: boolean;
  /** It may have other names: it is read, and replaced as a whole. */
  readonly manyNames?: boolean;
}

const ownerOf = (options: OwnOptions): AccountId =>
  'owner' in options ? options.owner : ownAccount();

/** What the system answers where `O_NOFOLLOW` meets a link: Linux and macOS, FreeBSD, NetBSD. */
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
 * Opens a file that is this account's own: a plain file with one name that nobody else owns or can write to. What is
 * judged is what is opened; no link is followed, and no pipe waited for. Rejects with FILE_NOT_YOURS, or the system's
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
    // What was made for this account by something else may be open to others' eyes.
    if (terms.owner !== undefined && ((await handle.stat()).mode & OTHERS) !== 0)
      await handle.chmod(FILE_MODE);
    return handle;
  } catch (error) {
    await handle.close().catch(() => undefined);
    throw error;
  }
}

/** Reads at most `maxBytes` of an open file, from its beginning. Rejects with the system's error. */
export async function readUpTo(handle: FileHandle, maxBytes: number): Promise<Buffer> {
  const { size } = await handle.stat();
  // A file of /proc has no size, and text all the same.
  const bytes = Buffer.alloc(Math.min(maxBytes, size === 0 ? maxBytes : size));
  let filled = 0;
  while (filled < bytes.length) {
    const { bytesRead } = await handle.read(bytes, filled, bytes.length - filled, filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return bytes.subarray(0, filled);
}

/** Reads the text of a file of our own, at most `maxBytes` of it. Rejects with FILE_NOT_YOURS, or the system's error. */
export async function readOwnText(
  path: string,
  maxBytes: number,
  options: OwnOptions = {},
): Promise<string> {
  const handle = await openOwnFile(path, 'read', options);
  try {
    return (await readUpTo(handle, maxBytes)).toString('utf8');
  } finally {
    await handle.close();
  }
}

/**
 * As `readOwnText` of a file that nobody else can read; undefined where there is none, or where it is not like that.
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
 * Makes a new file (0600) for writing, never over another and never through a link. Rejects with the system's error:
 * EEXIST where anything has that name.
 */
export async function createOwnFile(path: string): Promise<FileHandle> {
  return open(path, 'wx', FILE_MODE);
}

/** Copies a file of our own to a new one. Rejects with FILE_NOT_YOURS, or the system's error (EEXIST). */
export async function copyOwnFile(from: string, to: string): Promise<void> {
  const read = await openOwnFile(from, 'read');
  try {
    const copy = await createOwnFile(to);
    try {
      for await (const chunk of read.createReadStream({ autoClose: false }))
        await copy.writeFile(chunk as Uint8Array);
    } finally {
      await copy.close();
    }
  } finally {
    await read.close();
  }
}

// These work on names: none of them opens what a name stands for, or follows a link that a name is.
export { link, mkdtemp, rename, rm, rmdir, unlink } from 'node:fs/promises';
export type { FileHandle };
