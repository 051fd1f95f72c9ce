import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import type { Row } from '../../src/domain/row/row.ts';
import type { ResolvedRow } from '../../src/plan/verdicts/resolved-row.ts';
import { resolveRows } from '../../src/plan/lookup/resolve-rows.ts';
import {
  all,
  byEmail,
  byId,
  byLogin,
  failed,
  failureError,
  fakeOrg,
  makeUser,
  never,
  okta,
  range,
  ReadError,
  rowOf,
  stream,
  userId,
  type FakeOrg,
} from './fake-org.ts';

const resolve = (rows: Iterable<Row>, org: FakeOrg, lookup = true, signal = never) =>
  resolveRows(stream(rows), { reader: org.reader, failureError }, { lookup }, signal);

const users = (count: number) => range(1, count).map((n) => makeUser(n));

const termsIn = (search: string) => search.split(' or ').length;

function foundId(resolved: ResolvedRow): string {
  return resolved.resolution.kind === 'found' ? resolved.resolution.user.id : '';
}

describe('reads', () => {
  test('10,000 ids take 100 searches and no read per row', async () => {
    const org = fakeOrg(users(10_000), { delay: () => new Promise((done) => setImmediate(done)) });
    const resolved = await all(
      resolve(
        range(1, 10_000).map((n) => byId(n)),
        org,
      ),
    );
    expect(resolved.map(foundId)).toEqual(range(1, 10_000).map(userId));
    expect(org.searches).toHaveLength(100);
    expect(org.searches.map(termsIn)).toEqual(Array(100).fill(100));
    expect(org.gets).toHaveLength(0);
    expect(org.inFlight()).toEqual({ now: 0, most: 8 });
  });

  test.each([700, 1024, 2000])(
    '10,000 ids, if URLs over %i characters are refused, take at most 900 reads',
    async (urlLimit) => {
      const org = fakeOrg(users(10_000), { urlLimit });
      const resolved = await all(
        resolve(
          range(1, 10_000).map((n) => byId(n)),
          org,
        ),
      );
      expect(resolved.map(foundId)).toEqual(range(1, 10_000).map(userId));
      expect(org.searches.length + org.gets.length).toBeLessThanOrEqual(900);
      // What is learned is close to the best possible.
      const best = Math.ceil(10_000 / Math.floor((urlLimit - 25) / 44));
      expect(org.searches.length).toBeLessThanOrEqual(best * 1.1 + 12);
    },
  );

  test('what was accepted once is the size of all searches that follow', async () => {
    const org = fakeOrg(users(3_000), { urlLimit: 1024 });
    await all(
      resolve(
        range(1, 3_000).map((n) => byId(n)),
        org,
      ),
    );
    const sizes = org.searches.map(termsIn);
    const last = sizes.slice(20, -1);
    // 25 characters of the URL are not clauses, and 44 are one more clause.
    expect(new Set(last)).toEqual(new Set([Math.floor((1024 - 25) / 44)]));
    expect(last.length).toBeGreaterThan(100);
  });

  test.each([
    ['431', okta(431)],
    ['400 of a proxy', okta(400)],
  ])('a length refused as %s is learned too', async (_name, tooLong) => {
    const org = fakeOrg(users(2_000), { urlLimit: 1500, tooLong });
    const resolved = await all(
      resolve(
        range(1, 2_000).map((n) => byId(n)),
        org,
      ),
    );
    expect(resolved.map(foundId)).toEqual(range(1, 2_000).map(userId));
    expect(org.searches.length).toBeLessThan(140);
    expect(org.gets).toHaveLength(0);
  });

  test('logins of any length are found if URLs are short', async () => {
    const people = range(1, 300).map((n) =>
      makeUser(n, { login: `${'x'.repeat((n * 37) % 150)}${n}@example.com` }),
    );
    const org = fakeOrg(people, { urlLimit: 700 });
    const resolved = await all(
      resolve(
        people.map(({ login }) => byLogin(login)),
        org,
      ),
    );
    expect(resolved.map(foundId)).toEqual(people.map(({ id }) => id));
  });

  test('a login longer than any allowed URL is read by itself', async () => {
    const long = makeUser(1, { login: `${'y'.repeat(900)}@example.com` });
    const org = fakeOrg([long, ...users(300).slice(1)], { urlLimit: 800 });
    const rows = [byId(2), byLogin(long.login), ...range(3, 300).map((n) => byId(n))];
    const resolved = await all(resolve(rows, org));
    expect(resolved.every(({ resolution }) => resolution.kind === 'found')).toBe(true);
    expect(org.gets).toEqual([long.login]);
  });

  test('a login that is read by itself, and cannot be read, is an error of the org and not of the row', async () => {
    const long = makeUser(1, { login: `${'y'.repeat(900)}@example.com` });
    const org = fakeOrg([long], { urlLimit: 800 });
    const reader = { ...org.reader, user: async () => failed(okta(500, 'E0000009')) };
    await expect(all(resolve([byLogin(long.login)], { ...org, reader }))).rejects.toMatchObject({
      failure: { status: 500 },
    });
  });

  test('a login that no URL can contain ends as a row, and teaches nothing wrong', async () => {
    const org = fakeOrg(users(300), { urlLimit: 2_000, loginLimit: 1_000 });
    const rows = [byLogin('z'.repeat(5_000)), ...range(1, 300).map((n) => byId(n))];
    const resolved = await all(resolve(rows, org));
    expect(resolved[0]?.resolution.kind).toBe('invalid');
    expect(resolved.slice(1).map(foundId)).toEqual(range(1, 300).map(userId));
    expect(org.searches.length).toBeLessThan(20);
  });

  test('a limit on terms is learned once', async () => {
    const org = fakeOrg(users(1_000), { termLimit: 20 });
    const resolved = await all(
      resolve(
        range(1, 1_000).map((n) => byId(n)),
        org,
      ),
    );
    expect(resolved.map(foundId)).toEqual(range(1, 1_000).map(userId));
    expect(org.searches.length).toBeLessThan(100);
    expect(org.gets).toHaveLength(0);
  });

  test('one term that Okta refuses is isolated by halves and read by name', async () => {
    const org = fakeOrg(users(100), { culprits: new Set(['user50@example.com']) });
    const rows = range(1, 100).map((n) => byLogin(`user${n}@example.com`, n));
    const resolved = await all(resolve(rows, org));
    expect(resolved.map(foundId)).toEqual(range(1, 100).map(userId));
    expect(org.gets).toEqual(['user50@example.com']);
    expect(org.searches.length).toBeLessThanOrEqual(16);
  });

  test('refused names that nobody has, or that cannot be read, end as rows, not as errors', async () => {
    const culprits = new Set(['a/b', 'ghost', 'odd@mail', 'user9']);
    const org = fakeOrg(users(10), { culprits });
    const rows = [byLogin('a/b'), byLogin('ghost'), byEmail('odd@mail'), byLogin('user9'), byId(1)];
    const resolved = await all(resolve(rows, org));
    expect(resolved.map(({ resolution }) => resolution.kind)).toEqual([
      'invalid',
      'not-found',
      'invalid',
      // Okta takes the first half of a login; nobody asked for user9@example.com.
      'not-found',
      'found',
    ]);
  });

  test('an org that refuses every search is an error, not a thousand invalid rows', async () => {
    const org = fakeOrg([], { searchFailure: okta(400) });
    const rows = range(1, 200).map((n) => byLogin(`x${n}`));
    await expect(all(resolve(rows, org))).rejects.toBeInstanceOf(ReadError);
    expect(org.searches.length + org.gets.length).toBeLessThan(100);
  });

  test.each([okta(401, 'E0000011'), okta(403, 'E0000006'), okta(503, 'E0000100')])(
    'a read that failed for good ends the plan: %j',
    async (searchFailure) => {
      const org = fakeOrg(users(500), { searchFailure });
      await expect(
        all(
          resolve(
            range(1, 500).map((n) => byId(n)),
            org,
          ),
        ),
      ).rejects.toMatchObject({
        failure: searchFailure,
      });
      expect(org.searches).toHaveLength(1);
    },
  );

  test('all pages of a search are read', async () => {
    const shared = range(1, 30).map((n) => makeUser(n, { email: 'team@example.com' }));
    const org = fakeOrg(shared, { pageSize: 7 });
    const [row] = await all(resolve([byEmail('TEAM@example.com')], org));
    expect(row?.resolution).toMatchObject({ kind: 'ambiguous' });
    expect(JSON.stringify(row?.resolution)).toMatch(
      /30 users have this email address: (?:\S+ \(ACTIVE\), ){3}…/,
    );
    expect(org.searches).toHaveLength(5);
    const [three] = await all(resolve([byEmail('team@example.com')], fakeOrg(shared.slice(0, 3))));
    expect(JSON.stringify(three?.resolution)).toMatch(
      /3 users have this email address: \S+ \(ACTIVE\)(?:, \S+ \(ACTIVE\)){2}\. Give/,
    );
  });

  test('ids that the search does not find yet are requested one by one, a few of them', async () => {
    const unindexed = new Set(range(1, 60).map(userId));
    const org = fakeOrg(users(200), { unindexed });
    const resolved = await all(
      resolve(
        range(1, 200).map((n) => byId(n)),
        org,
      ),
    );
    expect(org.gets).toHaveLength(40);
    expect(resolved.filter(({ resolution }) => resolution.kind === 'not-found')).toHaveLength(20);
  });
});

describe('which user is meant', () => {
  test('ids are case-sensitive, logins and emails are not', async () => {
    const lower = makeUser(1, { id: '00uabcdefghijklmnopq' as never, login: 'Ada@Example.com' });
    const org = fakeOrg([lower]);
    const wrongCase = rowOf({ kind: 'id', value: '00uABCDEFGHIJKLMNOPQ' as never });
    const rows = [wrongCase, byLogin('ADA@example.COM'), byEmail('USER1@example.com')];
    const resolved = await all(resolve(rows, org));
    expect(resolved.map(({ resolution }) => resolution.kind)).toEqual([
      'not-found',
      'found',
      'found',
    ]);
  });

  test('a login is not looked up as an email address, nor the reverse', async () => {
    const org = fakeOrg([makeUser(1, { login: 'ada', email: 'ada@example.com' })]);
    const resolved = await all(resolve([byLogin('ada@example.com'), byEmail('ada')], org));
    expect(resolved.map(({ resolution }) => resolution.kind)).toEqual(['not-found', 'not-found']);
  });

  test('a user nobody asked for never becomes a target', async () => {
    const org = fakeOrg(users(3), { uninvited: [makeUser(99)] });
    const resolved = await all(resolve([byId(1), byId(98), byLogin('nobody')], org));
    expect(resolved.map(foundId)).toEqual([userId(1), '', '']);
  });

  test('quotes and backslashes in a value stay in it', async () => {
    const login = 'a" or id pr or profile.login eq "\\';
    const org = fakeOrg([makeUser(1, { login }), makeUser(2)]);
    const resolved = await all(resolve([byLogin(login)], org));
    expect(resolved.map(foundId)).toEqual([userId(1)]);
  });

  test('malformed characters reach no URL', async () => {
    const org = fakeOrg([]);
    const resolved = await all(resolve([byLogin('a\ud800b')], org));
    expect(resolved[0]?.resolution).toEqual({
      kind: 'invalid',
      detail: 'It contains malformed characters.',
    });
    expect(org.searches).toHaveLength(0);
  });

  test('rows that come with their user, and invalid rows, take no read', async () => {
    const org = fakeOrg([]);
    const rows = [
      rowOf({ kind: 'id', value: userId(1) }, 1, makeUser(1)),
      rowOf({ kind: 'invalid', value: '00g1', problem: 'That is a group.' }),
    ];
    const resolved = await all(resolve(rows, org));
    expect(resolved.map(({ resolution }) => resolution)).toEqual([
      { kind: 'found', user: makeUser(1) },
      { kind: 'invalid', detail: 'That is a group.' },
    ]);
    expect(org.searches).toHaveLength(0);
  });

  test('without a lookup ids are taken as they are, and names are unusable', async () => {
    const org = fakeOrg(users(2));
    const resolved = await all(resolve([byId(1), byLogin('user2@example.com')], org, false));
    expect(resolved.map(({ resolution }) => resolution)).toEqual([
      { kind: 'unread', userId: userId(1) },
      {
        kind: 'invalid',
        detail:
          'With --no-lookup, a login or email address cannot be turned into an id. Give ids, or leave --no-lookup out.',
      },
    ]);
    expect(org.searches).toHaveLength(0);
  });
});

describe('streaming', () => {
  test('reads no further ahead than a few searches, and stops with its consumer', async () => {
    const org = fakeOrg(users(10_000));
    let read = 0;
    const rows = stream(
      range(1, 10_000).map((n) => byId(n)),
      () => (read += 1),
    );
    const resolved = resolveRows(
      rows,
      { reader: org.reader, failureError },
      { lookup: true },
      never,
    );
    let taken = 0;
    for await (const row of resolved) {
      expect(row.row.line).toBe(taken + 1);
      taken += 1;
      expect(read - taken).toBeLessThanOrEqual(901);
      if (taken === 1_000) break;
    }
    expect(read).toBeLessThanOrEqual(1_901);
    expect(org.inFlight().now).toBe(0);
  });

  test('a consumer that stops ends the searches in flight, and the source of the rows', async () => {
    let left = 0;
    const org = fakeOrg(users(1000), {
      // The first search shows how large one can be. Those after the second one answer only to their end, and not at once.
      delay: async (search, signal) => {
        if (search <= 2) return;
        await new Promise((resolve) => {
          signal.addEventListener('abort', resolve);
        });
        await new Promise((resolve) => void setImmediate(resolve));
        left += 1;
      },
    });
    let isClosed = false;
    async function* source(): AsyncGenerator<Row> {
      try {
        for (const n of range(1, 1000)) yield byId(n);
      } finally {
        isClosed = true;
      }
    }
    const ports = { reader: org.reader, failureError };
    let taken = 0;
    for await (const { row } of resolveRows(source(), ports, { lookup: true }, never)) {
      taken = row.line;
      if (taken === 150) break;
    }
    expect([taken, isClosed, org.inFlight().now]).toEqual([150, true, 0]);
    expect([left, org.searches.length]).toEqual([7, 9]);
  });

  test('rows that need no search are read two hundred at a time', async () => {
    let read = 0;
    const rows = range(1, 500).map((n) => rowOf({ kind: 'id', value: userId(n) }, n, makeUser(n)));
    const ports = { reader: fakeOrg([]).reader, failureError };
    const counts = new Set<number>();
    for await (const { row } of resolveRows(
      stream(rows, () => (read += 1)),
      ports,
      { lookup: true },
      never,
    )) {
      expect(row.line).toBeLessThanOrEqual(read);
      counts.add(read);
    }
    expect([...counts]).toEqual([200, 400, 500]);
  });

  test('a source that has ended is not asked again', async () => {
    const rows = range(1, 150).map((n) => byId(n));
    let asked = 0;
    const source: AsyncIterable<Row> = {
      [Symbol.asyncIterator]: () => ({
        next: async () => {
          const value = rows[asked];
          asked += 1;
          return value === undefined ? { done: true, value } : { done: false, value };
        },
      }),
    };
    const ports = { reader: fakeOrg(users(150)).reader, failureError };
    expect(await all(resolveRows(source, ports, { lookup: true }, never))).toHaveLength(150);
    expect(asked).toBe(151);
  });

  test('as many searches as are allowed wait for an abort, and Node warns of no leak', async () => {
    const warnings: Error[] = [];
    const onWarning = (warning: Error) => void warnings.push(warning);
    process.on('warning', onWarning);
    const org = fakeOrg(users(2500), {
      delay: (_search, signal) =>
        new Promise((resolve) => {
          signal.addEventListener('abort', () => undefined);
          setImmediate(resolve);
        }),
    });
    const rows = stream(range(1, 2500).map((n) => byId(n)));
    const ports = { reader: org.reader, failureError };
    const options = { lookup: true, searchesInFlight: 20 };
    const resolved = await all(resolveRows(rows, ports, options, new AbortController().signal));
    await new Promise((resolve) => void setImmediate(resolve));
    process.off('warning', onWarning);
    expect([resolved.length, org.inFlight().most, warnings]).toEqual([2500, 20, []]);
  });

  test('a search that fails while an earlier one waits is the error, when its turn has come', async () => {
    const unhandled: unknown[] = [];
    const onUnhandled = (reason: unknown) => void unhandled.push(reason);
    process.on('unhandledRejection', onUnhandled);
    const org = fakeOrg(users(400), {
      delay: async (search) => {
        if (search === 3) throw new Error('broken');
        for (let turn = 0; search === 2 && turn < 5; turn += 1)
          await new Promise((resolve) => void setImmediate(resolve));
      },
    });
    const resolved: number[] = [];
    const work = async () => {
      const rows = range(1, 400).map((n) => byId(n));
      for await (const { row } of resolve(rows, org)) resolved.push(row.line);
    };
    await expect(work()).rejects.toThrow('broken');
    process.off('unhandledRejection', onUnhandled);
    expect([resolved, unhandled]).toEqual([range(1, 200), []]);
  });

  test('the order is kept if later searches answer first', async () => {
    const gates = new Map<number, () => void>();
    const org = fakeOrg(users(500), {
      delay: (search) =>
        // The first search is sent by itself; each of the others waits for the one after it.
        search === 1
          ? Promise.resolve()
          : new Promise((resolve) => {
              gates.set(search, resolve);
              if (gates.size === 4) for (const n of [5, 4, 3, 2]) gates.get(n)?.();
            }),
    });
    const resolved = await all(
      resolve(
        range(1, 500).map((n) => byId(n)),
        org,
      ),
    );
    expect(resolved.map(foundId)).toEqual(range(1, 500).map(userId));
  });

  test('an abort ends it with the signal’s reason and no further read', async () => {
    const abort = new AbortController();
    const org = fakeOrg(users(1_000), {
      delay: async (search) => {
        if (search === 3) abort.abort(new Error('stop'));
      },
    });
    const resolved = resolve(
      range(1, 1_000).map((n) => byId(n)),
      org,
      true,
      abort.signal,
    );
    await expect(all(resolved)).rejects.toThrow('stop');
    expect(org.searches.length).toBeLessThanOrEqual(5);
    expect(org.inFlight().now).toBe(0);
  });

  test('after an abort not even a row that needs no search comes out', async () => {
    const abort = new AbortController();
    const rows = range(1, 300).map((n) => rowOf({ kind: 'id', value: userId(n) }, n, makeUser(n)));
    const lines: number[] = [];
    const work = async () => {
      for await (const { row } of resolve(rows, fakeOrg([]), true, abort.signal)) {
        lines.push(row.line);
        if (row.line === 200) abort.abort(new Error('stop'));
      }
    };
    await expect(work()).rejects.toThrow('stop');
    expect(lines).toEqual(range(1, 200));
  });

  test('an error of the source is passed on', async () => {
    async function* broken(): AsyncGenerator<Row> {
      yield byId(1);
      throw new Error('unreadable');
    }
    const org = fakeOrg(users(1));
    const resolved = resolveRows(
      broken(),
      { reader: org.reader, failureError },
      { lookup: true },
      never,
    );
    await expect(all(resolved)).rejects.toThrow('unreadable');
  });

  test('every row comes out once, in order, whatever the org refuses', async () => {
    const kinds = fc.constantFrom<(n: number) => Row>(
      (n) => byId(n),
      (n) => byLogin(`User${n}@example.com`),
      (n) => byEmail(`uSER${n}@example.com`),
      (n) => rowOf({ kind: 'invalid', value: `${n}`, problem: 'no' }),
      (n) => rowOf({ kind: 'id', value: userId(n) }, n, makeUser(n)),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(kinds, fc.integer({ min: 1, max: 80 })), { maxLength: 250 }),
        fc.record({
          urlLimit: fc.integer({ min: 150, max: 6000 }),
          termLimit: fc.integer({ min: 1, max: 200 }),
          pageSize: fc.integer({ min: 1, max: 200 }),
          culprit: fc.integer({ min: 1, max: 400 }),
        }),
        async (picks, { culprit, ...rules }) => {
          const org = fakeOrg(users(60), { ...rules, culprits: new Set([userId(culprit)]) });
          const rows = picks.map(([kind, n], at) => ({ ...kind(n), line: at + 1 }));
          const resolved = await all(resolve(rows, org));
          expect(resolved.map(({ row }) => row)).toEqual(rows);
          resolved.forEach(({ resolution }, at) => {
            const [, n = 0] = picks[at] ?? [];
            if (resolution.kind === 'found') expect(resolution.user.id).toBe(userId(n));
            else expect(rows[at]?.identifier.kind === 'invalid' || n > 60).toBe(true);
          });
        },
      ),
      { numRuns: 60 },
    );
  });
});
