/**
 * Atomic replacement: new files are written next to the old ones, checked to be complete, synced, and only then renamed to
 * replace the old ones.
 *
 * Libraries for this (write-file-atomic 7.0.1, atomically 2.1.1) call write(2) once and do not check how much of the data
 * was accepted. On a disk that fills up, an incomplete file replaces the good one.
 */
import { createHash } from 'node:crypto';
import { mkdtemp, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { syncFolder } from './sync-folder.ts';
import { writeAll } from './write-all.ts';

/** The part of a file handle that a staged file is written through. */
export interface OpenFile {
  /** Resolves with how many bytes were accepted, which can be fewer than given. */
  readonly write: (data: Uint8Array) => Promise<{ readonly bytesWritten: number }>;
  readonly sync: () => Promise<void>;
  readonly close: () => Promise<void>;
}

export type OpenFileAt = (path: string, flags: 'wx', mode: number) => Promise<OpenFile>;

/** A file being written next to the old one. */
export interface StagedFile {
  readonly name: string;
  readonly write: (data: Uint8Array) => Promise<void>;
  /** Syncs and closes the file, and returns its digest. If this is not called, the file does not replace the old one. */
  readonly finish: () => Promise<FileDigest>;
}

export interface FileDigest {
  readonly name: string;
  readonly bytes: number;
  /** SHA-256, hex. */
  readonly sha256: string;
}

export interface StagingOptions {
  readonly nowMs: number;
  /** Makes the error if the file system refuses. */
  readonly failed: (cause: unknown) => unknown;
  /** How files are opened, for tests of a failing disk. */
  readonly open?: OpenFileAt | undefined;
}

const STAGE = '.staged-';
const FILE_MODE = 0o600;
const STALE_MS = 3_600_000;

/**
 * Removes what a killed process left behind, except younger folders, which might belong to a process that is still working.
 * Never rejects.
 */
async function sweep(dir: string, nowMs: number): Promise<void> {
  for (const name of await readdir(dir).catch(() => [])) {
    if (!name.startsWith(STAGE)) continue;
    const path = join(dir, name);
    const age = await stat(path).then(
      ({ mtimeMs }) => nowMs - mtimeMs,
      () => 0,
    );
    if (age > STALE_MS) await rm(path, { recursive: true }).catch(() => undefined);
  }
}

/**
 * Lets `write` fill new files (mode 0600) in a hidden folder inside `dir`. When it has finished all files that it created,
 * each is renamed to replace the old one. On any failure the old files stay as they are, except that if a rename fails, the
 * files before it are new, and every file is still complete. Rejects with what `failed` makes of a system error. Other
 * errors of `write` pass through.
 */
export async function withStagedFiles<T>(
  dir: string,
  options: StagingOptions,
  write: (create: (name: string) => Promise<StagedFile>) => Promise<T>,
): Promise<T> {
  const openAt: OpenFileAt = options.open ?? open;
  const onDisk = <R>(doing: Promise<R>): Promise<R> =>
    doing.catch((cause: unknown) => {
      throw options.failed(cause);
    });
  await sweep(dir, options.nowMs);
  const stage = await onDisk(mkdtemp(join(dir, STAGE)));
  const files: { readonly name: string; readonly handle: OpenFile }[] = [];

  const create = async (name: string): Promise<StagedFile> => {
    const handle = await onDisk(openAt(join(stage, name), 'wx', FILE_MODE));
    files.push({ name, handle });
    const hash = createHash('sha256');
    let bytes = 0;
    return {
      name,
      write: (data) => {
        hash.update(data);
        bytes += data.length;
        return onDisk(writeAll(async (rest) => (await handle.write(rest)).bytesWritten, data));
      },
      finish: async () => {
        await onDisk(handle.sync());
        await onDisk(handle.close());
        return { name, bytes, sha256: hash.digest('hex') };
      },
    };
  };

  try {
    const result = await write(create);
    await onDisk(
      (async () => {
        for (const { name } of files) await rename(join(stage, name), join(dir, name));
        await syncFolder(dir);
      })(),
    );
    return result;
  } finally {
    // To close a file once more does nothing.
    await Promise.allSettled(files.map(({ handle }) => handle.close()));
    await rm(stage, { recursive: true }).catch(() => undefined);
  }
}

/** Replaces a file, or creates it (0600), completely or not at all. Rejects like `withStagedFiles`. */
export async function replaceFile(
  dir: string,
  name: string,
  text: string,
  options: StagingOptions,
): Promise<void> {
  await withStagedFiles(dir, options, async (create) => {
    const file = await create(name);
    await file.write(Buffer.from(text));
    await file.finish();
  });
}
