import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ACTIONS, type Action } from '../../src/domain/plan/action.ts';
import { PROVIDER_TYPES, USER_STATUSES } from '../../src/domain/org/user.ts';
import { parseUserId } from '../../src/domain/org/user-id.ts';
import { never, stepCall } from '../okta/scripted-org.ts';
import { taker } from '../sandbox/rig.ts';
import { startPair, type Pair } from './pair.ts';

const even = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, 1]));

let pair: Pair;
let take: (status: string, provider: string) => string;
beforeAll(async () => {
  pair = await startPair({
    users: 2000,
    limits: 'off',
    mix: { statuses: even(USER_STATUSES), providers: even(PROVIDER_TYPES) },
  });
  take = taker(pair.rig.org);
});
afterAll(() => pair.close());

type Called = Extract<Action, 'suspend' | 'unsuspend' | 'unlock' | 'reset-factors' | 'reactivate'>;

/** For each call: what happens to users in these statuses, and how it is refused for all others. */
const FACTS: Readonly<Record<Called, readonly [Readonly<Record<string, string>>, string]>> = {
  // Okta publishes the call for these three; for others it is not a valid one.
  suspend: [
    { ACTIVE: 'SUSPENDED', PASSWORD_EXPIRED: 'SUSPENDED', PROVISIONED: 'SUSPENDED' },
    '400 E0000001',
  ],
  unsuspend: [{ SUSPENDED: 'ACTIVE' }, '400 E0000001'],
  unlock: [{ LOCKED_OUT: 'ACTIVE' }, '403 E0000032'],
  'reset-factors': [
    {
      ACTIVE: 'ACTIVE',
      PASSWORD_EXPIRED: 'PASSWORD_EXPIRED',
      SUSPENDED: 'SUSPENDED',
      STAGED: 'STAGED',
      DEPROVISIONED: 'DEPROVISIONED',
    },
    '403 E0000038',
  ],
  reactivate: [{ PROVISIONED: 'PROVISIONED', RECOVERY: 'RECOVERY' }, '403 E0000038'],
};
/** Okta does not unlock accounts that a directory manages. */
const NEVER_UNLOCKED = ['ACTIVE_DIRECTORY', 'LDAP'];

const CALLS = Object.keys(FACTS) as Called[];

describe.each(CALLS)('%s', (call) => {
  const [becomes, refusal] = FACTS[call];

  test.each(USER_STATUSES)('of users who are %s, whatever their provider', async (status) => {
    const { rig, client } = pair;
    for (const provider of PROVIDER_TYPES) {
      rig.clock.advance(2000);
      const id = take(status, provider);
      const before = rig.org.user(id)!;
      const answer = await client.write(stepCall({ step: call, userId: parseUserId(id)! }), never);
      const after = rig.org.user(id)!;
      const isDirectory = call === 'unlock' && NEVER_UNLOCKED.includes(provider);
      const then = isDirectory ? undefined : becomes[status];
      if (then === undefined) {
        const [code, oktaCode] = refusal.split(' ');
        expect(answer).toMatchObject({
          kind: 'failed',
          failure: { kind: 'okta', status: Number(code), oktaCode, effect: 'none' },
        });
        expect([provider, after]).toEqual([provider, before]);
        continue;
      }
      expect([provider, answer.kind, after.status]).toEqual([provider, 'ok', then]);
      expect(after.passwordChangedMs).toBe(before.passwordChangedMs);
      expect(rig.org.effects(id)!.mails).toBe(call === 'reactivate' ? 1 : 0);
      if (call === 'reset-factors') expect(after.factors).toBe(0);
      const read = await client.user(id, never);
      expect(read).toMatchObject({ kind: 'ok', value: { status: then } });
    }
  });

  test('is accepted for every status and provider that the plan acts on', () => {
    const { statuses, providers } = ACTIONS[call];
    expect(statuses.filter((status) => becomes[status] === undefined)).toEqual([]);
    if (call === 'unlock')
      expect(
        NEVER_UNLOCKED.filter((one) => providers === 'every' || providers.includes(one)),
      ).toEqual([]);
  });
});

describe.each(['end-sessions', 'end-tokens'] as const)('%s', (step) => {
  const { statuses } = ACTIONS['end-sessions'];

  test.each(statuses)('of users who are %s, whatever their provider', async (status) => {
    const { rig, client } = pair;
    for (const provider of PROVIDER_TYPES) {
      const id = take(status, provider);
      const before = rig.org.user(id)!;
      const answer = await client.write(stepCall({ step, userId: parseUserId(id)! }), never);
      const oauthTokens = step === 'end-tokens' ? 0 : before.oauthTokens;
      expect(answer).toMatchObject({ kind: 'ok', call: { status: 204 } });
      expect(rig.org.user(id)).toEqual({ ...before, sessions: 0, oauthTokens });
    }
  });
});
