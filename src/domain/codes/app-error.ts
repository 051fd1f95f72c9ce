import { exitCodeOf, type AppErrorCode } from './app-error-entries.ts';
import type { ExitCode } from './exit-code.ts';

/** An error the edge explains to the admin: a stable code, what happened, what to do next. Never a secret. */
export class AppError extends Error {
  override readonly name = 'AppError' as const;
  readonly code: AppErrorCode;
  readonly hint: string;
  readonly exitCode: ExitCode;

  /** The exit code is the catalogue's; `exitCode` is for the few places where another is true: the signal, the disk before there is a plan. */
  constructor(
    code: AppErrorCode,
    message: string,
    details: { readonly hint: string; readonly exitCode?: ExitCode; readonly cause?: unknown },
  ) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.hint = details.hint;
    this.exitCode = details.exitCode ?? exitCodeOf(code);
  }
}

/** The error of a command line that makes no sense. */
export function usage(message: string, hint: string): AppError {
  return new AppError('USAGE', message, { hint });
}
