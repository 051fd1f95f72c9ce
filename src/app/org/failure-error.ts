import { AppError } from '../../domain/codes/app-error.ts';
import type { Failure } from '../../domain/row/failure.ts';
import { findErrorEntry } from '../../domain/codes/okta-error.ts';

/** A web page in place of Okta’s answer: a captive portal, a proxy, or another host than an org. */
function pageError(title: string, status: number, tried: string, host: string): AppError {
  const titled = title === '' ? 'a web page' : `a web page titled “${title}”`;
  return new AppError(
    'ORG_ANSWER',
    `Could not ${tried}: what ${host} sent is not Okta’s answer. It looks like ${titled} (HTTP ${status}).`,
    {
      hint: `Check the org URL and the proxy (HTTPS_PROXY). The sign-in page of a network or of a proxy answers like this: open https://${host} in a browser on this machine.`,
    },
  );
}

/** Turns a failed read into an error for the admin: what was tried, Okta's code and request id, what to do. */
export function failureError(failure: Failure, tried: string, host: string): AppError {
  const trace = failure.requestId === undefined ? '' : `, request ${failure.requestId}`;
  if (failure.kind !== 'transport' && failure.page !== undefined)
    return pageError(failure.page, failure.status, tried, host);
  switch (failure.kind) {
    case 'transport': {
      const entry = findErrorEntry(failure.code);
      const why = entry?.meaning ?? `${host} did not answer.`;
      return new AppError(
        'ORG_UNREACHABLE',
        `Could not ${tried} (${host}, ${failure.code}). ${why.replaceAll('`', '')}`,
        {
          hint: `${entry?.how.replaceAll('`', '') ?? 'Check the org URL, the network and HTTPS_PROXY.'} okta-reset doctor looks at each.`,
          cause: failure.message,
        },
      );
    }
    case 'answer':
      return new AppError(
        'ORG_ANSWER',
        `Could not ${tried}: the answer of ${host} makes no sense${trace}.`,
        {
          hint: 'A proxy in between? Try okta-reset doctor.',
          cause: failure.message,
        },
      );
    case 'okta': {
      // OAuth's names come from the token endpoint, which answers 400 to what is a matter of credentials.
      const oauth = /^[a-z_]+$/.test(failure.oktaCode ?? '')
        ? findErrorEntry(failure.oktaCode ?? '')
        : undefined;
      const said = `HTTP ${failure.status}${failure.oktaCode === undefined ? '' : ` ${failure.oktaCode}`}${trace}`;
      if (failure.status === 401 || oauth?.stop === 'credentials') {
        return new AppError(
          'AUTH_REJECTED',
          `Could not ${tried}: ${host} does not accept the credential (${said}).`,
          {
            hint:
              oauth?.how ??
              'The token may be revoked, expired (30 days unused), bound to another network zone, or of another org. Make a new one: Security › API › Tokens.',
            cause: failure.message,
          },
        );
      }
      if (failure.status === 403 || oauth?.stop === 'permission') {
        return new AppError(
          'AUTH_PERMISSION',
          `Could not ${tried}: ${
            failure.missingScope === undefined
              ? 'the credential may not do this'
              : `the access token lacks the scope ${failure.missingScope}`
          } on ${host} (${said}).`,
          {
            hint: failure.insufficientScope
              ? `Grant the app the scope ${failure.missingScope ?? 'that is missing'}: Applications › the app › Okta API Scopes.`
              : (oauth?.how ??
                'The token acts with its creator’s role. Reading and resetting users needs Super, Org, Group or Help Desk Administrator.'),
            cause: failure.message,
          },
        );
      }
      return new AppError('ORG_ANSWER', `Could not ${tried}: ${host} answered ${said}.`, {
        hint:
          failure.oktaCode === undefined
            ? 'Try again in a few minutes; okta-reset doctor looks closer.'
            : `okta-reset explain ${failure.oktaCode}`,
        cause: failure.message,
      });
    }
    default: {
      const never: never = failure;
      return never;
    }
  }
}
