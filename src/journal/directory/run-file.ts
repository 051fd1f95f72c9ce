import { basename, dirname } from 'node:path';
import { diskError, systemCode } from '../../disk/disk-error.ts';
import { readOwnText } from '../../disk/own-file.ts';
import { replaceFile } from '../../disk/staged-files.ts';
import { AppError } from '../../domain/codes/app-error.ts';
import type { RunFile } from '../../domain/run/run-file.ts';
import { RUN_FORMATS } from '../../domain/run/run-format.ts';

/**
 * A larger run.json is not ours. It contains a preview, titles and the flags of the selection, and a command line has at
 * most 6 MiB (Linux, execve(2)). Ctrl-C does not interrupt the parsing.
 */
const MOST_BYTES = 8 * 1024 * 1024;

/**
 * Writes run.json (0600), completely or not at all. It is durable when this resolves. `nowMs` is epoch ms. Errors:
 * `AppError` DISK.
 */
export async function writeRunFile(path: string, run: RunFile, nowMs: number): Promise<void> {
  await replaceFile(dirname(path), basename(path), `${JSON.stringify(run, null, 2)}\n`, {
    nowMs,
    failed: (cause) => diskError(`write ${path}`, cause, 'planning'),
  });
}

function damaged(path: string, problem: string, cause?: unknown): AppError {
  return new AppError('RUN_DAMAGED', `${path} is damaged: ${problem}.`, {
    hint: 'Restore it from a copy of the run directory. Without it the run cannot continue: start a new one.',
    cause,
  });
}

function formatOf(value: unknown): unknown {
  return typeof value === 'object' && value !== null && 'format' in value
    ? value.format
    : undefined;
}

/**
 * Reads run.json and checks every field. Errors: `AppError` RUN_NOT_FOUND, RUN_FORMAT (written by another version of
 * okta-reset), RUN_DAMAGED.
 */
export async function readRunFile(path: string): Promise<RunFile> {
  let text: string | undefined;
  try {
    const read = await readOwnText(path, MOST_BYTES + 1);
    if (read.length <= MOST_BYTES) text = read;
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    throw new AppError(
      'RUN_NOT_FOUND',
      `Cannot read ${path} (${systemCode(cause) ?? 'unknown error'}).`,
      {
        hint: 'Name the folder that `plan` or `run` printed, or use --last for the newest run.',
        cause,
      },
    );
  }
  if (text === undefined) throw damaged(path, `it is larger than ${MOST_BYTES} bytes`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw damaged(path, 'it is not JSON', cause);
  }
  const format = formatOf(value);
  if (typeof format === 'number' && !RUN_FORMATS.some((known) => known === format)) {
    throw new AppError(
      'RUN_FORMAT',
      `${path} has format ${format}; this version reads ${RUN_FORMATS.join(' and ')}.`,
      {
        hint: 'Continue the run with the version of okta-reset that planned it (`toolVersion` in run.json).',
      },
    );
  }
  // Loaded only when a file is read, so that a plan that is only written starts faster.
  const { runFileSchema } = await import('./run-file-schema.ts');
  const parsed = runFileSchema.safeParse(value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw damaged(path, `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not a run'}`);
  }
  // JSON omits undefined values, which the type expresses as `| undefined` and the schema as `?`.
  return parsed.data as RunFile;
}
