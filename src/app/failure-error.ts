import { AppError } from '../domain/app-error.ts';
import { EXIT } from '../domain/exit-code.ts';
import type { Failure } from '../domain/failure.ts';
import { findErrorEntry } from '../domain/okta-error.ts';

/** Turns a failed read into an error for the admin: what was tried, Okta's code and request id, what to do. */
export function failureError(failure: Failure, tried: string, host: string): AppError {
  const trace = failure.requestId === undefined ? '' : `, request ${failure.requestId}`;
  switch (failure.kind) {
    case 'transport':
      return new AppError(
        'ORG_UNREACHABLE',
        `Could not ${tried}: ${host} did not answer (${failure.code}).`,
        {
          hint: 'Check the org URL, the network and HTTPS_PROXY. okta-reset doctor looks at each.',
          exitCode: EXIT.incomplete,
          cause: failure.message,
        },
      );
    case 'answer':
      return new AppError(
        'ORG_ANSWER',
        `Could not ${tried}: the answer of ${host} makes no sense${trace}.`,
        {
          hint: 'A proxy in between? Try okta-reset doctor.',
          exitCode: EXIT.incomplete,
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
            exitCode: EXIT.auth,
            cause: failure.message,
          },
        );
      }
      if (failure.status === 403 || oauth?.stop === 'permission') {
        return new AppError(
          'AUTH_PERMISSION',
          `Could not ${tried}: the credential may not do this on ${host} (${said}).`,
          {
            hint: failure.insufficientScope
              ? 'Grant the app the missing scope: Applications › the app › Okta API Scopes.'
              : (oauth?.how ??
                'The token acts with its creator’s role. Reading and resetting users needs Super, Org, Group or Help Desk Administrator.'),
            exitCode: EXIT.auth,
            cause: failure.message,
          },
        );
      }
      return new AppError('ORG_ANSWER', `Could not ${tried}: ${host} answered ${said}.`, {
        hint:
          failure.oktaCode === undefined
            ? 'Try again in a few minutes; okta-reset doctor looks closer.'
            : `okta-reset explain ${failure.oktaCode}`,
        exitCode: EXIT.incomplete,
        cause: failure.message,
      });
    }
    default: {
      const never: never = failure;
      return never;
    }
  }
}
