import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { mkdir, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { JournalRecord } from '../../src/domain/run/journal-record.ts';
import { chainLine, emptyHead } from '../../src/journal/chain.ts';
import { replayJournal } from '../../src/journal/replay.ts';
import { attempt, effect, journalText, newFolder, opened, outcome, RUN_ID } from './sample.ts';

const ROWS = 6;
const run = { runId: RUN_ID, rows: ROWS };

async function replayOf(bytes: Uint8Array | string, rows = ROWS) {
  const path = join(await newFolder(), 'journal.jsonl');
  await writeFile(path, bytes);
  return replayJournal(path, { runId: RUN_ID, rows });
}

const whole: readonly JournalRecord[] = [
  opened(),
  attempt(1),
  attempt(2),
  outcome(1),
  effect(2),
  attempt(2, { attempt: 2 }),
  outcome(3, { outcome: 'skipped', reason: 'changed-since', attempts: 0 }),
  effect(2, { attempt: 2, effect: 'unknown' }),
  attempt(4),
  opened({ pid: 2 }),
  outcome(2, { attempts: 2 }),
  { kind: 'closed', at: '2026-11-22T03:16:00.000Z' },
];

/** What each row must be after this many records. */
function expected(records: readonly JournalRecord[]) {
  const rows = new Map<number, string>();
  for (const record of records) {
    if (record.kind === 'attempt') rows.set(record.row, 'open');
    if (record.kind === 'outcome') rows.set(record.row, 'ended');
  }
  return Array.from({ length: ROWS }, (_, at) => rows.get(at + 1) ?? 'untouched');
}

const statesOf = (replay: Awaited<ReturnType<typeof replayJournal>>) =>
  Array.from({ length: ROWS }, (_, at) => replay.stateOf(at + 1));

describe('replay', () => {
  test('of every prefix, cut at every byte, gives each row exactly one state', async () => {
    const bytes = Buffer.from(journalText(whole));
    const ends = [0];
    for (let at = 0; at < bytes.length; at += 1) if (bytes[at] === 0x0a) ends.push(at + 1);
    const path = join(await newFolder(), 'journal.jsonl');
    await writeFile(path, bytes);
    for (let cut = bytes.length; cut >= 0; cut -= 1) {
      await truncate(path, cut);
      const replay = await replayJournal(path, run);
      const records = ends.findLastIndex((end) => end <= cut);
      expect({
        chain: replay.chain,
        records: replay.records,
        bytes: replay.head().bytes,
        states: statesOf(replay),
      }).toEqual({
        chain: ends.includes(cut) ? 'intact' : 'torn-tail',
        records,
        bytes: ends[records],
        states: expected(whole.slice(0, records)),
      });
      await replay.close();
    }
  });

  test('never accepts a changed byte, or a lost, moved or doubled line', async () => {
    const bytes = Buffer.from(journalText(whole));
    const lines = bytes.toString().split('\n').slice(0, -1);
    const path = join(await newFolder(), 'journal.jsonl');
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.record({ at: fc.nat(bytes.length - 2), to: fc.integer({ min: 0, max: 255 }) }),
          fc.record({
            line: fc.nat(lines.length - 2),
            how: fc.constantFrom('lost', 'doubled', 'moved', 'spaced'),
          }),
        ),
        async (damage) => {
          const damaged = Buffer.from(bytes);
          let text: string | undefined;
          if ('at' in damage) {
            fc.pre(damaged[damage.at] !== damage.to);
            damaged[damage.at] = damage.to;
          } else {
            const { line, how } = damage;
            const changed = [...lines];
            if (how === 'lost') changed.splice(line, 1);
            if (how === 'doubled') changed.splice(line, 0, lines[line]!);
            if (how === 'moved') changed.push(...changed.splice(line, 1));
            if (how === 'spaced') changed[line] = `${changed[line] ?? ''} `;
            text = `${changed.join('\n')}\n`;
          }
          await writeFile(path, text ?? damaged);
          const replay = await replayJournal(path, run);
          expect(replay.chain).toBe('broken');
          expect(() => replay.head()).toThrow(expect.objectContaining({ code: 'RUN_DAMAGED' }));
          // Everything before the break is kept.
          expect(statesOf(replay)).toEqual(expected(whole.slice(0, replay.records)));
          if (replay.chainState.kind === 'broken') {
            expect(replay.chainState.line).toBe(replay.records + 1);
          }
          await replay.close();
        },
      ),
      { numRuns: 300 },
    );
  });

  test('never throws and never continues after random bytes', async () => {
    const start = Buffer.from(journalText(whole.slice(0, 4)));
    const path = join(await newFolder(), 'journal.jsonl');
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 200 }), async (tail) => {
        await writeFile(path, Buffer.concat([start, tail]));
        const replay = await replayJournal(path, run);
        expect(replay.chain).toBe(tail.includes(0x0a) ? 'broken' : 'torn-tail');
        expect(replay.records).toBe(4);
      }),
      { numRuns: 100 },
    );
  });

  test('gives the same state for any interleaving of the rows', async () => {
    const rowScripts: readonly (readonly JournalRecord[])[] = [
      [attempt(1), outcome(1)],
      [attempt(2), effect(2), attempt(2, { attempt: 2 }), outcome(2, { attempts: 2 })],
      [attempt(3)],
      [outcome(4, { outcome: 'skipped', attempts: 0 })],
      [
        attempt(5, { step: 'revoke-tokens' }),
        effect(5, { step: 'revoke-tokens', effect: 'applied' }),
        attempt(5, { attempt: 2 }),
        effect(5, { attempt: 2, effect: 'unknown' }),
      ],
    ];
    const path = join(await newFolder(), 'journal.jsonl');
    await fc.assert(
      fc.asyncProperty(fc.infiniteStream(fc.nat(rowScripts.length - 1)), async (choices) => {
        const left = rowScripts.map((script) => [...script]);
        const records: JournalRecord[] = [opened()];
        while (left.some((script) => script.length > 0)) {
          const next = left[choices.next().value as number]?.shift();
          if (next !== undefined) records.push(next);
        }
        await writeFile(path, journalText(records));
        const replay = await replayJournal(path, run);
        expect(statesOf(replay)).toEqual(['ended', 'ended', 'open', 'ended', 'open', 'untouched']);
        expect([...replay.open.keys()].sort()).toEqual([3, 5]);
        expect(replay.openRow(5)).toMatchObject({
          attempts: 2,
          stepsApplied: ['revoke-tokens'],
          pending: { attempt: 2, step: 'reset-password' },
        });
        expect(replay.counts).toEqual({ succeeded: 2, skipped: 1, failed: 0, unknown: 0 });
        expect(replay.attempts).toBe(6);
      }),
      { numRuns: 60 },
    );
  });

  test.each<[string, readonly JournalRecord[]]>([
    ['two outcomes for a row', [attempt(1), outcome(1), outcome(1)]],
    ['an attempt after the outcome', [attempt(1), outcome(1), attempt(1, { attempt: 2 })]],
    ['an effect after the outcome', [attempt(1), outcome(1), effect(1)]],
    ['success without an attempt', [outcome(1, { attempts: 0 })]],
    ['unknown without an attempt', [outcome(1, { outcome: 'unknown', attempts: 0 })]],
    ['a first attempt that is not the first', [attempt(1, { attempt: 2 })]],
    ['an attempt told twice', [attempt(1), attempt(1)]],
    ['an effect without an attempt', [effect(1)]],
    ['an effect of another step', [attempt(1), effect(1, { step: 'revoke-tokens' })]],
    ['an effect of an older attempt', [attempt(1), attempt(1, { attempt: 2 }), effect(1)]],
    ['a row that the plan has not', [attempt(ROWS + 1)]],
    ['another run', [opened({ runId: 'other' })]],
    ['an attempt after the end', [{ kind: 'closed', at: 'x' }, attempt(1)]],
    ['a record of no known kind', [{ kind: 'wish', at: 'x' } as unknown as JournalRecord]],
    ['a row that is no number', [attempt('1' as unknown as number)]],
    ['an outcome nobody knows', [outcome(1, { outcome: 'fine' as 'failed' })]],
    ['an attempt without its user', [attempt(1, { userId: undefined as unknown as string })]],
  ])('refuses %s, although the chain is intact', async (_what, records) => {
    const replay = await replayOf(journalText([opened(), ...records]));
    expect(replay.chainState).toMatchObject({ kind: 'broken', line: records.length + 1 });
    expect(() => replay.head()).toThrow(
      expect.objectContaining({ code: 'RUN_DAMAGED', exitCode: 3 }),
    );
  });

  test('names the first record that is wrong, whatever follows it', async () => {
    const records = [opened(), attempt(1), outcome(1), outcome(1), attempt(2), outcome(2)];
    const { chainState, endedCount } = await replayOf(journalText(records));
    const problem = 'row 1 has ended before';
    expect([chainState, endedCount]).toEqual([{ kind: 'broken', line: 4, problem }, 1]);
  });

  test('refuses a journal that does not begin with opening the run, or belongs to another run', async () => {
    expect((await replayOf(journalText([attempt(1)]))).chain).toBe('broken');
    expect((await replayOf(journalText([opened()], 'another'))).chain).toBe('broken');
  });

  test('reads a missing or empty journal as a run never begun', async () => {
    const dir = await newFolder();
    const missing = await replayJournal(join(dir, 'journal.jsonl'), run);
    const empty = await replayOf('');
    for (const replay of [missing, empty]) {
      expect(replay).toMatchObject({ chain: 'intact', records: 0, invocations: 0, endedCount: 0 });
      expect(replay.chainHead).toBeUndefined();
      expect(replay.head().bytes).toBe(0);
    }
  });

  test('refuses a record with another number, although the chain is intact', async () => {
    for (const numbers of [[2], [1, 3], [1, 1]]) {
      let { link } = emptyHead(RUN_ID);
      let text = '';
      for (const seq of numbers) {
        const next = chainLine(link, seq, seq === numbers[0] ? opened() : attempt(1));
        text += next.line;
        ({ link } = next);
      }
      const { chainState } = await replayOf(text);
      const line = numbers.length;
      const problem = `its number is not ${line}`;
      expect(chainState).toEqual({ kind: 'broken', line, problem });
    }
  });

  test('misses records that another file proves were written', async () => {
    const path = join(await newFolder(), 'journal.jsonl');
    await writeFile(path, journalText(whole));
    const lostOf = async (records: number) => {
      const lost = { sign: 'index.jsonl', records };
      const replay = await replayJournal(path, run, undefined, { lost });
      await replay.close();
      return replay.chainState.kind === 'broken' ? replay.chainState.problem : undefined;
    };
    expect(await lostOf(whole.length)).toBeUndefined();
    expect(await lostOf(whole.length + 1)).toMatch(
      /index\.jsonl shows that the run had got further/,
    );
    await writeFile(path, '');
    expect(await lostOf(1)).toMatch(/index\.jsonl shows that the run had begun/);
  });

  test('says when it cannot read', async () => {
    const path = join(await newFolder(), 'journal.jsonl');
    await mkdir(path);
    await expect(replayJournal(path, run)).rejects.toMatchObject({ code: 'FILE_NOT_YOURS' });
  });

  test('stops at an abort', async () => {
    const path = join(await newFolder(), 'journal.jsonl');
    await writeFile(path, journalText(whole));
    const reason = new Error('stop');
    await expect(replayJournal(path, run, AbortSignal.abort(reason))).rejects.toBe(reason);
  });

  test('reads outcomes back, across blocks and with letters of several bytes', async () => {
    const rows = 3000;
    const records: JournalRecord[] = [opened()];
    for (let row = 1; row <= rows; row += 1) {
      records.push(
        attempt(row),
        outcome(row, {
          outcome: row % 3 === 0 ? 'failed' : 'succeeded',
          message: 'ä'.repeat(row % 40),
        }),
      );
    }
    const replay = await replayOf(journalText(records), rows + 10);
    expect(replay.endedCount).toBe(rows);
    for (let row = rows; row >= 1; row -= 1) {
      expect(await replay.outcomeOf(row)).toMatchObject({ row, requestId: `req-${row}-ü` });
    }
    expect(await replay.outcomeOf(rows + 1)).toBeUndefined();
    // A second read of the same place needs no promise.
    await replay.outcomeOf(7);
    expect(replay.outcomeOf(7)).not.toBeInstanceOf(Promise);
    await replay.close();
  });

  test('knows who has the rows it left, and that this was not its own doing', async () => {
    const handing = (note: object): JournalRecord =>
      ({ kind: 'note', at: '2026-11-23T00:00:00.000Z', note }) as JournalRecord;
    const note = { kind: 'handed-over', runId: 'next', dir: '../next', rows: 2 };
    const closed = { kind: 'closed', at: '2026-11-22T03:15:10.000Z' } as const;
    const replay = await replayOf(journalText([opened(), closed, handing(note)]));
    expect(replay).toMatchObject({ chain: 'intact', handedOver: note, lastAt: closed.at });
    const less = { ...note, rows: undefined };
    expect((await replayOf(journalText([opened(), handing(less)]))).chain).toBe('broken');
  });

  test('adds up invocations, traffic, pauses, reissues and blind sends', async () => {
    const note = (note: object): JournalRecord =>
      ({ kind: 'note', at: '2026-11-22T03:15:09.000Z', note }) as JournalRecord;
    const temp = { step: 'temp-password' } as const;
    const replay = await replayOf(
      journalText([
        opened({ canary: 5 }),
        attempt(1, temp),
        effect(1, { ...temp, effect: 'applied' }),
        attempt(1, { ...temp, attempt: 2 }),
        outcome(1, { ...temp, attempts: 2 }),
        attempt(2),
        attempt(2, { attempt: 2 }),
        note({ kind: 'traffic', bucket: 'users', calls: 3, throttled: 1, waitedMs: 10 }),
        note({ kind: 'pause', bucket: 'users', waitMs: 5, cause: 'window' }),
        {
          kind: 'closed',
          at: '2026-11-22T03:15:10.000Z',
          stop: { kind: 'signal', signal: 'SIGINT' },
        },
        opened({ pid: 2 }),
        note({ kind: 'traffic', bucket: 'users', calls: 4, throttled: 0, waitedMs: 1 }),
        note({ kind: 'pause', bucket: 'users', waitMs: 6, cause: 'window' }),
        note({ kind: 'canary-verified', rows: 1 }),
        note({ kind: 'what-a-later-version-says' }),
      ]),
    );
    expect(replay).toMatchObject({
      chain: 'intact',
      invocations: 2,
      stop: undefined,
      reissued: 1,
      blindResends: 1,
      waves: [5],
      wavesVerified: 1,
      tempPasswordSplit: false,
      traffic: [{ bucket: 'users', calls: 7, throttled: 1, waitedMs: 11 }],
      pauses: [{ bucket: 'users', cause: 'window', count: 2, waitedMs: 11 }],
      firstAt: '2026-11-22T03:15:02.000Z',
      lastAt: '2026-11-22T03:15:09.000Z',
    });
    expect(replay.timeline?.slots().reduce((sum, slot) => sum + slot.calls, 0)).toBe(4);
  });
});
