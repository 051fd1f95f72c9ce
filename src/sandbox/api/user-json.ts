import type { Org } from '../org/org.ts';
import type { Provider, Status } from '../org/mix.ts';
import { timestamp } from '../timestamp.ts';
import type { UserView } from '../org/user-table.ts';

const PROVIDER_NAMES: Readonly<Record<Provider, string>> = {
  ACTIVE_DIRECTORY: 'corp.acme.example',
  FEDERATION: 'FEDERATION',
  IMPORT: 'IMPORT',
  LDAP: 'ldap.acme.example',
  OKTA: 'OKTA',
  SOCIAL: 'GOOGLE',
};

const iso = (seconds: number): string => (seconds === 0 ? 'null' : `"${timestamp(seconds)}"`);

/** Links that Okta publishes in a single user, by status. A call without its link is not allowed. */
const PASSWORDED = [
  'suspend',
  'resetPassword',
  'forgotPassword',
  'expirePassword',
  'changeRecoveryQuestion',
  'resetFactors',
  'deactivate',
  'changePassword',
];
const PUBLISHED: Readonly<Record<Status, readonly string[]>> = {
  ACTIVE: PASSWORDED,
  PASSWORD_EXPIRED: PASSWORDED,
  LOCKED_OUT: ['unlock', 'resetPassword', 'expirePassword', 'deactivate'],
  RECOVERY: ['reactivate', 'resetPassword', 'deactivate'],
  PROVISIONED: ['reactivate', 'resetPassword', 'suspend', 'deactivate'],
  SUSPENDED: ['unsuspend', 'resetFactors', 'deactivate'],
  STAGED: ['activate', 'resetFactors'],
  DEPROVISIONED: ['activate', 'delete', 'resetFactors'],
};
const LINK_PATHS: Readonly<Record<string, string>> = {
  suspend: 'lifecycle/suspend',
  unsuspend: 'lifecycle/unsuspend',
  activate: 'lifecycle/activate',
  reactivate: 'lifecycle/reactivate',
  deactivate: 'lifecycle/deactivate',
  unlock: 'lifecycle/unlock',
  resetPassword: 'lifecycle/reset_password',
  expirePassword: 'lifecycle/expire_password',
  resetFactors: 'lifecycle/reset_factors',
  forgotPassword: 'credentials/forgot_password',
  changePassword: 'credentials/change_password',
  changeRecoveryQuestion: 'credentials/change_recovery_question',
};

function links(org: Org, index: number, status: Status, self: string, origin: string): string {
  const offered = PUBLISHED[status].filter(
    (name) => name !== 'resetFactors' || org.table.value('factors', index) > 0,
  );
  const published = offered.map((name) => {
    const path = LINK_PATHS[name];
    const href = path === undefined ? self : `${self}/${path}`;
    return `"${name}":{"href":"${href}","method":"${name === 'delete' ? 'DELETE' : 'POST'}"}`;
  });
  const type = `"type":{"href":"${origin}/api/v1/meta/types/user/${org.userTypeId}"}`;
  const schema = `"schema":{"href":"${origin}/api/v1/meta/schemas/user/${org.schemaId}"}`;
  return [...published, schema, type].join(',');
}

/**
 * Formats a user as Okta does. A single user has links to the allowed calls; a user in a collection has only `self`.
 * `statusChangedS` replaces the stored time, because the answer of expire_password still has the old one.
 */
export function userJson(
  org: Org,
  index: number,
  view: {
    readonly origin: string;
    readonly links: 'self' | 'all';
    readonly statusChangedS?: number;
    /** The view that the user is read from; by default the current state. */
    readonly table?: UserView | undefined;
  },
): string {
  const table = view.table ?? org.table;
  const person = org.people.person(index);
  const id = org.userIds.idOf(index);
  const self = `${view.origin}/api/v1/users/${id}`;
  const provider = table.providerOf(index);
  const email = JSON.stringify(person.email);
  const second = person.secondEmail === undefined ? 'null' : JSON.stringify(person.secondEmail);
  const emails =
    `[{"value":${email},"status":"VERIFIED","type":"PRIMARY"}` +
    (person.secondEmail === undefined
      ? ']'
      : `,{"value":${second},"status":"VERIFIED","type":"SECONDARY"}]`);
  const more =
    view.links === 'all' ? `,${links(org, index, table.statusOf(index), self, view.origin)}` : '';
  return (
    `{"id":"${id}","status":"${table.statusOf(index)}","created":${iso(table.createdS(index))},` +
    `"activated":${iso(table.value('activatedS', index))},` +
    `"statusChanged":${iso(view.statusChangedS ?? table.value('statusChangedS', index))},` +
    `"lastLogin":${iso(table.value('lastLoginS', index))},` +
    `"lastUpdated":${iso(table.value('lastUpdatedS', index))},` +
    `"passwordChanged":${iso(table.value('passwordChangedS', index))},` +
    `"type":{"id":"${org.userTypeId}"},"realmId":"${org.realmId}",` +
    `"profile":{"firstName":${JSON.stringify(person.firstName)},` +
    `"lastName":${JSON.stringify(person.lastName)},"mobilePhone":null,"secondEmail":${second},` +
    `"login":${JSON.stringify(person.login)},"email":${email},` +
    `"nickName":${JSON.stringify(person.nickName ?? null)},"title":"${person.title}",` +
    `"department":"${person.department}","costCenter":"${person.costCenter}","city":"${person.city}"},` +
    `"credentials":{${table.value('password', index) === 1 ? '"password":{},' : ''}"emails":${emails},` +
    `"provider":{"type":"${provider}","name":"${PROVIDER_NAMES[provider]}"}},` +
    `"_links":{"self":{"href":"${self}"}${more}}}`
  );
}

const CREDENTIALS_LINKS = [
  'changePassword',
  'changeRecoveryQuestion',
  'forgotPassword',
  'resetPassword',
  'resetFactors',
  'unlock',
];

function projected(user: Record<string, unknown>, fields: string): Record<string, unknown> {
  const result: Record<string, unknown> = { id: user['id'] };
  for (const match of fields.matchAll(/([A-Za-z_.]+)(?::\(([^()]*)\))?/g)) {
    const [, name = '', inner] = match;
    const value = user[name];
    if (value === undefined) continue;
    result[name] =
      inner === undefined || typeof value !== 'object' || value === null
        ? value
        : Object.fromEntries(
            inner
              .split(',')
              .map((key) => key.trim())
              .filter((key) => key in value)
              .map((key) => [key, (value as Record<string, unknown>)[key]]),
          );
  }
  return result;
}

/** Cuts a user's JSON down to `fields=id,status,profile:(login,email)`, and leaves out what `okta-response` omits. */
export function reduceUserJson(
  json: string,
  fields: string | undefined,
  omitCredentials: boolean,
): string {
  let user = JSON.parse(json) as Record<string, unknown>;
  if (omitCredentials) {
    delete user['credentials'];
    const links = Object.entries(user['_links'] as Record<string, unknown>);
    user['_links'] = Object.fromEntries(
      links.filter(([name]) => !CREDENTIALS_LINKS.includes(name)),
    );
  }
  if (fields !== undefined) user = projected(user, fields);
  return JSON.stringify(user);
}
