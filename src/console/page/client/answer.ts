import type { ApiError } from '../../api/parts.ts';

/** How a request ended. */
export type Answer<T> =
  | { readonly kind: 'ok'; readonly value: T }
  | { readonly kind: 'refused'; readonly error: ApiError }
  /** The request was abandoned. */
  | { readonly kind: 'aborted' };

/** There was no answer, because the console's process has ended or is not listening. */
export const GONE: ApiError = {
  code: 'CONSOLE_GONE',
  message: 'The console does not answer.',
  hint: 'Look at its terminal. If it has ended, start it again: okta-reset console. A run that was stopped can be resumed.',
};

/** Reads the error of an answer, whatever it is. */
export function errorOf(body: unknown, status: number): ApiError {
  if (typeof body === 'object' && body !== null && 'code' in body && 'message' in body) {
    const hint = 'hint' in body ? String(body.hint) : '';
    return { code: String(body.code), message: String(body.message), hint };
  }
  return {
    code: 'BAD_REQUEST',
    message: `The console answered ${status} and did not say why.`,
    hint: 'Reload the page.',
  };
}
