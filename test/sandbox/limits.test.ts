import { expect, test } from '@jest/globals';
import { ManualClock, startRig, taker, USERS, type Got, type Rig } from './rig.ts';

const rate = (got: Got) => [
  Number(got.headers['x-rate-limit-limit']),
  Number(got.headers['x-rate-limit-remaining']),
  Number(got.headers['x-rate-limit-reset']),
];
const remaining = (got: Got) => Number(got.headers['x-rate-limit-remaining']);

async function settled(rig: Rig, sleepers: number): Promise<void> {
  while (rig.clock.sleeping < sleepers) await new Promise(setImmediate);
}

test('the defaults are half of the last published Workforce table, and the headers say so', async () => {
  const rig = await startRig();
  const id = taker(rig.org)('ACTIVE', 'OKTA');
  const limits = [
    await rig.get(USERS),
    await rig.get(`${USERS}/${id}`),
    await rig.get('/api/v1/groups'),
    await rig.get(`/api/v1/groups/${rig.org.groups()[0]!.id}`),
    await rig.get('/api/v1/logs'),
  ].map((got) => rate(got)[0]);
  expect(limits).toEqual([300, 1000, 250, 500, 60]);
  await rig.close();
});

test('lists, lifecycle, credentials and sessions share one counter; reading one user does not', async () => {
  const rig = await startRig({ limits: { users: 20 } });
  const id = taker(rig.org)('ACTIVE', 'OKTA');
  const own = `${USERS}/${id}`;
  const left = [
    await rig.get(`${USERS}?limit=1`),
    await rig.post(`${own}/lifecycle/expire_password`),
    await rig.post(`${own}/lifecycle/unlock`),
    await rig.post(`${own}/credentials/forgot_password`),
    await rig.send('DELETE', `${own}/sessions`),
    await rig.get(`${own}/groups`),
  ].map(remaining);
  expect(left).toEqual([19, 18, 17, 16, 15, 14]);
  expect(remaining(await rig.get(own))).toBe(999);
  expect(remaining(await rig.get(USERS))).toBe(13);
  await rig.close();
});

test('a used-up window answers 429 E0000047 until its reset, in whole seconds of the grid', async () => {
  const rig = await startRig({ limits: { users: 3 }, windowMs: 5000, windowStart: 'grid' });
  const startS = Math.floor(rig.clock.nowMs() / 1000);
  for (let call = 0; call < 3; call += 1) expect((await rig.get(USERS)).status).toBe(200);
  const refused = await rig.get(USERS);
  expect(refused.status).toBe(429);
  expect(refused.json).toMatchObject({
    errorCode: 'E0000047',
    errorSummary: 'API call exceeded rate limit due to too many requests.',
    errorLink: 'E0000047',
    errorCauses: [],
  });
  expect(refused.headers).not.toHaveProperty('retry-after');
  expect(rate(refused)).toEqual([3, 0, startS + 5]);
  rig.clock.advance((startS + 5) * 1000 - 1 - rig.clock.nowMs());
  expect((await rig.get(USERS)).status).toBe(429);
  rig.clock.advance(1);
  expect(rate(await rig.get(USERS))).toEqual([3, 2, startS + 10]);
  expect(rig.org.stats().throttled).toEqual({ window: 2, concurrency: 0, mail: 0 });
  await rig.close();
});

test.each([
  ['floor', 5],
  ['ceil', 6],
] as const)(
  'a window begins with its first call; its end is reported as %s',
  async (resetRounding, seconds) => {
    const rig = await startRig({
      limits: { users: 1 },
      windowMs: 5000,
      resetRounding,
    });
    rig.clock.advance(12_345);
    const firstMs = rig.clock.nowMs();
    const first = await rig.get(USERS);
    expect(rate(first)[2]).toBe(Math.floor(firstMs / 1000) + seconds);
    rig.clock.advance(4999);
    expect((await rig.get(USERS)).status).toBe(429);
    rig.clock.advance(1);
    expect((await rig.get(USERS)).status).toBe(200);
    await rig.close();
  },
);

test('two tokens have separate windows within the org’s, which are twice as wide', async () => {
  const rig = await startRig({ limits: { users: 2 }, tokens: ['a', 'b', 'c'] });
  const as = (token: string) => rig.send('GET', USERS, { authorization: `SSWS ${token}` });
  const seen = [];
  for (const token of ['a', 'a', 'a', 'b', 'b', 'c']) seen.push((await as(token)).status);
  expect(seen).toEqual([200, 200, 429, 200, 200, 429]);
  await rig.close();
});

test('a rival uses calls evenly over the window', async () => {
  const rig = await startRig(
    { limits: { users: 100 }, windowMs: 10_000, rivalShare: 0.4 },
    new ManualClock(1_700_000_000_000),
  );
  expect(remaining(await rig.get(USERS))).toBe(99);
  rig.clock.advance(5000);
  expect(remaining(await rig.get(USERS))).toBe(78);
  await rig.close();
});

test('limits off: nothing is refused, and the headers stay', async () => {
  const rig = await startRig({ limits: 'off' });
  for (let call = 0; call < 400; call += 1) await rig.get(`${USERS}?limit=1`);
  expect((await rig.get(`${USERS}?limit=1`)).headers['x-rate-limit-limit']).toBe('1000000');
  expect(rig.org.stats().throttled.window).toBe(0);
  await rig.close();
});

test('too many at once is a 429 with limit 0 and a reset far away; it uses nothing up', async () => {
  const rig = await startRig({ concurrency: 2, latencyMs: 400, limits: { users: 10 } });
  const first = [rig.get(USERS), rig.get(USERS)];
  await settled(rig, 2);
  const nowS = Math.floor(rig.clock.nowMs() / 1000);
  const refused = await rig.get(USERS);
  expect([refused.status, refused.json.errorCode]).toEqual([429, 'E0000047']);
  expect(rate(refused)).toEqual([0, 0, nowS + 113]);
  rig.clock.advance(200);
  await settled(rig, 2);
  rig.clock.advance(200);
  expect((await Promise.all(first)).map(({ status }) => status)).toEqual([200, 200]);
  const after = rig.get(USERS);
  await settled(rig, 1);
  rig.clock.advance(200);
  await settled(rig, 1);
  rig.clock.advance(200);
  expect(remaining(await after)).toBe(7);
  await rig.close();
});

test('the effect of a slow call happens halfway', async () => {
  const rig = await startRig({ latencyMs: 8000 });
  const id = taker(rig.org)('ACTIVE', 'OKTA');
  const startMs = Math.floor(rig.clock.nowMs() / 1000) * 1000;
  const answer = rig.post(`${USERS}/${id}/lifecycle/reset_password?sendEmail=true`);
  await settled(rig, 1);
  rig.clock.advance(3999);
  expect(rig.org.effects(id)!.resets).toBe(0);
  rig.clock.advance(1);
  await settled(rig, 1);
  expect(rig.org.effects(id)!.resets).toBe(1);
  expect(rig.org.user(id)!.statusChangedMs).toBe(startMs + 4000);
  rig.clock.advance(4000);
  const { status, headers } = await answer;
  expect([status, Date.parse(String(headers['date']))]).toEqual([200, startMs + 8000]);
  await rig.close();
});

test('Okta’s clock can be off; Date, resets and times all follow it', async () => {
  const rig = await startRig({ clockOffsetMs: -7 * 60_000 });
  const id = taker(rig.org)('ACTIVE', 'OKTA');
  const got = await rig.post(`${USERS}/${id}/lifecycle/reset_password?sendEmail=true`);
  const oktaS = Math.floor((rig.clock.nowMs() - 7 * 60_000) / 1000);
  expect(Date.parse(String(got.headers['date'])) / 1000).toBe(oktaS);
  expect(rate(got)[2]! - oktaS).toBeLessThanOrEqual(60);
  expect(rig.org.user(id)!.statusChangedMs).toBe(oktaS * 1000);
  await rig.close();
});
