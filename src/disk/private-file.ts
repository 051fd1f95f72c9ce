import { AppError } from '../domain/codes/app-error.ts';
import type { Output } from '../domain/host.ts';
import { dirname } from 'node:path';
import { diskAdvice, systemCode } from './disk-error.ts';
import { createOwnFile, unlink } from './own-file.ts';
import { syncFolder } from './sync-folder.ts';

function unwritable(path: string, cause: unknown): AppError {
  const code = systemCode(cause) ?? 'unknown error';
  const advice =
    code === 'ENOENT'
      ? 'Create its folder, or choose another one.'
      : diskAdvice(cause, 'that file');
  return new AppError('DISK', `Cannot write ${path} (${code}). No partial file is left.`, {
    hint: `${advice} Then type the same command again.`,
    cause,
  });
}

/**
 * Creates a file that only its owner can read (0600), and lets `write` fill it. Never replaces another file or follows a
 * link. The file is on disk when this resolves; if `write` rejects, no file is left. Rejects with USAGE if the file exists,
 * and with DISK if it cannot be written.
 */
export async function withPrivateFile<T>(
  path: string,
  write: (output: Output) => Promise<T>,
): Promise<T> {
  const file = await createOwnFile(path).catch((cause: unknown) => {
    if (systemCode(cause) === 'EEXIST')
      throw new AppError('USAGE', `${path} already exists, and is not overwritten.`, {
        hint: 'Name a file that does not exist yet.',
      });
    throw unwritable(path, cause);
  });
  const onDisk = (doing: Promise<void>): Promise<void> =>
    doing.catch((cause: unknown) => {
      throw unwritable(path, cause);
    });
  const output: Output = {
    isTty: false,
    write: (text) => onDisk(file.writeFile(text)),
    size: () => ({ columns: 80, rows: 24 }),
    onResize: () => () => undefined,
  };
  try {
    const result = await write(output);
    await onDisk(file.sync());
    await onDisk(file.close());
    await onDisk(syncFolder(dirname(path)));
    return result;
  } catch (error) {
    await file.close().catch(() => undefined);
    await unlink(path).catch(() => undefined);
    throw error;
  }
}
