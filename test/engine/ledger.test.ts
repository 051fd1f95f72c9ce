import { describe, expect, test } from '@jest/globals';
import type { AppEvent } from '../../src/domain/run/event.ts';
import type { AttemptRecord, JournalRecord } from '../../src/domain/run/journal-record.ts';
import type { StopReason } from '../../src/domain/run/stop.ts';
import { freshRow } from '../../src/engine/row/active-row.ts';
import type { Ending } from '../../src/engine/row/transition.ts';
import { Ledger } from '../../src/engine/run/ledger.ts';
import { idOf } from './model-org.ts';
import { targetOf } from './invocation.ts';
import { VirtualClock } from './virtual-clock.ts';

const ATTEMPT: AttemptRecord = {
  kind: 'attempt',
  at: '2026-11-22T04:32:29.239Z',
  row: 1,
  userId: idOf(1),
  step: 'reset-password',
  attempt: 1,
  serverTimeMs: 1,
  before: { status: 'ACTIVE', statusChangedMs: 1, passwordChangedMs: 1 },
};

/** A journal whose syncs come when told to, and that accepts everything again after it has failed. */
class Journal {
  readonly taken: JournalRecord[] = [];
  #waiting: { readonly sync: () => void; readonly fail: (error: Error) => void }[] = [];

  readonly append = (record: JournalRecord): Promise<void> => {
    this.taken.push(record);
    return new Promise((sync, fail) => this.#waiting.push({ sync, fail }));
  };

  async sync(error?: Error): Promise<void> {
    const waiting = this.#waiting.splice(0);
    for (const one of waiting) {
      if (error === undefined) one.sync();
      else one.fail(error);
    }
    await new Promise(setImmediate);
  }
}

function rig(maxUnsynced = 3) {
  const journal = new Journal();
  const events: AppEvent[] = [];
  const stops: StopReason[] = [];
  const ledger = new Ledger({
    journal: journal,
    clock: new VirtualClock(),
    emit: (event) => events.push(event),
    maxFailures: { kind: 'count', count: 2 },
    earlier: { ended: 0, failed: 0, notFound: 0 },
    maxUnsynced,
    onStop: (stop) => stops.push(stop),
  });
  const ended: number[] = [];
  ledger.onEnded = ({ target }) => ended.push(target.row);
  return { journal, events, stops, ledger, ended };
}

const ending = (outcome: Ending['outcome'], reason?: string): Ending => ({
  outcome,
  ...(reason === undefined ? {} : { reason }),
  reconciled: false,
  facts: { status: 200 },
  step: 'reset-password',
});
const row = (number: number) => freshRow(targetOf(number), ['reset-password']);

describe('an outcome', () => {
  test('is shown and counted once it is on disk, and not before', async () => {
    const { ledger, journal, events, ended } = rig();
    ledger.end(row(1), ending('succeeded'));
    expect([ledger.counts.succeeded, events, ended]).toEqual([0, [], []]);
    await journal.sync();
    expect([ledger.counts.succeeded, ended]).toEqual([1, [1]]);
    expect(events).toMatchObject([{ type: 'row', row: 1, outcome: 'succeeded', status: 200 }]);
  });

  test('is recorded with what is known of the row, and without what is not', () => {
    const { ledger, journal } = rig();
    ledger.end(row(1), ending('succeeded'));
    ledger.end(
      { ...row(2), attempts: 3, startedAt: 'then' },
      { ...ending('unknown', 'undecided'), reconciled: true },
    );
    ledger.end(row(3), {
      outcome: 'skipped',
      reason: 'excluded',
      reconciled: false,
      facts: {},
    } as Ending);
    const at = expect.any(String);
    expect(journal.taken).toEqual([
      {
        ...{ kind: 'outcome', at, row: 1, outcome: 'succeeded' },
        ...{ step: 'reset-password', attempts: 0, status: 200 },
      },
      {
        ...{ kind: 'outcome', at, row: 2, outcome: 'unknown', reason: 'undecided' },
        ...{
          step: 'reset-password',
          attempts: 3,
          startedAt: 'then',
          reconciled: true,
          status: 200,
        },
      },
      { kind: 'outcome', at, row: 3, outcome: 'skipped', reason: 'excluded', attempts: 0 },
    ]);
    expect(Object.keys(journal.taken[2] ?? {})).not.toContain('step');
  });

  test('that reaches the disk after the run was abandoned is neither shown nor counted', async () => {
    const { ledger, journal, events, ended } = rig();
    ledger.end(row(1), ending('succeeded'));
    ledger.abandon();
    await journal.sync();
    expect([ledger.counts.succeeded, events, ended]).toEqual([0, [], []]);
    ledger.end(row(2), ending('succeeded'));
    expect(journal.taken).toHaveLength(1);
  });

  test('stops the run by what failed and what is unknown, not by what was skipped', async () => {
    const { ledger, journal, stops } = rig(9);
    ledger.end(row(1), ending('failed', 'refused'));
    ledger.end(row(2), ending('skipped', 'already-in-recovery'));
    ledger.end(row(3), ending('unknown', 'undecided'));
    await journal.sync();
    expect(stops).toEqual([]);
    ledger.end(row(4), ending('failed', 'refused'));
    await journal.sync();
    expect(stops).toMatchObject([{ kind: 'failure-share' }]);
  });
});

describe('after a failure of the disk', () => {
  test('nothing is written, even if the disk would accept it, and the stop is reported once', async () => {
    const { ledger, journal, stops } = rig();
    ledger.end(row(1), ending('succeeded'));
    ledger.note({ kind: 'temp-password-split' });
    await journal.sync(new Error('No space left on the device.'));
    expect(ledger.dead).toBe(true);
    await expect(ledger.attempt(ATTEMPT)).rejects.toThrow();
    ledger.end(row(2), ending('succeeded'));
    ledger.note({ kind: 'temp-password-split' });
    expect(journal.taken).toHaveLength(2);
    expect(stops).toEqual([{ kind: 'disk', detail: 'No space left on the device.' }]);
    expect(ledger.counts.succeeded).toBe(0);
    // Nobody waits for something that will not come.
    expect(ledger.room(1)).toBeUndefined();
  });

  test('an attempt that could not be made durable is refused', async () => {
    const { ledger, journal, stops } = rig();
    const attempt = ledger.attempt(ATTEMPT);
    const refused = expect(attempt).rejects.toThrow('gone');
    await journal.sync(new Error('gone'));
    await refused;
    expect(stops).toEqual([{ kind: 'disk', detail: 'gone' }]);
  });
});

test('rows wait while as many records as allowed wait for their sync', async () => {
  const { ledger, journal } = rig(2);
  expect(ledger.room()).toBeUndefined();
  ledger.end(row(1), ending('succeeded'));
  expect(ledger.room()).toBeUndefined();
  ledger.end(row(2), ending('succeeded'));
  let isOpen = false;
  const room = ledger.room()?.then(() => (isOpen = true));
  await new Promise(setImmediate);
  expect(isOpen).toBe(false);
  await journal.sync();
  await room;
  expect(isOpen).toBe(true);
});

test('closing writes the last records, waits for all, and accepts nothing after that', async () => {
  const { ledger, journal } = rig();
  ledger.end(row(1), ending('succeeded'));
  const closing = ledger.close([{ kind: 'closed', at: ledger.now() }]);
  ledger.end(row(2), ending('succeeded'));
  expect(journal.taken.map(({ kind }) => kind)).toEqual(['outcome', 'closed']);
  await journal.sync();
  await closing;
});

test('a record has the time at which it was made, to the millisecond', async () => {
  const clock = new VirtualClock();
  const ledger = new Ledger({ clock } as never);
  expect(ledger.now()).toBe(new Date(clock.nowMs()).toISOString());
  await clock.sleep(1);
  expect(ledger.now()).toBe(new Date(clock.nowMs()).toISOString());
});
