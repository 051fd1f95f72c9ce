import { describe, expect, test } from '@jest/globals';
import type { Principal } from '../../../../src/sandbox/oauth/credentials.ts';
import { resolveOptions } from '../../../../src/sandbox/options.ts';
import { eventJson } from '../../../../src/sandbox/org/log/log-event.ts';
import { signIn } from '../../../../src/sandbox/org/log/sign-in.ts';
import { Org } from '../../../../src/sandbox/org/org.ts';
import { ManualClock } from '../../rig.ts';

const TOKEN: Principal = { number: 0, kind: 'ssws', id: '00Tone', user: 0, scopes: undefined };
const APP: Principal = { number: 1, kind: 'app', id: '0oaone', user: undefined, scopes: undefined };

const org = new Org(resolveOptions({ users: 20 }), new ManualClock());
const REQUEST = 0x2a;

type Added = Parameters<typeof org.log.add>[0];
function shown(event: Partial<Added> & Pick<Added, 'type'>, by?: Principal): object {
  const rest = { timeMs: org.nowMs(), request: REQUEST, userAgent: 'okta-reset/1' };
  org.log.add({ ...rest, ...event });
  return eventJson(org, org.log.event(org.log.length - 1), by);
}

const party = (index: number) => {
  const { login, firstName, lastName } = org.people.person(index);
  return {
    id: org.userIds.idOf(index),
    type: 'User',
    alternateId: login,
    displayName: `${firstName} ${lastName}`,
    detailEntry: null,
  };
};

/** What the System Log has of an event that nothing is special about. */
const plain = (displayMessage: string, eventType: string) => ({
  actor: party(0),
  client: {
    userAgent: { rawUserAgent: 'okta-reset/1', os: 'Unknown', browser: 'UNKNOWN' },
    zone: 'null',
    device: 'Unknown',
    id: null as string | null,
    ipAddress: '127.0.0.1',
    geographicalContext: null as object | null,
  },
  securityContext: {
    ...{ asNumber: null as number | null, asOrg: null, isp: null, domain: null, isProxy: null },
  },
  authenticationContext: { authenticationStep: 0, externalSessionId: 'unknown' },
  displayMessage,
  eventType,
  outcome: { result: 'SUCCESS', reason: null as string | null },
  published: '2026-03-01T12:00:00.250Z',
  severity: 'INFO',
  debugContext: { debugData: { requestId: org.requestId(REQUEST) } },
  transaction: {
    type: 'WEB',
    id: org.requestId(REQUEST),
    detail: { requestApiTokenId: '00Tone' } as object,
  },
  uuid: expect.stringMatching(/^[0-9a-f]{8}-5a4d-11f0-8000-[0-9a-f]{12}$/) as unknown,
  version: '0',
  request: { ipChain: [] },
  target: [party(7)],
});
const NO_TOKEN = { transaction: { type: 'WEB', id: org.requestId(REQUEST), detail: {} } };

describe('an event', () => {
  test('of a token is by its owner, about the user, and names the token', () => {
    const type = 'user.account.expire_password';
    expect(shown({ type, user: 7 }, TOKEN)).toEqual(plain("User's Okta password is expired", type));
  });

  test('of a service app is by the app, and names no token', () => {
    const type = 'user.session.clear';
    const like = plain('Clear user session', type);
    expect(shown({ type, user: 7 }, APP)).toEqual({
      ...like,
      ...NO_TOKEN,
      actor: {
        id: '0oaone',
        type: 'PublicClientApp',
        alternateId: '0oaone',
        displayName: 'Service app',
        detailEntry: null,
      },
      client: { ...like.client, id: '0oaone' },
    });
  });

  test.each([
    [false, { result: 'SUCCESS', reason: null }, 'INFO'],
    [true, { result: 'FAILURE', reason: 'Bounced' }, 'WARN'],
  ])('about an email is by Okta itself; bounced: %s', (failed, outcome, severity) => {
    const type = 'system.email.delivery';
    expect(shown({ type, user: 7, failed }, TOKEN)).toEqual({
      ...plain('Email delivery', type),
      outcome,
      severity,
      actor: {
        id: 'okta',
        type: 'SystemPrincipal',
        alternateId: 'system@okta.com',
        displayName: 'Okta System',
        detailEntry: null,
      },
    });
  });

  test.each([
    ['system.email.challenge_factor_redeemed', 'Email challenge redeemed'],
    ['user.account.use_token', 'Invalid self service recovery token used by user'],
  ] as const)('about an opened link is by the user, from another address: %s', (type, message) => {
    const like = plain(message, type);
    expect(shown({ type, user: 7 }, TOKEN)).toEqual({
      ...like,
      actor: party(7),
      client: { ...like.client, ipAddress: '198.51.100.23' },
    });
  });

  test.each([
    ['user.session.start', 'User login to Okta', []],
    [
      'user.mfa.factor.activate',
      'Activate factor or authenticator enrollment method for user',
      [7],
    ],
  ] as const)('that a user caused is by the user: %s', (type, message, targets) => {
    expect(shown({ type, user: 7 })).toEqual({
      ...plain(message, type),
      ...NO_TOKEN,
      actor: party(7),
      target: targets.map(party),
    });
  });

  test.each(['ssws_token', 'oauth_client', undefined] as const)(
    'about a limit has the limit instead of a user (%s)',
    (subtype) => {
      const type = 'system.operation.rate_limit.violation';
      const pattern = '/api/v1/users';
      const limit = { pattern, subtype, threshold: 300, secondsToReset: 17 };
      expect(shown({ type, limit }, TOKEN)).toEqual({
        ...plain('Operation rate limit violation', type),
        outcome: { result: 'DENY', reason: 'Operation rate limit violation' },
        severity: 'WARN',
        debugContext: {
          debugData: {
            requestId: org.requestId(REQUEST),
            ...(subtype === undefined ? {} : { operationRateLimitSubtype: subtype }),
            operationRateLimitThreshold: '300',
            operationRateLimitSecondsToReset: '17',
          },
        },
        target: [
          {
            ...{ id: pattern, type: 'URL Pattern', alternateId: pattern, displayName: pattern },
            detailEntry: null,
          },
        ],
      });
    },
  );

  test('of somebody who is not known any more has no name', () => {
    expect(shown({ type: 'user.session.clear' }, undefined)).toMatchObject({
      actor: { id: 'unknown', type: 'PublicClientApp', alternateId: 'unknown' },
      client: { id: null },
      target: [],
    });
  });

  test('has a number that no other event has', () => {
    for (const type of ['user.session.clear', 'user.lifecycle.suspend'] as const) shown({ type });
    const uuids = Array.from({ length: org.log.length }, (_, number) => {
      const { uuid } = eventJson(org, org.log.event(number), TOKEN) as { readonly uuid: string };
      return uuid;
    });
    expect(new Set(uuids).size).toBe(uuids.length);
    expect(uuids[1]).toMatch(/^00000001-/);
  });
});

test('a made-up sign-in is the user’s own: no token of an admin is in it', () => {
  const query = new URLSearchParams({ address: '203.0.113.5', city: 'Oslo', country: 'Norway' });
  expect(signIn(org, new URLSearchParams([...query, ['as', '64511']]), 7)).toBe(1);
  const { principal, ...event } = org.log.event(org.log.length - 1);
  expect([TOKEN, APP][principal]).toBeUndefined();
  const like = plain('User login to Okta', 'user.session.start');
  const id = org.requestId(0);
  expect(eventJson(org, { ...event, principal }, undefined)).toEqual({
    ...like,
    actor: party(7),
    client: {
      ...like.client,
      userAgent: { ...like.client.userAgent, rawUserAgent: 'Mozilla/5.0' },
      ipAddress: '203.0.113.5',
      geographicalContext: { city: 'Oslo', state: null, country: 'Norway', postalCode: null },
    },
    securityContext: { ...like.securityContext, asNumber: 64_511 },
    debugContext: { debugData: { requestId: id } },
    transaction: { type: 'WEB', id, detail: {} },
    target: [],
  });
});
