import { exitCodeOf, type AppErrorCode } from './app-error-entries.ts';
import type { ExitCode } from './exit-code.ts';

/**
 * An error that is explained to the admin: a stable code, what happened, and what to do next. It never contains a
 * secret.
 */
export class AppError extends Error {
  override readonly name = 'AppError' as const;
  readonly code: AppErrorCode;
  readonly hint: string;
  readonly exitCode: ExitCode;

  /**
   * The exit code comes from the catalog. `exitCode` overrides it if a different one is right: after a signal, and for a
   * disk error before there is a plan.
   */
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

/** Makes the error of a wrong command line. */
export function usage(message: string, hint: string): AppError {
  return new AppError('USAGE', message, { hint });
}
