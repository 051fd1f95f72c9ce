import type { Factor, Group, LogEvent, LogPerson, Role } from '../../domain/org/org.ts';
import { isRecord, textOf, timeOf } from '../http/json.ts';

/** Reads an array, each member with `read`; undefined if it is not an array, or if a member is not what it should be. */
export function readList<T>(
  json: unknown,
  read: (member: unknown) => T | undefined,
): readonly T[] | undefined {
  if (!Array.isArray(json)) return undefined;
  const members: T[] = [];
  for (const member of json as readonly unknown[]) {
    const value = read(member);
    // A member that is silently left out could be a user whom nobody resets.
    if (value === undefined) return undefined;
    members.push(value);
  }
  return members;
}

export function readGroup(json: unknown): Group | undefined {
  if (!isRecord(json)) return undefined;
  const id = textOf(json['id']);
  const name = isRecord(json['profile']) ? textOf(json['profile']['name']) : undefined;
  return id === undefined ? undefined : { id, name: name ?? '' };
}

/** Reads an enrolled factor. */
export function readFactor(json: unknown): Factor | undefined {
  if (!isRecord(json)) return undefined;
  const id = textOf(json['id']);
  if (id === undefined) return undefined;
  return { id, type: textOf(json['factorType']) ?? '', enrolledMs: timeOf(json['created']) };
}

/** Reads the id of a role's holder. */
export function readHolder(json: unknown): string | undefined {
  return isRecord(json) ? textOf(json['id']) : undefined;
}

export function readRole(json: unknown): Role | undefined {
  const type = isRecord(json) ? textOf(json['type']) : undefined;
  if (!isRecord(json) || type === undefined) return undefined;
  return { type, label: textOf(json['label']) ?? type };
}

function readPerson(role: LogPerson['role'], json: unknown): readonly LogPerson[] {
  if (!isRecord(json) || json['type'] !== 'User') return [];
  const id = textOf(json['id']);
  return id === undefined ? [] : [{ role, id, login: textOf(json['alternateId']) }];
}

function readPeople(json: Readonly<Record<string, unknown>>): readonly LogPerson[] {
  const { actor, target } = json;
  const targets = Array.isArray(target) ? (target as readonly unknown[]) : [];
  return [...readPerson('actor', actor), ...targets.flatMap((one) => readPerson('target', one))];
}

function readPlace(client: Readonly<Record<string, unknown>>): string | undefined {
  const context = client['geographicalContext'];
  if (!isRecord(context)) return undefined;
  const parts = ['city', 'state', 'country'].map((name) => textOf(context[name]));
  const known = parts.filter((part) => part !== undefined && part !== '');
  return known.length === 0 ? undefined : known.join(', ');
}

export function readLogEvent(json: unknown): LogEvent | undefined {
  if (!isRecord(json)) return undefined;
  const uuid = textOf(json['uuid']);
  const eventType = textOf(json['eventType']);
  const publishedMs = timeOf(json['published']);
  if (uuid === undefined || eventType === undefined || publishedMs === undefined) return undefined;
  const outcome = isRecord(json['outcome']) ? json['outcome'] : {};
  const client = isRecord(json['client']) ? json['client'] : {};
  const people = readPeople(json);
  return {
    uuid,
    eventType,
    publishedMs,
    actorId: isRecord(json['actor']) ? textOf(json['actor']['id']) : undefined,
    userIds: people.filter(({ role }) => role === 'target').map(({ id }) => id),
    result: textOf(outcome['result']),
    reason: textOf(outcome['reason']),
    requestId: isRecord(json['transaction']) ? textOf(json['transaction']['id']) : undefined,
    clientIp: textOf(client['ipAddress']),
    people,
    place: readPlace(client),
  };
}

/** Returns the lifetime of the emailed recovery link in a password policy, in minutes. */
function lifetimeOf(policy: unknown): number | undefined {
  let value: unknown = policy;
  for (const name of [
    'settings',
    'recovery',
    'factors',
    'okta_email',
    'properties',
    'recoveryToken',
    'tokenLifetimeMinutes',
  ]) {
    value = isRecord(value) ? value[name] : undefined;
  }
  return typeof value === 'number' && value > 0 ? value : undefined;
}

/** Returns the shortest and longest link lifetime of the active password policies; undefined if none names one. */
export function readLinkLifetime(
  json: unknown,
): { readonly minMinutes: number; readonly maxMinutes: number } | undefined {
  if (!Array.isArray(json)) return undefined;
  const minutes = json.flatMap((policy: unknown) =>
    isRecord(policy) && policy['status'] === 'ACTIVE' ? (lifetimeOf(policy) ?? []) : [],
  );
  return minutes.length === 0
    ? undefined
    : { minMinutes: Math.min(...minutes), maxMinutes: Math.max(...minutes) };
}
