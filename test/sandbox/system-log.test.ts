import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { SystemLog } from '../../src/sandbox/org/log/system-log.ts';
import { rows, startRig, taker, USERS, type Got, type Rig } from './rig.ts';

let rig: Rig;
let targets: string[];
let requestIds: string[];
let startMs: number;
beforeAll(async () => {
  rig = await startRig({ users: 100, limits: 'off', mix: { bounced: 0.5 } });
  const take = taker(rig.org);
  startMs = rig.clock.nowMs();
  targets = Array.from({ length: 12 }, () => take('ACTIVE', 'OKTA'));
  requestIds = [];
  for (const id of targets) {
    rig.clock.advance(1000);
    const path = `${USERS}/${id}/lifecycle/reset_password?sendEmail=true&revokeSessions=true`;
    const got = await rig.send('POST', path, { 'user-agent': 'okta-reset/1 (run=abc)' });
    requestIds.push(String(got.headers['x-okta-request-id']));
  }
  rig.clock.advance(1000);
  await rig.post(`${USERS}/${take('ACTIVE', 'OKTA')}/lifecycle/expire_password_with_temp_password`);
  await rig.send('DELETE', `${USERS}/${take('ACTIVE', 'OKTA')}/sessions`);
  rig.clock.advance(1);
});
afterAll(() => rig.close());

const iso = (ms: number) => new Date(ms).toISOString();
const logs = (query: Readonly<Record<string, string>>): Promise<Got> =>
  rig.get(`/api/v1/logs?${new URLSearchParams(query).toString()}`);
const types = (got: Got): string[] =>
  rows<{ eventType: string }>(got).map(({ eventType }) => eventType);

test('an event has type, actor, target, request and client', async () => {
  const filter = `eventType eq "user.account.reset_password" and target.id eq "${targets[3]!}"`;
  const { json } = await logs({ filter, until: iso(rig.clock.nowMs()) });
  const { login } = rig.org.user(targets[3]!)!;
  expect(json).toEqual([
    expect.objectContaining({
      eventType: 'user.account.reset_password',
      published: iso(startMs + 4000),
      outcome: { result: 'SUCCESS', reason: null },
      actor: expect.objectContaining({ id: rig.org.tokenOwnerId, type: 'User' }),
      target: [expect.objectContaining({ id: targets[3], type: 'User', alternateId: login })],
      transaction: expect.objectContaining({ id: requestIds[3] }),
      client: expect.objectContaining({
        userAgent: expect.objectContaining({ rawUserAgent: 'okta-reset/1 (run=abc)' }),
      }),
    }),
  ]);
});

test('ten thousand names of clients are kept, and no more', () => {
  const log = new SystemLog();
  const rest = { type: 'user.session.start', timeMs: 0, principal: 0, request: 0 } as const;
  for (let n = 0; n < 10_100; n += 1) log.add({ ...rest, userAgent: `client/${n}` });
  const names = new Set(Array.from({ length: log.length }, (_, n) => log.event(n).userAgent));
  expect(log.event(9999).userAgent).toBe('client/9999');
  expect(log.event(10_099).userAgent).toBe('client/0');
  expect(names.size).toBeLessThan(10_010);
  const busy = new SystemLog();
  for (let n = 0; n < 10_100; n += 1) busy.add({ ...rest, userAgent: 'client/0' });
  busy.add({ ...rest, userAgent: 'client/1' });
  expect(busy.event(10_100).userAgent).toBe('client/1');
});

test('each call writes the events that Okta lists for it', async () => {
  const all = types(await logs({ limit: '1000' }));
  expect(all.slice(0, 3)).toEqual([
    'user.account.reset_password',
    'user.session.clear',
    'system.email.delivery',
  ]);
  expect(all.slice(-3)).toEqual([
    'user.account.update_password',
    'user.account.expire_password',
    'user.session.clear',
  ]);
  expect(all).toHaveLength(12 * 3 + 3);
});

test.each([
  [() => `transaction.id eq "${requestIds[0]!}"`, 3],
  [() => `target.id eq "${targets[0]!}" or target.id eq "${targets[1]!}"`, 6],
  [() => `actor.id eq "${rig.org.tokenOwnerId}"`, 12 * 2 + 3],
  [() => 'eventType sw "user.account"', 14],
  [() => 'client.userAgent.rawUserAgent co "run=abc" and eventType eq "user.session.clear"', 12],
  [() => 'target.id eq "00uNOBODYNOBODYNOBOD"', 0],
  [() => 'eventType ne "user.account.reset_password"', 27],
  [() => `not (target.id eq "${targets[0]!}" or eventType sw "user.session")`, 39 - 3 - 12],
  [() => 'not (not (eventType co "session"))', 13],
  [() => `target.alternateId eq "${rig.org.user(targets[0]!)!.login}"`, 3],
  [() => `target.id ne "${targets[0]!}"`, 36],
  [() => 'actor.type eq "SystemPrincipal"', 12],
  [() => 'severity eq "warn" and outcome.reason eq "Bounced" and target.type ne "User"', 0],
  [() => 'displayMessage sw "Clear" and transaction.type eq "WEB" and client.id pr', 0],
  [() => `debugContext.debugData.requestId eq "${requestIds[1]!}"`, 3],
])('filter %#', async (filter, count) => {
  expect((await logs({ filter: filter(), limit: '1000' })).json).toHaveLength(count);
});

test('half of the emails bounce if half of the users do', async () => {
  const filter = 'eventType eq "system.email.delivery" and outcome.result eq "FAILURE"';
  const { json } = await logs({ filter, limit: '1000' });
  expect(json.length).toBeGreaterThan(1);
  expect(json.length).toBeLessThan(11);
});

async function walk(query: Readonly<Record<string, string>>): Promise<string[]> {
  const found: string[] = [];
  let path: string | undefined = `/api/v1/logs?${new URLSearchParams(query).toString()}`;
  for (let pages = 0; path !== undefined && pages < 50; pages += 1) {
    const got: Got = await rig.get(path);
    found.push(...rows<{ uuid: string }>(got).map(({ uuid }) => uuid));
    path = /<([^>]+)>; rel="next"/
      .exec(String(got.headers['link']))?.[1]
      ?.slice(rig.org.url.length);
  }
  return found;
}

test('a bounded query ends; descending is ascending backwards', async () => {
  const bounds = { since: iso(startMs), until: iso(rig.clock.nowMs() + 1), limit: '4' };
  const up = await walk(bounds);
  expect(new Set(up).size).toBe(39);
  expect(await walk({ ...bounds, sortOrder: 'DESCENDING' })).toEqual([...up].reverse());
});

test.each([
  ['RESET_password', 12],
  ['run=abc clear', 12],
  ['run=abc nothing-like-it', 0],
])('the keywords %j', async (q, count) => {
  expect((await logs({ q, limit: '1000' })).json).toHaveLength(count);
});

test('a limit of 0 returns nothing, and no next page of a query with an end', async () => {
  const bounded = await logs({ until: iso(rig.clock.nowMs() + 1), limit: '0' });
  expect([bounded.json, String(bounded.headers['link'])]).toEqual([
    [],
    expect.not.stringContaining('rel="next"'),
  ]);
});

test('pages from the newest on repeat nothing if new events come between them', async () => {
  const own = await startRig({ users: 100, limits: 'off' });
  const take = taker(own.org);
  const write = async () => {
    own.clock.advance(1000);
    await own.post(`${USERS}/${take('ACTIVE', 'OKTA')}/lifecycle/expire_password`);
    own.clock.advance(1);
  };
  for (let event = 0; event < 9; event += 1) await write();
  for (const sortOrder of ['DESCENDING', 'ASCENDING']) {
    const seen: string[] = [];
    const query = new URLSearchParams({ sortOrder, limit: '4' }).toString();
    let path: string | undefined = `/api/v1/logs?${query}`;
    for (let pages = 0; path !== undefined && pages < 3; pages += 1) {
      const got: Got = await own.get(path);
      seen.push(...rows<{ published: string }>(got).map(({ published }) => published));
      path = /<([^>]+)>; rel="next"/
        .exec(String(got.headers['link']))?.[1]
        ?.slice(own.org.url.length);
      await write();
    }
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen).toEqual(sortOrder === 'DESCENDING' ? seen.toSorted().reverse() : seen.toSorted());
    expect(seen.length).toBeGreaterThanOrEqual(9);
  }
  await own.close();
});

test('since is inclusive, until is not', async () => {
  const got = await logs({ since: iso(startMs + 2000), until: iso(startMs + 4000), limit: '1000' });
  expect(got.json).toHaveLength(6);
});

test('a polling query always has a next link, which returns what is new', async () => {
  const own = await startRig({ limits: 'off' });
  const take = taker(own.org);
  const empty = await own.get('/api/v1/logs?since=' + iso(own.clock.nowMs()));
  expect(empty.json).toEqual([]);
  const next = /<([^>]+)>; rel="next"/.exec(String(empty.headers['link']))![1]!;
  await own.post(`${USERS}/${take('ACTIVE', 'OKTA')}/lifecycle/expire_password`);
  own.clock.advance(10);
  expect(types(await own.get(next.slice(own.org.url.length)))).toEqual([
    'user.account.expire_password',
  ]);
  await own.close();
});

test('events show late if the log is slow', async () => {
  const own = await startRig({ limits: 'off', logDelayMs: 30_000 });
  await own.post(`${USERS}/${taker(own.org)('ACTIVE', 'OKTA')}/lifecycle/expire_password`);
  own.clock.advance(29_999);
  expect((await own.get('/api/v1/logs')).json).toHaveLength(0);
  own.clock.advance(1);
  expect((await own.get('/api/v1/logs')).json).toHaveLength(1);
  await own.close();
});

test.each([
  [{ filter: 'published gt "2020-01-01T00:00:00Z"' }, 'E0000053'],
  [{ filter: 'eventType eq' }, 'E0000053'],
  [{ filter: 'target.changeDetails.from eq "x"' }, 'E0000053'],
  [{ filter: 'not eventType eq "x"' }, 'E0000053'],
  [{ filter: 'eventType[value eq "x"]' }, 'E0000053'],
  [{ q: 'x'.repeat(41) }, 'E0000001'],
  [{ q: 'a b c d e f g h i j k' }, 'E0000001'],
  [{ limit: '-1' }, 'E0000001'],
  [{ since: 'yesterday' }, 'E0000001'],
  [{ until: 'tomorrow' }, 'E0000001'],
  [{ since: '2019-01-01T00:00:00Z' }, 'E0000001'],
])('refuses %j', async (query, code) => {
  const got = await logs(query);
  expect([got.status, got.json.errorCode]).toEqual([400, code]);
});
