import type { Failure, Throttle } from '../../domain/row/failure.ts';
import { headerOf, isWebPage, requestIdOf } from '../http/answer-headers.ts';
import { findErrorEntry } from '../../domain/codes/okta-error.ts';
import { failureText } from '../http/failure-text.ts';
import { isRecord } from '../http/json.ts';
import type { RateObservation } from '../../domain/org/pacing.ts';
import type { Headers } from '../http/transport.ts';
import { webPageText, webPageTitle } from '../http/web-page.ts';

type OktaFailure = Extract<Failure, { kind: 'okta' }>;

/** Okta documents 5 s between two emails to the same person. One more second is for its clock. */
const RECIPIENT_WAIT_MS = 6000;

/** 5xx answers that Okta gives before it does anything. */
const REFUSED_UNDONE = new Set(['E0000010', 'E0000060', 'E0000100', 'E0000181', 'E0000241']);

interface ErrorBody {
  readonly code: string | undefined;
  /** The title of a web page that arrived instead of an answer. */
  readonly page?: string;
  readonly message: string;
}

function readErrorBody(body: string, status: number): ErrorBody {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    const page = webPageTitle(body);
    if (page !== undefined) return { code: undefined, page, message: webPageText(status, page) };
    return {
      code: undefined,
      message:
        body === ''
          ? `HTTP ${status} with an empty body`
          : `HTTP ${status} with something that is not an answer from Okta`,
    };
  }
  if (!isRecord(json)) return { code: undefined, message: `HTTP ${status}` };
  if (typeof json['errorCode'] === 'string') {
    const summary = typeof json['errorSummary'] === 'string' ? json['errorSummary'] : '';
    const causes = Array.isArray(json['errorCauses'])
      ? json['errorCauses'].flatMap((cause: unknown) =>
          isRecord(cause) && typeof cause['errorSummary'] === 'string'
            ? [cause['errorSummary']]
            : [],
        )
      : [];
    return {
      code: /^E\d{7}$/.test(json['errorCode']) ? json['errorCode'] : undefined,
      message: failureText([summary, ...causes].filter((text) => text !== '').join(' – ')),
    };
  }
  if (typeof json['error'] === 'string') {
    const description = json['error_description'];
    return {
      code: /^[a-z_]{1,40}$/.test(json['error']) ? json['error'] : undefined,
      message: failureText(typeof description === 'string' ? description : json['error']),
    };
  }
  return { code: undefined, message: `HTTP ${status}` };
}

/**
 * Classifies something that arrived with a status of success instead of Okta's answer. It has no code of Okta's, whatever it
 * contains.
 */
function grantedByOthers(status: number, headers: Headers, body: string): ErrorBody {
  const page = webPageTitle(body) ?? (isWebPage(headers, body) ? '' : undefined);
  return page === undefined
    ? {
        code: undefined,
        message: `HTTP ${status} without Okta’s request id: a proxy may have answered`,
      }
    : { code: undefined, page, message: webPageText(status, page) };
}

/** Distinguishes Okta's codes, and those of its OAuth endpoints, from what a proxy says. */
function isOktas(code: string | undefined): boolean {
  return code !== undefined && (/^E\d{7}$/.test(code) || findErrorEntry(code) !== undefined);
}

/**
 * Returns what is known about a write that was answered with this status. Only Okta can say that it had no effect. A proxy's
 * error page, whatever its status, can replace an answer that Okta gave.
 */
function effectOf(
  status: number,
  code: string | undefined,
  fromOkta: boolean,
): 'none' | 'possible' {
  if (status < 400) return 'possible';
  if (status >= 500) return code !== undefined && REFUSED_UNDONE.has(code) ? 'none' : 'possible';
  return fromOkta ? 'none' : 'possible';
}

function throttleOf(
  status: number,
  code: string | undefined,
  rate: RateObservation,
): Throttle | undefined {
  if (status !== 429) return undefined;
  if (code === 'E0000118') return { kind: 'recipient', waitMs: RECIPIENT_WAIT_MS };
  return rate.limit === 0 ? { kind: 'concurrency' } : { kind: 'window' };
}

/** Classifies an answer that is not 2xx, by status, code and headers. */
export function classifyAnswer(
  status: number,
  headers: Headers,
  body: string,
  rate: RateObservation,
): OktaFailure {
  const requestId = requestIdOf(headers);
  const challenge = status === 403 ? String(headers['www-authenticate'] ?? '') : '';
  const insufficientScope = INSUFFICIENT_SCOPE.test(challenge);
  const missingScope = insufficientScope ? scopeOf(challenge) : undefined;
  const {
    code: said,
    page,
    message,
  } = status < 300 ? grantedByOthers(status, headers, body) : readErrorBody(body, status);
  const code = requestId !== undefined || isOktas(said) ? said : undefined;
  const location = status < 400 ? headerOf(headers, 'location') : undefined;
  return {
    kind: 'okta',
    status,
    oktaCode: code ?? (insufficientScope ? 'insufficient_scope' : undefined),
    message: insufficientScope
      ? `The access token lacks ${missingScope === undefined ? 'a scope' : `the scope ${missingScope}`}`
      : location === undefined
        ? message
        : redirectText(status, location),
    requestId,
    insufficientScope,
    ...(missingScope === undefined ? {} : { missingScope }),
    ...(page === undefined ? {} : { page }),
    throttle: throttleOf(status, code, rate),
    effect: effectOf(
      status,
      code,
      code !== undefined ||
        requestId !== undefined ||
        insufficientScope ||
        rate.limit !== undefined,
    ),
  };
}

const INSUFFICIENT_SCOPE = /\berror\s?=\s?["']?insufficient_scope\b/i;
const SCOPE = /\bscope\s?=\s?(?:"([\w.: -]{1,200})"|'([\w.: -]{1,200})'|([\w.:-]{1,200}))/i;

/** Returns the scopes that a challenge names: `scope="okta.users.manage"`. */
function scopeOf(challenge: string): string | undefined {
  const [, double, single, bare] = SCOPE.exec(challenge) ?? [];
  const text = (double ?? single ?? bare)?.trim();
  return text === '' ? undefined : text;
}

function redirectText(status: number, location: string): string {
  // The query of a redirect can contain anything, and only the host is helpful.
  const host = /^https?:\/\/([^/?#@\s]{1,200})/i.exec(location)?.[1];
  return `HTTP ${status} redirect${host === undefined ? '' : ` to ${failureText(host)}`}, not followed`;
}
