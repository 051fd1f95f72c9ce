import { afterEach, describe, expect, test } from '@jest/globals';
import { parseChaos } from '../../../src/sandbox/chaos/chaos.ts';
import { rows, startRig, taker, USERS, type Got, type Rig } from '../rig.ts';

let rig: Rig;
afterEach(() => rig.close());

async function orgWith(chaos: string): Promise<Rig> {
  rig = await startRig({
    users: 60,
    limits: 'off',
    chaos: parseChaos(chaos),
    mix: { statuses: { ACTIVE: 1 }, providers: { OKTA: 1 } },
  });
  return rig;
}

const reset = (id: string) => `${USERS}/${id}/lifecycle/reset_password?sendEmail=true`;

/** The status of an answer; `lost` where none came. */
const seen = (answer: Promise<Got>) =>
  answer.then(
    ({ status }) => status,
    () => 'lost',
  );

describe('an effect that comes after the answer was lost', () => {
  test.each([
    ['html-504-late', 2, 504],
    ['html-502-late', 5, 502],
    ['500-late', 15, 500],
    ['reset-late', 40, 'lost'],
  ])('%s@%ss', async (name, seconds, status) => {
    const { org, clock, post } = await orgWith(`${name}=100%@${seconds}s`);
    const id = taker(org)('ACTIVE', 'OKTA');
    const sentMs = clock.nowMs();
    expect(await seen(post(reset(id)))).toBe(status);
    expect(org.stats()).toMatchObject({ faults: { [name]: 1 }, waiting: 1 });
    clock.advance(seconds * 1000 - 1);
    await Promise.resolve();
    expect(org.user(id)).toMatchObject({ status: 'ACTIVE' });
    expect(org.effects(id)).toMatchObject({ resets: 0, mails: 0 });
    clock.advance(1);
    await Promise.resolve();
    expect(org.user(id)).toMatchObject({
      status: 'RECOVERY',
      statusChangedMs: Math.floor((sentMs + seconds * 1000) / 1000) * 1000,
    });
    expect(org.effects(id)).toMatchObject({ resets: 1, mails: 1 });
    expect(org.stats().waiting).toBe(0);
    const [mail] = org.outbox();
    expect(mail!.time).toBe(new Date(sentMs + seconds * 1000).toISOString());
  });

  test('counts for the token that ends after some writes, when it comes', async () => {
    const { org, clock, get, post } = await orgWith('html-504-late=100%@2s,revoke-token-after=1');
    await post(reset(taker(org)('ACTIVE', 'OKTA')));
    expect((await get(`${USERS}/me`)).status).toBe(200);
    clock.advance(2000);
    await Promise.resolve();
    expect((await get(`${USERS}/me`)).status).toBe(401);
  });

  test('stall-late never answers, and acts', async () => {
    const { org, clock } = await orgWith('stall-late=100%@2s');
    const id = taker(org)('ACTIVE', 'OKTA');
    const giveUp = new AbortController();
    const call = fetch(org.url + reset(id), {
      method: 'POST',
      headers: { accept: 'application/json', authorization: `SSWS ${org.token}` },
      signal: giveUp.signal,
    });
    while (org.stats().waiting === 0) await rig.get(`${USERS}/${id}`);
    clock.advance(2000);
    await Promise.resolve();
    expect(org.effects(id)).toMatchObject({ resets: 1 });
    giveUp.abort();
    await expect(call).rejects.toThrow(/abort/);
  });

  test('two that wait both act, and each issues a password; the last one made is valid', async () => {
    const { org, clock, post } = await orgWith('html-504-late=50%@2s,html-504-late=50%@40s');
    const take = taker(org);
    for (let n = 0; n < 20; n += 1) {
      const id = take('ACTIVE', 'OKTA');
      await post(`${USERS}/${id}/lifecycle/expire_password_with_temp_password`);
      await post(`${USERS}/${id}/lifecycle/expire_password_with_temp_password`);
    }
    expect(org.stats()).toMatchObject({ faults: { 'html-504-late': 40 }, waiting: 40 });
    clock.advance(2000);
    await Promise.resolve();
    const { waiting } = org.stats();
    expect(waiting).toBeGreaterThan(0);
    expect(waiting).toBeLessThan(40);
    clock.advance(38_000);
    await Promise.resolve();
    expect(org.stats()).toMatchObject({
      waiting: 0,
      effects: { tempPasswords: { total: 40, users: 20, most: 2 } },
    });
  });

  test('what the status no longer allows by then does not happen', async () => {
    const { org, clock, post } = await orgWith('html-504-late=100%@5s');
    const id = taker(org)('ACTIVE', 'OKTA');
    await post(reset(id));
    org.suspend(id);
    clock.advance(5000);
    await Promise.resolve();
    expect(org.user(id)).toMatchObject({ status: 'SUSPENDED' });
    expect(org.effects(id)).toMatchObject({ resets: 0, mails: 0 });
  });
});

describe('reads that lag', () => {
  const LIST = `${USERS}?limit=200`;
  const LOG = '/api/v1/logs?since=2026-03-01T11:00:00.000Z';
  const statusIn = (got: Got, id: string) =>
    rows<{ id: string; status: string }>(got).find((user) => user.id === id)!.status;

  /** What each kind of read shows `afterMs` after a reset: the status, or how many events. */
  async function shown(afterMs: number) {
    const { org, clock, get, post } = rig;
    const id = taker(org)('ACTIVE', 'OKTA');
    clock.advance(60_000);
    await post(reset(id));
    clock.advance(afterMs);
    const [group] = org.groups();
    const read = {
      user: (await get(`${USERS}/${id}`)).json.status as string,
      list: statusIn(await get(LIST), id),
      members: statusIn(await get(`/api/v1/groups/${group!.id}/users`), id),
      search: rows(await rig.search(`id eq "${id}" and status eq "RECOVERY"`)).length,
      log: rows(await get(LOG)).length,
    };
    return { id, read };
  }

  const THEN = { user: 'ACTIVE', list: 'ACTIVE', members: 'ACTIVE', search: 0, log: 0 };
  const NOW = { user: 'RECOVERY', list: 'RECOVERY', members: 'RECOVERY', search: 1, log: 2 };

  test.each([
    ['lag', 0, THEN],
    ['lag', 4999, THEN],
    ['lag', 5000, NOW],
    ['lag-user', 4999, { ...NOW, user: 'ACTIVE' }],
    ['lag-list', 4999, { ...NOW, list: 'ACTIVE', members: 'ACTIVE', search: 0 }],
    ['lag-log', 4999, { ...NOW, log: 0 }],
  ])('%s=100%@5s, %d ms after the reset', async (name, afterMs, expected) => {
    await orgWith(`${name}=100%@5s`);
    const { id, read } = await shown(afterMs);
    expect(read).toEqual(expected);
    expect(rig.org.user(id)).toMatchObject({ status: 'RECOVERY' });
  });

  test('the old state is shown completely: times, password and links', async () => {
    const { org, clock, get, post } = await orgWith('reads:lag-user=100%@15s');
    const id = taker(org)('ACTIVE', 'OKTA');
    clock.advance(60_000);
    const before = (await get(`${USERS}/${id}`)).json as unknown;
    await post(`${USERS}/${id}/lifecycle/expire_password_with_temp_password`);
    clock.advance(3000);
    await post(reset(id));
    clock.advance(11_999);
    expect((await get(`${USERS}/${id}`)).json).toEqual(before);
    clock.advance(1);
    expect((await get(`${USERS}/${id}`)).json).toMatchObject({ status: 'PASSWORD_EXPIRED' });
    clock.advance(3000);
    expect((await get(`${USERS}/${id}`)).json).toMatchObject({ status: 'RECOVERY' });
  });

  test('affect a share of the reads, and are counted', async () => {
    const { org, get } = await orgWith('lag-user=50%@5s');
    const id = taker(org)('ACTIVE', 'OKTA');
    for (let n = 0; n < 40; n += 1) await get(`${USERS}/${id}`);
    await get(LIST);
    const { faults } = org.stats();
    expect(Object.keys(faults)).toEqual(['lag-user']);
    expect(faults['lag-user']).toBeGreaterThan(8);
    expect(faults['lag-user']).toBeLessThan(32);
  });
});

test.each([
  ['reads:reset-late=5%', /only for writes/],
  ['writes:lag-user=5%', /only for reads/],
  ['reset-after=5%@2s', /takes no time/],
  ['reset-late=5%@soon', /does not end in a time/],
  ['lag=120%@2s', /not a share/],
])('%s is refused', async (text, says) => {
  await orgWith('');
  expect(() => parseChaos(text)).toThrow(says);
});
