import { AppError } from '../domain/codes/app-error.ts';
import type { ApiError, ConsoleRefusal } from './api/parts.ts';

const STATUS: Readonly<Record<ConsoleRefusal, number>> = {
  BAD_REQUEST: 400,
  NO_SESSION: 401,
  FOREIGN_REQUEST: 403,
  NOT_FOUND: 404,
  NOT_NOW: 409,
  TOO_LARGE: 413,
  TOO_MANY: 429,
  CLOSING: 503,
};

/** A request that the console refuses. */
export class Refusal extends Error {
  override readonly name = 'Refusal' as const;
  readonly code: ConsoleRefusal;
  readonly hint: string;
  readonly status: number;

  /** `status` if the code's own status is not exact enough: 405, 415. */
  constructor(code: ConsoleRefusal, message: string, hint: string, status = STATUS[code]) {
    super(message);
    this.code = code;
    this.hint = hint;
    this.status = status;
  }
}

export const badRequest = (message: string) =>
  new Refusal('BAD_REQUEST', message, 'Reload the page.');

export const notFound = (what: string) =>
  new Refusal('NOT_FOUND', `There is no such ${what}.`, 'It may no longer exist: reload the page.');

export const notNow = (message: string, hint: string) => new Refusal('NOT_NOW', message, hint);

/** Statuses of our own errors that mean more than a conflict with the current state. */
const OURS: Readonly<Partial<Record<AppError['code'], number>>> = {
  USAGE: 400,
  INTERNAL: 500,
  RUN_NOT_FOUND: 404,
};

/** Returns the answer to an error. A bug says nothing about itself, because its text could be anything. */
export function errorAnswer(error: unknown): { readonly status: number; readonly body: ApiError } {
  if (error instanceof Refusal || error instanceof AppError) {
    const { code, message, hint } = error;
    const status = error instanceof Refusal ? error.status : (OURS[error.code] ?? 422);
    return { status, body: { code, message, hint } };
  }
  return {
    status: 500,
    body: {
      code: 'INTERNAL',
      message: 'This is a bug in okta-reset.',
      hint: 'What was done is recorded. Restart the console with -v, and report what it prints.',
    },
  };
}

/** An error as the page shows it. */
export const apiErrorOf = (error: unknown): ApiError => errorAnswer(error).body;
