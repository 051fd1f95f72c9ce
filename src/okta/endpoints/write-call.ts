import { STEPS, type SecretKind } from '../../domain/plan/step.ts';
import type { StepCall, StepEffect } from '../../domain/org/org.ts';
import { Secret } from '../../secrets/secret.ts';
import { bucketOf } from './bucket.ts';
import { isRecord, parseJson, textOf } from '../http/json.ts';
import type { WriteRequest } from '../http/transport.ts';

/** Makes the request of a step. */
export function writeRequest(call: StepCall): WriteRequest {
  const entry = STEPS[call.step];
  const { method } = entry;
  const path = `/api/v1/users/${call.userId}/${entry.path}${entry.query(call)}`;
  return {
    method,
    path,
    route: `/api/v1/users/{id}/${entry.path}`,
    bucket: bucketOf(method, path),
    auth: 'credential',
    headers: [],
    keep: entry.brings(call) === undefined ? 'nothing' : 'body',
    beforeSend: call.beforeSend,
    atDeparture: call.atDeparture,
  };
}

/** The member of an answer that contains the secret. */
const SECRET_MEMBER: Readonly<Record<SecretKind, string>> = {
  'reset-link': 'resetPasswordUrl',
  'temp-password': 'tempPassword',
};

/** Reads what an accepted step returned; undefined if it is not what the step is for. */
export function readEffect(call: StepCall, body: string): StepEffect | undefined {
  const what = STEPS[call.step].brings(call);
  if (what === undefined) return { kind: 'done' };
  const secret = memberOf(body, SECRET_MEMBER[what]);
  if (secret !== undefined) return { kind: 'secret', secret: new Secret(secret), what };
  // Orgs that do not support the parameter ignore it: they expire the password and answer with the user, with `{}`, or with
  // nothing. No other answer contains a password either, so the other endpoint is used to get one.
  return call.step === 'temp-password' ? { kind: 'expired-without-password' } : undefined;
}

function memberOf(body: string, name: string): string | undefined {
  const json = parseJson(body);
  return isRecord(json) ? textOf(json[name]) : undefined;
}
