import { afterEach, describe, expect, test } from '@jest/globals';
import { parseUserId } from '../../src/domain/org/user-id.ts';
import { never, stepCall } from '../okta/scripted-org.ts';
import { USERS } from '../sandbox/rig.ts';
import { startPair, type Pair } from './pair.ts';

let pair: Pair;
afterEach(() => pair.close());

describe('limits', () => {
  test('every answer has limit, remaining calls and reset in whole seconds, and no Retry-After', async () => {
    pair = await startPair({ limits: { users: 2 } });
    const nowS = Math.floor(pair.rig.clock.nowMs() / 1000);
    for (const [rest, status] of [
      [1, 200],
      [0, 200],
      [0, 429],
    ] as const) {
      const { headers, status: got } = await pair.rig.get(USERS);
      expect(got).toBe(status);
      expect(headers['x-rate-limit-limit']).toBe('2');
      expect(headers['x-rate-limit-remaining']).toBe(String(rest));
      expect(headers['x-rate-limit-reset']).toBe(String(nowS + 60));
      expect(headers).not.toHaveProperty('retry-after');
    }
  });

  test('the client recognizes a used-up window by E0000047, and that nothing was done', async () => {
    pair = await startPair({ limits: { users: 1 } });
    const [user] = [...pair.rig.org.users()].slice(-1);
    const write = () =>
      pair.client.write(
        stepCall({ userId: parseUserId(user!.id)!, step: 'revoke-sessions' }),
        never,
      );
    expect((await write()).kind).toBe('ok');
    expect(await write()).toMatchObject({
      failure: { status: 429, oktaCode: 'E0000047', throttle: { kind: 'window' }, effect: 'none' },
    });
    expect(pair.rig.org.effects(user!.id)!.sessionRevocations).toBe(1);
  });

  test('and too many calls at once by a limit of 0', async () => {
    pair = await startPair({ concurrency: 1, latencyMs: 100 });
    const { rig, client } = pair;
    const first = rig.get(USERS);
    while (rig.clock.sleeping === 0) await new Promise(setImmediate);
    const userId = parseUserId([...rig.org.users()].at(-1)!.id)!;
    expect(await client.write(stepCall({ userId }), never)).toMatchObject({
      failure: { status: 429, throttle: { kind: 'concurrency' }, effect: 'none' },
    });
    expect(rig.org.effects(userId)!.resets).toBe(0);
    rig.clock.advance(50);
    while (rig.clock.sleeping === 0) await new Promise(setImmediate);
    rig.clock.advance(50);
    const { status } = await first;
    expect(status).toBe(200);
  });

  test('a user who was just emailed means a wait, not a refusal', async () => {
    pair = await startPair({ mailGapMs: 5000, limits: 'off', mix: { statuses: { ACTIVE: 1 } } });
    const [user] = [...pair.rig.org.users()].slice(-1);
    const write = () => pair.client.write(stepCall({ userId: parseUserId(user!.id)! }), never);
    expect((await write()).kind).toBe('ok');
    expect(await write()).toMatchObject({
      failure: { status: 429, oktaCode: 'E0000118', throttle: { kind: 'recipient' } },
    });
  });
});

describe('pages and times', () => {
  test('the client follows next links to the end, through everybody except the deactivated', async () => {
    pair = await startPair({ users: 450, limits: 'off' });
    const seen: string[] = [];
    let page = await pair.client.users({ query: { kind: 'all' }, limit: 200 }, never);
    const sizes: number[] = [];
    for (;;) {
      if (page.kind !== 'ok') throw new Error(page.failure.message);
      seen.push(...page.value.items.map(({ id }) => String(id)));
      sizes.push(page.value.items.length);
      if (page.value.next === undefined) break;
      page = await pair.client.users(page.value.next, never);
    }
    const expected = [...pair.rig.org.users()].filter(({ status }) => status !== 'DEPROVISIONED');
    expect(seen).toEqual(expected.map(({ id }) => id));
    expect(sizes.slice(0, 2)).toEqual([200, 200]);
  });

  test('a user reads the same on both sides', async () => {
    pair = await startPair({ users: 120, limits: 'off' });
    for (const user of pair.rig.org.users()) {
      const { status, login, email, secondEmail, provider, statusChangedMs, passwordChangedMs } =
        user;
      expect(await pair.client.user(user.id, never)).toMatchObject({
        value: {
          status,
          login,
          email,
          secondEmail,
          providerType: provider,
          statusChangedMs,
          passwordChangedMs,
        },
      });
    }
  });

  test('every answer has Okta’s clock', async () => {
    pair = await startPair({ clockOffsetMs: 7 * 60_000 });
    const answer = await pair.client.me(never);
    const oktaMs = pair.rig.clock.nowMs() + 7 * 60_000;
    expect(answer.call.serverTimeMs).toBe(Math.floor(oktaMs / 1000) * 1000);
  });

  test.each([
    ['oie', 'oie'],
    ['classic', 'classic'],
  ] as const)('an org of %s says so', async (engine, read) => {
    pair = await startPair({ engine });
    expect(await pair.client.organization(never)).toMatchObject({
      value: { engine: read, id: pair.rig.org.orgId },
    });
  });

  test('the lifetime of a link comes from the password policy', async () => {
    pair = await startPair({ linkLifetimeMinutes: 25 });
    expect(await pair.client.linkLifetime(never)).toMatchObject({
      value: { minMinutes: 25, maxMinutes: 25 },
    });
  });
});
