import type { ExitCode } from './exit-code.ts';

/** Our error codes. Each has an entry in the error catalogue, which `okta-reset explain` prints. */
export const APP_ERROR_CODES = [
  'USAGE',
  'CONFIG_ORG_URL',
  'CONFIG_ORG_INSECURE',
  'CONFIG_CREDENTIALS',
  'CONFIG_TLS',
  'CONFIG_FILE',
  'SECRETS_NO_PLACE',
  'SECRETS_IDENTITY',
  'INPUT_UNREADABLE',
  'INPUT_EMPTY',
  'INPUT_ENCODING',
  'INPUT_CSV',
  'INPUT_JSON',
  'INPUT_COLUMN_MISSING',
  'INPUT_COLUMN_AMBIGUOUS',
  'INPUT_WRONG_OBJECTS',
  'INPUT_GROUP',
  'INPUT_QUERY',
  'INPUT_NOTHING_SELECTED',
  'RUN_NOT_FOUND',
  'RUN_AMBIGUOUS',
  'RUN_EXISTS',
  'RUN_DAMAGED',
  'RUN_LOCKED',
  'ORG_IN_USE',
  'RUN_HANDED_OVER',
  'RUN_UNSETTLED',
  'RUN_FORMAT',
  'PLAN_CHANGED',
  'PLAN_EXPIRED',
  'PLAN_OVERTAKEN',
  'PLAN_OTHER_ORG',
  'CONFIRM_MISSING',
  'CONFIRM_MISMATCH',
  'MAX_USERS_EXCEEDED',
  'PROTECTION_UNREAD',
  'STOPPED_FAILURE_SHARE',
  'STOPPED_NOT_FOUND',
  'STOPPED_CANARY',
  'AUTH_REJECTED',
  'AUTH_PERMISSION',
  'ORG_UNREACHABLE',
  'ORG_ANSWER',
  'DISK',
  'INTERRUPTED',
  'INTERNAL',
] as const;

export type AppErrorCode = (typeof APP_ERROR_CODES)[number];

/** An error the edge explains to the admin: a stable code, what happened, what to do next. Never a secret. */
export class AppError extends Error {
  override readonly name = 'AppError' as const;
  readonly code: AppErrorCode;
  readonly hint: string;
  readonly exitCode: ExitCode;

  constructor(
    code: AppErrorCode,
    message: string,
    details: { readonly hint: string; readonly exitCode: ExitCode; readonly cause?: unknown },
  ) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.hint = details.hint;
    this.exitCode = details.exitCode;
  }
}
