/** What a page is told, and how often. */
import { describe, expect, test } from '@jest/globals';
import { BOUNDS } from '../../src/console/api/bounds.ts';
import type { ConsoleEvent } from '../../src/console/api/live.ts';
import { EventLog } from '../../src/console/state/event-log.ts';
import { Telling } from '../../src/console/state/telling.ts';
import { HandClock } from './hand-clock.ts';

const message = (text: string): ConsoleEvent =>
  ({ type: 'message', text }) as Partial<ConsoleEvent> as ConsoleEvent;
const planning = (id: string, done: number) =>
  ({ type: 'planning', planning: { id, done } }) as unknown as ConsoleEvent;

describe('the log of events', () => {
  const told = (log: EventLog, after = 0) => log.after(after).map(({ id }) => id);

  test('keeps the newest of each subject, in the order of their last change, and every message', () => {
    const log = new EventLog();
    expect(log.last).toBe(0);
    log.tell(planning('a', 1));
    log.tell(planning('b', 1));
    log.tell(message('one'));
    log.tell(planning('a', 2));
    log.tell(message('two'));
    expect(told(log)).toEqual([2, 3, 4, 5]);
    expect(log.after(0)[2]?.event).toEqual(planning('a', 2));
    expect([told(log, 3), told(log, 5), log.last]).toEqual([[4, 5], [], 5]);
  });

  test.each(['run', 'followup', 'draft'] as const)('tells one %s from another', (type) => {
    const event = (id: string) => {
      const subject = type === 'draft' ? id : { run: id };
      return { type, [type]: subject } as unknown as ConsoleEvent;
    };
    const log = new EventLog();
    for (const id of ['x', 'y', 'x']) log.tell(event(id));
    expect(told(log)).toEqual([2, 3]);
  });

  test('keeps one event of each kind that has no subject', () => {
    const kinds = ['connection', 'runs', 'uploads', 'closing', 'alive'] as const;
    const log = new EventLog();
    for (const type of [...kinds, ...kinds]) log.tell({ type } as unknown as ConsoleEvent);
    expect(log.after(0).map(({ id, event }) => [id, event.type])).toEqual(
      kinds.map((type, at) => [kinds.length + at + 1, type]),
    );
  });

  test('forgets the oldest messages beyond two hundred, and nothing else', () => {
    const log = new EventLog();
    log.tell(planning('a', 1));
    for (let n = 1; n <= 201; n += 1) log.tell(message(String(n)));
    expect(told(log)).toEqual([1, ...Array.from({ length: 200 }, (_, at) => at + 3)]);
  });

  test('wakes those who wait for something newer, at the next event or at the end of their request', async () => {
    const log = new EventLog();
    const gone = new AbortController();
    log.tell(message('one'));
    await log.newerThan(0, gone.signal);
    let woken = 0;
    const count = () => (woken += 1);
    const waits = [1, 2].map(() => log.newerThan(1, new AbortController().signal).then(count));
    const left = log.newerThan(1, gone.signal).then(count);
    await Promise.resolve();
    expect(woken).toBe(0);
    gone.abort();
    await left;
    expect(woken).toBe(1);
    log.tell(message('two'));
    await Promise.all(waits);
    expect(woken).toBe(3);
    await log.newerThan(2, gone.signal);
  });
});

test('a state that changes often is sent at once, then at most every quarter of a second, including the last change', async () => {
  const clock = new HandClock();
  let told = 0;
  const telling = new Telling(clock, () => (told += 1));
  telling.soon();
  expect(told).toBe(1);
  for (let n = 0; n < 9; n += 1) telling.soon();
  await clock.move(BOUNDS.tellEveryMs - 1);
  expect(told).toBe(1);
  await clock.move(1);
  expect(told).toBe(2);
  // Sent at once in between, together with what was to be sent later.
  telling.soon();
  telling.now();
  expect(told).toBe(3);
  await clock.move(BOUNDS.tellEveryMs);
  expect(told).toBe(3);
  telling.soon();
  expect(told).toBe(4);
});
