import { AppError } from '../../domain/codes/app-error.ts';
import type { AppErrorCode } from '../../domain/codes/app-error-entries.ts';
import type { Failure } from '../../domain/row/failure.ts';
import { findErrorEntry } from '../../domain/codes/okta-error.ts';

/** The text after “Could not …”, and what to do. */
interface Told {
  readonly code: AppErrorCode;
  readonly what: string;
  readonly hint: string;
}

/** A web page instead of Okta’s answer: from a captive portal, a proxy, or a host that is not an org. */
function pageText(title: string, status: number, host: string): Told {
  const titled = title === '' ? 'a web page' : `a web page titled “${title}”`;
  return {
    code: 'ORG_ANSWER',
    what: `: what ${host} sent is not Okta’s answer. It looks like ${titled} (HTTP ${status}).`,
    hint: `Check the org URL and the proxy (HTTPS_PROXY). The sign-in page of a network or a proxy answers like this. Open https://${host} in a browser on this machine.`,
  };
}

/**
 * Tells whether a status comes from the connection and not from Okta's API: a redirect to a sign-in page, or a proxy that
 * asks for a sign-in.
 */
function isOfTheWay(status: number): boolean {
  return (status >= 300 && status < 400) || status === 407 || status === 511;
}

/** Tells whether something other than an org answered, or nothing at all. */
export function isNotOkta(failure: Failure): boolean {
  if (failure.kind !== 'okta' || failure.page !== undefined) return true;
  return failure.oktaCode === undefined && isOfTheWay(failure.status);
}

/** The catalog marks commands for pages and documents; the text of an error goes anywhere. */
const plain = (text: string): string => text.replaceAll('`', '');

/**
 * Returns what to do after a failed read, as the catalog says, except advice for a write with a lost answer, which does not
 * help here.
 */
export function howOf(code: string): string | undefined {
  const entry = findErrorEntry(code);
  if (entry === undefined) return undefined;
  return entry.disposition === 'reconcile'
    ? 'Check the network, the VPN and HTTPS_PROXY, then try again.'
    : plain(entry.how);
}

/** Describes a redirect, or a proxy's own status, that came without a page. */
function wayText(status: number, message: string, host: string): Told {
  if (status === 407)
    return {
      code: 'ORG_ANSWER',
      what: `: a proxy in front of ${host} asks you to sign in (HTTP 407).`,
      hint: 'Put the proxy’s user and password into HTTPS_PROXY.',
    };
  return {
    code: 'ORG_ANSWER',
    what: `: what ${host} sent is not Okta’s answer (${message}).`,
    hint: `Check the org URL. A network that wants you to sign in first also answers like this. Open https://${host} in a browser on this machine.`,
  };
}

function transportText(code: string, host: string): Told {
  const entry = findErrorEntry(code);
  const why = entry?.meaning ?? `${host} did not answer.`;
  const how = howOf(code) ?? 'Check the org URL, the network and HTTPS_PROXY.';
  return {
    code: 'ORG_UNREACHABLE',
    what: ` (${host}, ${code}). ${why}`,
    hint: `${how} okta-reset doctor checks each of them.`,
  };
}

function oktaText(failure: Extract<Failure, { kind: 'okta' }>, trace: string, host: string): Told {
  const { status, oktaCode, missingScope, insufficientScope } = failure;
  // Names of OAuth errors come from the token endpoint, which answers 400 if the credential is wrong.
  const oauth = /^[a-z_]+$/.test(oktaCode ?? '') ? findErrorEntry(oktaCode ?? '') : undefined;
  const said = `HTTP ${status}${oktaCode === undefined ? '' : ` ${oktaCode}`}${trace}`;
  if (status === 401 || oauth?.stop === 'credentials')
    return {
      code: 'AUTH_REJECTED',
      what: `: ${host} does not accept the credential (${said}).`,
      hint:
        oauth?.how ??
        'The token may be revoked, expired (after 30 days without use), limited to another network zone, or from another org. Make a new one: Security › API › Tokens.',
    };
  if (status === 403 || oauth?.stop === 'permission') {
    const lacks =
      missingScope === undefined
        ? 'the credential does not have the permission'
        : `the access token lacks the scope ${missingScope}`;
    return {
      code: 'AUTH_PERMISSION',
      what: `: ${lacks} on ${host} (${said}).`,
      hint: insufficientScope
        ? `Grant the app the scope ${missingScope ?? 'that is missing'}: Applications › the app › Okta API Scopes.`
        : (oauth?.how ??
          'The token has the role of the admin who made it. To read and reset users, that admin needs to be a Super, Organizational, Group or Help Desk Administrator.'),
    };
  }
  return {
    code: 'ORG_ANSWER',
    what: `: ${host} answered ${said}.`,
    hint:
      oktaCode === undefined
        ? 'Try again in a few minutes. To see more: okta-reset doctor'
        : `okta-reset explain ${oktaCode}`,
  };
}

function told(failure: Failure, host: string): Told {
  const trace = failure.requestId === undefined ? '' : `, request ${failure.requestId}`;
  if (failure.kind !== 'transport' && failure.page !== undefined)
    return pageText(failure.page, failure.status, host);
  if (failure.kind === 'okta' && isNotOkta(failure))
    return wayText(failure.status, failure.message, host);
  switch (failure.kind) {
    case 'transport':
      return transportText(failure.code, host);
    case 'answer':
      return {
        code: 'ORG_ANSWER',
        what: `: what ${host} sent is not an answer of Okta’s API${trace}.`,
        hint: 'Check the org URL and the proxy (HTTPS_PROXY): something else may answer at that address.',
      };
    case 'okta':
      return oktaText(failure, trace, host);
    default: {
      const never: never = failure;
      return never;
    }
  }
}

/** Turns a failed read into an error for the admin: what was tried, Okta's code and request id, and what to do. */
export function failureError(failure: Failure, tried: string, host: string): AppError {
  const { code, what, hint } = told(failure, host);
  const isPage = failure.kind !== 'transport' && failure.page !== undefined;
  const cause = isPage ? undefined : failure.message;
  return new AppError(code, plain(`Could not ${tried}${what}`), { hint: plain(hint), cause });
}

/** Returns what a long read needs: a reader, and the words for its failures. */
export const readPorts = <R extends { readonly host: string }>(reader: R) => ({
  reader,
  failureError: (failure: Failure, tried: string) => failureError(failure, tried, reader.host),
});
