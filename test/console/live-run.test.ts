/** What a page shows of runs: one in progress, its questions, and the list. By a clock that the test moves. */
import { describe, expect, test } from '@jest/globals';
import type { ListedRun } from '../../src/app/runs/list-runs.ts';
import { BOUNDS } from '../../src/console/api/bounds.ts';
import { FailureGroups } from '../../src/console/state/runs/failure-groups.ts';
import { listedRuns, nextStepOf } from '../../src/console/state/runs/listed-run.ts';
import { RunWatch } from '../../src/console/state/runs/live-run.ts';
import {
  canaryQuestion,
  consentQuestion,
  OpenQuestion,
} from '../../src/console/state/runs/questions.ts';
import type { AppEvent } from '../../src/domain/run/event.ts';
import type { NextDeed } from '../../src/domain/run/next-commands.ts';
import { runFile } from '../report/sample.ts';
import { HandClock } from './hand-clock.ts';

const row = (number: number, more: Partial<Extract<AppEvent, { type: 'row' }>> = {}) => {
  const none = { reason: undefined, status: 200, oktaCode: undefined, message: undefined };
  const who = { userId: undefined, login: `p${number}@acme.example`, requestId: undefined };
  return {
    type: 'row' as const,
    row: number,
    outcome: 'succeeded' as const,
    ...who,
    ...none,
    ...more,
  };
};

describe('failures as they come', () => {
  test('are counted by code, the most frequent first, with three examples each', () => {
    const groups = new FailureGroups();
    groups.add(row(1, { outcome: 'failed', oktaCode: 'E0000006', message: 'No permission' }));
    for (let n = 2; n <= 6; n += 1)
      groups.add(row(n, { outcome: n < 4 ? 'unknown' : 'failed', reason: 'secret-lost' }));
    const [first, second] = groups.list();
    expect(first).toMatchObject({ code: 'secret-lost', rows: 5, unknown: 2, again: false });
    expect(first?.examples.map((each) => each.row)).toEqual([2, 3, 4]);
    expect(second).toMatchObject({
      ...{ code: 'E0000006', rows: 1, unknown: 0, message: 'No permission', again: true },
    });
  });

  test('of more codes than a page can show are counted together', () => {
    const groups = new FailureGroups();
    for (let n = 0; n < BOUNDS.failureGroups + 5; n += 1)
      groups.add(row(n, { outcome: 'failed', oktaCode: `E${String(n).padStart(7, '0')}` }));
    groups.add(row(99, { outcome: 'failed', oktaCode: 'E0000001' }));
    const list = groups.list();
    expect(list).toHaveLength(BOUNDS.failureGroups + 1);
    expect([list[0]?.rows, list[1]]).toEqual([5, expect.objectContaining({ rows: 2 })]);
    expect(list[1]?.code).toBe('E0000001');
  });
});

describe('a run in progress', () => {
  const started = {
    ...{ type: 'run-started' as const, runId: 'r', dir: 'd', total: 30, resumedFrom: 2 },
    earlier: { succeeded: 1, skipped: 0, failed: 1, unknown: 0 },
    ...{ limitPerWindow: 50, windowMs: 10_000, callsPerRow: 1 },
  };
  const watch = () => {
    const clock = new HandClock();
    return { clock, run: new RunWatch('r', clock, { targets: 30 }) };
  };

  test('shows that nothing is sent until it has begun', () => {
    const { run, clock } = watch();
    expect(run.begun).toBe(false);
    expect(run.show()).toMatchObject({
      ...{ phase: 'preparing', total: 30, resumedFrom: 0, nowMs: clock.nowMs() },
      counts: { succeeded: 0, skipped: 0, failed: 0, unknown: 0, 'not-attempted': 30 },
    });
    expect(run.take(started)).toBe(true);
    expect([run.begun, run.phase]).toEqual([true, 'sending']);
    expect(run.show()).toMatchObject({
      ...{ resumedFrom: 2, limitPerMinute: 300 },
      counts: { succeeded: 1, failed: 1, 'not-attempted': 28 },
    });
  });

  test('tells at once what changes its phase, and soon what only moves on', () => {
    const { run } = watch();
    const message = { type: 'message', level: 'info', text: 'x' } as const;
    const events: readonly (readonly [AppEvent, boolean])[] = [
      [started, true],
      [row(1), false],
      [{ type: 'pause', bucket: 'w', waitMs: 5000, cause: 'throttled' }, false],
      [{ type: 'settling', rows: 1, untilMs: 99 }, false],
      [{ type: 'canary', phase: 'started', rows: 1, wave: 1, waves: 1 }, true],
      [message, true],
    ];
    for (const [event, isNow] of events) expect([event, run.take(event)]).toEqual([event, isNow]);
  });

  test('shows its last rows, the newest first, and its failures; it reports once no rows are left', () => {
    const { run } = watch();
    run.take(started);
    expect(run.take(row(1, { outcome: 'failed', reason: 'secret-lost' }))).toBe(false);
    run.take(row(2, { outcome: 'unknown', reason: 'unsettled' }));
    for (let n = 3; n <= 27; n += 1) run.take(row(n));
    const shown = run.show();
    expect(shown.tail.map((each) => each.row)).toEqual(
      Array.from({ length: BOUNDS.tailRows }, (_, at) => 27 - at),
    );
    expect(shown.failures.map(({ code }) => code)).toEqual(['secret-lost', 'unsettled']);
    expect([shown.counts['not-attempted'], shown.phase]).toEqual([1, 'sending']);
    run.take(row(28));
    expect(run.phase).toBe('reporting');
  });

  test('shows what it waits for until the wait is over, and what it settles', async () => {
    const { run, clock } = watch();
    run.take(started);
    run.take({ type: 'pause', bucket: 'w', waitMs: 5000, cause: 'throttled' });
    expect(run.show().wait).toMatchObject({ cause: 'throttled', untilMs: clock.nowMs() + 5000 });
    expect(run.show().wait?.text).not.toBe('');
    await clock.move(5000);
    expect(run.show().wait).toBeUndefined();
    run.take({ type: 'settling', rows: 3, untilMs: 99 });
    expect(run.show().settling).toEqual({ rows: 3, untilMs: 99 });
    run.take({ type: 'settling', rows: 0, untilMs: 0 });
    expect(run.show().settling).toBeUndefined();
  });

  test('reports canary, stop and messages at once, and keeps the last fifty messages', () => {
    const { run } = watch();
    const canary = { rows: 5, wave: 1, waves: 1 };
    expect(run.take({ type: 'canary', phase: 'started', ...canary })).toBe(true);
    expect(run.show().canary).toBe('started');
    for (let n = 1; n <= 52; n += 1)
      expect(run.take({ type: 'message', level: 'info', text: String(n) })).toBe(true);
    expect(run.show().notes.map(({ text }) => text)).toEqual(
      Array.from({ length: 50 }, (_, at) => String(at + 3)),
    );
    expect(run.take({ type: 'reading', what: 'lookup', done: 1 })).toBe(false);
    const stop = { kind: 'signal', signal: 'SIGINT' } as never;
    expect(run.take({ type: 'stopping', stop, inFlight: 1 })).toBe(true);
    expect(run.phase).toBe('stopping');
  });
});

describe('a question', () => {
  const run = runFile();
  const calm = new AbortController().signal;

  test('for consent names how many, of how many, and where', () => {
    const asked = (users: number, later: number) =>
      consentQuestion({ run, users, later, unread: [{ text: 'no list' }] } as never);
    expect(asked(12, 0)).toMatchObject({
      ...{ kind: 'consent', confirm: '12@acme.okta.com', users: 12, later: 0, mails: false },
      ...{ unread: ['no list'], planDigest: run.planDigest },
      sentence: expect.stringContaining('12 users on acme.okta.com'),
    });
    expect(asked(5, 1995).sentence).toContain('the first 5 of 2,000 users on acme.okta.com');
    expect(asked(1, 0).sentence).toContain('1 user on');
  });

  test('after a canary names those that are next, and shows fifty that were read', () => {
    const seen = Array.from({ length: 60 }, (_, at) => ({ login: `p${at}`, status: 'RECOVERY' }));
    const asked = (next: number, left: number) =>
      canaryQuestion({ run, users: seen, next, left } as never);
    expect(asked(50, 500)).toMatchObject({
      ...{ kind: 'canary', users: 50, later: 450, mails: true, confirm: '50@acme.okta.com' },
      sentence: expect.stringContaining('the next 50 of the other 500 users on acme.okta.com'),
    });
    expect(asked(50, 500).seen).toHaveLength(50);
    expect(asked(500, 500).sentence).toContain('the other 500 users');
    expect(asked(500, 500).sentence).not.toContain('the next');
  });

  test('accepts its own answer: a typed yes, or a no; the end of the run ends it', async () => {
    const question = consentQuestion({ run, users: 12, later: 0, unread: [] } as never);
    const open = new OpenQuestion(question, calm);
    const answer = { question: question.id, goOn: true, confirm: question.confirm };
    expect(() => open.answer({ ...answer, question: 'other' })).toThrow('already been answered');
    expect(() => open.answer({ ...answer, confirm: '11@acme.okta.com' })).toThrow('is not');
    open.answer(answer);
    expect(await open.answered).toBe(true);
    const no = new OpenQuestion(question, calm);
    no.answer({ question: question.id, goOn: false });
    expect(await no.answered).toBe(false);
    for (const early of [true, false]) {
      const ending = new AbortController();
      if (early) ending.abort(new Error('over'));
      const left = new OpenQuestion(question, ending.signal);
      ending.abort(new Error('over'));
      await expect(left.answered).rejects.toThrow('over');
    }
  });
});

describe('the list of runs', () => {
  const found = (name: string, state: ListedRun['state'], next: ListedRun['next'] = []) =>
    ({ dir: `/reports/${name}`, name: `reports/${name}`, state, host: name, next }) as ListedRun;

  test('has those that wait for somebody first, each by its folder, and shows which are connected', () => {
    const open: ListedRun['next'] = [
      { why: 'w', command: 'c', does: { kind: 'other-run', name: 'reports/d' } },
    ];
    const runs = [
      found('a', 'finished'),
      found('b', 'planned', open),
      found('c', 'stopped'),
      found('d', 'running'),
      found('e', 'damaged'),
      found('f', 'stopped'),
    ];
    const listed = listedRuns(runs, {
      isLive: (id) => id === 'd',
      isConnected: (host) => host === 'c',
    });
    expect(listed.map(({ id }) => id)).toEqual(['d', 'c', 'f', 'b', 'a', 'e']);
    expect(listed.map(({ live }) => live)).toEqual([true, ...Array<boolean>(5).fill(false)]);
    expect(listed.map(({ connected }) => connected).indexOf(true)).toBe(1);
    expect(listed[3]?.next).toEqual([{ why: 'w', command: 'c', does: { kind: 'open', run: 'd' } }]);
  });

  test.each<[NextDeed, unknown]>([
    [{ kind: 'execute' }, { kind: 'execute' }],
    [{ kind: 'resume' }, { kind: 'resume' }],
    [{ kind: 'followup' }, { kind: 'followup' }],
    [{ kind: 'open-secrets' }, { kind: 'hand-over' }],
    [
      { kind: 'rerun', only: ['failed'] },
      { kind: 'rerun', only: ['failed'] },
    ],
    [
      { kind: 'resend', only: ['waiting'] },
      { kind: 'resend', only: ['waiting'] },
    ],
    [{ kind: 'other-run', name: 'nobody' }, undefined],
    [{ kind: 'plan-again' }, undefined],
    [{ kind: 'report' }, undefined],
  ])('does for %j: %j', (does, done) => {
    const step = nextStepOf({ why: 'why', command: 'command', does }, () => undefined);
    expect(step).toEqual({ why: 'why', command: 'command', does: done });
  });
});
