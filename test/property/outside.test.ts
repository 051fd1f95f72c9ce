import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Answer } from '../../src/domain/row/call.ts';
import type { OrgWriter } from '../../src/domain/org/org.ts';
import { parseUserId, type UserId } from '../../src/domain/org/user-id.ts';
import { parseJson } from '../../src/okta/http/json.ts';
import { nextLinkOf } from '../../src/okta/http/link-header.ts';
import { createListings } from '../../src/okta/endpoints/listing.ts';
import { createReader } from '../../src/okta/endpoints/reader.ts';
import { createServerClock } from '../../src/okta/http/server-clock.ts';
import type { Exchange, Headers } from '../../src/okta/http/transport.ts';
import { createWriter } from '../../src/okta/endpoints/writer.ts';
import { anyText } from '../any-text.ts';

const ORIGIN = 'https://acme.okta.com';
const ID = '00u1111111111111111a' as UserId;
const never = new AbortController().signal;

/** An org that answers everything in the same way, and what it was asked. */
function openOrg(body = '[]', headers: Headers = {}, status = 200) {
  const asked: string[] = [];
  const exchange: Exchange = {
    call: { status, requestId: undefined, serverTimeMs: undefined, durationMs: 1 },
    failure: undefined,
    body,
    json: parseJson(body),
    sent: true,
    rate: undefined,
    headers,
  };
  const transport = {
    send: ({ path }: { readonly path: string }) => {
      asked.push(path);
      return Promise.resolve(exchange);
    },
  };
  const clock = { nowMs: () => 0, monotonicMs: () => 0, sleep: () => Promise.resolve() };
  const serverClock = createServerClock(clock);
  const reader = createReader({
    origin: ORIGIN,
    transport,
    pacing: { limits: () => [] },
    serverClock,
  });
  return { writer: createWriter(reader, transport), asked };
}

/** Every call to an org, with a text from outside in each place that accepts one. */
const CALLS: Readonly<Record<string, (org: OrgWriter, text: string) => Promise<Answer<unknown>>>> =
  {
    organization: (org) => org.organization(never),
    me: (org) => org.me(never),
    user: (org, text) => org.user(text, never),
    search: (org, expression) =>
      org.users({ query: { kind: 'search', expression }, limit: 200 }, never),
    filter: (org, expression) =>
      org.users({ query: { kind: 'filter', expression }, limit: 200 }, never),
    q: (org, prefix) => org.users({ query: { kind: 'q', prefix }, limit: 200 }, never),
    all: (org) => org.users({ query: { kind: 'all' }, limit: 200 }, never),
    'a cursor': (org, next) => org.users({ next }, never),
    groupsNamed: (org, text) => org.groupsNamed(text, never),
    group: (org, text) => org.group(text, never),
    groupMembers: (org, groupId) => org.groupMembers({ groupId, limit: 200 }, never),
    'a cursor of members': (org, next) => org.groupMembers({ next }, never),
    admins: (org) => org.admins(undefined, never),
    'roles of a user': (org, id) => org.roles({ kind: 'user', id }, never),
    'roles of an app': (org, clientId) => org.roles({ kind: 'app', clientId }, never),
    logEvents: (org, filter) => org.logEvents({ filter, sinceMs: 0, untilMs: 1 }, never),
    linkLifetime: (org) => org.linkLifetime(never),
    ...Object.fromEntries(
      (
        [
          'reset-password',
          'temp-password',
          'temp-password-split',
          'expire-password',
          'revoke-tokens',
          'revoke-sessions',
        ] as const
      ).map((step) => [
        step,
        (org: OrgWriter, text: string) =>
          org.write(
            {
              step,
              // A write accepts only a checked id, so anything else never gets this far.
              userId: parseUserId(text) ?? ID,
              sendEmail: false,
              revokeSessions: true,
              beforeSend: () => Promise.resolve(),
            },
            never,
          ),
      ]),
    ),
  };

const KNOWN_PATHS = [
  /^\/\.well-known\/okta-organization$/,
  /^\/api\/v1\/users$/,
  /^\/api\/v1\/users\/[^/]+$/,
  /^\/api\/v1\/users\/00u\w{17}\/(lifecycle\/(reset_password|expire_password|expire_password_with_temp_password)|sessions)$/,
  /^\/api\/v1\/users\/\w+\/roles$/,
  /^\/api\/v1\/groups$/,
  /^\/api\/v1\/groups\/\w+$/,
  /^\/api\/v1\/groups\/\w+\/users$/,
  /^\/api\/v1\/iam\/assignees\/users$/,
  /^\/oauth2\/v1\/clients\/\w+\/roles$/,
  /^\/api\/v1\/(logs|policies)$/,
];

const HOSTILE = [
  '/',
  '..',
  '.',
  '%2f',
  '%2F..%2f',
  '%2e%2e',
  '\\',
  '?',
  '#',
  '&',
  ';',
  '@',
  ':',
  '//evil.example',
  'https://evil.example/',
  '\r\n',
  '\n',
  '\t',
  '\0',
  ' ',
  '\u2028',
  '\ud800',
  '\udc00',
  'ß',
  '．．／',
  'me',
  'lifecycle',
  'deactivate',
  ID,
  'ada@acme.example',
];
const text = fc.oneof(
  fc.array(fc.constantFrom(...HOSTILE), { maxLength: 6 }).map((parts) => parts.join('')),
  anyText({ maxLength: 20 }),
);

describe('text from outside', () => {
  test.each(Object.keys(CALLS))('in %s changes no path of a request', async (name) => {
    await fc.assert(
      fc.asyncProperty(text, async (hostile) => {
        const { writer, asked } = openOrg();
        const answer = await CALLS[name]!(writer, hostile);
        if (asked.length === 0)
          expect(answer).toMatchObject({ failure: { code: 'NOT_ADDRESSABLE', effect: 'none' } });
        for (const path of asked) {
          expect(path).toMatch(/^\/[!-~]*$/);
          const url = new URL(path, ORIGIN);
          // What a server makes of it is what we wrote: no dots resolved, no other host, no fragment.
          // A URL spells an apostrophe of its query, which means the same.
          const search = url.search.replaceAll('%27', "'");
          expect([url.origin, url.pathname + search]).toEqual([ORIGIN, path]);
          expect(KNOWN_PATHS.filter((known) => known.test(url.pathname))).toHaveLength(1);
          if (name === 'user') expect(decodeURIComponent(url.pathname.slice(14))).toBe(hostile);
        }
      }),
      { numRuns: 60 },
    );
  });
});

/** JSON that looks like Okta’s, with anything in its places. */
const anything = fc.jsonValue({ maxDepth: 2 });
const user = fc.record(
  {
    id: fc.oneof(fc.constantFrom(ID, '', '../x', '00u1'), anything),
    status: fc.oneof(fc.constant('ACTIVE'), anything),
    statusChanged: fc.oneof(fc.constantFrom('2026-01-02T03:04:05Z', '+275760-09-13', ''), anything),
    passwordChanged: anything,
    profile: fc.oneof(fc.record({ login: anything, email: anything }), anything),
    credentials: fc.oneof(fc.record({ provider: anything, password: anything }), anything),
    _links: anything,
    __proto__: anything,
    name: anything,
    type: anything,
    uuid: anything,
    published: anything,
    target: fc.array(anything),
    value: fc.oneof(fc.array(anything), anything),
    tempPassword: anything,
    resetPasswordUrl: anything,
    pipeline: anything,
    settings: anything,
  },
  { requiredKeys: [] },
);
const body = fc.oneof(
  fc.array(user, { maxLength: 3 }).map((users) => JSON.stringify(users)),
  user.map((one) => JSON.stringify(one)),
  fc.json(),
  anyText(),
);
const link = fc.oneof(
  fc.string(),
  fc
    .tuple(text, fc.constantFrom('rel="next"', 'rel=next', 'rel="self", <b>; rel="next"', ''))
    .map(([target, rel]) => `<${target}>; ${rel}`),
  text.map((tail) => `<${ORIGIN}/api/v1/users?after=${tail}>; rel="next"`),
);

describe('answers of any shape', () => {
  test.each(Object.keys(CALLS))('to %s are a value or a failure', async (name) => {
    await fc.assert(
      fc.asyncProperty(
        body,
        fc.option(fc.oneof(link, fc.array(link, { maxLength: 3 })), { nil: undefined }),
        async (json, next) => {
          const { writer } = openOrg(json, { link: next });
          const answer = await CALLS[name]!(writer, ID);
          expect(['ok', 'failed']).toContain(answer.kind);
          if (answer.kind !== 'ok') return;
          const { value } = answer;
          const { items = [], next: cursor } = Object(value) as {
            readonly items?: readonly unknown[];
            readonly next?: { readonly next: string };
          };
          const users = name === 'me' || name === 'user' ? [value] : items;
          if (/^(me|user|search|filter|q|all|groupMembers)$/.test(name))
            for (const one of users)
              expect(parseUserId((one as { readonly id: string }).id)).toBeDefined();
          if (cursor !== undefined)
            expect(cursor.next).toMatch(/^\/api\/v1\/[\w/]+\?|^\/api\/v1\/[\w/]+$/);
        },
      ),
      { numRuns: 60 },
    );
  });

  test('lead to no page but one of the same listing on the same origin', () => {
    const path = '/api/v1/users?limit=200';
    fc.assert(
      fc.property(fc.oneof(link, fc.array(link)), (header) => {
        const next = createListings(ORIGIN).next(undefined, path, nextLinkOf(header));
        if (next.kind !== 'next') return;
        const url = new URL(next.cursor.next, ORIGIN);
        expect([url.origin, url.pathname]).toEqual([ORIGIN, '/api/v1/users']);
        expect(next.cursor.next).toMatch(/^\/[!-~]*$/);
      }),
      { numRuns: 1000 },
    );
  });
});
