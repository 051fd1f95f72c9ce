/** How a run ends: its exit code, what is said, and what still counts later; and how it is named. */
import { describe, expect, test } from '@jest/globals';
import { closest } from '../../src/domain/closest.ts';
import { exitCodeOfRun } from '../../src/domain/codes/exit-code.ts';
import { formatDuration, formatPer, parseDurationMs } from '../../src/domain/duration.ts';
import { looksLikeOktaId, parseUserId } from '../../src/domain/org/user-id.ts';
import { outcomeLabels } from '../../src/domain/row/outcome.ts';
import { isDone } from '../../src/domain/row/partly-done.ts';
import {
  appliedByMs,
  type AttemptRecord,
  type EffectRecord,
} from '../../src/domain/run/journal-record.ts';
import { distinctPrincipals, principalText } from '../../src/domain/run/principal.ts';
import type { Principal } from '../../src/domain/run/run-file.ts';
import { makeRunId } from '../../src/domain/run/run-id.ts';
import {
  isCanaryStuck,
  standingStop,
  stopText,
  type StopReason,
} from '../../src/domain/run/stop.ts';
import { Timeline } from '../../src/domain/run/timeline.ts';
import { shellWord } from '../../src/domain/shell-word.ts';
import { utc } from '../../src/domain/utc.ts';

/** Each stop, its exit code, whether it no longer matters once nothing is left, and its words. */
const STOPS: readonly [StopReason, number, boolean, string][] = [
  [
    { kind: 'credentials', detail: 'revoked.' },
    6,
    false,
    'Okta no longer accepts the credential: revoked.',
  ],
  [
    { kind: 'permission', detail: 'no role.' },
    6,
    false,
    'The credential lacks the permission for this: no role.',
  ],
  [
    { kind: 'failure-share', failed: 1200, ended: 4000 },
    5,
    false,
    'Too many rows failed: 1,200 of 4,000.',
  ],
  [
    { kind: 'all-not-found', ended: 20 },
    5,
    false,
    'None of the first 20 users exists in this org. Is it the right org?',
  ],
  [{ kind: 'canary', detail: 'no mail.' }, 5, false, 'The canary failed: no mail.'],
  [{ kind: 'canary', detail: 'no mail.', wave: 2 }, 5, false, 'Wave 2 failed: no mail.'],
  [{ kind: 'declined', done: 1 }, 7, true, 'Stopped after the first 1 user, as you chose.'],
  [
    { kind: 'our-bug', detail: 'E0000021.' },
    5,
    false,
    'Okta says the request is malformed: E0000021.',
  ],
  [{ kind: 'signal', signal: 'SIGINT' }, 130, true, 'Stopped by SIGINT.'],
  [{ kind: 'signal', signal: 'SIGTERM' }, 143, true, 'Stopped by SIGTERM.'],
  [{ kind: 'console' }, 7, true, 'Stopped in the console.'],
  [{ kind: 'max-duration', limitMs: 7_200_000 }, 7, true, 'Stopped after 2 h, as asked.'],
  [{ kind: 'plan-expired', detail: 'Too old.' }, 5, true, 'Too old.'],
  [{ kind: 'org-unavailable', detail: 'no DNS.' }, 7, true, 'The org cannot be reached: no DNS.'],
  [{ kind: 'disk', detail: 'full.' }, 7, true, "The run's files cannot be written: full."],
];

describe('a run', () => {
  test.each(STOPS)('stopped by %j exits with %d', (stop, code, passes, text) => {
    for (const [failedOrUnknown, notAttempted] of [
      [0, 0],
      [3, 0],
      [0, 3],
    ] as const)
      expect(exitCodeOfRun({ stop, failedOrUnknown, notAttempted })).toBe(code);
    expect([standingStop(stop, 1), standingStop(stop, 0)]).toEqual([
      stop,
      passes ? undefined : stop,
    ]);
    expect(stopText(stop)).toBe(text);
  });

  test('that was not stopped is incomplete, partial or done', () => {
    const code = (failedOrUnknown: number, notAttempted: number) =>
      exitCodeOfRun({ stop: undefined, failedOrUnknown, notAttempted });
    expect([code(0, 0), code(1, 0), code(0, 1), code(1, 1)]).toEqual([0, 4, 7, 7]);
    expect(standingStop(undefined, 0)).toBeUndefined();
  });

  test('is stuck at its canary only if every call of the canary succeeded', () => {
    const stuck = (kind: StopReason['kind'] | undefined, failed: number, unknown: number) =>
      isCanaryStuck(kind && { kind }, { failed, unknown });
    expect(stuck('canary', 0, 0)).toBe(true);
    expect([stuck('canary', 1, 0), stuck('canary', 0, 1)]).toEqual([false, false]);
    expect([stuck('disk', 0, 0), stuck(undefined, 0, 0)]).toEqual([false, false]);
  });

  test('is named by its time and four random letters, none of which is mistaken for another', () => {
    const atMs = Date.UTC(2026, 10, 22, 3, 15, 2, 987);
    expect(makeRunId(atMs, () => 0)).toBe('20261122T031502Z-aaaa');
    expect(makeRunId(atMs, () => 0.999_999)).toBe('20261122T031502Z-9999');
    const letters = new Set(Array.from({ length: 100 }, (_, at) => makeRunId(0, () => at / 100)));
    expect([...letters].join('').replaceAll('19700101T000000Z-', '')).not.toMatch(/[ilo01]/);
  });
});

test('a row is done if it succeeded, or if its main step did', () => {
  expect(isDone({ outcome: 'succeeded' })).toBe(true);
  expect(isDone({ outcome: 'failed', reason: 'partly-done' })).toBe(true);
  expect(isDone({ outcome: 'failed', reason: 'not-found' })).toBe(false);
  expect(outcomeLabels(true)['not-attempted']).toBe('To act on');
  expect(outcomeLabels(false)['not-attempted']).toBe('Not attempted');
});

test('an attempt took effect by the org’s clock as long after it as ours says, unless ours was set back', () => {
  const at = (ms: number) => new Date(Date.UTC(2026, 10, 22) + ms).toISOString();
  const attempt = { at: at(0), serverTimeMs: 500_000 } as Partial<AttemptRecord> as AttemptRecord;
  const by = (ms: number) =>
    appliedByMs(attempt, { at: at(ms) } as Partial<EffectRecord> as EffectRecord);
  expect([by(4000), by(1), by(0), by(-1), by(-4000)]).toEqual([
    ...[504_000, 500_001, 500_000, undefined, undefined],
  ]);
});

test('owners of credentials are distinguished by id, and named', () => {
  const user = (id: string, login: string): Principal => ({ kind: 'user', id, login });
  const app = (clientId: string): Principal => ({ kind: 'app', clientId });
  const unknown: Principal = { kind: 'unknown' };
  const all = [user('1', 'a@b'), app('1'), user('2', 'a@b'), unknown, app('1'), unknown];
  expect(distinctPrincipals(all)).toEqual([user('1', 'a@b'), app('1'), user('2', 'a@b'), unknown]);
  expect(all.slice(1, 4).map(principalText)).toEqual([
    'service app 1',
    'a@b (2)',
    'not known: the credential cannot read its own user',
  ]);
});

describe('times for people', () => {
  test.each([
    [-5, '0 s'],
    [0, '0 s'],
    [1000, '1 s'],
    [1050, '1.1 s'],
    [9949, '9.9 s'],
    [10_000, '10 s'],
    [10_400, '10 s'],
    [59_499, '59 s'],
    [59_500, '1 min'],
    [61_000, '1 min 1 s'],
    [3_599_000, '59 min 59 s'],
    [3_600_000, '1 h'],
    [3_629_000, '1 h'],
    [3_660_000, '1 h 01 min'],
    [86_400_000, '24 h'],
  ])('%d ms is %s', (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });

  test('per window, and in UTC', () => {
    expect([1000, 60_000, 3_600_000, 6000].map(formatPer)).toEqual([
      ...['second', 'minute', 'hour', '6 s'],
    ]);
    expect(utc('2026-11-22T03:15:02.123Z')).toBe('2026-11-22 03:15:02 UTC');
    expect(utc(undefined)).toBe('–');
  });

  test('are parsed only with their unit, to the millisecond', () => {
    expect([' 90m ', '0.5h', '1.5ms'].map(parseDurationMs)).toEqual([5_400_000, 1_800_000, 2]);
    expect(['5 m', '5M', 'm', '1.', '1e3s'].map(parseDurationMs)).toEqual(Array(5).fill(undefined));
  });
});

test('the closest word is the one with the fewest changes, if they are few', () => {
  const known = ['plan', 'run', 'runs', 'rerun', 'followup'];
  expect(
    ['pln', 'rnu', 'runn', 'rerum', 'folowup', 'plna'].map((word) => closest(word, known)),
  ).toEqual([...['plan', 'run', 'run', 'rerun', 'followup', 'plan']]);
  // A beginning of three letters or more is as close as one change; a shorter one is not.
  expect(closest('fol', known)).toBe('followup');
  expect([closest('fo', ['followup']), closest('', ['followup'])]).toEqual([undefined, undefined]);
  // Two changes in a short word, a third of a long one.
  expect([closest('abcd', ['abxy']), closest('abcd', ['axyz'])]).toEqual(['abxy', undefined]);
  expect(closest('abcdefghi', ['abcdefxyz'])).toBe('abcdefxyz');
  expect(closest('abcdefghi', ['abcdewxyz'])).toBeUndefined();
});

test('a word that a shell would change is quoted, and an empty one', () => {
  expect(['a-b_1', 'a@b.c', 'x=1,2:3/4+5%'].map(shellWord)).toEqual([
    ...['a-b_1', 'a@b.c', 'x=1,2:3/4+5%'],
  ]);
  expect(['', 'a b', '$x', 'a;b', '~', 'ü'].map(shellWord)).toEqual([
    ...["''", "'a b'", "'$x'", "'a;b'", "'~'", "'ü'"],
  ]);
});

test('an id of Okta has twenty letters and digits, with its kind first', () => {
  const rest = 'a'.repeat(17);
  expect(parseUserId(`00u${rest}`)).toBe(`00u${rest}`);
  for (const text of [
    `00u${rest}a`,
    `00u${rest.slice(1)}`,
    `00U${rest}`,
    `00g${rest}`,
    ` 00u${rest}`,
  ])
    expect(parseUserId(text)).toBeUndefined();
  const shaped = [
    `00g${rest}`,
    `0oa${rest}`,
    `aut${rest}`,
    `00g${rest}a`,
    `0-g${rest}`,
    `1oa${rest}`,
  ];
  expect(shaped.map(looksLikeOktaId)).toEqual([true, true, true, false, false, false]);
});

describe('the timeline of a long run', () => {
  const totals = (timeline: Timeline) =>
    timeline.slots().reduce((sum, { calls }) => sum + calls, 0);

  test('doubles its slots when they are not enough, and keeps what was counted where it was', () => {
    const timeline = new Timeline();
    expect([timeline.slots(), timeline.slotMs]).toEqual([[], 1000]);
    timeline.add('calls', 5500);
    timeline.add('calls', 5000 + 511_999);
    expect([timeline.slotMs, timeline.slots().length]).toEqual([1000, 512]);
    timeline.add('failed', 5000 + 512_000, 2);
    const slots = timeline.slots();
    expect([timeline.slotMs, slots.length, totals(timeline)]).toEqual([2000, 257, 2]);
    expect([slots[0]?.calls, slots[255]?.calls, slots[256]?.failed]).toEqual([1, 1, 2]);
    expect(slots[256]?.atMs).toBe(5000 + 512_000);
  });

  test('keeps both halves of a slot when it doubles them, from the first one on', () => {
    const timeline = new Timeline();
    for (const ms of [0, 999, 1000, 2000, 511_000]) timeline.add('calls', ms);
    timeline.add('calls', 512_500);
    const slots = timeline.slots();
    expect([timeline.slotMs, slots.length, totals(timeline)]).toEqual([2000, 257, 6]);
    expect([0, 1, 2, 255, 256].map((slot) => slots[slot]?.calls)).toEqual([3, 1, 0, 1, 1]);
  });

  test('counts what comes before its beginning at the beginning, and reaches to its end', () => {
    const timeline = new Timeline();
    timeline.end(50_000);
    expect(timeline.slots()).toEqual([]);
    timeline.add('calls', 5500);
    timeline.add('unknown', 1000);
    timeline.add('calls', Number.POSITIVE_INFINITY);
    timeline.end(7000);
    const none = { calls: 0, throttled: 0, succeeded: 0, failed: 0, unknown: 0 };
    expect(timeline.slots()).toEqual([
      { ...none, atMs: 5000, calls: 1, unknown: 1 },
      { ...none, atMs: 6000 },
      { ...none, atMs: 7000 },
    ]);
  });
});
