/** How a person ends a run, and what is said where its end cannot be written. */
import { describe, expect, test } from '@jest/globals';
import { isClosedOutput, StopRequest, watchSignals } from '../../src/app/run/interrupt.ts';
import { goingOnWith, leftAtOnce, unreported } from '../../src/app/run/unsettled-run.ts';
import { Held } from '../../src/app/run/held.ts';
import { expiredPlan, planTimeMs } from '../../src/app/runs/plan-age.ts';
import { failedFinding } from '../../src/app/doctor/finding.ts';
import { failureError, howOf, isNotOkta } from '../../src/app/org/failure-error.ts';
import { pauseNotes } from '../../src/app/org/pause-notes.ts';
import { AppError } from '../../src/domain/codes/app-error.ts';
import type { Host } from '../../src/domain/host.ts';
import type { Failure } from '../../src/domain/row/failure.ts';
import type { JournalRecord, OpenRow } from '../../src/domain/run/journal-record.ts';
import type { Replay } from '../../src/journal/replay.ts';
import { runFile } from '../report/sample.ts';

describe('signals', () => {
  function watched() {
    let nowMs = 0;
    let send: (signal: never) => void = () => undefined;
    const told: string[] = [];
    const host = {
      clock: { monotonicMs: () => nowMs },
      onSignal: (listener: (signal: never) => void) => {
        send = listener;
        return () => undefined;
      },
    } as unknown as Host;
    const { drain, leave } = watchSignals(host, (signal, phase) => told.push(`${signal} ${phase}`));
    const at = (ms: number, signal: string) => {
      nowMs = ms;
      send(signal as never);
      return [drain.aborted, leave.aborted];
    };
    return { at, told, drain };
  }

  test('drain first, then leave, once; half a second after the first one is the same key press', () => {
    const { at, told, drain } = watched();
    expect(at(1000, 'SIGINT')).toEqual([true, false]);
    expect(drain.reason).toEqual(new StopRequest('SIGINT'));
    expect(at(1499, 'SIGINT')).toEqual([true, false]);
    expect(at(1500, 'SIGTERM')).toEqual([true, true]);
    at(9000, 'SIGINT');
    expect(told).toEqual(['SIGINT drain', 'SIGTERM leave']);
  });

  test('of a closed output only drain', () => {
    const { at, told, drain } = watched();
    at(0, 'SIGPIPE');
    expect(at(9000, 'SIGPIPE')).toEqual([true, false]);
    expect(told).toEqual(['SIGPIPE drain']);
    expect([isClosedOutput(drain.reason), isClosedOutput(new StopRequest('SIGINT'))]).toEqual([
      ...[true, false],
    ]);
    expect(isClosedOutput(new Error('SIGPIPE'))).toBe(false);
  });

  test.each([
    [130, new StopRequest('SIGINT')],
    [143, new StopRequest('SIGTERM')],
    [7, new StopRequest('console')],
    [130, new Error('other')],
  ])('that leave at once end with %d', (exitCode, reason) => {
    const error = leftAtOnce('okta-reset resume monday', reason);
    expect(error).toMatchObject({ code: 'INTERRUPTED', exitCode });
    expect(error.hint).toContain('okta-reset resume monday');
  });
});

test('what was taken is released once, in reverse order', async () => {
  const order: number[] = [];
  {
    await using held = new Held();
    for (const n of [1, 2, 3])
      held.add(async () => {
        order.push(n);
      });
    await held.release();
  }
  expect(order).toEqual([3, 2, 1]);
});

describe('a report that cannot be written', () => {
  const full = new AppError('DISK', 'No space.', { hint: 'x', cause: { code: 'ENOSPC' } });
  const resume = 'okta-reset resume monday';
  const ended = { resume, stop: undefined, succeeded: 3, targets: 5 };
  const stopped = { ...ended, stop: { kind: 'signal', signal: 'SIGINT' } as const };
  const failed = (...args: Parameters<typeof unreported>) => unreported(...args) as AppError;

  test('of a finished run is written by the next command, which sends nothing', () => {
    const error = failed(ended, full);
    expect(error).toMatchObject({ code: 'DISK', message: 'The run is finished. No space.' });
    expect(error.hint).toMatch(/^3 of 5 users are done, .*without sending anything again: okta/s);
  });

  test('of a stopped run ends like the stop', () => {
    expect(failed(stopped, full)).toMatchObject({
      ...{ code: 'DISK', message: 'The run stopped: No space.', exitCode: 130 },
      hint: expect.stringMatching(/^Nothing more was sent; 3 of 5.*Then: okta-reset resume/s),
    });
    const disk = { ...ended, stop: { kind: 'disk', detail: 'The journal is full.' } as const };
    expect(failed(disk, full).message).toBe('The run stopped: The journal is full.');
  });

  test('for another reason keeps its code, and says how the run ended', () => {
    const foreign = new AppError('FILE_NOT_YOURS', 'Not yours.', { hint: 'Move it.' });
    expect(failed(ended, foreign)).toMatchObject({
      ...{ code: 'FILE_NOT_YOURS', cause: foreign, exitCode: foreign.exitCode },
      message: 'The run is finished; its report is not written. Not yours.',
      hint: expect.stringContaining('Move it. Then: okta-reset resume monday'),
    });
    expect(failed(stopped, foreign).message).toContain('The run is stopped;');
    const bug = new TypeError('x');
    expect(unreported(ended, bug)).toBe(bug);
  });

  test('only an error of the disk is reported with the command that continues', () => {
    expect(goingOnWith(resume, full)).toMatchObject({ hint: expect.stringContaining(resume) });
    const other = new AppError('USAGE', 'x', { hint: 'y' });
    expect(goingOnWith(resume, other)).toBe(other);
    expect(goingOnWith(resume, 'text')).toBe('text');
  });
});

describe('the age of a plan', () => {
  const run = runFile({ createdAt: '2026-11-22T03:00:00.000Z' });
  const createdMs = Date.parse(run.createdAt);
  const HOUR_MS = 3_600_000;

  test('counts from when it was made by Okta’s clock, or from what was sent last', () => {
    const time = (serverTimeMs: number | undefined, lastServerMs: number | undefined) =>
      planTimeMs({ createdAt: run.createdAt, serverTimeMs }, { lastServerMs });
    expect([time(undefined, undefined), time(undefined, 7)]).toEqual([createdMs, 7]);
    expect([time(5, undefined), time(5, 7), time(9, 7)]).toEqual([5, 7, 9]);
  });

  test('that is too great refuses it, unless a call is still in doubt: then it stops after that', () => {
    const expired = (step: 'reset-password' | 'end-sessions' | undefined, nowMs: number) => {
      const open = new Map([[1, { pending: step && { step } } as unknown as OpenRow]]);
      const replay = { lastServerMs: undefined, open } as unknown as Replay;
      return expiredPlan(run, replay, nowMs, HOUR_MS);
    };
    expect(expired('reset-password', createdMs + HOUR_MS)).toBeUndefined();
    const late = createdMs + HOUR_MS + 60_000;
    expect(expired('reset-password', late)).toMatchObject({ kind: 'plan-expired' });
    expect(() => expired(undefined, late)).toThrow(AppError);
    expect(() => expired('end-sessions', late)).toThrow(AppError);
  });
});

describe('a failed read', () => {
  const okta = (status: number, oktaCode?: string, more: object = {}): Failure =>
    ({
      kind: 'okta',
      status,
      oktaCode,
      message: 'said',
      insufficientScope: false,
      ...more,
    }) as never;
  const error = (failure: Failure) => failureError(failure, 'read users', 'acme.okta.com');

  test('is shown by doctor without the marks of documents', () => {
    for (const code of ['E0000006', 'invalid_client']) {
      const failure = okta(403, code);
      const finding = failedFinding('admins', failure, 'acme.okta.com', 'warning', 'read them');
      expect(finding.hint).toMatch(/^[^`]+$/);
    }
  });

  test.each<[Failure, string, string, string]>([
    [okta(401, 'E0000011'), 'AUTH_REJECTED', 'HTTP 401 E0000011', 'Make a new one'],
    [okta(400, 'invalid_client'), 'AUTH_REJECTED', 'invalid_client', ''],
    [okta(403, 'E0000006'), 'AUTH_PERMISSION', 'does not have the permission', 'Super'],
    [okta(400, 'invalid_scope'), 'AUTH_PERMISSION', 'invalid_scope', ''],
    [
      okta(403, 'insufficient_scope', { insufficientScope: true, missingScope: 'okta.x.read' }),
      ...(['AUTH_PERMISSION', 'lacks the scope okta.x.read', 'Okta API Scopes'] as const),
    ],
    [okta(404, 'E0000007'), 'ORG_ANSWER', 'answered HTTP 404 E0000007', 'explain E0000007'],
    [okta(500), 'ORG_ANSWER', 'answered HTTP 500.', 'Try again in a few minutes'],
    [okta(407), 'ORG_ANSWER', 'a proxy in front of acme.okta.com', 'HTTPS_PROXY'],
    [okta(302), 'ORG_ANSWER', 'is not Okta’s answer (said)', 'Check the org URL'],
    [okta(511), 'ORG_ANSWER', 'is not Okta’s answer (said)', 'Check the org URL'],
    [okta(200, undefined, { page: 'Hotel' }), 'ORG_ANSWER', 'titled “Hotel” (HTTP 200)', 'browser'],
    [okta(200, undefined, { page: '' }), 'ORG_ANSWER', 'like a web page (HTTP 200)', 'browser'],
    [{ kind: 'answer', status: 200, message: 'x' } as never, 'ORG_ANSWER', 'Okta’s API', 'proxy'],
    [
      { kind: 'transport', code: 'ENOTFOUND', message: 'x' } as never,
      ...(['ORG_UNREACHABLE', '(acme.okta.com, ENOTFOUND)', 'okta-reset doctor'] as const),
    ],
    [
      { kind: 'transport', code: 'NEW_CODE', message: 'x' } as never,
      ...(['ORG_UNREACHABLE', 'did not answer.', 'Check the org URL, the network'] as const),
    ],
  ])('of %j is %s', (failure, code, what, hint) => {
    const told = error(failure);
    expect(told.code).toBe(code);
    expect(told.message).toMatch(/^Could not read users/);
    expect(told.message).toContain(what);
    expect(told.hint).toContain(hint);
    expect(`${told.message}${told.hint}`).not.toContain('`');
  });

  test('has Okta’s request id, and keeps the words of an answer, not those of a page', () => {
    expect(error(okta(404, 'E0000007', { requestId: 'Y1' })).message).toContain('request Y1');
    expect(error(okta(404)).cause).toBe('said');
    expect(error(okta(200, undefined, { page: 'Hotel' })).cause).toBeUndefined();
  });

  test('is not of an org if a page, a redirect or a proxy answers, or nothing', () => {
    const elsewhere = [
      okta(302),
      okta(399),
      okta(407),
      okta(511),
      okta(200, undefined, { page: '' }),
    ];
    expect(elsewhere.every(isNotOkta)).toBe(true);
    expect(isNotOkta({ kind: 'transport' } as never)).toBe(true);
    const org = [okta(299), okta(400), okta(302, 'E0000007'), okta(404), okta(500)];
    expect(org.some(isNotOkta)).toBe(false);
  });

  test('that might have been a write has no advice for a write', () => {
    expect(howOf('ECONNRESET')).toBe('Check the network, the VPN and HTTPS_PROXY, then try again.');
    expect(howOf('E0000007')).not.toContain('VPN');
    expect(howOf('E9999999')).toBeUndefined();
  });
});

test('waits of half a second are recorded in the journal, once there is one; each event is passed on', async () => {
  const records: JournalRecord[] = [];
  const told: string[] = [];
  const notes = pauseNotes({ nowMs: () => 0 } as never);
  const emit = notes.listen(({ type }) => void told.push(type));
  const pause = (waitMs: number) => emit({ type: 'pause', bucket: 'w', waitMs, cause: 'window' });
  pause(5000);
  notes.keepIn({
    append: (record) => {
      records.push(record);
      return Promise.reject(new Error('The disk is full.'));
    },
  });
  pause(499);
  pause(500);
  emit({ type: 'reading', what: 'lookup', done: 1 });
  await Promise.resolve();
  expect(told).toEqual(['pause', 'pause', 'pause', 'reading']);
  const note = { kind: 'pause', bucket: 'w', waitMs: 500, cause: 'window' };
  expect(records).toEqual([{ kind: 'note', at: '1970-01-01T00:00:00.000Z', note }]);
});
