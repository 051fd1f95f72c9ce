import { AppError } from '../domain/codes/app-error.ts';
import type { Output } from '../domain/host.ts';
import { systemCode } from './disk-error.ts';
import { createOwnFile, unlink } from './own-file.ts';

/**
 * Makes a file that only its owner reads (0600), never over another and never through a link, and has it written.
 * It is on disk when this resolves; where `write` rejects, no file is left. Rejects with USAGE where the file exists,
 * with DISK where it cannot be written.
 */
export async function withPrivateFile<T>(
  path: string,
  write: (output: Output) => Promise<T>,
): Promise<T> {
  const file = await createOwnFile(path).catch((cause: unknown) => {
    if (systemCode(cause) === 'EEXIST')
      throw new AppError('USAGE', `${path} exists; it is not written over.`, {
        hint: 'Name a file that does not exist yet.',
      });
    throw new AppError('DISK', `Cannot write ${path}.`, {
      hint: 'Check that its folder exists, that this account may write there, and that the disk has room.',
      cause,
    });
  });
  const output: Output = {
    isTty: false,
    write: (text) => file.writeFile(text),
    size: () => ({ columns: 80, rows: 24 }),
    onResize: () => () => undefined,
  };
  try {
    const result = await write(output);
    await file.sync();
    await file.close();
    return result;
  } catch (error) {
    await file.close().catch(() => undefined);
    await unlink(path).catch(() => undefined);
    throw error;
  }
}
