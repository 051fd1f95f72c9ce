import { describe, expect, test } from '@jest/globals';
import { withinHours } from '../../src/app/run/sending/within-hours.ts';
import { workingHours } from '../../src/config/hours.ts';
import type { AppEvent } from '../../src/domain/run/event.ts';
import type { OrgWriter, StepCall } from '../../src/domain/org/org.ts';
import { msUntilOpen } from '../../src/domain/working-hours.ts';
import { host } from '../../src/host.ts';

const HOUR_MS = 3_600_000;
const at = (text: string) => Date.parse(`2026-11-22T${text}Z`);

describe('hours', () => {
  test.each([
    ['08:00-18:00 UTC', '08:00:00', 0],
    ['08:00-18:00 UTC', '17:59:59.999', 0],
    ['08:00-18:00 UTC', '18:00:00', 14 * HOUR_MS],
    ['08:00-18:00 UTC', '07:59:59.500', 500],
    ['08:00-18:00 Europe/Berlin', '07:00:00', 0],
    ['08:00-18:00 America/New_York', '12:30:00', HOUR_MS / 2],
    ['22:00-06:00 UTC', '23:30:00', 0],
    ['22:00-06:00 UTC', '05:59:00', 0],
    ['22:00-06:00 UTC', '06:00:00', 16 * HOUR_MS],
    ['00:00-24:00 UTC', '23:59:59', 0],
  ])('%s at %s', (text, time, waitMs) => {
    expect(msUntilOpen(workingHours(text), at(time))).toBe(waitMs);
  });

  test.each([
    '8-18',
    '08:00',
    '08:00-08:00',
    '08:00-25:00',
    '08:00-24:30',
    '08:00-18:00 Mars/Base',
  ])('%s is refused', (text) => {
    expect(() => workingHours(text)).toThrow(/--between/);
  });
});

/** A clock that jumps to the end of each sleep, and a writer that takes the given time before each sending. */
function stage(start: string, queueMs: readonly number[]) {
  let nowMs = at(start);
  const queue = [...queueMs];
  const sentAt: number[] = [];
  const journalled: number[] = [];
  const pauses: AppEvent[] = [];
  const slept: number[] = [];
  const clock = {
    nowMs: () => nowMs,
    monotonicMs: () => nowMs,
    sleep: (ms: number, signal?: AbortSignal) => {
      signal?.throwIfAborted();
      nowMs += ms;
      slept.push(ms);
      return Promise.resolve();
    },
  };
  const inner = {
    write: async ({ beforeSend }: StepCall) => {
      nowMs += queue.shift() ?? 0;
      await beforeSend();
      sentAt.push(nowMs);
      return { kind: 'ok', value: { kind: 'done' }, call: {} };
    },
  } as unknown as OrgWriter;
  const writer = withinHours(inner, workingHours('08:00-18:00 UTC'), {
    host: { ...host, clock },
    emit: (event) => pauses.push(event),
  });
  const write = (signal = new AbortController().signal, call: Partial<StepCall> = {}) =>
    writer.write(
      { beforeSend: async () => void journalled.push(nowMs), ...call } as unknown as StepCall,
      signal,
    );
  return { write, sentAt, journalled, pauses, slept, tick: (ms: number) => (nowMs += ms) };
}

describe('writes within hours', () => {
  test('wait until the hours begin, reported once for all that wait', async () => {
    const { write, sentAt, pauses } = stage('03:00:00', []);
    await write();
    await write();
    expect(sentAt.map((ms) => new Date(ms).toISOString())).toEqual([
      '2026-11-22T08:00:00.000Z',
      '2026-11-22T08:00:00.000Z',
    ]);
    expect(pauses).toEqual([
      { type: 'pause', bucket: '/api/v1/users', waitMs: 5 * HOUR_MS, cause: 'own-pace' },
    ]);
  });

  test('are reported again on the next evening', async () => {
    const { write, pauses, tick } = stage('18:00:00', []);
    await write();
    tick(11 * HOUR_MS);
    await write();
    expect(pauses).toMatchObject([{ waitMs: 14 * HOUR_MS }, { waitMs: 13 * HOUR_MS }]);
  });

  test('wait a quarter of an hour at most before they look at the clock again', async () => {
    const { write, slept } = stage('07:20:00', []);
    await write();
    expect(slept).toEqual([15, 15, 10].map((minutes) => minutes * 60_000));
  });

  test('a call whose turn comes after the end is neither recorded nor sent before morning', async () => {
    const { write, sentAt, journalled } = stage('17:30:00', [HOUR_MS]);
    await write();
    const morning = Date.parse('2026-11-23T08:00:00Z');
    expect(sentAt).toEqual([morning]);
    expect(journalled).toEqual([morning]);
  });

  test('a password call whose user has lost the factors does not wait for the morning', async () => {
    const { write, sentAt, pauses } = stage('20:00:00', []);
    await write(undefined, { isBound: true });
    expect(sentAt).toEqual([at('20:00:00')]);
    expect(pauses).toEqual([]);
  });

  test('an abort ends the wait, and nothing is sent', async () => {
    const { write, sentAt } = stage('20:00:00', []);
    await expect(write(AbortSignal.abort(new Error('stopped')))).rejects.toThrow('stopped');
    expect(sentAt).toEqual([]);
  });
});
