import { open } from 'node:fs/promises';
import { systemCode } from './disk-error.ts';

/**
 * The errors of systems without such a call: Windows cannot open folders, and some network file systems cannot sync them.
 */
const NO_SUCH_CALL: readonly (string | undefined)[] = [
  'EISDIR',
  'EPERM',
  'EACCES',
  'EINVAL',
  'ENOTSUP',
];

/** Makes the names in a folder durable, if the system has such a call. Rejects with the system's error. */
export async function syncFolder(path: string): Promise<void> {
  let folder;
  try {
    folder = await open(path, 'r');
    await folder.sync();
  } catch (error) {
    if (!NO_SUCH_CALL.includes(systemCode(error))) throw error;
  } finally {
    await folder?.close();
  }
}
