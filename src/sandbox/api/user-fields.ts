import type { Field } from '../search/match.ts';
import type { Operator } from '../search/grammar.ts';
import type { Org } from '../org/org.ts';
import type { Person } from '../org/person.ts';
import type { UserView } from '../org/user-table.ts';

const ops = (...names: Operator[]): ReadonlySet<Operator> => new Set(names);
const ORDER: readonly Operator[] = ['gt', 'ge', 'lt', 'le'];
const TEXT = ops('eq', 'sw', 'pr', ...ORDER);
const NAME = ops('eq', 'sw', 'co', 'pr', ...ORDER);
const TIME = ops('eq', 'pr', ...ORDER);
const EQUAL = ops('eq');

const NAMES = new Set(['firstName', 'lastName', 'login', 'email']);
/** Okta's base profile. Most of it is empty here. */
const PROFILE = new Set(
  (
    'city costCenter countryCode department displayName division email employeeNumber firstName honorificPrefix honorificSuffix ' +
    'lastName locale login manager managerId middleName mobilePhone nickName organization postalAddress preferredLanguage ' +
    'primaryPhone profileUrl secondEmail state streetAddress timezone title userType zipCode'
  ).split(' '),
);

const toMs = (seconds: number): number | undefined => (seconds === 0 ? undefined : seconds * 1000);

function text(
  read: Field['read'],
  operators: ReadonlySet<Operator>,
  lookup?: Field['lookup'],
): Field {
  const field = { kind: 'text', operators, read } as const;
  return lookup === undefined ? field : { ...field, lookup };
}

const time = (read: Field['read']): Field => ({ kind: 'time', operators: TIME, read });

const list = (index: number | undefined): readonly number[] => (index === undefined ? [] : [index]);

function profileField(org: Org, name: string): Field | undefined {
  if (!PROFILE.has(name)) return undefined;
  const { people } = org;
  const read = (index: number): string | undefined => people.person(index)[name as keyof Person];
  const operators = NAMES.has(name) ? NAME : TEXT;
  if (name === 'login') return text(read, operators, (value) => list(people.byLogin(value)));
  if (name === 'email') return text(read, operators, (value) => people.byEmail(value));
  return text(read, operators);
}

/**
 * The attributes that `search` can name: all of the profile, and a few of the user, but not passwordChanged, lastLogin or
 * provider.
 */
export function searchField(org: Org, table: UserView, attribute: string): Field | undefined {
  const { userIds } = org;
  switch (attribute) {
    case 'id':
      // Two ids can differ only in case, so an id is compared exactly.
      return {
        ...text(userIds.idOf, TEXT, (value) => list(userIds.indexOf(value))),
        caseSensitive: true,
      };
    case 'status':
      return text((index) => table.statusOf(index), TEXT);
    case 'created':
      return time((index) => toMs(table.createdS(index)));
    case 'activated':
      return time((index) => toMs(table.value('activatedS', index)));
    case 'statusChanged':
      return time((index) => toMs(table.value('statusChangedS', index)));
    case 'lastUpdated':
      return time((index) => toMs(table.value('lastUpdatedS', index)));
    case 'type.id':
      return text(() => org.userTypeId, TEXT);
    default:
      return attribute.startsWith('profile.') ? profileField(org, attribute.slice(8)) : undefined;
  }
}

/**
 * The attributes that `filter` can name: seven, with `eq` only (lastUpdated also with order), and values compared
 * case-sensitively.
 */
export function filterField(org: Org, table: UserView, attribute: string): Field | undefined {
  switch (attribute) {
    case 'status':
    case 'id':
    case 'profile.login':
    case 'profile.email':
    case 'profile.firstName':
    case 'profile.lastName': {
      const field = searchField(org, table, attribute);
      if (field === undefined) return undefined;
      return { ...field, operators: EQUAL, caseSensitive: true };
    }
    case 'lastUpdated': {
      const field = searchField(org, table, attribute);
      return field === undefined ? undefined : { ...field, operators: ops('eq', ...ORDER) };
    }
    default:
      return undefined;
  }
}
