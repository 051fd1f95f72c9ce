import { AppError } from '../../domain/codes/app-error.ts';
import type { Answer } from '../../domain/row/call.ts';
import { EXIT } from '../../domain/codes/exit-code.ts';
import type { OrgReader } from '../../domain/org/org.ts';
import type { Principal } from '../../domain/run/run-file.ts';
import type { Credentials } from '../../config/credentials.ts';
import { failureError, isNotOkta } from './failure-error.ts';

export interface OrgIdentity {
  /** Empty if the org does not return it. */
  readonly orgId: string;
  readonly engine: 'classic' | 'oie' | 'unknown';
  readonly principal: Principal;
}

/**
 * Asks the org for its identity and for the owner of the credential. If the credential is rejected, nothing else is asked.
 * Rejects with AUTH_REJECTED, AUTH_PERMISSION or ORG_UNREACHABLE.
 */
export async function identify(
  reader: OrgReader,
  credentials: Credentials,
  signal: AbortSignal,
): Promise<OrgIdentity> {
  // A service app's proof contains Okta's time, which only the first answer shows.
  const early = credentials.kind === 'oauth' ? undefined : reader.me(signal);
  const [organization] = await Promise.all([reader.organization(signal), early]);
  if (organization.kind === 'failed' && isNotOkta(organization.failure)) {
    throw failureError(organization.failure, 'reach the org', reader.host);
  }
  const me: Answer<{ readonly id: string; readonly login: string }> =
    (await early) ?? (await reader.me(signal));
  const known =
    organization.kind === 'ok' ? organization.value : { id: '', engine: 'unknown' as const };
  if (me.kind === 'ok') {
    const principal: Principal =
      credentials.kind === 'oauth'
        ? { kind: 'app', clientId: credentials.clientId }
        : { kind: 'user', id: me.value.id, login: me.value.login };
    return { orgId: known.id, engine: known.engine, principal };
  }
  const { failure } = me;
  const refused = failure.kind === 'okta' && failure.status === 401;
  if (refused || isNotOkta(failure)) throw failureError(failure, 'sign in', reader.host);
  if (organization.kind === 'failed' && failure.kind === 'okta' && failure.oktaCode === undefined) {
    throw new AppError(
      'ORG_ANSWER',
      `${reader.host} does not answer like an Okta org (HTTP ${failure.status}).`,
      {
        hint: 'Check the org URL. A proxy or a sign-in page in between can also answer like this.',
        exitCode: EXIT.usage,
      },
    );
  }
  return {
    orgId: known.id,
    engine: known.engine,
    principal:
      credentials.kind === 'oauth'
        ? { kind: 'app', clientId: credentials.clientId }
        : { kind: 'unknown' },
  };
}
