import { systemCode } from '../../disk/disk-error.ts';
import { type FileDigest, type OpenFileAt, withStagedFiles } from '../../disk/staged-files.ts';
import { AppError } from '../../domain/codes/app-error.ts';
import { gathered, type TextSink } from './text-sink.ts';

/** A file of a report, written beside the old one. */
export interface ReportFile extends TextSink {
  /** Writes the rest and makes the file ready to take its place; returns what it holds. */
  readonly finish: () => Promise<FileDigest>;
}

function unwritable(dir: string, cause: unknown): AppError {
  return new AppError(
    'DISK',
    `The report cannot be written to ${dir} (${systemCode(cause) ?? 'unknown error'}).`,
    {
      hint: 'Earlier report files are unchanged and the journal is safe. Make room or correct the permissions, then run `okta-reset report RUN`.',
      cause,
    },
  );
}

/**
 * Lets `write` fill report files, which replace the old ones when all of them are whole and synced.
 * Rejects with `AppError` DISK where the file system refuses; other errors of `write` pass through.
 */
export function withReportFiles<T>(
  dir: string,
  options: { readonly nowMs: number; readonly open?: OpenFileAt | undefined },
  write: (create: (name: string) => Promise<ReportFile>) => Promise<T>,
): Promise<T> {
  const failed = (cause: unknown) => unwritable(dir, cause);
  return withStagedFiles(dir, { ...options, failed }, (create) =>
    write(async (name) => {
      const file = await create(name);
      const sink = gathered((text) => file.write(Buffer.from(text, 'utf8')));
      return {
        ...sink,
        finish: async () => {
          await sink.flush('all');
          return file.finish();
        },
      };
    }),
  );
}
