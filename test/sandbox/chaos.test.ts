import { describe, expect, test } from '@jest/globals';
import { AppError } from '../../src/domain/codes/app-error.ts';
import { parseChaos, type Fault } from '../../src/sandbox/chaos/chaos.ts';
import { host } from '../../src/host.ts';
import { sendBytes, startRig, taker, USERS, type ManualClock, type Rig } from './rig.ts';

const realClock = host.clock as unknown as ManualClock;
const orgWith = (chaos: string, users = 60): Promise<Rig> =>
  startRig(
    {
      users,
      limits: 'off',
      chaos: parseChaos(chaos),
      mix: { statuses: { ACTIVE: 1 }, providers: { OKTA: 1 } },
    },
    realClock,
  );

/** Gives up on an answer that does not come, a while after the org has counted the fault. */
async function patience(rig: Rig, waiting: AbortController): Promise<void> {
  while (Object.keys(rig.org.stats().faults).length === 0)
    await new Promise((resolve) => setImmediate(resolve));
  setTimeout(() => waiting.abort(new DOMException('no answer', 'TimeoutError')), 300);
}

/** Sends a write by fetch, as a client would; an error's code stands for an answer that did not come. */
async function write(rig: Rig, path: string, signal = AbortSignal.timeout(20_000)) {
  try {
    const response = await fetch(rig.org.url + path, {
      method: 'POST',
      redirect: 'manual',
      headers: { accept: 'application/json', authorization: `SSWS ${rig.org.token}` },
      signal,
    });
    const { status, headers } = response;
    const text = await response.text().catch((error: unknown) => `broken: ${String(error)}`);
    return { status, headers, text, lost: '' };
  } catch (error) {
    const { name, cause } = error as Error & { cause?: { code?: string; name?: string } };
    // Node 24's fetch gives some of these errors no code.
    const lost = cause?.code ?? cause?.name ?? name;
    return { status: 0, headers: new Headers(), text: '', lost };
  }
}

const LOST = /ECONNRESET|UND_ERR_SOCKET|EPIPE/;
const HUNG = /TimeoutError/;

/** Faults after which the password is new all the same. The others come before any effect. */
const WITH_EFFECT = [
  ...['reset-after', 'stall-headers', 'stall-body', 'cut-body', 'garbage', 'garbage-protocol'],
  ...['html-502-after', 'html-504-after', '500-after', '503-after', 'slow-drip', 'oversized'],
  ...['duplicate-headers', 'malformed-headers'],
];

/** What the client sees of each fault on a temporary password. */
const SEEN: Readonly<
  Record<
    Exclude<Fault, 'mail-429' | 'e0000014-before' | 'e0000014-after'>,
    { status?: number; lost?: RegExp; text?: RegExp; bytes?: number }
  >
> = {
  refuse: { lost: LOST },
  'reset-before': { lost: LOST },
  'reset-after': { lost: LOST },
  'stall-before': { lost: HUNG },
  'stall-headers': { lost: HUNG },
  'half-open': { lost: HUNG },
  'stall-body': { status: 200, text: /^broken: TimeoutError/ },
  'cut-body': { status: 200, text: /^broken: / },
  garbage: { status: 200, text: /tempPassw$/ },
  'garbage-protocol': { lost: /^(HPE_|HTTPParserError$)/ },
  'html-502-before': { status: 502, text: /^<html>/ },
  'html-502-after': { status: 502, text: /^<html>/ },
  'html-504-before': { status: 504, text: /^<html>/ },
  'html-504-after': { status: 504, text: /^<html>/ },
  '500-before': { status: 500, text: /E0000009/ },
  '500-after': { status: 500, text: /E0000009/ },
  '503-before': { status: 503, text: /E0000181/ },
  '503-after': { status: 503, text: /^<html>/ },
  '429-window': { status: 429, text: /E0000047/ },
  '429-concurrency': { status: 429, text: /E0000047/ },
  'slow-drip': { status: 200, text: /^\{"tempPassword":"\w{12}"\}$/ },
  oversized: { status: 200, bytes: 33_554_432 + 31 },
  'duplicate-headers': { status: 200, text: /^\{"tempPassword"/ },
  'malformed-headers': { status: 200, text: /^\{"tempPassword"/ },
  'captive-page': { status: 200, text: /<title>Guest Wi-Fi/ },
  redirect: { status: 302 },
};

describe('each fault, seen from both sides', () => {
  test.each(Object.entries(SEEN))('%s', async (fault, seen) => {
    const rig = await orgWith(`${fault}=100%`);
    const id = taker(rig.org)('ACTIVE', 'OKTA');
    const hangs = fault === 'stall-body' || seen.lost === HUNG;
    const waiting = new AbortController();
    if (hangs) void patience(rig, waiting);
    const path = `${USERS}/${id}/lifecycle/expire_password?tempPassword=true`;
    const got = await write(rig, path, waiting.signal);
    expect(rig.org.effects(id)!.tempPasswords).toBe(WITH_EFFECT.includes(fault) ? 1 : 0);
    expect(rig.org.stats().faults).toEqual({ [fault]: 1 });
    expect(got.lost).toMatch(seen.lost ?? /^$/);
    const isOktas = got.lost === '' && !/^<html>|Guest Wi-Fi/.test(got.text);
    expect(got.headers.has('x-okta-request-id')).toBe(isOktas);
    if (got.text.startsWith('<')) expect(got.headers.get('content-type')).toBe('text/html');
    if (seen.status !== undefined) expect(got.status).toBe(seen.status);
    if (seen.text !== undefined) expect(got.text).toMatch(seen.text);
    if (seen.bytes !== undefined) expect(got.text).toHaveLength(seen.bytes);
    await rig.close();
  });

  test('garbage keeps the status of what was refused', async () => {
    const rig = await orgWith('garbage=100%');
    const id = taker(rig.org)('ACTIVE', 'OKTA');
    rig.org.putOutOfReach(id);
    const got = await write(rig, `${USERS}/${id}/lifecycle/reset_password?sendEmail=true`);
    expect([got.status, got.text]).toEqual([403, expect.stringMatching(/tempPassw$/)]);
    expect(rig.org.effects(id)).toMatchObject({ resets: 0, mails: 0 });
    await rig.close();
  });

  test('mail-429 affects resets that email, and nothing else', async () => {
    const rig = await orgWith('mail-429=100%');
    const id = taker(rig.org)('ACTIVE', 'OKTA');
    const mailed = await write(rig, `${USERS}/${id}/lifecycle/reset_password?sendEmail=true`);
    expect([mailed.status, mailed.text]).toEqual([429, expect.stringContaining('E0000118')]);
    expect(rig.org.effects(id)).toMatchObject({ resets: 0, mails: 0 });
    const quiet = await write(rig, `${USERS}/${id}/lifecycle/reset_password?sendEmail=false`);
    expect(quiet.status).toBe(200);
    expect(rig.org.stats().faults).toEqual({ 'mail-429': 1 });
    await rig.close();
  });

  test('a concurrency 429 has limit 0; doubled and malformed headers are what they say', async () => {
    const headers = async (fault: string) => {
      const rig = await orgWith(`${fault}=1`);
      const id = taker(rig.org)('ACTIVE', 'OKTA');
      const got = await write(rig, `${USERS}/${id}/lifecycle/expire_password`);
      await rig.close();
      return ['limit', 'remaining', 'reset'].map((name) => got.headers.get(`x-rate-limit-${name}`));
    };
    expect((await headers('429-concurrency')).slice(0, 2)).toEqual(['0', '0']);
    expect((await headers('429-window')).slice(0, 2)).toEqual(['1000000', '0']);
    const [limit, remaining, reset = ''] = await headers('duplicate-headers');
    expect([limit, remaining]).toEqual(['1000000, 5000000', '999999, 4999999']);
    const [first = 0, second] = String(reset).split(', ').map(Number);
    expect(second).toBe(first + 60);
    expect(await headers('malformed-headers')).toEqual(['many', '-1', '99999999999999999999']);
  });

  test('a window 429 ends within two seconds, however long the window still is', async () => {
    for (const limits of ['off', { users: 50 }] as const) {
      const rig = await startRig({ limits, chaos: parseChaos('all:429-window=100%') });
      const got = await rig.get(USERS);
      const reset = Number(got.headers['x-rate-limit-reset']);
      const nowS = Math.floor(rig.clock.nowMs() / 1000);
      expect([got.status, got.headers['x-rate-limit-remaining']]).toEqual([429, '0']);
      expect(reset).toBeGreaterThan(nowS);
      expect(reset).toBeLessThanOrEqual(nowS + 2);
      await rig.close();
    }
  });

  test('a concurrency 429 ends 113 seconds later', async () => {
    const rig = await startRig({ chaos: parseChaos('all:429-concurrency=100%') });
    const got = await rig.get(USERS);
    const nowS = Math.floor(rig.clock.nowMs() / 1000);
    expect(Number(got.headers['x-rate-limit-reset'])).toBe(nowS + 113);
    await rig.close();
  });

  test('garbage is a 200 where an empty answer was due, too', async () => {
    const rig = await startRig({ limits: 'off', chaos: parseChaos('garbage=100%') });
    const id = taker(rig.org)('ACTIVE', 'OKTA');
    const got = await rig.send('DELETE', `${USERS}/${id}/sessions`);
    expect([got.status, got.text.endsWith('tempPassw')]).toEqual([200, true]);
    await rig.close();
  });

  test('slow-drip sends the body in many pieces, 50 ms apart', async () => {
    const rig = await startRig({ limits: 'off', chaos: parseChaos('slow-drip=100%') });
    const id = taker(rig.org)('ACTIVE', 'OKTA');
    const sent = { whole: false };
    const answer = rig
      .post(`${USERS}/${id}/lifecycle/expire_password?tempPassword=true`)
      .finally(() => (sent.whole = true));
    let pieces = 0;
    while (!sent.whole) {
      if (rig.clock.sleeping > 0) {
        rig.clock.advance(49);
        expect(rig.clock.sleeping).toBe(1);
        rig.clock.advance(1);
        pieces += 1;
      }
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect((await answer).json.tempPassword).toHaveLength(12);
    // The client is done with the last piece, before the pause after it.
    expect(pieces).toBeGreaterThan(12);
    expect(pieces).toBeLessThanOrEqual(20);
    await rig.close();
  });

  test('e0000014-after changes the password of a directory user, and nothing else', async () => {
    const chaos = parseChaos('e0000014-after=100%');
    const mix = { statuses: { ACTIVE: 1 }, providers: { LDAP: 1, OKTA: 1 } };
    const call = async (
      tempPasswordQuery: 'honoured' | 'ignored',
      provider: string,
      path: string,
    ) => {
      const rig = await startRig({ users: 30, limits: 'off', chaos, mix, tempPasswordQuery });
      const id = taker(rig.org)('ACTIVE', provider);
      const before = rig.org.user(id)!;
      const { status } = await rig.post(`${USERS}/${id}/lifecycle/${path}`);
      const after = rig.org.user(id)!;
      await rig.close();
      const isNew = after.passwordChangedMs !== before.passwordChangedMs;
      if (status === 403)
        expect(after).toEqual({ ...before, passwordChangedMs: after.passwordChangedMs });
      return [status, isNew];
    };
    const temp = 'expire_password?tempPassword=true';
    const struck = [403, true];
    expect(await call('honoured', 'LDAP', temp)).toEqual(struck);
    expect(await call('honoured', 'LDAP', 'expire_password_with_temp_password')).toEqual(struck);
    expect(await call('ignored', 'LDAP', 'expire_password_with_temp_password')).toEqual(struck);
    expect(await call('ignored', 'LDAP', temp)).toEqual([200, false]);
    expect(await call('honoured', 'LDAP', 'expire_password')).toEqual([200, false]);
    expect(await call('honoured', 'OKTA', temp)).toEqual([200, true]);
  });

  test('after a refusal the org listens again on the same port', async () => {
    const rig = await orgWith('refuse=100%');
    const id = taker(rig.org)('ACTIVE', 'OKTA');
    await write(rig, `${USERS}/${id}/lifecycle/expire_password`);
    let status = 0;
    const seen = new Set<string>();
    for (let attempt = 0; attempt < 5000 && status === 0; attempt += 1) {
      status = await rig.get(`${USERS}/${id}`).then(
        (got) => got.status,
        (error: unknown) => {
          seen.add((error as { code: string }).code);
          return 0;
        },
      );
    }
    expect(status).toBe(200);
    expect([...seen]).toContain('ECONNREFUSED');
    await rig.close();
  });
});

describe('traps of the whole org', () => {
  test('an org that is not there says so to everyone but its observer', async () => {
    const rig = await orgWith('no-org=on');
    const { host } = new URL(rig.org.url);
    for (const path of [USERS, '/.well-known/okta-organization', '/oauth2/v1/token']) {
      const { status, json } = await rig.get(path);
      expect([status, json.errorCode, json.errorSummary]).toEqual([
        ...[404, 'E0000007', `Not found: Resource not found: ${host} (Org)`],
      ]);
    }
    expect((await rig.get('/sandbox/stats')).status).toBe(200);
    await rig.close();
  });

  test('big headers are in every answer', async () => {
    const rig = await startRig({ limits: 'off', chaos: parseChaos('big-headers=on') });
    const raw = await sendBytes(
      rig.org,
      `GET ${USERS} HTTP/1.1\r\nHost: localhost\r\nAccept: */*\r\nConnection: close\r\n\r\n`,
    );
    expect(raw).toMatch(/\r\nContent-Security-Policy: default-src 'self'[^\r]{20000,}\r\n/);
    await rig.close();
  });

  test('next links lead to a foreign origin, or back to their own page', async () => {
    const foreign = await orgWith('foreign-next=http://127.0.0.1:9/x');
    expect(String((await foreign.get(`${USERS}?limit=1`)).headers['link'])).toMatch(
      /<http:\/\/127\.0\.0\.1:9\/api\/v1\/users\?after=\w+&limit=1>; rel="next"/,
    );
    await foreign.close();
    const loop = await orgWith('loop-next=on');
    expect(String((await loop.get(`${USERS}?limit=1`)).headers['link'])).toContain(
      `<${loop.org.url}${USERS}?limit=1>; rel="next"`,
    );
    await loop.close();
  });

  test('the token in use ends after that many writes; a new one continues', async () => {
    const rig = await orgWith('revoke-token-after=3');
    const take = taker(rig.org);
    const seen = [];
    for (let call = 0; call < 5; call += 1) {
      const path = `${USERS}/${take('ACTIVE', 'OKTA')}/lifecycle/reset_password?sendEmail=true`;
      seen.push((await rig.post(path)).status);
    }
    expect(seen).toEqual([200, 200, 200, 401, 401]);
    const authorization = `SSWS ${rig.org.issueToken()}`;
    const path = `${USERS}/${take('ACTIVE', 'OKTA')}/lifecycle/reset_password?sendEmail=true`;
    expect((await rig.send('POST', path, { authorization })).status).toBe(200);
    await rig.close();
  });
});

describe('shares', () => {
  async function outcomes(order: (ids: string[]) => string[]): Promise<Map<string, number>> {
    const rig = await orgWith('500=20%,503-before=10%,all:429-window=10%', 200);
    const ids = order([...rig.org.users()].map(({ id }) => id));
    const seen = new Map<string, number>();
    for (const id of ids) {
      const path = `${USERS}/${id}/lifecycle/expire_password`;
      seen.set(id, (await rig.post(path)).status);
    }
    const { faults } = rig.org.stats();
    const struck = Object.values(faults).reduce((sum, count) => sum + count, 0);
    expect(struck).toBe([...seen.values()].filter((status) => status !== 200).length);
    expect(struck / 200).toBeGreaterThan(0.3);
    expect(struck / 200).toBeLessThan(0.5);
    expect(Object.keys(faults).sort()).toEqual([
      '429-window',
      '500-after',
      '500-before',
      '503-before',
    ]);
    await rig.close();
    return seen;
  }

  test('are as requested, and affect the same users in whatever order they come', async () => {
    const forwards = await outcomes((ids) => ids);
    const backwards = await outcomes((ids) => ids.reverse());
    expect(Object.fromEntries(backwards)).toEqual(Object.fromEntries(forwards));
  });

  test('reads: affects only reads', async () => {
    const rig = await orgWith('reads:500=100%');
    const id = taker(rig.org)('ACTIVE', 'OKTA');
    expect((await rig.get(`${USERS}/${id}`)).status).toBe(500);
    expect((await rig.post(`${USERS}/${id}/lifecycle/expire_password`)).status).toBe(200);
    await rig.close();
  });
});

describe('parseChaos', () => {
  test.each([
    ['reset', 'reset-before', 'reset-after'],
    ['stall', 'stall-before', 'stall-headers'],
    ['html-502', 'html-502-before', 'html-502-after'],
    ['html-504', 'html-504-before', 'html-504-after'],
    ['e0000014', 'e0000014-before', 'e0000014-after'],
    ['500', '500-before', '500-after'],
    ['503', '503-before', '503-after'],
  ])('%s is one of two faults', (name, ...faults) => {
    const [draw] = parseChaos(`${name}=5%`).writes;
    expect(draw?.below).toBeCloseTo(0.05);
    expect(draw?.strikes).toEqual(
      faults.map((fault) => ({ name: fault, fault, lateMs: undefined })),
    );
  });

  test('reads shares, scopes, times and traps', () => {
    const { writes, reads, lags, ...rest } = parseChaos(
      'reset-before=5%,reads:stall-headers=0.01,all:500-after=20%,reset-late=1%@15s,500-late=1%,lag-user=10%@2s,lag-log=1,' +
        'loop-next=on,admin-next=100%,scheme-next=off,revoke-token-after=3,foreign-next=http://127.0.0.1:9/x',
    );
    const shown = (draws: typeof writes) =>
      draws.map(({ strikes: [{ name, fault, lateMs }], below }) => [
        ...[name, fault, lateMs, Math.round(below * 100)],
      ]);
    expect(shown(writes)).toEqual([
      ['reset-before', 'reset-before', undefined, 5],
      ['500-after', '500-after', undefined, 25],
      ['reset-late', 'reset-before', 15_000, 26],
      ['500-late', '500-before', 5000, 27],
    ]);
    expect(shown(reads)).toEqual([
      ['stall-headers', 'stall-headers', undefined, 1],
      ['500-after', '500-after', undefined, 21],
    ]);
    expect(lags).toEqual([
      { name: 'lag-user', share: 0.1, lagMs: 2000 },
      { name: 'lag-log', share: 1, lagMs: 5000 },
    ]);
    expect(rest).toEqual({
      foreignNext: 'http://127.0.0.1:9',
      loopNext: true,
      adminNext: true,
      schemeNext: false,
      bigHeaders: false,
      noOrg: false,
      revokeTokenAfter: 3,
    });
    expect(parseChaos('big-headers=on,no-org=on')).toMatchObject({ bigHeaders: true, noOrg: true });
    expect(parseChaos('lag=5%').lags.map(({ name }) => name)).toEqual([
      'lag-user',
      'lag-list',
      'lag-log',
    ]);
  });

  test.each(['', '  ', 'reset-before=5%, reads:stall-headers=0.01 ,all:500=1%', 'loop-next=on'])(
    'accepts "%s"',
    (text) => expect(() => parseChaos(text)).not.toThrow(),
  );

  test.each([
    'explode=5%',
    'reset-before',
    'reset-before=',
    'reset-before=lots',
    'reset-before=101%',
    'reset-before=60%,reset-after=60%',
    'foreign-next=nowhere',
    'revoke-token-after=soon',
    'constructor=1%',
    'both:reset-before=1%',
    'reset-before=5%@3s',
    'reads:reset-late=1%',
    'writes:lag=1%',
    'lag=5%@soon',
  ])('refuses %s with the names it knows', (text) => {
    expect(() => parseChaos(text)).toThrow(AppError);
    expect(() => parseChaos(text)).toThrow(
      expect.objectContaining({ code: 'USAGE', hint: expect.stringContaining('reset-before') }),
    );
  });
});
