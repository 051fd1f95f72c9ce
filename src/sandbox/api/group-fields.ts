import type { Org } from '../org/org.ts';
import type { Operator } from '../search/grammar.ts';
import type { Field } from '../search/match.ts';

const NAMES = ['Everyone', 'Engineering', 'Sales', 'Finance', 'Contractors', 'Contractors'];
const DESCRIPTIONS = ['All users in your organization', 'Those who build it'];
const CREATED_MS = Date.parse('2019-03-01T00:00:00.000Z');
const DAY_MS = 86_400_000;

/** A group as the org has it. Times are epoch milliseconds, derived from the group's number. */
export interface SandboxGroup {
  readonly name: string;
  readonly description: string | undefined;
  readonly type: 'BUILT_IN' | 'APP_GROUP' | 'OKTA_GROUP';
  readonly createdMs: number;
  readonly lastUpdatedMs: number;
  readonly lastMembershipUpdatedMs: number;
}

/**
 * Makes a group from its number. The last of the first six shares its name with another group: one is from Okta, one from a
 * directory.
 */
export function groupOf(index: number): SandboxGroup {
  const createdMs = CREATED_MS + index * DAY_MS;
  return {
    name: NAMES[index] ?? `Team ${index + 1 - NAMES.length}`,
    description: DESCRIPTIONS[index],
    type: index === 0 ? 'BUILT_IN' : index === 5 ? 'APP_GROUP' : 'OKTA_GROUP',
    createdMs,
    lastUpdatedMs: createdMs + 30 * DAY_MS,
    lastMembershipUpdatedMs: createdMs + 60 * DAY_MS,
  };
}

const ops = (...names: Operator[]): ReadonlySet<Operator> => new Set(names);
const EQUAL = ops('eq');
const TEXT = ops('eq', 'sw', 'pr');
const PROFILE = ops('eq', 'sw', 'co', 'pr');
const TIME = ops('eq', 'gt', 'ge', 'lt', 'le', 'pr');

function text(read: Field['read'], operators: ReadonlySet<Operator>): Field {
  return { kind: 'text', operators, read };
}

const time = (read: Field['read']): Field => ({ kind: 'time', operators: TIME, read });

function found(org: Org, attribute: string): Field | undefined {
  switch (attribute) {
    case 'id':
      return { ...text(org.groupIds.idOf, TEXT), caseSensitive: true };
    case 'type':
      return text((index) => groupOf(index).type, TEXT);
    case 'created':
      return time((index) => groupOf(index).createdMs);
    case 'lastUpdated':
      return time((index) => groupOf(index).lastUpdatedMs);
    case 'lastMembershipUpdated':
      return time((index) => groupOf(index).lastMembershipUpdatedMs);
    case 'profile.name':
      return text((index) => groupOf(index).name, PROFILE);
    case 'profile.description':
      return text((index) => groupOf(index).description, PROFILE);
    default:
      return undefined;
  }
}

const FILTERED = new Set(['id', 'type', 'lastUpdated', 'lastMembershipUpdated']);

/**
 * The attributes of a group that `search` can name; or the few that `filter` can name, whose values are compared
 * case-sensitively.
 */
export function groupField(
  org: Org,
  attribute: string,
  kind: 'search' | 'filter',
): Field | undefined {
  const field = found(org, attribute);
  if (kind === 'search' || field === undefined) return field;
  if (!FILTERED.has(attribute)) return undefined;
  return field.kind === 'time' ? field : { ...field, operators: EQUAL, caseSensitive: true };
}
