import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { diskError } from '../../disk/disk-error.ts';
import { createOwnFile, mkdtemp, openOwnFile, rm, type FileHandle } from '../../disk/own-file.ts';

/** A file that is being uploaded. */
export interface IncomingFile {
  readonly write: (bytes: Uint8Array) => Promise<void>;
  readonly close: () => Promise<void>;
}

/** A private folder (0700) of this process for the page's uploads. It is removed when the process ends. */
export interface UploadFolder {
  /** Makes a new file (0600) with the name `id`, whatever its name is in the browser. Rejects with DISK. */
  readonly create: (id: string) => Promise<IncomingFile>;
  /** The bytes of an uploaded file. */
  readonly read: (id: string, signal: AbortSignal) => AsyncIterable<Uint8Array>;
  readonly remove: (id: string) => Promise<void>;
  /** Removes the folder and everything in it. Never rejects. */
  readonly close: () => Promise<void>;
}

async function* bytesOf(path: string, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  const file = await openOwnFile(path, 'read');
  try {
    // A stream with a signal fails with an event. Between two chunks nobody listens for it, and the process would end.
    for await (const chunk of file.createReadStream({ autoClose: false })) {
      signal.throwIfAborted();
      yield chunk as Uint8Array;
    }
  } finally {
    await file.close();
  }
}

/** Prepares the folder, which is made when the first file is uploaded. */
export function openUploadFolder(): UploadFolder {
  let folder: Promise<string> | undefined;
  const pathOf = async (id: string) => {
    folder ??= mkdtemp(join(tmpdir(), 'okta-reset-console-')).catch((error: unknown) => {
      // The next file tries again: somebody might have made room.
      folder = undefined;
      throw error;
    });
    return join(await folder, id);
  };
  const failed = (error: unknown) => {
    throw diskError('keep what was uploaded', error);
  };
  return {
    create: async (id) => {
      const file: FileHandle = await pathOf(id).then(createOwnFile).catch(failed);
      return {
        write: (bytes) => file.writeFile(bytes).catch(failed),
        close: () => file.close(),
      };
    },
    async *read(id, signal) {
      yield* bytesOf(await pathOf(id), signal);
    },
    remove: async (id) => rm(await pathOf(id), { force: true }),
    close: async () => {
      const made = await folder?.catch(() => undefined);
      if (made !== undefined)
        await rm(made, { recursive: true, force: true }).catch(() => undefined);
    },
  };
}
