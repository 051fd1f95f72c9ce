import { constants } from 'node:fs';
import { chmod, lstat, mkdir, open } from 'node:fs/promises';
import { systemCode } from './disk-error.ts';

const FOLDER_MODE = 0o700;
const OTHERS = 0o077;
const { O_NOFOLLOW, O_NONBLOCK, O_RDONLY } = constants;

/** The account that must own a file; undefined where the system has no such numbers (Windows). */
export type OwnerId = number | undefined;

const isOwn = (facts: { readonly uid: number }, userId: OwnerId) =>
  userId === undefined || facts.uid === userId;

/**
 * Reads at most `maxBytes` of a file that is nobody else's: a regular file that `userId` owns and that others can neither
 * read nor write. What is judged is what is read: one descriptor, no link followed, no pipe waited for. Undefined where
 * there is none, or where it is not like that. Never rejects.
 */
export async function readOwnFile(
  path: string,
  userId: OwnerId,
  maxBytes: number,
): Promise<string | undefined> {
  // Windows has neither flag, and keeps rights elsewhere.
  const flags = userId === undefined ? O_RDONLY : O_RDONLY | O_NOFOLLOW | O_NONBLOCK;
  const file = await open(path, flags).catch(() => undefined);
  if (file === undefined) return undefined;
  try {
    const facts = await file.stat();
    const isOpen = userId !== undefined && (facts.mode & OTHERS) !== 0;
    if (!facts.isFile() || isOpen || !isOwn(facts, userId)) return undefined;
    const { buffer, bytesRead } = await file.read(Buffer.alloc(maxBytes), 0, maxBytes, 0);
    return buffer.toString('utf8', 0, bytesRead);
  } catch {
    return undefined;
  } finally {
    await file.close().catch(() => undefined);
  }
}

/** Tells whether a path is a folder, not a link to one, that `userId` owns. Never rejects. */
export async function isOwnFolder(path: string, userId: OwnerId): Promise<boolean> {
  const facts = await lstat(path).catch(() => undefined);
  return facts?.isDirectory() === true && isOwn(facts, userId);
}

/**
 * Makes a folder (0700), its parents too, or closes an own one that exists to others. Rejects with the system's error,
 * or where a link or somebody else's folder is in its place.
 */
export async function makeOwnFolder(path: string, userId: OwnerId): Promise<void> {
  await mkdir(path, { recursive: true, mode: FOLDER_MODE }).catch((error: unknown) => {
    if (systemCode(error) !== 'EEXIST') throw error;
  });
  if (!(await isOwnFolder(path, userId)))
    throw new Error(`${path} is a link, no folder, or belongs to somebody else`);
  await chmod(path, FOLDER_MODE);
}
