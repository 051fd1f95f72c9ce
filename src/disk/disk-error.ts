import { AppError } from '../domain/codes/app-error.ts';
import { EXIT } from '../domain/codes/exit-code.ts';

const ADVICE: Readonly<Record<string, string>> = {
  ENOSPC: 'The disk is full: free some space.',
  EDQUOT: 'The disk quota is used up: free some space.',
  EFBIG: 'A file reached the maximum size for files: raise the limit (`ulimit -f`).',
  EROFS: 'The disk has become read-only: check it (see `dmesg`) and mount it writable.',
  EACCES: 'Give this account the right to read and write there.',
  EPERM: 'Give this account the right to read and write there.',
};

/** Returns the code of a system error (`ENOSPC`, …), if it is one. */
export function systemCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

/** Says in a sentence what to do about a disk that failed with this error and that contains `what`. */
export function diskAdvice(cause: unknown, what = 'the run directory'): string {
  const code = systemCode(cause) ?? '';
  if (code === 'EIO')
    return `The disk reports an I/O error: check it (see \`dmesg\`), and move ${what} to a working disk.`;
  return ADVICE[code] ?? `Check the disk of ${what}.`;
}

const PLANNING =
  'Nothing was sent, and there is nothing to resume. Make room, or pass --out with a folder that this account can write to.';

/**
 * Makes the error of a file that cannot be read or written: what was tried, the system's code, what to do next. Before there
 * is a plan (`planning`), nothing can be resumed, and the exit code is that of a wrong command line.
 */
export function diskError(
  doing: string,
  cause: unknown,
  when: 'planning' | 'running' = 'running',
): AppError {
  if (cause instanceof AppError) return cause;
  const code = systemCode(cause) ?? 'unknown error';
  return new AppError('DISK', `Cannot ${doing} (${code}).`, {
    hint:
      when === 'planning'
        ? PLANNING
        : `${diskAdvice(cause)} Then continue with \`okta-reset resume\`.`,
    exitCode: when === 'planning' ? EXIT.usage : EXIT.incomplete,
    cause,
  });
}

const UNWRITABLE: ReadonlySet<string | undefined> = new Set(['EACCES', 'EPERM', 'EROFS']);

/** Tells whether a system error means that this account is not allowed to write there. */
export function isUnwritable(cause: unknown): boolean {
  return UNWRITABLE.has(systemCode(cause));
}
