import { createHash } from 'node:crypto';
import { mkdtemp, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../domain/app-error.ts';
import { EXIT } from '../domain/exit-code.ts';
import { gathered, type TextSink } from './text-sink.ts';

/** The part of a file handle that a report is written through. */
export interface OpenFile {
  readonly writeFile: (data: Buffer) => Promise<void>;
  readonly sync: () => Promise<void>;
  readonly close: () => Promise<void>;
}

export type OpenFileAt = (path: string, flags: 'wx', mode: number) => Promise<OpenFile>;

/** A file being written beside the old one. */
export interface StagedFile extends TextSink {
  readonly name: string;
  /** Writes the rest, syncs and closes; returns what the file holds. */
  readonly finish: () => Promise<FileDigest>;
}

export interface FileDigest {
  readonly name: string;
  readonly bytes: number;
  /** SHA-256, hex. */
  readonly sha256: string;
}

const STAGE = '.report-';
const STALE_MS = 3_600_000;

async function diskError<T>(dir: string, doing: () => Promise<T>): Promise<T> {
  try {
    return await doing();
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? 'unknown';
    throw new AppError('DISK', `The report cannot be written to ${dir} (${code}).`, {
      hint: 'Earlier report files are unchanged and the journal is safe. Make room or mend the permissions, then run `okta-reset report RUN`.',
      exitCode: EXIT.incomplete,
      cause,
    });
  }
}

/** Removes what a killed process left behind; younger folders may belong to one at work. */
async function sweep(dir: string, nowMs: number): Promise<void> {
  for (const name of await readdir(dir)) {
    if (!name.startsWith(STAGE)) continue;
    const path = join(dir, name);
    const age = await stat(path).then(
      ({ mtimeMs }) => nowMs - mtimeMs,
      () => 0,
    );
    if (age > STALE_MS) await rm(path, { recursive: true, force: true });
  }
}

async function syncFolder(dir: string): Promise<void> {
  const folder = await open(dir, 'r').catch(() => undefined);
  // Windows cannot sync a folder; the renames are durable there without it.
  await folder?.sync().catch(() => undefined);
  await folder?.close();
}

/**
 * Lets `write` fill new files (mode 0600) in a hidden folder inside `dir` and, when it has finished all it created,
 * syncs them and puts each in its place by rename. On any failure the old files stay as they are.
 * Throws AppError DISK where the file system refuses; other errors of `write` pass through.
 */
export async function withStagedFiles<T>(
  dir: string,
  options: { readonly nowMs: number; readonly open?: OpenFileAt | undefined },
  write: (create: (name: string) => Promise<StagedFile>) => Promise<T>,
): Promise<T> {
  const openAt: OpenFileAt = options.open ?? open;
  await diskError(dir, () => sweep(dir, options.nowMs));
  const stage = await diskError(dir, () => mkdtemp(join(dir, STAGE)));
  const files: { readonly name: string; readonly handle: OpenFile; closed: boolean }[] = [];

  const create = async (name: string): Promise<StagedFile> => {
    const handle = await diskError(dir, () => openAt(join(stage, name), 'wx', 0o600));
    const file = { name, handle, closed: false };
    files.push(file);
    const hash = createHash('sha256');
    let bytes = 0;
    const sink = gathered((text) => {
      const data = Buffer.from(text, 'utf8');
      hash.update(data);
      bytes += data.length;
      return diskError(dir, () => handle.writeFile(data));
    });
    return {
      name,
      push: sink.push,
      flush: sink.flush,
      finish: async () => {
        await sink.flush('all');
        await diskError(dir, () => handle.sync());
        file.closed = true;
        await diskError(dir, () => handle.close());
        return { name, bytes, sha256: hash.digest('hex') };
      },
    };
  };

  try {
    const result = await write(create);
    await diskError(dir, async () => {
      for (const { name } of files) await rename(join(stage, name), join(dir, name));
    });
    await syncFolder(dir);
    return result;
  } finally {
    await Promise.allSettled(files.filter(({ closed }) => !closed).map((f) => f.handle.close()));
    await rm(stage, { recursive: true, force: true }).catch(() => undefined);
  }
}
