import { describe, expect, test } from '@jest/globals';
import type { Step } from '../../src/domain/plan/step.ts';
import type {
  EffectRecord,
  JournalRecord,
  NoteRecord,
  OpenedRecord,
  OutcomeRecord,
} from '../../src/domain/run/journal-record.ts';
import type { StopReason } from '../../src/domain/run/stop.ts';
import { RunFold } from '../../src/journal/fold.ts';
import { attempt, effect, opened, outcome, RUN_ID } from './sample.ts';

const timeOf = (second: number) => new Date(Date.UTC(2026, 10, 22, 3, 15, second)).toISOString();

function foldOf(records: readonly JournalRecord[]): RunFold {
  const fold = new RunFold(RUN_ID, 9);
  records.forEach((record, at) => expect(fold.apply(record, at)).toBeUndefined());
  return fold;
}

const closed = (kind?: string): JournalRecord => ({
  kind: 'closed',
  at: timeOf(30),
  ...(kind === undefined ? {} : { stop: { kind } as StopReason }),
});
const verified: JournalRecord = {
  kind: 'note',
  at: timeOf(9),
  note: { kind: 'canary-verified', rows: 1 },
};

describe('the folded state of a run', () => {
  test('has the recipients that were named last', () => {
    expect(foldOf([opened({ recipients: ['age1'] }), opened()]).recipients).toEqual(['age1']);
    const named = [opened({ recipients: ['age1'] }), opened({ recipients: ['age2'] })];
    expect(foldOf(named).recipients).toEqual(['age2']);
  });

  test('has the latest time of Okta’s clock, whatever the order of the attempts', () => {
    const times = [attempt(1, { serverTimeMs: 50 }), attempt(2, { serverTimeMs: 40 })];
    expect(foldOf([opened()]).lastServerMs).toBeUndefined();
    expect(foldOf([opened(), ...times]).lastServerMs).toBe(50);
  });

  test('counts as throttled what Okta answered with 429, and nothing else', () => {
    const fold = foldOf([
      opened(),
      attempt(1),
      effect(1),
      attempt(1, { attempt: 2 }),
      effect(1, { attempt: 2 }),
      attempt(1, { attempt: 3 }),
      effect(1, { attempt: 3, status: 503 }),
    ]);
    expect(fold.timeline.slots().reduce((sum, { throttled }) => sum + throttled, 0)).toBe(2);
  });

  test('knows for an open row whether its secret is stored, and Okta’s last answer', () => {
    const applied = effect(1, { effect: 'applied', secret: 'ab', status: 200 });
    const known = { status: 403, oktaCode: 'E0000014', message: 'no', requestId: 'r' };
    const doubt = effect(1, { attempt: 2, effect: 'unknown', ...known });
    const openAfter = (...records: readonly JournalRecord[]) =>
      foldOf([opened(), attempt(1), ...records]).openRows.get(1);
    expect(openAfter(applied)).toMatchObject({ secretKept: true, pending: undefined });
    const bare = effect(1, { effect: 'applied', status: 200 });
    expect(openAfter(bare)).toMatchObject({ secretKept: false, pending: undefined });
    const again = attempt(1, { attempt: 2 });
    expect(openAfter(applied, again)).toMatchObject({ secretKept: false, pending: again });
    expect(openAfter(effect(1), again, doubt)?.answer).toEqual(known);
    const silent = effect(1, { effect: 'unknown', status: undefined as never });
    expect(openAfter(silent)?.answer).toEqual({});
    expect(openAfter(effect(1, { effect: 'unknown' }), again)?.answer).toBeUndefined();
  });

  test('knows the steps of an open row that took effect, once, in their order', () => {
    const done = (step: Step, number: number) => [
      attempt(1, { step, attempt: number }),
      effect(1, { step, attempt: number, effect: 'applied', status: 200 }),
    ];
    const stepsOf = (...records: readonly JournalRecord[]) =>
      foldOf([opened(), ...records]).openRows.get(1)?.stepsApplied;
    const [first, second] = [done('reset-factors', 1), done('reset-password', 2)];
    expect(stepsOf(attempt(1))).toEqual([]);
    expect(stepsOf(...first)).toEqual(['reset-factors']);
    expect(stepsOf(...first, ...second)).toEqual(['reset-factors', 'reset-password']);
    // A secret that was lost is issued again.
    const again = [...done('temp-password', 1), ...done('temp-password', 2)];
    expect(stepsOf(...again)).toEqual(['temp-password']);
    expect(stepsOf(...first, ...second, ...done('reset-password', 3))).toEqual([
      ...['reset-factors', 'reset-password'],
    ]);
  });

  test('counts how many of the failed rows were not found', () => {
    const lost = { outcome: 'failed', reason: 'not-found' } as const;
    const fold = foldOf([
      opened(),
      outcome(1, { ...lost, attempts: 0 }),
      outcome(7, { ...lost, attempts: 0 }),
      outcome(2, { outcome: 'failed', reason: 'refused', attempts: 0 }),
      outcome(3, { outcome: 'skipped', reason: 'not-found', attempts: 0 }),
      ...[attempt(4), outcome(4, { outcome: 'unknown', reason: 'undecided' })],
    ]);
    expect(fold.notFound).toBe(2);
    expect(fold.counts).toMatchObject({ failed: 3, skipped: 1, unknown: 1, succeeded: 0 });
    expect([1, 2, 3, 4, 6].map((row) => fold.table.state(row))).toEqual([
      'failed',
      'failed',
      'skipped',
      'unknown',
      'untouched',
    ]);
  });

  test('has a consent to all rows if one invocation had it, or if it was given later', () => {
    const first = opened({ canaryOnly: true });
    const noted = (note: NoteRecord['note']): JournalRecord => ({
      ...{ kind: 'note', at: timeOf(9), note },
    });
    expect(foldOf([first]).consented).toBe(false);
    expect(foldOf([first, opened()]).consented).toBe(true);
    expect(foldOf([first, noted({ kind: 'consented', rows: 4 })]).consented).toBe(true);
    expect(foldOf([first, noted({ kind: 'temp-password-split' })])).toMatchObject({
      ...{ consented: false, tempPasswordSplit: true },
    });
    expect(foldOf([first, verified])).toMatchObject({
      ...{ consented: false, tempPasswordSplit: false },
    });
  });

  test('counts as blind what was sent again while its effect was unknown, if it cannot be repeated', () => {
    const unknown = { effect: 'unknown', status: 504 } as const;
    const twice = (step: Step, before: Partial<EffectRecord>) =>
      foldOf([
        opened(),
        ...[attempt(1, { step }), effect(1, { step, ...before })],
        attempt(1, { step, attempt: 2 }),
      ]).blindResends;
    expect(twice('reset-password', unknown)).toBe(1);
    expect(twice('revoke-sessions', unknown)).toBe(0);
    for (const before of [{}, { effect: 'applied', status: 200 }] as const)
      for (const step of ['reset-password', 'revoke-sessions'] as const)
        expect(twice(step, before)).toBe(0);
  });

  test('has the org’s time at which the latest step was known to have taken effect', () => {
    const sent = attempt(1, { at: timeOf(3), serverTimeMs: 1_700_000_000_000 });
    const appliedBy = (at: string) =>
      foldOf([opened(), sent, effect(1, { effect: 'applied', status: 200, at })]).openRows.get(1)
        ?.appliedByMs;
    expect(appliedBy(timeOf(5))).toBe(1_700_000_002_000);
    expect(appliedBy(timeOf(3))).toBe(1_700_000_000_000);
    expect(appliedBy(timeOf(2))).toBeUndefined();
    expect(foldOf([opened(), sent]).openRows.get(1)).toHaveProperty('appliedByMs', undefined);
  });

  test('keeps for a row the attempt before which the password was not touched, and the latest one', () => {
    const [revoked, reset, again] = [
      attempt(1, { step: 'revoke-sessions' }),
      attempt(1, { attempt: 2 }),
      attempt(1, { attempt: 3 }),
    ];
    const openAfter = (...records: readonly JournalRecord[]) =>
      foldOf([opened(), ...records]).openRows.get(1);
    const row = openAfter(revoked, reset, effect(1, { attempt: 2 }), again);
    expect(row).toMatchObject({ mark: reset, latest: again, attempts: 3, startedAt: revoked.at });
    expect(openAfter(attempt(1), effect(1), attempt(1, { attempt: 2 }))).toMatchObject({
      ...{ mark: attempt(1), lastStep: 'reset-password' },
    });
    const later = attempt(1, { attempt: 2, step: 'revoke-sessions' });
    expect(openAfter(attempt(1), later)).toMatchObject({
      ...{ mark: attempt(1), latest: later, lastStep: 'revoke-sessions' },
    });
  });

  test('counts over time what was sent and how rows ended, without those that were skipped', () => {
    const at = timeOf(12);
    const ended = (row: number, over: Partial<OutcomeRecord>) => [
      ...[attempt(row, { at }), outcome(row, { at, ...over })],
    ];
    const fold = foldOf([
      opened(),
      ...[1, 2, 3].flatMap((row) => ended(row, {})),
      ...[4, 5].flatMap((row) => ended(row, { outcome: 'failed', reason: 'refused' })),
      ...ended(6, { outcome: 'unknown', reason: 'undecided' }),
      outcome(7, { at, outcome: 'skipped', attempts: 0 }),
    ]);
    const { atMs, ...counts } = fold.timeline.slots()[0] ?? { atMs: NaN };
    expect(new Date(atMs).toISOString()).toBe(at);
    expect(counts).toEqual({ calls: 6, throttled: 0, succeeded: 3, failed: 2, unknown: 1 });
  });

  test('adds up the calls and waits of each bucket, and knows both sides of a rerun', () => {
    const note = (what: object) => ({ kind: 'note', at: timeOf(9), note: what }) as JournalRecord;
    const pause = { kind: 'pause', bucket: 'users', cause: 'window', waitMs: 6 };
    const calls = { kind: 'traffic', bucket: 'users', calls: 3, throttled: 1, waitedMs: 10 };
    const given = { kind: 'handed-over', runId: 'child', dir: '../child', rows: 2 };
    const taken = { kind: 'taken-up', runId: 'parent', dir: '../parent', rows: 4 };
    const later = { ...taken, runId: 'other' };
    const notes = [pause, pause, { ...pause, cause: 'own-pace' }, { ...pause, bucket: 'log' }];
    const others = [
      calls,
      { ...calls, calls: 4 },
      { ...calls, bucket: 'log' },
      given,
      taken,
      later,
    ];
    const fold = foldOf([opened(), ...[...notes, ...others].map(note)]);
    expect([...fold.pauses.values()]).toEqual([
      { bucket: 'users', cause: 'window', count: 2, waitedMs: 12 },
      { bucket: 'users', cause: 'own-pace', count: 1, waitedMs: 6 },
      { bucket: 'log', cause: 'window', count: 1, waitedMs: 6 },
    ]);
    expect([...fold.traffic.values()]).toEqual([
      { bucket: 'users', calls: 7, throttled: 2, waitedMs: 20 },
      { bucket: 'log', calls: 3, throttled: 1, waitedMs: 10 },
    ]);
    expect([fold.handedOver, fold.takenUp]).toEqual([given, [taken, later]]);
  });

  test('refuses a record that does not fit, and does not change', () => {
    const fold = foldOf([opened(), attempt(1), outcome(1)]);
    expect(fold.apply(attempt(1, { attempt: 2, at: timeOf(20) }), 9)).toMatch(/ended before/);
    expect(fold.apply(attempt(10), 9)).toMatch(/no row 10/);
    expect(fold.apply(attempt(0), 9)).toMatch(/no row 0/);
    expect(fold.apply(attempt(4, { attempt: 2 }), 9)).toBe('row 4 has attempt 2 after 0');
    expect(fold.apply(effect(2), 9)).toMatch(/not its latest/);
    expect(fold.apply(outcome(3), 9)).toMatch(/without an attempt/);
    const over = foldOf([opened(), attempt(1), closed()]);
    for (const late of [effect(1), outcome(1), attempt(1, { attempt: 2 })])
      expect(over.apply(late, 9)).toBe('the run was closed');
    expect(fold.apply(opened({ runId: 'other' }), 9)).toMatch(/another run/);
    expect([fold.lastAt, fold.attempts, fold.endedCount]).toEqual([opened().at, 1, 1]);
  });

  test('ends a wait with the last record of an invocation that was killed, or with its end', () => {
    const wait = { kind: 'pause', bucket: '/api', cause: 'window', waitMs: 60_000 } as const;
    const paused: JournalRecord = { kind: 'note', at: timeOf(5), note: wait };
    const last = attempt(1, { at: timeOf(10) });
    const waitsOf = (...after: readonly JournalRecord[]) =>
      foldOf([opened(), paused, last, ...after])
        .timeline.waits()
        .map(({ fromMs, toMs }) => toMs - fromMs);
    expect(waitsOf()).toEqual([60_000]);
    expect(waitsOf(opened({ at: timeOf(40) }))).toEqual([5000]);
    expect(waitsOf(closed())).toEqual([25_000]);
  });

  test('ends with its own last record, not with another run’s note', () => {
    const tie = { kind: 'handed-over', runId: 'other', dir: '../other', rows: 1 } as const;
    const fold = foldOf([opened(), closed(), { kind: 'note', at: timeOf(50), note: tie }]);
    expect([fold.firstAt, fold.lastAt]).toEqual([opened().at, timeOf(30)]);
  });
});

describe('the waves of a run', () => {
  const sizesOf = (...openings: Partial<OpenedRecord>[]) =>
    foldOf(openings.map((each) => opened(each))).waves.sizes;

  test('are those that were requested last', () => {
    expect(sizesOf({})).toBeUndefined();
    expect(sizesOf({ canary: 5 })).toEqual([5]);
    expect(sizesOf({ canary: 5, waves: [5, 50] })).toEqual([5, 50]);
    expect(sizesOf({ canary: 5 }, {})).toEqual([5]);
    expect(sizesOf({ canary: 5, waves: [5, 50] }, { canary: 7 })).toEqual([7]);
    expect(sizesOf({ canary: 5 }, { canary: 0 })).toEqual([]);
  });

  const rows = [attempt(2), attempt(1), outcome(2), outcome(1)];

  test('keep the rows of the current one, in the order in which they ended, without skipped ones', () => {
    const skipped = outcome(3, { outcome: 'skipped', attempts: 0 });
    const fold = foldOf([opened({ canary: 2 }), ...rows, skipped]);
    expect(fold.waves.rows.map(({ row }) => row)).toEqual([2, 1]);
    expect(fold.waves.rows[0]?.mark).toEqual(attempt(2));
    expect(foldOf([opened(), ...rows]).waves.rows).toEqual([]);
    expect(foldOf([opened({ canary: 2 }), verified, ...rows]).waves.rows).toEqual([]);
    expect(foldOf([opened({ canary: 2 }), ...rows, verified]).waves).toMatchObject({
      verified: 1,
      rows: [],
    });
  });

  test.each([
    ['canary', 0],
    ['failure-share', 0],
    ['all-not-found', 0],
    ['signal', 2],
    [undefined, 2],
  ])('begin again with new rows after a stop by %s, or continue', (stop, kept) => {
    const fold = foldOf([opened({ canary: 2 }), ...rows, closed(stop)]);
    expect(fold.waves.rows).toHaveLength(kept);
  });
});
