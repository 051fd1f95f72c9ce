/** What a follow-up reads from the System Log, and what it says about each user. */
import { describe, expect, test } from '@jest/globals';
import { containedStateOf, isSameConcern } from '../../src/app/followup/contained-state.ts';
import { FOLLOWUP_HEADER, followupLineOf } from '../../src/app/followup/followup-csv.ts';
import type { FollowupState } from '../../src/app/followup/followup-state.ts';
import {
  isSoonerThanPeople,
  scanLinkUses,
  ScannerTraces,
} from '../../src/app/followup/link-uses.ts';
import { readLogFacts, type LogFacts } from '../../src/app/followup/log-facts.ts';
import { scanLog } from '../../src/app/followup/scan-log.ts';
import { UserList } from '../../src/app/followup/user-list.ts';
import type { ChainRun } from '../../src/app/rerun/run-chain.ts';
import { ACTION_NAMES, ACTIONS, type Action } from '../../src/domain/plan/action.ts';
import type { Target } from '../../src/domain/plan/plan.ts';
import type { LogEvent, OrgReader } from '../../src/domain/org/org.ts';
import type { User } from '../../src/domain/org/user.ts';
import { failed, makeUser, never, ok, okta, userId } from '../plan/fake-org.ts';
import { planned, runFile } from '../report/sample.ts';

const T = Date.parse('2026-11-22T03:15:00.000Z');
const MINUTE_MS = 60_000;
const event = (afterMs: number, more: Partial<LogEvent> = {}): LogEvent => ({
  ...{ uuid: 'u', eventType: 'x', publishedMs: T + afterMs, actorId: 'admin', userIds: ['u1'] },
  ...{ result: 'SUCCESS', reason: undefined, requestId: undefined, clientIp: '203.0.113.9' },
  ...more,
});

/** A log that answers page by page, and what was asked of it. */
function logOf(
  pages: (query: { readonly filter: string }) => readonly (readonly LogEvent[] | 'refused')[],
) {
  const asked: { readonly filter: string; readonly sinceMs: number; readonly untilMs: number }[] =
    [];
  let left: (readonly LogEvent[] | 'refused')[] = [];
  const logEvents: OrgReader['logEvents'] = (page) => {
    if (!('next' in page)) {
      asked.push(page);
      left = [...pages(page)];
    }
    const items = left.shift() ?? [];
    if (items === 'refused') return Promise.resolve(failed(okta(403)));
    const next = left.length > 0 ? { next: String(left.length) } : undefined;
    return Promise.resolve(ok({ items, next }));
  };
  return { reader: { logEvents } as Partial<OrgReader> as OrgReader, asked };
}

describe('a scan of the log', () => {
  const WINDOW = { filter: 'f', sinceMs: 1, untilMs: 2 };
  async function scanned(pages: readonly (readonly LogEvent[] | 'refused')[]) {
    const seen: number[] = [];
    const { reader } = logOf(() => pages);
    const reading = await scanLog(reader, WINDOW, never, ({ publishedMs }) =>
      seen.push(publishedMs - T),
    );
    return [reading, seen];
  }

  test('reads every page, or as many as it can', async () => {
    expect(await scanned([])).toEqual(['whole', []]);
    expect(await scanned([[event(1), event(2)], [event(3)]])).toEqual(['whole', [1, 2, 3]]);
    expect(await scanned(['refused'])).toEqual(['unreadable', []]);
    expect(await scanned([[event(1)], 'refused'])).toEqual(['partly', [1]]);
    const many = (pages: number) => Array.from({ length: pages }, (_, page) => [event(page)]);
    const [reading, seen] = await scanned(many(200));
    expect([reading, seen?.length]).toEqual(['whole', 200]);
    expect((await scanned(many(201)))[0]).toBe('partly');
  });

  test('finds who opened a link, first after a reset, but not our own calls', async () => {
    const events = [
      event(0, { userIds: ['u1', 'u1'], actorId: undefined }),
      event(5000, { userIds: [], actorId: 'u1', clientIp: undefined }),
      event(6000, { userIds: ['u2'], actorId: 'me' }),
      event(7000, { userIds: ['u2', 'u3'] }),
    ];
    const { reader, asked } = logOf(() => [events]);
    const { after, reading } = await scanLinkUses(
      reader,
      { sinceMs: 1, untilMs: 2, principalId: 'me' },
      never,
    );
    expect(reading).toBe('whole');
    expect(asked).toMatchObject([{ sinceMs: 1, untilMs: 2 }]);
    expect(asked[0]?.filter.split(' or ')).toHaveLength(3);
    const use = (user: string, afterMs: number) => after(user, T + afterMs);
    expect(use('u1', 0)).toEqual({ usedMs: T, address: '203.0.113.9' });
    expect(use('u1', 1)).toEqual({ usedMs: T + 5000, address: undefined });
    expect(use('u1', 5001)).toBeUndefined();
    expect([use('u2', 0)?.usedMs, use('u3', 0)?.usedMs]).toEqual([T + 7000, T + 7000]);
    expect(use('admin', 0)?.usedMs).toBe(T + 7000);
    expect(use('nobody', 0)).toBeUndefined();
    const unknown = { sinceMs: 1, untilMs: 2, principalId: undefined };
    const all = await scanLinkUses(reader, unknown, never);
    expect(all.after('u2', T)?.usedMs).toBe(T + 6000);
    expect(all.after('u1', T)?.usedMs).toBe(T);
  });

  test('keeps twenty uses of a user', async () => {
    const { reader } = logOf(() => [Array.from({ length: 22 }, (_, at) => event(at))]);
    const window = { sinceMs: 1, untilMs: 2, principalId: undefined };
    const { after } = await scanLinkUses(reader, window, never);
    expect([after('u1', T + 19)?.usedMs, after('u1', T + 20)]).toEqual([T + 19, undefined]);
  });
});

describe('a mail scanner', () => {
  const use = (afterMs: number, address?: string) => ({ usedMs: T + afterMs, address });

  test('is sooner than people within a minute', () => {
    expect([0, MINUTE_MS, MINUTE_MS + 1].map((ms) => isSoonerThanPeople(use(ms), T))).toEqual([
      ...[true, true, false],
    ]);
  });

  test('has opened the links of three users from one address', () => {
    const traces = new ScannerTraces();
    expect(traces.found()).toBeUndefined();
    for (const [count, address] of [
      [2, 'two'],
      [3, 'three'],
      [4, 'four'],
    ] as const)
      for (let n = 0; n < count; n += 1) traces.add(use(1000, address), T);
    for (let n = 0; n < 5; n += 1) {
      traces.add(use(MINUTE_MS + 1, 'late'), T);
      traces.add(use(1000), T);
    }
    expect(traces.found()).toEqual({ users: 7, addresses: ['four', 'three'] });
    for (const address of ['a', 'b', 'c', 'd'])
      for (let n = 0; n < 5; n += 1) traces.add(use(0, address), T);
    expect(traces.found()).toMatchObject({ users: 27, addresses: ['a', 'b', 'c', 'd', 'four'] });
  });
});

describe('the facts of the log', () => {
  const ran = (runId: string, firstMs: number, lastMs: number, action: Action = 'reset-password') =>
    ({
      run: runFile({ runId, spec: { ...runFile().spec, action } }),
      firstMs,
      lastMs,
    }) as Partial<ChainRun> as ChainRun;
  const AT = { nowMs: T + 9 * MINUTE_MS, offsetMs: 500, principalId: 'me' };
  const facts = async (
    chain: readonly ChainRun[],
    pages: (query: { readonly filter: string }) => readonly (readonly LogEvent[] | 'refused')[],
  ) => {
    const { reader, asked } = logOf(pages);
    return { ...(await readLogFacts(reader, chain, AT, never)), asked };
  };
  const of = (filter: string, part: string) => filter.includes(part);

  test('prove the resets of each run, which only others can have made', async () => {
    const { isProven, proofs, asked } = await facts(
      [ran('b', T + 5000, T + 6000), ran('a', T, T + 1000)],
      ({ filter }) =>
        of(filter, 'reset_password"') && !of(filter, 'use_token')
          ? [
              [
                event(0),
                event(1, { userIds: ['u2'], result: undefined }),
                event(2, { userIds: ['u3'], result: 'FAILURE' }),
                event(3, { userIds: ['u4'], actorId: 'u4' }),
              ],
            ]
          : [],
    );
    expect(proofs).toBe('whole');
    expect(['u1', 'u2', 'u3', 'u4'].map((user) => isProven('a', user))).toEqual([
      ...[true, true, false, false],
    ]);
    expect(isProven('unknown', 'u1')).toBeUndefined();
    // By Okta’s clock, a minute before the first record and after the last; the rest until now.
    expect(asked.map(({ sinceMs, untilMs }) => [sinceMs - T, untilMs - T])).toEqual([
      [5500 - MINUTE_MS, 6500 + MINUTE_MS],
      [500 - MINUTE_MS, 1500 + MINUTE_MS],
      [500, 9 * MINUTE_MS + 1000],
      [500, 9 * MINUTE_MS + 1000],
    ]);
  });

  test('that were read in part prove only what was seen', async () => {
    const partly = await facts([ran('a', T, T)], ({ filter }) =>
      of(filter, 'use_token') ? [] : [[event(0)], 'refused'],
    );
    expect([partly.proofs, partly.bounces, partly.linkUses]).toEqual(['partly', 'partly', 'whole']);
    expect([partly.isProven('a', 'u1'), partly.isProven('a', 'u2')]).toEqual([true, undefined]);
    let scans = 0;
    const mixed = await facts([ran('a', T, T), ran('b', T, T), ran('c', T, T)], () => {
      scans += 1;
      return scans === 1 ? ['refused'] : scans === 2 ? [[event(0)], 'refused'] : [];
    });
    expect(mixed.proofs).toBe('unreadable');
  });

  test('say when an email bounced last, and when a factor was enrolled, which is asked only for factors', async () => {
    const pages = ({ filter }: { readonly filter: string }) =>
      of(filter, 'email.delivery')
        ? [[event(1000), event(2000), event(3000, { userIds: ['u2', 'u3'] })]]
        : of(filter, 'factor.activate')
          ? [[event(4000), event(5000)]]
          : [];
    const plain = await facts([ran('a', T, T)], pages);
    expect(['u1', 'u2', 'u3', 'u4'].map(plain.bouncedMs)).toEqual([
      ...[T + 2000, T + 3000, T + 3000, undefined],
    ]);
    expect(plain.enrolledMs('u1')).toBeUndefined();
    expect(plain.asked).toHaveLength(3);
    const factors = await facts([ran('a', T, T), ran('b', T, T, 'reset-factors')], pages);
    expect([factors.enrolledMs('u1'), factors.enrolledMs('u2')]).toEqual([T + 5000, undefined]);
  });
});

describe('the state after an action without a password', () => {
  const specOf = (action: Action) => ({ ...runFile().spec, action });
  const seen = (status: string, lastLogin?: unknown): User =>
    makeUser(1, { status, raw: lastLogin === undefined ? {} : { lastLogin } });
  const state = (action: Action, user: User | undefined, enrolledMs?: number) =>
    containedStateOf({ spec: specOf(action), doneMs: T, enrolledMs }, user);
  const iso = (ms: number) => new Date(ms).toISOString();

  test.each<[Action, User | undefined, number | undefined, FollowupState]>([
    ['suspend', undefined, undefined, 'gone'],
    ['suspend', seen('DEPROVISIONED'), undefined, 'gone'],
    ['suspend', seen('SUSPENDED'), undefined, 'contained'],
    ['suspend', seen('ACTIVE'), undefined, 'lifted'],
    ['suspend', seen('SUSPENDED', iso(T + 1)), undefined, 'contained'],
    ['unsuspend', seen('ACTIVE'), undefined, 'finished'],
    ['unsuspend', seen('SUSPENDED'), undefined, 'as-before'],
    ['unlock', seen('LOCKED_OUT'), undefined, 'as-before'],
    ['unlock', seen('ACTIVE'), undefined, 'finished'],
    ['reactivate', seen('PROVISIONED'), undefined, 'waiting'],
    ['reactivate', seen('ACTIVE'), undefined, 'finished'],
    ['reset-factors', seen('ACTIVE'), undefined, 'contained'],
    ['reset-factors', seen('ACTIVE'), T - 1, 'contained'],
    ['reset-factors', seen('ACTIVE'), T, 'enrolled-again'],
    ['reset-factors', seen('ACTIVE', iso(T + 1)), undefined, 'contained'],
    ['end-sessions', seen('ACTIVE'), T, 'contained'],
    ['end-sessions', seen('ACTIVE', iso(T - 1)), undefined, 'contained'],
    ['end-sessions', seen('ACTIVE', iso(T)), undefined, 'signed-in-again'],
    ['revoke-tokens', seen('ACTIVE', iso(T)), undefined, 'signed-in-again'],
    ['revoke-tokens', seen('ACTIVE', 'no time'), undefined, 'contained'],
    ['revoke-tokens', seen('ACTIVE', T), undefined, 'contained'],
  ])('%s, now %j, enrolled %s: %s', (action, user, enrolledMs, expected) => {
    expect(state(action, user, enrolledMs)).toBe(expected);
  });

  test('is about one concern: all passwords together, every other action by itself', () => {
    const same = (a: Action, b: Action) => isSameConcern(specOf(a), specOf(b));
    for (const a of ACTION_NAMES)
      for (const b of ACTION_NAMES) {
        const both = ACTIONS[a].kind === 'password' && ACTIONS[b].kind === 'password';
        expect([a, b, same(a, b)]).toEqual([a, b, a === b || both]);
      }
  });
});

describe('the list of users', () => {
  const NONE: LogFacts = {
    ...{ proofs: 'whole', bounces: 'whole', linkUses: 'whole' },
    isProven: () => undefined,
    bouncedMs: () => undefined,
    enrolledMs: () => undefined,
    linkUse: () => undefined,
  };
  /** A list, and its lines as cells by the name of their column. */
  function listOf(log: Partial<LogFacts> = {}, choose: readonly FollowupState[] = []) {
    const lines: string[] = [];
    let flushed = 0;
    const file = {
      push: (line: string) => lines.push(line),
      flush: () => Promise.resolve((flushed = lines.length)),
    };
    const terms = {
      ...{ nowMs: T + 30 * MINUTE_MS, offsetMs: 2000, lifetimeMs: 60 * MINUTE_MS },
      ...{ log: { ...NONE, ...log }, choose: new Set(choose) },
    };
    const list = new UserList(file as never, terms);
    const cells = (): readonly Readonly<Record<string, string>>[] => {
      const [names = [], ...rest] = lines.map((line) => line.trimEnd().split(','));
      return rest.map((line) => {
        const pairs = line.map((cell, at) => [names[at] ?? '', cell] as const);
        return Object.fromEntries(pairs.filter(([, cell]) => cell !== ''));
      });
    };
    return { list, cells, flushed: () => [flushed, lines.length] };
  }
  const claim = (n: number, action: Action = 'reset-password') => ({
    run: runFile({ spec: { ...runFile().spec, action } }),
    row: planned(n) as Target,
    startedMs: T,
  });
  const iso = (ms: number) => new Date(ms).toISOString();

  test('has a line for each, counts the states, and names those who are wanted', async () => {
    const { list, cells, flushed } = listOf(
      {
        isProven: (_, user) => (user === userId(3) ? undefined : user !== userId(2)),
        bouncedMs: (user) => (user === userId(2) ? T + 5000 : undefined),
      },
      ['waiting', 'bounced'],
    );
    const recovery = (n: number) => makeUser(n, { status: 'RECOVERY', statusChangedMs: T + 2500 });
    await list.takeReset(claim(1), recovery(1));
    await list.takeReset(claim(2), recovery(2));
    await list.takeReset(claim(3), undefined);
    await list.takeReset(claim(4), undefined);
    expect(list.counts).toMatchObject({ waiting: 1, bounced: 1, gone: 2, finished: 0 });
    expect([list.users, list.proven]).toEqual([4, 2]);
    expect([...list.chosen]).toEqual([
      [userId(1), 'waiting'],
      [userId(2), 'bounced'],
    ]);
    const common = { action: 'reset-password', run_id: runFile().runId, reset_at: iso(T) };
    const user = {
      status: 'RECOVERY',
      password_changed_at: iso(1000),
      link_dies_at: iso(T + 2500 + 60 * MINUTE_MS),
    };
    expect(cells()).toEqual([
      {
        user_id: userId(1),
        login: 'user1@example.com',
        state: 'waiting',
        proven: 'yes',
        ...user,
        ...common,
      },
      {
        ...{ user_id: userId(2), login: 'user2@example.com', state: 'bounced', proven: 'no' },
        ...{ bounced_at: iso(T + 5000), ...user, ...common },
      },
      { user_id: userId(3), login: 'person.3@acme.example', state: 'gone', ...common },
      {
        ...{ user_id: userId(4), login: 'person.4@acme.example', state: 'gone', proven: 'yes' },
        ...common,
      },
    ]);
    expect(flushed()).toEqual([5, 5]);
  });

  test('takes a link as used from the second of the reset on, and finds a scanner', async () => {
    const usedMs = T + 2000 - 1000;
    const { list, cells } = listOf({
      linkUse: (_, resetMs) => (usedMs >= resetMs ? { usedMs, address: '203.0.113.9' } : undefined),
    });
    const recovery = (n: number) => makeUser(n, { status: 'RECOVERY', statusChangedMs: T });
    for (const n of [1, 2, 3]) await list.takeReset(claim(n), recovery(n));
    expect(list.counts['link-used']).toBe(3);
    expect(list.scanner()).toEqual({ users: 3, addresses: ['203.0.113.9'] });
    expect(cells()[0]).toMatchObject({ link_used_at: iso(usedMs), link_used_from: '203.0.113.9' });
    const sooner = listOf({
      linkUse: (_, resetMs) => (usedMs - 1 >= resetMs ? { usedMs, address: 'x' } : undefined),
    });
    await sooner.list.takeReset(claim(1), recovery(1));
    expect(sooner.list.counts.waiting).toBe(1);
    // A user who has finished has opened the link too.
    const other = listOf({ linkUse: () => ({ usedMs, address: 'x' }) });
    for (const n of [1, 2, 3])
      await other.list.takeReset(
        claim(n),
        makeUser(n, { statusChangedMs: T, passwordChangedMs: T }),
      );
    expect([other.list.scanner(), other.list.counts.finished]).toEqual([undefined, 3]);
  });

  test('judges other actions by what the org and its log show', async () => {
    const { list, cells } = listOf({ enrolledMs: () => T + 2000 });
    await list.takeReset(claim(1, 'reset-factors'), makeUser(1));
    await list.takeReset(claim(2, 'suspend'), makeUser(2, { status: 'SUSPENDED' }));
    expect(list.counts).toMatchObject({ 'enrolled-again': 1, contained: 1 });
    expect(cells().map(({ action }) => action)).toEqual(['reset-factors', 'suspend']);
    expect(cells()[0]?.['link_dies_at']).toBeUndefined();
  });

  test('has users whom a run skipped only if they are back, and counts them apart', async () => {
    const { list, cells } = listOf({}, ['came-back']);
    const run = runFile();
    const plannedMs = Date.parse(run.createdAt) + 2000;
    const row = { ...planned(5), userId: userId(5) };
    await list.takeSkipped({ run, row }, makeUser(5, { passwordChangedMs: plannedMs }));
    await list.takeSkipped({ run, row }, undefined);
    expect(cells()).toEqual([]);
    await list.takeSkipped({ run, row }, makeUser(5, { passwordChangedMs: plannedMs - 1 }));
    expect([list.users, list.counts['came-back'], [...list.chosen.keys()]]).toEqual([
      ...[0, 1, [userId(5)]],
    ]);
    expect(cells()).toMatchObject([{ state: 'came-back', status: 'ACTIVE', user_id: userId(5) }]);
    expect(cells()[0]?.['reset_at'] ?? cells()[0]?.['proven']).toBeUndefined();
  });

  test('names nobody whose login is not known', () => {
    const line = followupLineOf({
      ...{ userId: 'u', login: undefined, user: undefined, resetMs: undefined, proven: undefined },
      ...{ bouncedMs: undefined, linkUsedMs: undefined, linkUsedFrom: undefined, run: runFile() },
      standing: { state: 'gone', linkDiesMs: undefined },
    });
    expect(line.split(',').slice(0, 3)).toEqual(['u', '', 'gone']);
    expect(line.split(',')).toHaveLength(FOLLOWUP_HEADER.split(',').length);
  });
});
