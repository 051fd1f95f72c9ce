import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { diskError } from '../../disk/disk-error.ts';
import { createOwnFile, mkdtemp, openOwnFile, rm, type FileHandle } from '../../disk/own-file.ts';

/** A file that is being taken in. */
export interface IncomingFile {
  readonly write: (bytes: Uint8Array) => Promise<void>;
  readonly close: () => Promise<void>;
}

/** A private folder (0700) of this process for what a page hands in. It goes with the process. */
export interface UploadFolder {
  /** Makes a new file (0600); `id` names it, whatever its owner calls it. Rejects with DISK. */
  readonly create: (id: string) => Promise<IncomingFile>;
  /** The bytes of a file that was taken in. */
  readonly read: (id: string, signal: AbortSignal) => AsyncIterable<Uint8Array>;
  readonly remove: (id: string) => Promise<void>;
  /** Removes the folder and all that is in it. Never rejects. */
  readonly close: () => Promise<void>;
}

async function* bytesOf(path: string, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  const file = await openOwnFile(path, 'read');
  try {
    // A stream that is given a signal breaks off by an event, which nobody hears between two chunks: that would end the process.
    for await (const chunk of file.createReadStream({ autoClose: false })) {
      signal.throwIfAborted();
      yield chunk as Uint8Array;
    }
  } finally {
    await file.close();
  }
}

/** Makes the folder where the first file is taken in. */
export function openUploadFolder(): UploadFolder {
  let folder: Promise<string> | undefined;
  const pathOf = async (id: string) => {
    folder ??= mkdtemp(join(tmpdir(), 'okta-reset-console-'));
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
