/** Folders that must belong to this account. */
import { constants } from 'node:fs';
import { lstat, mkdir, open, readdir, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ownAccount, type AccountId } from './account.ts';
import { systemCode } from './disk-error.ts';
import { faultIn, notYours } from './ownership.ts';

const FOLDER_MODE = 0o700;
const OTHERS_WRITE = 0o022;
const { O_DIRECTORY, O_NOFOLLOW, O_RDONLY } = constants;

/** Opens a folder without following a link. Rejects with FILE_NOT_YOURS, or the system's error. */
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
 * Makes sure that a folder belongs to this account: it is not a link, and nobody else owns it or can write to it. If others
 * can access it, it gets the mode `narrowTo`, if given. What is checked is what is changed. Rejects with FILE_NOT_YOURS, or
 * the system's error.
 */
export async function requireOwnFolder(
  path: string,
  options: { readonly owner?: AccountId; readonly narrowTo?: number } = {},
): Promise<void> {
  const owner = 'owner' in options ? options.owner : ownAccount();
  const { narrowTo } = options;
  if (owner === undefined) {
    // Windows cannot open folders.
    const facts = await lstat(path);
    if (facts.isSymbolicLink()) throw notYours(path, { kind: 'link' });
    return;
  }
  const folder = await openFolder(path);
  try {
    let facts = await folder.stat();
    if (narrowTo !== undefined && facts.uid === owner && (facts.mode & 0o777 & ~narrowTo) !== 0) {
      // File systems without modes refuse this, or ignore it.
      await folder.chmod(facts.mode & narrowTo).catch(() => undefined);
      facts = await folder.stat();
    }
    const fault = await faultIn(dirname(path), facts, { kind: 'folder', owner });
    if (fault !== undefined) throw notYours(path, fault);
  } finally {
    await folder.close();
  }
}

/** Tells whether a path is a folder that belongs to `owner`. Never rejects. */
export async function isOwnFolder(path: string, owner: AccountId): Promise<boolean> {
  return requireOwnFolder(path, { owner }).then(
    () => true,
    () => false,
  );
}

/**
 * Creates a folder (0700) and its parents, or makes an existing folder of ours private. Rejects with FILE_NOT_YOURS, or the
 * system's error.
 */
export async function makeOwnFolder(path: string, owner: AccountId = ownAccount()): Promise<void> {
  await mkdir(path, { recursive: true, mode: FOLDER_MODE }).catch((error: unknown) => {
    if (systemCode(error) !== 'EEXIST') throw error;
  });
  await requireOwnFolder(path, { owner, narrowTo: FOLDER_MODE });
}

/**
 * Creates a folder (0700) that does not exist. With its parents, an existing one is accepted too. Rejects with the system's
 * error.
 */
export async function makeFolder(path: string, how?: 'with-parents'): Promise<void> {
  await mkdir(path, { recursive: how !== undefined, mode: FOLDER_MODE });
}

/** Removes the permission of others to write in a folder, if it belongs to this account. Never rejects. */
export async function closeToWriters(path: string): Promise<void> {
  await requireOwnFolder(path, { narrowTo: 0o7777 & ~OTHERS_WRITE }).catch(() => undefined);
}

/** Lists the names in a folder, sorted; none if the folder is missing or cannot be read. Never rejects. */
export async function namesIn(path: string): Promise<readonly string[]> {
  return readdir(path).then(
    (names) => names.sort(),
    () => [],
  );
}
