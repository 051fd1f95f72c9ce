import { systemCode } from '../../disk/disk-error.ts';
import { type FileDigest, type OpenFileAt, withStagedFiles } from '../../disk/staged-files.ts';
import { AppError } from '../../domain/codes/app-error.ts';
import { gathered, type TextSink } from './text-sink.ts';

/** A file of a report, written next to the old one. */
export interface ReportFile extends TextSink {
  /** Writes the rest, makes the file ready to replace the old one, and returns its digest. */
  readonly finish: () => Promise<FileDigest>;
}

/** Which files are written, and the command that writes them again. */
export interface Writing {
  /** What a message calls the files. */
  readonly what: string;
  readonly again: string;
}

function unwritable(dir: string, { what, again }: Writing, cause: unknown): AppError {
  return new AppError(
    'DISK',
    `${what} cannot be written to ${dir} (${systemCode(cause) ?? 'unknown error'}).`,
    {
      hint: `The earlier file is unchanged, and the journal is safe. Make room or correct the permissions, then: ${again}`,
      cause,
    },
  );
}

/**
 * Lets `write` fill report files, which replace the old ones when all of them are complete and synced. Rejects with
 * `AppError` DISK if the file system refuses; other errors of `write` pass through.
 */
export function withReportFiles<T>(
  dir: string,
  options: Writing & { readonly nowMs: number; readonly open?: OpenFileAt | undefined },
  write: (create: (name: string) => Promise<ReportFile>) => Promise<T>,
): Promise<T> {
  const { nowMs, open } = options;
  const failed = (cause: unknown) => unwritable(dir, options, cause);
  return withStagedFiles(dir, { nowMs, open, failed }, (create) =>
    write(async (name) => {
      const file = await create(name);
      const sink = gathered((text) => file.write(Buffer.from(text)));
      return {
        push: sink.push,
        flush: sink.flush,
        finish: async () => {
          await sink.end();
          return file.finish();
        },
      };
    }),
  );
}
