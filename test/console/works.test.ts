/** What the console works on for a page: plannings and follow-ups as they go on, and what it shows of a run. */
import { describe, expect, test } from '@jest/globals';
import type { AppContext } from '../../src/app/context.ts';
import type { ReportContent } from '../../src/app/runs/run-content.ts';
import { RunTables } from '../../src/app/runs/run-tables.ts';
import { NOTHING_GIVEN } from '../../src/config/flags/flag.ts';
import { BOUNDS } from '../../src/console/api/bounds.ts';
import type { Planning } from '../../src/console/api/live.ts';
import type { ListedRun } from '../../src/console/api/run-answers.ts';
import type { ConsoleContext } from '../../src/console/state/console-context.ts';
import { Plannings } from '../../src/console/state/draft/plannings.ts';
import { Uploads } from '../../src/console/state/draft/uploads.ts';
import { EventLog } from '../../src/console/state/event-log.ts';
import { Followups } from '../../src/console/state/runs/followups.ts';
import { statesOf } from '../../src/console/state/runs/onward.ts';
import { runDetail, runSummary, type Around } from '../../src/console/state/runs/run-detail.ts';
import type { RunFolder } from '../../src/console/state/runs/run-folder.ts';
import { AppError } from '../../src/domain/codes/app-error.ts';
import { host } from '../../src/host.ts';
import { runFile } from '../report/sample.ts';
import { HandClock } from './hand-clock.ts';

const NO_RUNS = {} as Partial<RunFolder> as RunFolder;

/** What the parts of a console get, and the work that its end would wait for. */
function opened() {
  const clock = new HandClock();
  const events = new EventLog();
  const never = new AbortController().signal;
  const works: Promise<unknown>[] = [];
  const context = {
    ...{ host: { ...host, clock, cwd: '/nowhere', env: {} }, events, verbose: false },
    interrupt: { drain: never, leave: never, release: () => undefined },
    underWay: <T>(work: Promise<T>) => {
      works.push(work);
      return work;
    },
  } as Partial<ConsoleContext> as ConsoleContext;
  const told = () => events.after(0).at(-1)?.event;
  return { clock, events, context, works, told };
}

describe('a planning', () => {
  const DRAFT = { kind: 'draft', draft: 'd' } as const;
  /** Begins one that emits when the test says so, and fails when it is let go. */
  function begun(plannings: Plannings, of: Planning['of'] = DRAFT) {
    let context: AppContext | undefined;
    let fail: (error: Error) => void = () => undefined;
    const id = plannings.begin(of, (given) => {
      context = given;
      return new Promise((_, reject) => (fail = reject));
    });
    const emit: AppContext['emit'] = (event) => context?.emit(event);
    return { id, emit, context: () => context, fail: (error: Error) => fail(error) };
  }
  const start = () => {
    const all = opened();
    return { ...all, plannings: new Plannings(all.context, NO_RUNS, new RunTables()) };
  };
  const say = (text: string) => ({ type: 'message', level: 'info', text }) as const;

  test('is told at once, with what was read and what it waits for soon, and what is said at once', async () => {
    const { plannings, clock, told, events } = start();
    const { id, emit } = begun(plannings);
    expect(plannings.show(id)).toEqual({
      ...{ id, of: DRAFT, state: 'planning', notes: [] },
      ...{ read: undefined, wait: undefined, run: undefined, error: undefined },
    });
    // Another tab shows the draft, too.
    expect(events.after(0).map(({ event }) => event)).toEqual([
      { type: 'draft', draft: 'd' },
      { type: 'planning', planning: plannings.show(id) },
    ]);
    emit({ type: 'reading', what: 'lookup', done: 500 });
    emit({ type: 'pause', bucket: 'w', cause: 'window', waitMs: 7000 });
    const { read, wait } = plannings.show(id);
    expect(read).toEqual({ what: 'lookup', done: 500 });
    expect(wait).toMatchObject({ cause: 'window', untilMs: clock.nowMs() + 7000 });
    expect(wait?.text).not.toBe('');
    expect(events.last).toBe(2);
    await clock.move(BOUNDS.tellEveryMs);
    expect([events.last, told()]).toEqual([
      ...[3, { type: 'planning', planning: plannings.show(id) }],
    ]);
    emit({ ...say('read'), hint: 'do' });
    expect([events.last, told()]).toMatchObject([4, { planning: { notes: [{ text: 'read' }] } }]);
    for (let n = 1; n <= 51; n += 1) emit(say(String(n)));
    const { notes } = plannings.show(id);
    expect([notes.length, notes[0]?.text, notes.at(-1)?.text]).toEqual([50, '2', '51']);
    const { last } = events;
    emit({ type: 'settling', rows: 1, untilMs: 0 });
    await clock.move(BOUNDS.tellEveryMs);
    expect(events.last).toBe(last);
  });

  test('that fails says why; one that is canceled says only that', async () => {
    const { plannings, works, told } = start();
    const [bad, over] = [begun(plannings), begun(plannings, { kind: 'rerun', run: 'r' })];
    expect(plannings.list().map(({ id }) => id)).toEqual([bad.id, over.id]);
    bad.emit({ type: 'pause', bucket: 'w', cause: 'window', waitMs: 7000 });
    bad.fail(new AppError('INPUT_UNREADABLE', 'No file.', { hint: 'Look.' }));
    expect(over.context()?.interrupt.drain.aborted).toBe(false);
    plannings.cancel(over.id);
    expect(over.context()?.interrupt.drain.aborted).toBe(true);
    over.fail(new Error('gone'));
    await Promise.all(works);
    expect(works).toHaveLength(2);
    expect(plannings.show(bad.id)).toMatchObject({
      ...{ state: 'failed', wait: undefined, run: undefined },
      error: { code: 'INPUT_UNREADABLE', message: 'No file.', hint: 'Look.' },
    });
    expect(plannings.show(over.id)).toMatchObject({ state: 'cancelled', error: undefined });
    expect(told()).toMatchObject({ planning: { id: over.id, state: 'cancelled' } });
    expect(plannings.cancel(bad.id).state).toBe('failed');
    expect(bad.context()?.interrupt.drain.aborted).toBe(false);
    expect(() => plannings.show('nobody')).toThrow('no such planning');
  });

  test('of a draft is its newest until the draft changes; those of runs are of no draft', () => {
    const { plannings } = start();
    const [, second] = [begun(plannings), begun(plannings)];
    begun(plannings, { kind: 'resend', run: 'd' });
    expect(plannings.ofDraft('d')?.id).toBe(second.id);
    expect(plannings.ofDraft('other')).toBeUndefined();
    plannings.outdate('d');
    expect(plannings.ofDraft('d')).toBeUndefined();
    expect(plannings.draftOf('r')).toBeUndefined();
  });

  test('that has ended is forgotten when there are more than fifty, the oldest first', async () => {
    const { plannings, works } = start();
    const [running, ended, also] = [begun(plannings), begun(plannings), begun(plannings)];
    for (const { fail } of [ended, also]) fail(new Error('x'));
    await Promise.all(works.slice(1));
    const rest = Array.from({ length: 47 }, () => begun(plannings));
    expect(plannings.show(ended.id).state).toBe('failed');
    begun(plannings);
    expect(() => plannings.show(ended.id)).toThrow('no such planning');
    expect([running, also, ...rest].map(({ id }) => plannings.show(id))).toHaveLength(49);
    expect(plannings.list()).toHaveLength(50);
  });
});

describe('a follow-up', () => {
  test('is told while it reads, one at a time for a run, and says why it failed', async () => {
    const { context, works, events } = opened();
    const followups = new Followups(context, NO_RUNS);
    const onward = { dir: '/nowhere/r', org: {} as never, given: NOTHING_GIVEN };
    const begun = followups.begin('r', onward, 'soon');
    expect(begun).toEqual({
      ...{ run: 'r', state: 'reading', error: undefined, notes: [], result: undefined },
    });
    const events1 = events.after(0).map(({ event }) => event);
    expect(events1).toEqual([{ type: 'followup', followup: begun }]);
    expect(followups.of('r')).toEqual(begun);
    expect(() => followups.begin('r', onward, undefined)).toThrow('already reading');
    followups.begin('other', onward, undefined);
    await Promise.all(works);
    expect(works).toHaveLength(2);
    expect(followups.of('r')).toMatchObject({ state: 'failed', error: { code: 'BAD_REQUEST' } });
    expect(followups.of('other')).toMatchObject({ state: 'failed' });
    expect(events.after(2).map(({ event }) => event)).toContainEqual({
      ...{ type: 'followup', followup: followups.of('r') },
    });
    expect(followups.begin('r', onward, 'soon').state).toBe('reading');
    await Promise.all(works);
  });

  test('chooses those who are stuck, unless states are named that can be sent to again', () => {
    expect(statesOf(undefined)).toEqual(new Set(['link-dead', 'came-back']));
    expect(statesOf(['waiting', 'bounced'])).toEqual(new Set(['waiting', 'bounced']));
    for (const state of ['finished', 'gone', 'contained', 'x', ''])
      expect(() => statesOf([state])).toThrow('does not work for one of these states');
  });
});

describe('uploads', () => {
  test('that the console makes itself are told', async () => {
    const { events, told } = opened();
    const uploads = new Uploads(events);
    await uploads.keep('rows.csv', ['a\n']);
    expect(told()).toEqual({ type: 'uploads', uploads: uploads.list() });
    expect(uploads.list()).toMatchObject([{ complete: true, bytes: 2 }]);
    await uploads.close();
  });

  test('that the disk refuses are not listed', async () => {
    const before = process.env['TMPDIR'];
    process.env['TMPDIR'] = '/nowhere/at/all';
    const uploads = new Uploads(new EventLog());
    try {
      await expect(uploads.begin('a.csv', false)).rejects.toMatchObject({ code: 'DISK' });
    } finally {
      if (before === undefined) delete process.env['TMPDIR'];
      else process.env['TMPDIR'] = before;
    }
    expect(uploads.list()).toEqual([]);
    await uploads.close();
  });
});

describe('a run', () => {
  const run = runFile({ rows: 9, targets: 4, recipients: undefined });
  const preview = { ...run.preview, skipped: { duplicate: 1, 'status:SUSPENDED': 3, odd: 2 } };
  const warned = { ...run, preview };
  const NOW_MS = Date.parse('2026-11-22T05:00:00.000Z');
  const HOUR_MS = 3_600_000;
  const listed = {
    ...{ id: 'r', name: 'reports/r', state: 'planned', next: [] },
  } as Partial<ListedRun> as ListedRun;
  const around: Around = {
    ...{ draft: undefined, given: NOTHING_GIVEN, hours: undefined, liveRun: undefined },
    ...{ followup: undefined, files: [], sealed: false, stop: undefined, handedOver: 0 },
    nowMs: NOW_MS,
  };
  const detail = (more: Partial<Around> = {}, of: Partial<ListedRun> = {}, file = warned) =>
    runDetail({ ...listed, ...of }, file, { ...around, ...more });

  test('shows why rows are skipped, the most frequent reason first, each with its meaning', () => {
    const { skips } = detail();
    expect(skips.map(({ reason, rows }) => [reason, rows])).toEqual([
      ...[
        ['status:SUSPENDED', 3],
        ['odd', 2],
        ['duplicate', 1],
      ],
    ]);
    expect(skips.map(({ meaning }) => meaning !== undefined)).toEqual([true, false, true]);
  });

  test('offers a button next to a warning only while its draft is there', () => {
    const settled = (draft: string | undefined) => detail({ draft }).warnings[0]?.settle?.flags;
    expect(settled(undefined)).toBeUndefined();
    expect(settled('d')).toEqual({ 'revoke-sessions': [] });
    expect(detail().warnings[0]?.code).toBe('sessions-stay-alive');
    expect(detail().recipients).toEqual([]);
    expect(detail({}, {}, { ...warned, recipients: ['age1x'] }).recipients).toEqual(['age1x']);
  });

  test('ends after what it takes from now on, and a plan expires', () => {
    expect(detail().endsAtMs).toBe(NOW_MS + 540_000);
    const unknown = { ...preview, estimate: { ...preview.estimate, durationMs: undefined } };
    expect(detail({}, {}, { ...warned, preview: unknown }).endsAtMs).toBeUndefined();
    const createdMs = Date.parse(run.createdAt);
    const expires = (state: ListedRun['state'], given = NOTHING_GIVEN) =>
      detail({ given }, { state }).expiresAtMs;
    expect(expires('planned')).toBe(createdMs + 24 * HOUR_MS);
    expect(expires('declined', new Map([['plan-max-age', ['2h']]]))).toBe(createdMs + 2 * HOUR_MS);
    for (const state of ['stopped', 'finished', 'running', 'overtaken'] as const)
      expect(expires(state)).toBeUndefined();
  });

  test('names the command that does the same, with the guards of its draft while it is a plan', () => {
    const next = [{ why: 'w', command: 'okta-reset run --plan x', does: undefined }];
    const given = new Map([
      ['canary', ['5']],
      ['limit', ['9']],
    ]);
    expect(detail({ given }, { next }).command).toBe('okta-reset run --plan x --canary 5');
    expect(detail({ given }, { next, state: 'stopped' }).command).toBe('okta-reset run --plan x');
    expect(detail({ given }, { state: 'finished' }).command).toBe('okta-reset report reports/r');
  });

  test('is identified by its content', () => {
    const { shown, plannedBy, does } = detail();
    expect(shown).toMatch(/^[0-9a-f]{64}$/);
    expect(detail({ nowMs: 0 }).shown).toBe(shown);
    expect(detail({}, {}, { ...warned, targets: 5 }).shown).not.toBe(shown);
    expect(plannedBy).toContain('night.admin@acme.example');
    expect(does).toMatch(/\w/);
  });

  test('has a summary in numbers: reasons with their meaning, failures with examples', () => {
    const counts = { succeeded: 1, skipped: 2, failed: 3, unknown: 4, 'not-attempted': 5 };
    const examples = [{ row: 7, who: 'p@acme.example' }];
    const failure = { code: 'E0000006', failed: 3, unknown: 4, message: 'No', examples };
    const summary = {
      ...{ counts, byReason: { duplicate: 2, 'secret-lost': 4, odd: 1 }, traffic: [] },
      ...{ startedAt: 'a', finishedAt: 'b', invocations: 2, chain: 'intact' },
      executedBy: [run.principal],
    };
    const content = { summary, failures: [failure] } as unknown as ReportContent;
    const shown = runSummary(content);
    expect(shown).toMatchObject({
      ...{ counts, traffic: [], startedAt: 'a', finishedAt: 'b', invocations: 2, chain: 'intact' },
      failures: [
        {
          ...{ code: 'E0000006', rows: 7, unknown: 4, message: 'No', again: true },
          examples: [{ row: 7, login: 'p@acme.example' }],
        },
      ],
      executedBy: [expect.stringContaining('night.admin@acme.example')],
    });
    const reasons = shown.reasons.map(({ reason, rows, meaning }) => [
      ...[reason, rows, meaning !== undefined],
    ]);
    expect(reasons).toEqual([
      ['duplicate', 2, true],
      ['secret-lost', 4, true],
      ['odd', 1, false],
    ]);
  });
});
