import { parseUserId } from '../../domain/org/user-id.ts';
import type { User } from '../../domain/org/user.ts';
import { isRecord, textOf, timeOf } from '../http/json.ts';
import type { JsonRecord } from '../http/json.ts';

const UNKNOWN = 'UNKNOWN';

/** Leaves out links and the member for the password. A member named `__proto__` stays a member. */
function rawOf(json: JsonRecord, credentials: JsonRecord | undefined): JsonRecord {
  // eslint-disable-next-line @typescript-eslint/no-unused-vars -- what a rest leaves out must be named
  const { _links, _embedded, ...raw } = json;
  if (credentials === undefined || !('password' in credentials)) return raw;
  // eslint-disable-next-line @typescript-eslint/no-unused-vars -- what a rest leaves out must be named
  const { password, ...shown } = credentials;
  return { ...raw, credentials: shown };
}

/** Reads a user; undefined if it has no id that is safe in a URL. Other values that are missing or odd are ignored. */
export function readUser(json: unknown): User | undefined {
  if (!isRecord(json) || typeof json['id'] !== 'string') return undefined;
  const id = parseUserId(json['id']);
  if (id === undefined) return undefined;
  const profile = isRecord(json['profile']) ? json['profile'] : {};
  const credentials = isRecord(json['credentials']) ? json['credentials'] : undefined;
  const provider =
    credentials !== undefined && isRecord(credentials['provider']) ? credentials['provider'] : {};
  return {
    id,
    status: textOf(json['status']) ?? UNKNOWN,
    login: textOf(profile['login']) ?? '',
    email: textOf(profile['email']),
    secondEmail: textOf(profile['secondEmail']),
    providerType: textOf(provider['type']) ?? UNKNOWN,
    providerName: textOf(provider['name']),
    statusChangedMs: timeOf(json['statusChanged']),
    passwordChangedMs: timeOf(json['passwordChanged']),
    raw: rawOf(json, credentials),
  };
}
