/** The index of a run says what its journal says, however far it is behind, and nothing that the journal does not. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { mkdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import {
  emptyCheckpoint,
  IndexFold,
  type Checkpoint,
  type Success,
} from '../../src/app/runs/index/index-fold.ts';
import { openRunIndex } from '../../src/app/runs/index/index-writer.ts';
import { indexedRecords, readRunIndex } from '../../src/app/runs/index/run-index.ts';
import type { JournalRecord } from '../../src/domain/run/journal-record.ts';
import { chainLine, emptyHead } from '../../src/journal/chain.ts';
import { attempt, effect, journalText, opened, outcome, RUN_ID } from '../journal/sample.ts';
import { newFolder, placeOf } from './run-folders.ts';

const MINUTE_MS = 60_000;
const SENT_MS = Date.parse('2026-11-22T03:15:02.000Z');
const at = (afterMs: number) => new Date(SENT_MS + afterMs).toISOString();
const SERVER_MS = 1_763_780_000_000;
const handedOver = { kind: 'handed-over', runId: 'b', dir: '../b', rows: 2 } as const;
const takenUp = { kind: 'taken-up', runId: 'c', dir: '../c', rows: 3 } as const;
const note = (told: typeof handedOver | typeof takenUp, when: string): JournalRecord => ({
  ...{ kind: 'note', at: when, note: told },
});

/** Each record with its length and link, as the journal makes it durable. */
function linked(records: readonly JournalRecord[]) {
  let { link } = emptyHead(RUN_ID);
  return records.map((record, index) => {
    const next = chainLine(link, index + 1, record);
    ({ link } = next);
    return { record, bytes: Buffer.byteLength(next.line), link };
  });
}

function fold(records: readonly JournalRecord[], from: Checkpoint = emptyCheckpoint(RUN_ID)) {
  const folded = new IndexFold(from);
  const successes = linked(records).flatMap(
    ({ record, bytes, link }) => folded.take(record, bytes, link) ?? [],
  );
  return { folded, successes, checkpoint: folded.checkpoint() };
}

const ALL: readonly JournalRecord[] = [
  opened({ at: at(0) }),
  attempt(1, { at: at(10) }),
  outcome(1, { at: at(1010) }),
  attempt(2, { at: at(1020) }),
  outcome(2, { at: at(1030), outcome: 'failed' }),
  attempt(3, { at: at(1040) }),
  effect(3, { at: at(1050) }),
  attempt(4, { at: at(1060) }),
  effect(4, { at: at(1070), effect: 'unknown' }),
  attempt(5, { at: at(1080) }),
  outcome(5, { at: at(1090), outcome: 'failed', reason: 'partly-done' }),
  outcome(6, { at: at(1100), outcome: 'skipped' }),
  attempt(7, { at: at(1110) }),
  outcome(7, { at: at(1120), outcome: 'unknown' }),
  { kind: 'note', at: at(1130), note: { kind: 'canary-verified', rows: 1 } },
  { kind: 'closed', at: at(1140), stop: { kind: 'signal', signal: 'SIGINT' } },
  note(handedOver, at(9000)),
  note(takenUp, at(9100)),
];

describe('what is folded', () => {
  test('are the counts, the rows under way, the ties, and the times of the run itself', () => {
    const { checkpoint } = fold(ALL);
    const text = journalText(ALL);
    expect(checkpoint).toEqual({
      bytes: Buffer.byteLength(text),
      records: ALL.length,
      link: linked(ALL).at(-1)?.link,
      counts: { succeeded: 1, failed: 2, skipped: 1, unknown: 1 },
      begun: [
        [3, attempt(3).userId, SERVER_MS, SENT_MS + 1040, true],
        [4, attempt(4).userId, SERVER_MS, SENT_MS + 1060, false],
      ],
      invocations: 1,
      closed: true,
      stop: { kind: 'signal', signal: 'SIGINT' },
      firstAt: at(0),
      // Another run wrote the ties, after this one had ended.
      lastAt: at(1140),
      handedOver,
      takenUp: [takenUp],
    });
  });

  test('are users on whom it acted, also where an added step failed, with the latest time of the effect', () => {
    expect(fold(ALL).successes).toEqual([
      { userId: attempt(1).userId, doneMs: SERVER_MS + 1000, atMs: SENT_MS + 1010 },
      { userId: attempt(5).userId, doneMs: SERVER_MS + 10, atMs: SENT_MS + 1090 },
    ]);
  });

  test.each([
    [{}, 1000, SERVER_MS + 1000],
    [{}, -1000, SERVER_MS],
    [{ reconciled: true as const }, 2 * MINUTE_MS, SERVER_MS + 2 * MINUTE_MS],
    [{ reconciled: true as const }, 60 * MINUTE_MS, SERVER_MS + 5 * MINUTE_MS],
    [{}, 60 * MINUTE_MS, SERVER_MS + 60 * MINUTE_MS],
  ])('with %j and %d ms after its attempt: at %d', (more, tookMs, doneMs) => {
    const records = [attempt(1, { at: at(0) }), outcome(1, { at: at(tookMs), ...more })];
    expect(fold(records).successes).toMatchObject([{ doneMs, atMs: SENT_MS + tookMs }]);
  });

  test('of a time with a fraction: not before the next millisecond', () => {
    const serverTimeMs = SERVER_MS + 0.25;
    const records = [attempt(1, { at: at(0), serverTimeMs }), outcome(1, { at: at(0) })];
    expect(fold(records).successes).toMatchObject([{ doneMs: SERVER_MS + 1 }]);
    expect(fold([])).toMatchObject({ checkpoint: { closed: false, invocations: 0, records: 0 } });
  });

  test('of a row without an attempt is not a success; an invocation that begins forgets how the last one ended', () => {
    expect(fold([outcome(1)]).successes).toEqual([]);
    const again = fold([...ALL, opened({ at: at(9200) })]).checkpoint;
    expect(again).toMatchObject({ invocations: 2, closed: false, lastAt: at(9200) });
    expect(again.stop).toBeUndefined();
    // An effect of a row that is not under way changes nothing.
    expect(fold([opened(), effect(9)]).checkpoint.begun).toEqual([]);
  });

  test('is the same wherever the fold is interrupted', () => {
    const whole = fold(ALL);
    const parts = linked(ALL);
    for (let until = 0; until <= ALL.length; until += 1) {
      const first = fold(ALL.slice(0, until));
      const rest = new IndexFold(JSON.parse(JSON.stringify(first.checkpoint)) as Checkpoint);
      expect([rest.records, rest.bytes]).toEqual([until, first.checkpoint.bytes]);
      const more = parts
        .slice(until)
        .flatMap(({ record, bytes, link }) => rest.take(record, bytes, link) ?? []);
      expect(JSON.stringify(rest.checkpoint().counts)).toBe(
        JSON.stringify(whole.checkpoint.counts),
      );
      expect(rest.checkpoint()).toEqual(whole.checkpoint);
      expect([...first.successes, ...more]).toEqual(whole.successes);
    }
  });
});

describe('the index on disk', () => {
  let dir: string;
  let place: ReturnType<typeof placeOf>;
  beforeAll(async () => {
    dir = await newFolder();
    place = placeOf(dir);
  });
  afterAll(() => rm(dir, { recursive: true, force: true }));
  beforeEach(async () => {
    for (const file of ['index', 'journal'] as const)
      await rm(place.path(file), { recursive: true, force: true });
  });

  const journal = (records: readonly JournalRecord[]) =>
    writeFile(place.path('journal'), journalText(records), { mode: 0o600 });
  /** Writes the index for the journal as it is. */
  async function index() {
    const writer = await openRunIndex(place, RUN_ID);
    await writer.close();
  }
  async function read(runId = RUN_ID) {
    const all: Success[] = [];
    const fresh: Success[] = [];
    const got = await readRunIndex(place, runId, {
      onSuccess: (success) => all.push(success),
      onNew: (success) => fresh.push(success),
    });
    const ids = (successes: readonly Success[]) => successes.map(({ userId }) => userId);
    return { ...got, all: ids(all), fresh: ids(fresh) };
  }
  const text = () => readFile(place.path('index'), 'utf8');
  const whole = fold(ALL);
  const users = whole.successes.map(({ userId }) => userId);

  test('is empty for a run without a journal; something else at its place is an error', async () => {
    const none = { behindBytes: 0, goodBytes: 0, isBroken: false, all: [], fresh: [] };
    expect(await read()).toEqual({ checkpoint: emptyCheckpoint(RUN_ID), ...none });
    expect(await indexedRecords(place, RUN_ID)).toBe(0);
    await mkdir(place.path('journal'));
    await expect(read()).rejects.toMatchObject({ code: 'FILE_NOT_YOURS' });
  });

  test('is behind by what the journal has grown since, wherever that was; what is new is said once', async () => {
    for (let until = 0; until <= ALL.length; until += 1) {
      await rm(place.path('index'), { force: true });
      await journal(ALL.slice(0, until));
      await index();
      const { length } = Buffer.from(journalText(ALL.slice(0, until)));
      await journal(ALL);
      const before = fold(ALL.slice(0, until)).successes.map(({ userId }) => userId);
      const got = await read();
      expect([until, got]).toEqual([
        until,
        {
          checkpoint: whole.checkpoint,
          behindBytes: whole.checkpoint.bytes - length,
          goodBytes: until === 0 ? 0 : Buffer.byteLength(await text()),
          isBroken: false,
          all: users,
          fresh: users.slice(before.length),
        },
      ]);
      expect(await indexedRecords(place, RUN_ID)).toBe(until);
    }
  });

  test('is brought up to date by the next one who opens it, and has each user once', async () => {
    await journal(ALL.slice(0, 3));
    await index();
    await journal(ALL);
    await index();
    await index();
    const got = await read();
    expect([got.behindBytes, got.all, got.fresh]).toEqual([0, users, []]);
    const lines = (await text()).trimEnd().split('\n');
    expect(lines[0]).toBe(JSON.stringify({ format: 1, runId: RUN_ID }));
    expect(lines.filter((line) => line.startsWith('['))).toHaveLength(users.length);
    expect(lines.at(-1)).toMatch(/^\{"bytes":/);
    expect(lines).toHaveLength(1 + users.length + 2);
  });

  test('of another run does not count, nor does one with a header that is not ours', async () => {
    await journal(ALL);
    await index();
    const good = await text();
    const [header = '', ...rest] = good.split('\n');
    for (const other of [
      header.replace(RUN_ID, 'other'),
      header.replace('"format":1', '"format":2'),
      'no JSON',
    ]) {
      await writeFile(place.path('index'), [other, ...rest].join('\n'));
      expect(await read()).toMatchObject({
        ...{ goodBytes: 0, behindBytes: whole.checkpoint.bytes, isBroken: false, fresh: users },
      });
      expect(await indexedRecords(place, RUN_ID)).toBe(0);
    }
  });

  test('whose end was not written, or is not ours, counts up to its last good line, and is cut there', async () => {
    await journal(ALL.slice(0, 5));
    await index();
    const good = await text();
    await journal(ALL);
    const line = `${JSON.stringify(whole.checkpoint)}\n`;
    for (const tail of [
      '["00u',
      '{"bytes":7',
      '{"bytes":7}\n',
      line.slice(0, -1),
      line.replace('{"bytes"', '{"bites"'),
      line.replace(/"link":"[^"]+"/, '"link":"x"'),
      line.replace('"records":18', '"records":-1'),
    ]) {
      await writeFile(place.path('index'), good + tail);
      const got = await read();
      expect([tail, got.goodBytes, got.fresh]).toEqual([
        tail,
        Buffer.byteLength(good),
        users.slice(1),
      ]);
      await index();
      expect((await text()).slice(0, good.length)).toBe(good);
      expect(await read()).toMatchObject({ behindBytes: 0, all: users });
    }
  });

  test('that is ahead of its journal, or of a different one, says that the journal has lost records; its users count', async () => {
    await journal(ALL);
    await index();
    const other = [...ALL.slice(0, -1), note(takenUp, at(9101))];
    const cut = Buffer.byteLength(journalText(ALL)) - 1;
    for (const harm of [
      () => journal(ALL.slice(0, 2)),
      () => journal([]),
      () => journal(other),
      () => truncate(place.path('journal'), cut),
      () => rm(place.path('journal')),
    ]) {
      await journal(ALL);
      await harm();
      const got = await read();
      expect([got.isBroken, got.goodBytes]).toEqual([true, 0]);
      expect(new Set(got.all)).toEqual(new Set(users));
    }
    // An index that has read nothing yet has lost nothing.
    await journal([]);
    await rm(place.path('index'));
    await index();
    expect((await read()).isBroken).toBe(false);
  });

  test('of a journal that is damaged after it says so, and what came before', async () => {
    await journal(ALL.slice(0, 3));
    await index();
    const lines = journalText(ALL).split('\n');
    lines[4] = lines[4]?.replace('failed', 'fail') ?? '';
    await writeFile(place.path('journal'), lines.join('\n'));
    const got = await read();
    expect([got.isBroken, got.checkpoint.records, got.all]).toEqual([true, 4, users.slice(0, 1)]);
  });

  test('has lines that are not users, which are passed over', async () => {
    await journal(ALL);
    await index();
    const [header = '', ...rest] = (await text()).split('\n');
    const odd = ['[1,2,3]', '["x","2",3]', '["x",2,"3"]', '["x",2', '{"x":1}', 'null', '"[x"'];
    await writeFile(place.path('index'), [header, ...odd, ...rest].join('\n'));
    expect((await read()).all).toEqual(users);
  });

  test('stops being read when nobody waits for it', async () => {
    await journal(ALL);
    const signal = AbortSignal.abort(new Error('gone'));
    await expect(readRunIndex(place, RUN_ID, { signal })).rejects.toThrow('gone');
  });

  test.each([
    ['two hundred users', 'succeeded', 402, [201, 2]],
    ['two hundred users', 'succeeded', 400, [200, 1]],
    ['fewer users', 'succeeded', 399, [199, 1]],
    ['a thousand records', 'skipped', 1001, [0, 2]],
    ['a thousand records', 'skipped', 1000, [0, 1]],
    ['nothing', 'skipped', 0, [0, 0]],
  ] as const)('is written after %s, and the rest at the end', async (_what, kind, until, lines) => {
    await journal([]);
    const writer = await openRunIndex(place, RUN_ID);
    const records = Array.from({ length: 1001 }, (_, index) =>
      kind === 'skipped'
        ? [outcome(index + 1, { outcome: kind })]
        : [attempt(index + 1), outcome(index + 1)],
    ).flat();
    for (const { record, bytes, link } of linked(records.slice(0, until)))
      writer.take(record, bytes, link);
    await writer.close();
    // The header and its checkpoint come first.
    const [, , ...rest] = (await text()).trimEnd().split('\n');
    const ofUsers = rest.filter((line) => line.startsWith('['));
    expect([ofUsers.length, rest.length - ofUsers.length]).toEqual(lines);
  });
});

test('any order of records is folded the same in one go and in parts', () => {
  const records = fc.array(fc.integer({ min: 0, max: ALL.length - 1 }), { maxLength: 30 });
  fc.assert(
    fc.property(records, fc.nat(30), (chosen, cut) => {
      const all = chosen.flatMap((index) => ALL[index] ?? []);
      const first = new IndexFold(fold(all.slice(0, cut)).checkpoint);
      for (const { record, bytes, link } of linked(all).slice(cut)) first.take(record, bytes, link);
      expect(first.checkpoint()).toEqual(fold(all).checkpoint);
    }),
    { numRuns: 50 },
  );
});
