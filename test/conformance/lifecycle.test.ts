import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Step } from '../../src/domain/plan/step.ts';
import { PROVIDER_TYPES, USER_STATUSES } from '../../src/domain/org/user.ts';
import { parseUserId } from '../../src/domain/org/user-id.ts';
import { never, stepCall } from '../okta/scripted-org.ts';
import { taker, USERS } from '../sandbox/rig.ts';
import { outcome, startPair, type Pair } from './pair.ts';

const even = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, 1]));

let pair: Pair;
let take: (status: string, provider: string) => string;
beforeAll(async () => {
  pair = await startPair({
    users: 1500,
    limits: 'off',
    mix: { statuses: even(USER_STATUSES), providers: even(PROVIDER_TYPES) },
  });
  take = taker(pair.rig.org);
});
afterAll(() => pair.close());

const REFUSED = '403 E0000038';

/** A fact, the user it is about, and the result of a reset, an expiry and a temporary password: a status or a refusal. */
const MATRIX: readonly [string, string, string, string, string][] = [
  [
    'a reset moves an active user to RECOVERY, expiry to PASSWORD_EXPIRED',
    'ACTIVE',
    'OKTA',
    'RECOVERY',
    'PASSWORD_EXPIRED',
  ],
  [
    'an expired password may be reset, and expired again',
    'PASSWORD_EXPIRED',
    'OKTA',
    'RECOVERY',
    'PASSWORD_EXPIRED',
  ],
  [
    'a reset may be sent again; a temporary password ends a recovery',
    'RECOVERY',
    'OKTA',
    'RECOVERY',
    'PASSWORD_EXPIRED',
  ],
  ['a locked-out user may be reset', 'LOCKED_OUT', 'OKTA', 'RECOVERY', 'PASSWORD_EXPIRED'],
  [
    'a user without a first password may be reset, not expired',
    'PROVISIONED',
    'OKTA',
    'RECOVERY',
    REFUSED,
  ],
  ['a staged user’s reset fails', 'STAGED', 'OKTA', '403 E0000017', REFUSED],
  ['a suspended user is refused', 'SUSPENDED', 'OKTA', REFUSED, REFUSED],
  ['a deactivated user is refused', 'DEPROVISIONED', 'OKTA', REFUSED, REFUSED],
  [
    'a federated user has no password to expire; a reset converts',
    'ACTIVE',
    'FEDERATION',
    'RECOVERY',
    '403 E0000017',
  ],
  ['so it is with a social one', 'ACTIVE', 'SOCIAL', 'PROVISIONED', '403 E0000017'],
  [
    'a directory’s user goes through the same',
    'ACTIVE',
    'ACTIVE_DIRECTORY',
    'RECOVERY',
    'PASSWORD_EXPIRED',
  ],
  ['so does an LDAP server’s', 'ACTIVE', 'LDAP', 'RECOVERY', 'PASSWORD_EXPIRED'],
  ['and an imported one', 'ACTIVE', 'IMPORT', 'RECOVERY', 'PASSWORD_EXPIRED'],
];

const STEPS: readonly [Step, 'reset' | 'expire', boolean][] = [
  ['reset-password', 'reset', true],
  ['reset-password', 'reset', false],
  ['expire-password', 'expire', false],
  ['temp-password', 'expire', false],
  ['temp-password-split', 'expire', false],
];

describe.each(MATRIX)('%s (%s %s)', (_fact, status, provider, reset, expire) => {
  test.each(STEPS)('%s (%s), email %s', async (step, kind, sendEmail) => {
    const { rig, client } = pair;
    rig.clock.advance(2000);
    const wanted = kind === 'reset' ? reset : expire;
    const id = take(status, provider);
    const before = rig.org.user(id)!;
    const call = stepCall({ step, sendEmail, userId: parseUserId(id)! });
    const answer = await client.write(call, never);
    const after = rig.org.user(id)!;
    const read = await client.user(id, never);
    if (wanted.includes(' ')) {
      const [code, oktaCode] = [Number(wanted.slice(0, 3)), wanted.slice(4)];
      expect(answer).toMatchObject({
        kind: 'failed',
        failure: { kind: 'okta', status: code, oktaCode, effect: 'none' },
      });
      expect(after).toEqual(before);
      return;
    }
    expect(answer.kind).toBe('ok');
    expect(after.status).toBe(wanted);
    // A reset and an expiry do not change the password’s time; a temporary password is a new one.
    const renewed = step.startsWith('temp');
    expect(after.passwordChangedMs === before.passwordChangedMs).toBe(!renewed);
    expect(after.statusChangedMs).toBeGreaterThan(before.statusChangedMs ?? 0);
    expect(after.sessions).toBe(before.sessions);
    expect(read).toMatchObject({
      kind: 'ok',
      value: { status: wanted, statusChangedMs: after.statusChangedMs },
    });
    const secret =
      answer.kind === 'ok' && answer.value.kind === 'secret' ? answer.value : undefined;
    expect(secret?.what).toBe(
      renewed ? 'temp-password' : kind === 'reset' && !sendEmail ? 'reset-link' : undefined,
    );
    if (renewed) expect(secret?.secret.reveal()).toBe(rig.org.currentTempPassword(id));
    expect(rig.org.effects(id)!.mails).toBe(kind === 'reset' && sendEmail ? 1 : 0);
  });
});

test.each([
  ['a user who is not locked cannot be unlocked', 'ACTIVE', 'OKTA', 'unlock', '403 E0000032'],
  ['a locked one can', 'LOCKED_OUT', 'OKTA', 'unlock', '200'],
  ['unless a directory masters him', 'LOCKED_OUT', 'ACTIVE_DIRECTORY', 'unlock', '403 E0000032'],
  ['a pending user can be reactivated', 'PROVISIONED', 'OKTA', 'reactivate', '200'],
  ['so can one in recovery', 'RECOVERY', 'OKTA', 'reactivate', '200'],
  ['an active one cannot', 'ACTIVE', 'OKTA', 'reactivate', REFUSED],
  ['who is active is not activated', 'ACTIVE', 'OKTA', 'activate', '403 E0000016'],
  ['only active users are suspended', 'STAGED', 'OKTA', 'suspend', '400 E0000001'],
  ['only suspended ones unsuspended', 'ACTIVE', 'OKTA', 'unsuspend', '400 E0000001'],
])('%s: %s %s %s', async (_fact, status, provider, call, expected) => {
  const got = await pair.rig.post(`${USERS}/${take(status, provider)}/lifecycle/${call}`);
  expect(outcome(got)).toBe(expected);
});

test('only the sessions call revokes tokens, and only on request', async () => {
  const { rig, client } = pair;
  const id = take('ACTIVE', 'OKTA');
  const { sessions, oauthTokens } = rig.org.user(id)!;
  expect(Math.min(sessions, oauthTokens)).toBeGreaterThan(0);
  const end = (step: Step, revokeSessions = false) =>
    client.write(stepCall({ step, revokeSessions, userId: parseUserId(id)! }), never);
  await end('reset-password', true);
  expect(rig.org.user(id)).toMatchObject({ sessions: 0, oauthTokens });
  await end('revoke-sessions');
  expect(rig.org.user(id)).toMatchObject({ sessions: 0, oauthTokens });
  await end('revoke-tokens');
  expect(rig.org.user(id)).toMatchObject({ sessions: 0, oauthTokens: 0 });
});
