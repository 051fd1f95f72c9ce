/** Folders that must be this account's own. */
import { constants } from 'node:fs';
import { lstat, mkdir, open, readdir, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ownAccount, type AccountId } from './account.ts';
import { systemCode } from './disk-error.ts';
import { faultIn, notYours } from './ownership.ts';

const FOLDER_MODE = 0o700;
const OTHERS_WRITE = 0o022;
const { O_DIRECTORY, O_NOFOLLOW, O_RDONLY } = constants;

/** Opens a folder, not through a link. Rejects with FILE_NOT_YOURS, or the system's error. */
async function openFolder(path: string): Promise<FileHandle> {
  return open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW).catch(async (error: unknown) => {
    const code = systemCode(error);
    if (code !== 'ENOTDIR' && code !== 'ELOOP' && code !== 'EMLINK') throw error;
    const isLink = (await lstat(path)).isSymbolicLink();
    throw notYours(
      path,
      isLink ? { kind: 'link' } : { kind: 'other-kind', found: 'a file', wanted: 'folder' },
    );
  });
}

/**
 * Makes sure that a folder is this account's own: no link, and nobody else owns it or can write to it. One that is open
 * to others is narrowed to `narrowTo`, where that is given. What is judged and narrowed is one descriptor. Rejects with
 * FILE_NOT_YOURS, or the system's error.
 */
export async function requireOwnFolder(
  path: string,
  options: { readonly owner?: AccountId; readonly narrowTo?: number } = {},
): Promise<void> {
  const owner = 'owner' in options ? options.owner : ownAccount();
  const { narrowTo } = options;
  if (owner === undefined) {
    // Windows opens no folders.
    const facts = await lstat(path);
    if (facts.isSymbolicLink()) throw notYours(path, { kind: 'link' });
    return;
  }
  const folder = await openFolder(path);
  try {
    let facts = await folder.stat();
    if (narrowTo !== undefined && facts.uid === owner && (facts.mode & 0o777 & ~narrowTo) !== 0) {
      // File systems without modes refuse this, or do nothing.
      await folder.chmod(facts.mode & narrowTo).catch(() => undefined);
      facts = await folder.stat();
    }
    const fault = await faultIn(dirname(path), facts, { kind: 'folder', owner });
    if (fault !== undefined) throw notYours(path, fault);
  } finally {
    await folder.close();
  }
}

/** Tells whether a path is a folder of `owner`'s own. Never rejects. */
export async function isOwnFolder(path: string, owner: AccountId): Promise<boolean> {
  return requireOwnFolder(path, { owner }).then(
    () => true,
    () => false,
  );
}

/**
 * Makes a folder (0700), its parents too, or closes an own one that exists to others. Rejects with FILE_NOT_YOURS, or the
 * system's error.
 */
export async function makeOwnFolder(path: string, owner: AccountId = ownAccount()): Promise<void> {
  await mkdir(path, { recursive: true, mode: FOLDER_MODE }).catch((error: unknown) => {
    if (systemCode(error) !== 'EEXIST') throw error;
  });
  await requireOwnFolder(path, { owner, narrowTo: FOLDER_MODE });
}

/** Makes a folder (0700) where nothing is; with its parents, one that exists is good too. Rejects with the system's error. */
export async function makeFolder(path: string, how?: 'with-parents'): Promise<void> {
  await mkdir(path, { recursive: how !== undefined, mode: FOLDER_MODE });
}

/** Takes the right to write in it from others, where a folder is this account's own. Never rejects. */
export async function closeToWriters(path: string): Promise<void> {
  await requireOwnFolder(path, { narrowTo: 0o7777 & ~OTHERS_WRITE }).catch(() => undefined);
}

/** The names in a folder, sorted; none where there is no such folder, or it cannot be read. Never rejects. */
export async function namesIn(path: string): Promise<readonly string[]> {
  return readdir(path).then(
    (names) => names.sort(),
    () => [],
  );
}
