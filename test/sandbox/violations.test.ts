import { afterEach, expect, test } from '@jest/globals';
import { appToken, rows, startRig, USERS, type Got, type Rig } from './rig.ts';

let rig: Rig;
afterEach(() => rig.close());

interface Violation {
  readonly eventType: string;
  readonly outcome: { readonly result: string };
  readonly target: readonly { readonly id: string }[];
  readonly debugContext: { readonly debugData: Readonly<Record<string, string>> };
}

async function violations(headers: Readonly<Record<string, string>> = {}): Promise<Violation[]> {
  rig.clock.advance(1);
  const filter = encodeURIComponent('outcome.result eq "DENY"');
  return rows(await rig.send('GET', `/api/v1/logs?filter=${filter}`, headers));
}

const told = (events: readonly Violation[]) =>
  events.map(({ eventType, target, debugContext }) => [
    eventType,
    target[0]?.id,
    debugContext.debugData['operationRateLimitSubtype'],
  ]);

test('a token that uses up its part of a window is reported once per window, as a separate violation', async () => {
  rig = await startRig({ limits: { users: 2, groups: 1 }, windowMs: 10_000 });
  const statuses: number[] = [];
  const requests: string[] = [];
  for (let call = 0; call < 5; call += 1) {
    const got = await rig.send('GET', USERS, { 'user-agent': `client/${call}` });
    statuses.push(got.status);
    requests.push(String(got.headers['x-okta-request-id']));
  }
  expect(statuses).toEqual([200, 200, 429, 429, 429]);
  const token = ['system.operation.rate_limit.violation', '/api/v1/users', 'ssws_token'];
  expect(told(await violations())).toEqual([token]);
  await rig.get('/api/v1/groups');
  await rig.get('/api/v1/groups');
  rig.clock.advance(10_000);
  for (let call = 0; call < 4; call += 1) await rig.get(USERS);
  expect(told(await violations())).toEqual([
    token,
    [token[0], '/api/v1/groups', 'ssws_token'],
    token,
  ]);
  expect((await violations())[0]).toMatchObject({
    actor: { id: rig.org.tokenOwnerId },
    client: { userAgent: { rawUserAgent: 'client/2' } },
    transaction: { id: requests[2] },
    debugContext: {
      debugData: { operationRateLimitThreshold: '2', operationRateLimitSecondsToReset: '10' },
    },
  });
});

test('an app is reported as an app', async () => {
  const app = await appToken({ limits: { users: 1 } });
  rig = app.rig;
  const headers = { authorization: `Bearer ${app.token}` };
  for (let call = 0; call < 3; call += 1) await rig.send('GET', USERS, headers);
  expect(told(await violations())).toEqual([
    ['system.operation.rate_limit.violation', '/api/v1/users', 'oauth_client'],
  ]);
});

test('if all together use up the org’s own limit, that is reported', async () => {
  rig = await startRig({ limits: { users: 3 }, tokenShare: 0.75, tokens: ['a', 'b'] });
  const as = (token: string): Promise<Got> =>
    rig.send('GET', USERS, { authorization: `SSWS ${token}` });
  for (const token of ['a', 'a', 'b']) expect((await as(token)).status).toBe(200);
  expect((await as('b')).status).toBe(200);
  expect((await as('a')).status).toBe(429);
  expect((await as('b')).status).toBe(429);
  expect(told(await violations())).toEqual([
    ['system.org.rate_limit.violation', '/api/v1/users', undefined],
  ]);
});

test('of too many requests at once, the first of each minute is reported', async () => {
  rig = await startRig({ concurrency: 1, latencyMs: 100 });
  const settle = async (): Promise<void> => {
    while (rig.clock.sleeping > 0) {
      rig.clock.advance(50);
      await new Promise(setImmediate);
    }
  };
  const crowd = async (): Promise<void> => {
    const first = rig.get(USERS);
    while (rig.clock.sleeping === 0) await new Promise(setImmediate);
    expect((await rig.get(USERS)).status).toBe(429);
    expect((await rig.get(USERS)).status).toBe(429);
    await settle();
    expect((await first).status).toBe(200);
  };
  const read = async () => {
    const events = violations();
    while (rig.clock.sleeping === 0) await new Promise(setImmediate);
    await settle();
    return told(await events);
  };
  const event = ['core.concurrency.org.limit.violation', USERS, undefined];
  await crowd();
  await crowd();
  expect(await read()).toEqual([event]);
  rig.clock.advance(60_000);
  await crowd();
  expect(await read()).toEqual([event, event]);
  expect(rig.org.stats().throttled).toEqual({ window: 0, concurrency: 6, mail: 0 });
});
