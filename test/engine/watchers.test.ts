/** What a run says while rows wait: for a call in doubt, for an org that is away, for the agent of a directory. */
import { describe, expect, test } from '@jest/globals';
import type { AppEvent } from '../../src/domain/run/event.ts';
import { Doubts } from '../../src/engine/doubt/doubts.ts';
import { lastEffectMs, nextLookMs, settledByMs } from '../../src/engine/doubt/patience.ts';
import { freshRow, type RowState } from '../../src/engine/row/active-row.ts';
import type { Circumstances, Next, Transition } from '../../src/engine/row/transition.ts';
import { AGENT_OUTAGES, DirectoryAgents } from '../../src/engine/run/directory-agents.ts';
import { Outage } from '../../src/engine/run/outage.ts';
import { tallyOf } from '../../src/engine/run/stop-rules.ts';
import { RESET, targetOf } from './invocation.ts';

const PATIENCE = { effectMs: 60_000, readLagMs: 10_000 };
const SINCE_MS = 1_000_000;
const READY: RowState = { kind: 'ready', readTries: 0 };

const waits = (afterMs: number): Next => ({ kind: 'go-on', afterMs });

function transitionOf(row: number, state: RowState, next: Next, failure?: object): Transition {
  const fresh = freshRow(targetOf(row), ['reset-password']);
  const tries = { ...fresh.tries, failure: failure as never };
  return { row: { ...fresh, state, tries }, next };
}

const around = (silentCalls = 0) =>
  ({ spec: RESET, patience: PATIENCE, silentCalls }) as unknown as Circumstances;

describe('the patience with a call in doubt', () => {
  test('lasts a second longer than its effect can take, and then as long as reads lag', () => {
    expect(lastEffectMs(SINCE_MS, PATIENCE)).toBe(SINCE_MS + 61_000);
    expect(settledByMs(SINCE_MS, PATIENCE)).toBe(SINCE_MS + 71_000);
  });

  test.each([
    [-5000, 2000],
    [0, 2000],
    [1999, 2000],
    [5000, 5000],
    [29_999, 29_999],
    [31_001, 30_000],
    [31_002, 29_999],
    [60_999, 2],
    [61_000, 1],
    [70_000, 1],
  ])('looks at a call of %d ms again after %d ms', (ageMs, afterMs) => {
    expect(nextLookMs(SINCE_MS, SINCE_MS + ageMs, PATIENCE)).toBe(afterMs);
  });
});

describe('rows in doubt', () => {
  const doubtful = (row: number, sinceMs: number, next: Next, kind = 'settling') => {
    const doubt = { sinceMs, quietMs: undefined, mark: {} };
    return transitionOf(row, { kind, doubt, readTries: 0 } as unknown as RowState, next);
  };

  test('are told with how many wait and until when at most, whenever that changes', () => {
    const told: AppEvent[] = [];
    const doubts = new Doubts((event) => told.push(event));
    const settling = (rows: number, untilMs: number) => ({ type: 'settling', rows, untilMs });
    const saidAfter = (transition: Transition) => {
      told.splice(0);
      doubts.watch(transition, around());
      return told;
    };
    const end: Next = { kind: 'leave' };
    expect(saidAfter(transitionOf(1, READY, waits(500)))).toEqual([]);
    // The first look is at once, and might settle it.
    expect(saidAfter(doubtful(1, 2000, waits(0)))).toEqual([]);
    expect(saidAfter(doubtful(1, 2000, waits(1)))).toEqual([settling(1, 73_000)]);
    expect(saidAfter(doubtful(1, 2000, waits(1)))).toEqual([]);
    expect(saidAfter(doubtful(1, 2000, waits(0)))).toEqual([]);
    expect(saidAfter(doubtful(2, 1000, waits(1)))).toEqual([settling(2, 73_000)]);
    expect(saidAfter(doubtful(3, 3000, waits(0), 'asking'))).toEqual([settling(3, 74_000)]);
    expect(saidAfter(doubtful(3, 3000, end))).toEqual([settling(2, 73_000)]);
    expect(saidAfter(transitionOf(1, READY, waits(500)))).toEqual([settling(1, 72_000)]);
    expect(saidAfter(transitionOf(2, READY, end))).toEqual([settling(0, 0)]);
    expect(saidAfter(transitionOf(2, READY, end))).toEqual([]);
  });
});

describe('an org that is away', () => {
  const READ_ONLY = { kind: 'okta', oktaCode: 'E0000010' };
  const LOST = { kind: 'transport', code: 'ECONNRESET' };

  function saidBy(
    ...steps: readonly (readonly [atMs: number, Transition, silentCalls?: number])[]
  ) {
    const told: AppEvent[] = [];
    let nowMs = 0;
    const clock = { monotonicMs: () => nowMs } as never;
    const outage = new Outage(clock, (event) => told.push(event));
    for (const [atMs, transition, silentCalls] of steps) {
      nowMs = atMs;
      outage.watch(transition, around(silentCalls));
    }
    return told.map((event) => (event.type === 'pause' ? event.waitMs : event));
  }
  const row = (afterMs: number, failure: object, state: RowState = READY) =>
    transitionOf(1, state, waits(afterMs), failure);

  test('is told once for a wait, and again for the next one', () => {
    const steps = [0, 4999, 5000].map((atMs) => [atMs, row(5000, READ_ONLY)] as const);
    expect(saidBy(...steps)).toEqual([5000, 5000]);
    const event = { type: 'pause', bucket: 'org', waitMs: 5000, cause: 'org-unavailable' };
    const told: AppEvent[] = [];
    new Outage({ monotonicMs: () => 0 } as never, (one) => told.push(one)).watch(
      row(5000, READ_ONLY),
      around(),
    );
    expect(told).toEqual([event]);
  });

  test.each<[string, Transition, number, boolean]>([
    ['in read-only mode', row(1000, READ_ONLY), 0, true],
    ['for less than a second', row(999, READ_ONLY), 0, false],
    [
      'that refused for another reason',
      row(5000, { kind: 'okta', oktaCode: 'E0000011' }),
      0,
      false,
    ],
    ['whose code another said', row(5000, { ...LOST, oktaCode: 'E0000010' }), 0, false],
    ['with three calls lost', row(5000, LOST), 3, false],
    ['with four calls lost', row(5000, LOST), 4, true],
    ['that is asked about its log', row(5000, LOST, { kind: 'asking' } as RowState), 4, false],
    ['whose row has ended', transitionOf(1, READY, { kind: 'leave' }, READ_ONLY), 4, false],
  ])('%s', (_, transition, silentCalls, told) => {
    expect(saidBy([0, transition, silentCalls])).toHaveLength(told ? 1 : 0);
  });
});

describe('the agents of directories', () => {
  const of = (providerType: string | undefined) => ({ ...targetOf(1), providerType });
  const [AD, LDAP] = [of('ACTIVE_DIRECTORY'), of('LDAP')];

  test('are one for each directory, and none for other users', () => {
    const agents = new DirectoryAgents();
    expect(agents.of(AD)).toBeDefined();
    expect(agents.of(LDAP)).toBeDefined();
    expect(agents.of(AD)).not.toBe(agents.of(LDAP));
    expect(agents.of(AD)).toBe(agents.of(AD));
    for (const other of [undefined, '', 'OKTA', 'IMPORT'])
      expect([agents.of(of(other)), agents.away(of(other), 0)]).toEqual([undefined, undefined]);
  });

  test('are told by name, once for a pause, twice as long each time, up to five minutes', () => {
    const agents = new DirectoryAgents();
    let nowMs = 0;
    for (const [nth, seconds] of [30, 60, 120, 240, 300].entries()) {
      expect(agents.away(LDAP, nowMs)).toBe(
        `The LDAP agent does not answer. Its users wait ${seconds} s; the others continue.`,
      );
      expect(agents.away(LDAP, nowMs + seconds * 1000 - 1)).toBeUndefined();
      expect(agents.of(LDAP)?.waitMs(nowMs + 1)).toBe(seconds * 1000 - 1);
      nowMs += seconds * 1000;
      expect([nth < AGENT_OUTAGES, agents.of(LDAP)?.waitMs(nowMs)]).toEqual([true, 0]);
    }
    expect(agents.away(LDAP, nowMs)).toMatch(/^The LDAP agent still does not answer\./);
    expect(agents.of(LDAP)?.waitMs(nowMs)).toBe('closed');
    expect(agents.of(AD)?.waitMs(nowMs)).toBe(0);
    expect(agents.away(AD, nowMs)).toMatch(/^The Active Directory agent does not answer\./);
    agents.of(LDAP)?.back();
    expect(agents.of(LDAP)?.waitMs(nowMs)).toBe(0);
    expect(agents.away(LDAP, nowMs)).toContain('wait 30 s');
  });
});

test('the totals of earlier invocations are those of the journal', () => {
  const counts = { succeeded: 5, failed: 2, unknown: 1, skipped: 9 };
  expect(tallyOf({ counts, notFound: 2 } as never)).toEqual({ ended: 8, failed: 3, notFound: 2 });
  expect(tallyOf({ counts } as never)).toMatchObject({ notFound: 0 });
  expect(tallyOf({} as never)).toEqual({ ended: 0, failed: 0, notFound: 0 });
});
