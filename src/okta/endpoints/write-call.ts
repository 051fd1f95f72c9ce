import type { Step } from '../../domain/plan/action.ts';
import type { StepCall, StepEffect } from '../../domain/org/org.ts';
import { Secret } from '../../secrets/secret.ts';
import { bucketOf } from '../bucket.ts';
import { isRecord, parseJson, textOf } from '../http/json.ts';
import type { WriteRequest } from '../http/transport.ts';

interface Endpoint {
  readonly method: 'POST' | 'DELETE';
  /** What comes after the user's id. */
  readonly tail: string;
  readonly query: string;
  readonly keep: 'body' | 'nothing';
}

function endpointOf({ step, sendEmail, revokeSessions }: StepCall): Endpoint {
  switch (step) {
    case 'revoke-tokens':
      return { method: 'DELETE', tail: 'sessions', query: '?oauthTokens=true', keep: 'nothing' };
    case 'revoke-sessions':
      return { method: 'DELETE', tail: 'sessions', query: '', keep: 'nothing' };
    case 'reset-password':
      return {
        method: 'POST',
        tail: 'lifecycle/reset_password',
        // Always said: what an omitted sendEmail means, Okta's documents disagree about.
        query: `?sendEmail=${String(sendEmail)}${revokeSessions ? '&revokeSessions=true' : ''}`,
        keep: sendEmail ? 'nothing' : 'body',
      };
    case 'temp-password':
      return {
        method: 'POST',
        tail: 'lifecycle/expire_password',
        query: '?tempPassword=true',
        keep: 'body',
      };
    case 'temp-password-split':
      return {
        method: 'POST',
        tail: 'lifecycle/expire_password_with_temp_password',
        query: revokeSessions ? '?revokeSessions=true' : '',
        keep: 'body',
      };
    case 'expire-password':
      return { method: 'POST', tail: 'lifecycle/expire_password', query: '', keep: 'nothing' };
    default: {
      const never: never = step;
      return never;
    }
  }
}

/** Makes the request of a step. */
export function writeRequest(call: StepCall): WriteRequest {
  const { method, tail, query, keep } = endpointOf(call);
  const path = `/api/v1/users/${call.userId}/${tail}${query}`;
  return {
    method,
    path,
    route: `/api/v1/users/{id}/${tail}`,
    bucket: bucketOf(method, path),
    auth: 'credential',
    headers: [],
    keep,
    beforeSend: call.beforeSend,
    atDeparture: call.atDeparture,
  };
}

/** Reads what an accepted step brought back; undefined if it is not what the step was for. */
export function readEffect(step: Step, sendEmail: boolean, body: string): StepEffect | undefined {
  switch (step) {
    case 'revoke-tokens':
    case 'revoke-sessions':
    case 'expire-password':
      return { kind: 'done' };
    case 'reset-password': {
      if (sendEmail) return { kind: 'done' };
      const link = memberOf(body, 'resetPasswordUrl');
      return link === undefined
        ? undefined
        : { kind: 'secret', secret: new Secret(link), what: 'reset-link' };
    }
    case 'temp-password':
    case 'temp-password-split': {
      const password = memberOf(body, 'tempPassword');
      if (password !== undefined) {
        return { kind: 'secret', secret: new Secret(password), what: 'temp-password' };
      }
      // Orgs that do not know the parameter ignore it: they expire the password and answer with the user, or with `{}`.
      const expired = step === 'temp-password' && isRecord(parseJson(body));
      return expired ? { kind: 'expired-without-password' } : undefined;
    }
    default: {
      const never: never = step;
      return never;
    }
  }
}

function memberOf(body: string, name: string): string | undefined {
  const json = parseJson(body);
  return isRecord(json) ? textOf(json[name]) : undefined;
}
