/** An HTTP answer before it is sent: status, extra headers as alternating names and values, body. */
export interface Reply {
  readonly status: number;
  readonly headers: readonly string[];
  readonly body: string;
}

const NO_HEADERS: readonly string[] = [];

/** Okta's error codes that the sandbox answers with: status and summary (source: Okta's error code list). */
const CATALOGUE = {
  E0000001: [400, 'Api validation failed'],
  E0000005: [403, 'Invalid session'],
  E0000006: [403, 'You do not have permission to perform the requested action'],
  E0000007: [404, 'Not found'],
  E0000008: [404, 'The requested path was not found'],
  E0000009: [500, 'Internal Server Error'],
  E0000011: [401, 'Invalid token provided'],
  E0000014: [403, 'Update of credentials failed'],
  E0000016: [403, 'Activation failed because the user is already active'],
  E0000017: [403, 'Password reset failed'],
  E0000018: [400, 'Bad request.  Accept and/or Content-Type headers are likely not set.'],
  E0000019: [
    400,
    'Bad request.  Accept and/or Content-Type headers likely do not match supported values.',
  ],
  E0000021: [
    400,
    'Bad request.  Accept and/or Content-Type headers likely do not match supported values.',
  ],
  E0000022: [405, 'The endpoint does not support the provided HTTP method'],
  E0000031: [400, 'Invalid search criteria.'],
  E0000032: [403, 'Unlock is not allowed for this user.'],
  E0000033: [400, "Bad request. Can't specify a search query and filter in the same request."],
  E0000034: [403, 'Forgot password not allowed on specified user.'],
  E0000038: [403, "This operation is not allowed in the user's current status."],
  E0000047: [429, 'API call exceeded rate limit due to too many requests.'],
  E0000053: [400, 'Invalid SCIM filter.'],
  E0000118: [429, 'An email was recently sent. Please wait 5 seconds before trying again.'],
  E0000122: [406, "Accept Header did not contain supported media type 'application/json'"],
  E0000181: [503, 'Service temporarily unavailable.'],
  E0000240: [502, 'Timed out waiting for agent'],
  E0000241: [504, 'There are no connected agents'],
  E0000256: [414, 'The URL or a response header is too large'],
} as const satisfies Record<string, readonly [number, string]>;

export type ErrorCode = keyof typeof CATALOGUE;

let errorIds = 0;

/** Answers with Okta's error body. `detail` is added to the summary; `causes` is what Okta lists in errorCauses. */
export function errorReply(
  code: ErrorCode,
  details: {
    readonly detail?: string;
    readonly causes?: readonly string[];
    /** Overrides the status that Okta's list has for the code. */
    readonly status?: number;
    readonly headers?: readonly string[];
  } = {},
): Reply {
  const [status, summary] = CATALOGUE[code];
  errorIds += 1;
  return {
    status: details.status ?? status,
    headers: details.headers ?? NO_HEADERS,
    body: JSON.stringify({
      errorCode: code,
      errorSummary: details.detail === undefined ? summary : `${summary}: ${details.detail}`,
      errorLink: code,
      errorId: `oae${errorIds.toString(36).padStart(22, 'SNDBXo')}`,
      errorCauses: (details.causes ?? []).map((errorSummary) => ({ errorSummary })),
    }),
  };
}

/** Answers 404 E0000007 with Okta's name for what it did not find. */
export function notFound(what: string, kind: string): Reply {
  return errorReply('E0000007', { detail: `Resource not found: ${what} (${kind})` });
}

/** Answers with a JSON text. */
export function jsonReply(
  body: string,
  status = 200,
  headers: readonly string[] = NO_HEADERS,
): Reply {
  return { status, headers, body };
}

export const EMPTY_OBJECT: Reply = { status: 200, headers: NO_HEADERS, body: '{}' };
export const NO_CONTENT: Reply = { status: 204, headers: NO_HEADERS, body: '' };
