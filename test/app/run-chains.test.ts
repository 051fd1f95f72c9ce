/** Runs that belong together: which they are, whom they have acted on, and whose rows another run has taken. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { chmod, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readLive } from '../../src/app/followup/live-rows.ts';
import { resendOf } from '../../src/app/followup/resend.ts';
import { skippedByStatus } from '../../src/app/followup/skipped-rows.ts';
import { handedOver, holdParents, type ReadParents } from '../../src/app/rerun/parent-runs.ts';
import { rowsOfRun } from '../../src/app/rerun/rerun-rows.ts';
import { wantedRows } from '../../src/app/rerun/rerun-terms.ts';
import { claimsOf, findChain } from '../../src/app/rerun/run-chain.ts';
import { takenRows } from '../../src/app/rerun/taken-rows.ts';
import type { AppContext } from '../../src/app/context.ts';
import type { JournalRecord, TakenUp } from '../../src/domain/run/journal-record.ts';
import type { RunFile } from '../../src/domain/run/run-file.ts';
import type { PlannedRow } from '../../src/domain/plan/plan.ts';
import type { OrgReader } from '../../src/domain/org/org.ts';
import { attempt, effect, outcome } from '../journal/sample.ts';
import { all, fakeOrg, makeUser, userId } from '../plan/fake-org.ts';
import { planned, runFile } from '../report/sample.ts';
import { onFileCalls } from '../disk/file-calls.ts';
import { openBelow } from './open-files.ts';
import { acted, around, begunAs, makeRun, newFolder, NOW_MS, type Made } from './run-folders.ts';

let root: string;
beforeAll(async () => (root = await newFolder()));
afterAll(() => rm(root, { recursive: true, force: true }));

const at = (minutes: number) => new Date(NOW_MS + minutes * 60_000).toISOString();
const begun = (runId: string, when: string): JournalRecord => ({
  ...begunAs({ runId, planDigest: '' }),
  at: when,
});
const tie = (kind: 'handed-over' | 'taken-up', runId: string, rows: number): JournalRecord => ({
  ...{ kind: 'note', at: at(99), note: { kind, runId, dir: `../${runId}`, rows } },
});
const skip = (reason: string): PlannedRow['verdict'] => ({ kind: 'skip', reason }) as never;

let folders = 0;
/** A separate folder, and what makes runs in it. */
function folder() {
  folders += 1;
  const dir = join(root, String(folders));
  const put = (name: string, made: Made = {}): Promise<RunFile> =>
    makeRun(join(dir, name), { ...made, run: { runId: name, ...made.run } });
  const { context, said, drain, events } = around(dir);
  return { dir, put, context, said, drain, events, path: (name: string) => join(dir, name) };
}

const started = (row: number, minutes: number, more: object = {}) =>
  acted(row, { at: at(minutes), startedAt: at(minutes), ...more }, { at: at(minutes) });

async function chainOf() {
  const here = folder();
  const { put } = here;
  await put('a', {
    rows: [
      planned(1),
      planned(2),
      planned(3),
      planned(4),
      planned(5, skip('status:SUSPENDED')),
      planned(6, skip('excluded')),
      planned(7),
      planned(8, skip('status:STAGED'), { userId: undefined }),
    ],
    records: [
      begun('a', at(0)),
      ...started(1, 1),
      ...started(2, 2, { outcome: 'failed' }),
      ...started(3, 3, { outcome: 'failed', reason: 'partly-done' }),
      attempt(4, { at: at(4) }),
      outcome(7, { at: at(5), outcome: 'skipped', reason: 'status:SUSPENDED' }),
      tie('taken-up', 'b', 1),
    ],
  });
  await put('b', {
    run: { parentRunId: 'a' },
    rows: [planned(1, { kind: 'act' }, { userId: userId(2) })],
    records: [begun('b', at(10)), ...started(1, 11, { startedAt: undefined })],
  });
  await put('c', {
    run: { parentRunId: 'b', parentRunIds: ['b', 'gone'] },
    rows: [
      planned(1, { kind: 'act' }, { userId: userId(1) }),
      planned(2, skip('status:LOCKED_OUT'), { userId: userId(5) }),
    ],
    records: [begun('c', at(20)), ...started(1, 21)],
  });
  await put('plan', { run: { parentRunId: 'a' } });
  await put('nobody', {
    run: { parentRunId: 'a', createdAt: at(-5) },
    rows: [planned(1, skip('status:RECOVERY'), { userId: userId(9) })],
  });
  await put('stranger', { records: [begun('stranger', at(0))] });
  await put('elsewhere', { run: { parentRunId: 'a', host: 'x.okta.com' }, records: [] });
  await put('copy', { run: { runId: 'a' }, records: [begun('a', at(0))] });
  await put('odd', { files: { 'run.json': '{}' } });
  return here;
}

describe('a chain', () => {
  let here: Awaited<ReturnType<typeof chainOf>>;
  beforeAll(async () => {
    here = await chainOf();
  });
  const chain = (name: string) => findChain(here.path(name), here.context);
  const ids = (runs: Awaited<ReturnType<typeof chain>>) => runs.map(({ run }) => run.runId);

  test.each(['a', 'b', 'c'])(
    'is found from each of its runs (%s), newest first, without plans, strangers and copies',
    async (name) => {
      const found = await chain(name);
      expect(ids(found)).toEqual(['c', 'b', 'a', 'nobody']);
      expect(found.map(({ dir }) => dir.slice(here.dir.length + 1))).toEqual([
        ...['c', 'b', 'a', 'nobody'],
      ]);
    },
  );

  test('from a copy has the copy, because that is what was named', async () => {
    const found = await chain('copy');
    expect(found.find(({ run }) => run.runId === 'a')?.dir).toBe(here.path('copy'));
  });

  test('says when each was at work, and how far it is', async () => {
    const [, , a, nobody] = await chain('a');
    expect(a).toMatchObject({ firstMs: NOW_MS, lastMs: NOW_MS + 5 * 60_000, records: 10 });
    const none = { succeeded: 0, skipped: 0, failed: 0, unknown: 0, 'not-attempted': 0 };
    expect(a?.standing).toMatchObject({
      ...{ planned: false, unsettled: 1, broken: false, takenUp: 1 },
      counts: { ...none, succeeded: 1, skipped: 1, failed: 2, unknown: 1 },
    });
    expect(a?.standing.heir).toBeUndefined();
    expect(nobody).toMatchObject({ firstMs: NOW_MS - 5 * 60_000, records: 0 });
  });

  test('has neither other chains of the folder, nor runs that share only a missing one', async () => {
    const two = folder();
    const begins = (name: string, parentRunId?: string) =>
      two.put(name, {
        ...(parentRunId === undefined ? {} : { run: { parentRunId } }),
        records: [begun(name, at(0))],
      });
    await begins('a');
    await begins('b', 'a');
    await begins('lost', 'gone');
    await begins('p');
    await begins('q', 'p');
    await begins('z', 'gone');
    const names = async (name: string) =>
      (await findChain(two.path(name), two.context)).map(({ run }) => run.runId).sort();
    expect(await names('a')).toEqual(['a', 'b']);
    expect(await names('q')).toEqual(['p', 'q']);
    expect(await names('z')).toEqual(['z']);
    await two.put('planned', { run: { parentRunId: 'a' }, rows: [planned(1)] });
    expect(await names('b')).toEqual(['a', 'b']);
    expect(openBelow(two.dir)).toEqual([]);
  });

  test('counts what is left of a run that was stopped', async () => {
    const stopped = folder();
    await stopped.put('x', {
      records: [begun('x', at(0)), ...started(1, 1), tie('handed-over', 'y', 2)],
    });
    const [x] = await findChain(stopped.path('x'), stopped.context);
    expect(x?.standing).toMatchObject({ counts: { succeeded: 1, 'not-attempted': 2 }, heir: 'y' });
  });

  test('that was named by a plan without a journal is that of a plan', async () => {
    const found = folder();
    await found.put('plan', {});
    expect(await findChain(found.path('plan'), found.context)).toEqual([]);
  });

  test('with a damaged journal counts up to there, with a warning; one whose journal is lost is refused', async () => {
    const broken = folder();
    await broken.put('x', {
      records: [begun('x', at(0)), ...started(1, 1), ...started(2, 2)],
    });
    const path = join(broken.path('x'), 'journal.jsonl');
    const lines = (await readFile(path, 'utf8')).split('\n');
    lines[3] = lines[3]?.replace('attempt', 'attempd') ?? '';
    await writeFile(path, lines.join('\n'));
    const [run, ...others] = await findChain(broken.path('x'), broken.context);
    expect([others, run?.standing.broken, run?.records]).toEqual([[], true, 3]);
    expect(broken.said()).toEqual([
      'The journal of x is damaged or was edited. What comes before line 4 counts.',
    ]);
    expect(broken.events).toMatchObject([{ type: 'message', level: 'warning' }]);
    const claims = claimsOf(run === undefined ? [] : [run], broken.context);
    expect((await all(claims)).map(({ row }) => row.row)).toEqual([1]);
    expect([claims.unreadable(), claims.neverReset()]).toEqual([2, 0]);
    const lost = folder();
    await lost.put('y', { files: { 'summary.json': '{}' } });
    await expect(findChain(lost.path('y'), lost.context)).rejects.toMatchObject({
      code: 'RUN_DAMAGED',
    });
  });

  test('with a damaged journal does not count as lost whom another of its runs has reset', async () => {
    const damaged = folder();
    const cut = async (name: string, minutes: number, users: readonly number[]) => {
      await damaged.put(name, {
        ...(name === 'x' ? {} : { run: { parentRunId: 'x' } }),
        rows: users.map((n, at) => planned(at + 1, { kind: 'act' }, { userId: userId(n) })),
        records: [begun(name, at(minutes)), ...users.flatMap((_, n) => started(n + 1, minutes))],
      });
      const path = join(damaged.path(name), 'journal.jsonl');
      const lines = (await readFile(path, 'utf8')).split('\n');
      lines[3] = lines[3]?.replace('attempt', 'attempd') ?? '';
      await writeFile(path, lines.join('\n'));
    };
    // Of each, only the first row can be read: user 1 of the oldest, user 3 of the next one, user 5 of the newest.
    await cut('x', 0, [1, 2, 5]);
    await cut('y', 10, [3, 1, 4]);
    await cut('z', 20, [5, 3]);
    const claims = claimsOf(await findChain(damaged.path('x'), damaged.context), damaged.context);
    for (let round = 0; round < 2; round += 1) {
      expect((await all(claims)).map(({ row }) => row.userId)).toEqual([5, 3, 1].map(userId));
      // Users 2 and 4 are known from no run.
      expect([claims.unreadable(), claims.neverReset()]).toEqual([2, 0]);
    }
  });

  test('claims each user once, by the newest reset; the others were never reset', async () => {
    const claims = claimsOf(await chain('a'), here.context);
    expect([claims.neverReset(), claims.unreadable()]).toEqual([0, 0]);
    for (let round = 0; round < 2; round += 1) {
      const found = await all(claims);
      expect(found.map(({ run, row, startedMs }) => [run.runId, row.userId, startedMs])).toEqual([
        ['c', userId(1), NOW_MS + 21 * 60_000],
        ['b', userId(2), NOW_MS + 11 * 60_000],
        ['a', userId(3), NOW_MS + 3 * 60_000],
      ]);
      expect([claims.neverReset(), claims.unreadable()]).toEqual([2, 0]);
      expect([1, 2, 3, 4, 7].map((n) => claims.has(userId(n)))).toEqual([
        ...[true, true, true, false, false],
      ]);
    }
  });

  test('has users who were skipped for their status and not reset since, each once, from the newest run', async () => {
    const chained = await chain('a');
    const claims = claimsOf(chained, here.context);
    await all(claims);
    const found = await all(skippedByStatus(chained, claims, here.context));
    expect(found.map(({ run, row }) => [run.runId, row.row, row.userId])).toEqual([
      ['c', 2, userId(5)],
      ['a', 7, userId(7)],
      ['nobody', 1, userId(9)],
    ]);
  });

  test('is resent to users who were chosen, with the runs that they come from, and whether they can still act', async () => {
    const chained = await chain('a');
    const chosen = new Map([
      [userId(2), 'bounced'],
      [userId(3), 'waiting'],
      [userId(5), 'came-back'],
      [userId(8), 'gone'],
    ] as const);
    const { who, followsUp } = resendOf(
      here.path('a'),
      { chosen, chain: chained },
      false,
      here.context,
    );
    expect(who.asTyped).toEqual(['followup', here.path('a'), '--resend']);
    expect(who.dirs).toEqual(chained.map(({ dir }) => dir));
    const rows = await all(who.rows());
    expect(rows.map(({ source, line, identifier }) => [source, line, identifier])).toEqual([
      ['run b', 1, { kind: 'id', value: userId(2) }],
      ['run a', 3, { kind: 'id', value: userId(3) }],
      ['run c', 2, { kind: 'id', value: userId(5) }],
    ]);
    expect(rows[1]?.columns).toEqual(planned(3).columns);
    expect([...who.parents]).toEqual([
      ['b', { dir: here.path('b'), records: 3, left: 0, taken: 1 }],
      ['a', { dir: here.path('a'), records: 10, left: 0, taken: 1 }],
      ['c', { dir: here.path('c'), records: 3, left: 0, taken: 1 }],
    ]);
    const by = (n: number, runId: string) => followsUp(userId(n), { runId, name: '', doneMs: 0 });
    expect([by(2, 'b'), by(3, 'a'), by(2, 'other'), by(99, 'a')]).toEqual([
      ...[true, false, false, true],
    ]);
    await writeFile(join(here.path('b'), 'lock'), JSON.stringify({ pid: 1, hostname: 'h' }));
    const locked = resendOf(here.path('a'), { chosen, chain: chained }, false, here.context);
    await expect(all(locked.who.rows())).rejects.toMatchObject({ code: 'RUN_LOCKED' });
    await rm(join(here.path('b'), 'lock'));
  });

  test('has users as the org shows them now, in order, and those who are gone', async () => {
    const { reader } = fakeOrg([makeUser(1), makeUser(3)]);
    async function* whom() {
      for (const n of [3, 2, 1]) yield { row: { userId: userId(n), source: 's', line: n }, n };
    }
    const host = 'acme.okta.com';
    const live = readLive(
      whom(),
      { ...reader, host } as Partial<OrgReader> as OrgReader,
      here.context,
    );
    expect((await all(live)).map(({ of, user }) => [of.n, user?.login])).toEqual([
      [3, 'user3@example.com'],
      [2, undefined],
      [1, 'user1@example.com'],
    ]);
  });

  test('says with every 500 users how many were read', async () => {
    const ids = Array.from({ length: 1001 }, (_, at) => at + 1);
    const { reader } = fakeOrg(ids.map((n) => makeUser(n)));
    async function* whom() {
      for (const n of ids) yield { row: { userId: userId(n), source: 's', line: n }, n };
    }
    const { context, events } = around(here.dir);
    const org = { ...reader, host: 'acme.okta.com' } as Partial<OrgReader> as OrgReader;
    expect(await all(readLive(whom(), org, context))).toHaveLength(1001);
    expect(events).toEqual([500, 1000].map((done) => ({ type: 'reading', what: 'lookup', done })));
  });

  test('is no longer read after an abort', async () => {
    const chained = await chain('a');
    const { context, drain } = around(here.dir);
    drain.abort(new Error('gone'));
    await expect(findChain(here.path('a'), context)).rejects.toThrow('gone');
    await expect(all(claimsOf(chained, context))).rejects.toThrow('gone');
  });

  test('is read no further after an abort: neither its neighbours nor its rows', async () => {
    const many = folder();
    const records = [begun('x', at(0)), ...started(1, 1), ...started(2, 2)];
    await many.put('x', { records });
    for (let n = 0; n < 20; n += 1) await many.put(`x${n}`, { run: { parentRunId: 'x' } });
    const chained = await findChain(many.path('x'), many.context);
    const stopped = around(many.dir);
    let calls = 0;
    const release = await onFileCalls((nth) => {
      calls = nth;
      if (nth === 4) stopped.drain.abort(new Error('gone'));
    });
    try {
      await expect(findChain(many.path('x'), stopped.context)).rejects.toThrow('gone');
    } finally {
      release();
    }
    expect(calls).toBeLessThan(20);
    const seen: number[] = [];
    const reading = (async () => {
      for await (const { row } of claimsOf(chained, many.context)) {
        seen.push(row.row);
        many.drain.abort(new Error('gone'));
      }
    })();
    await expect(reading).rejects.toThrow('gone');
    expect([seen, openBelow(many.dir)]).toEqual([[1], []]);
  });
});

describe('the rows of a run', () => {
  const spec = runFile().spec;
  const none = { outcomes: [], errors: [], rows: [], again: false };
  async function take(
    here: ReturnType<typeof folder>,
    name: string,
    wanted: Partial<Parameters<typeof wantedRows>[0]> = {},
    as = spec,
  ) {
    const parents: ReadParents = new Map();
    const terms = { wanted: wantedRows({ ...none, ...wanted }), spec: as };
    const rows = await all(rowsOfRun(here.path(name), terms, parents, here.context));
    return {
      rows,
      lines: rows.map(({ line }) => line),
      parents: [...parents.values()] as object[],
    };
  }
  const ROWS = [
    planned(1),
    planned(2),
    planned(3),
    planned(4),
    planned(5, skip('status:SUSPENDED')),
    planned(6, skip('not-found'), { userId: undefined, login: ' p6@acme.example ' }),
  ];
  const over = (...more: readonly JournalRecord[]) => [
    begun('x', at(0)),
    ...started(1, 1),
    ...started(2, 2, { outcome: 'failed', oktaCode: 'E0000006' }),
    ...started(3, 3, { outcome: 'unknown' }),
    ...more,
  ];

  test('are taken by outcome: those that had ended, and those that it had left', async () => {
    const here = folder();
    await here.put('x', { rows: ROWS, records: over() });
    const some = await take(here, 'x');
    expect(some.lines).toEqual([2, 4]);
    expect(some.parents).toEqual([{ dir: here.path('x'), records: 7, left: 1, taken: 1 }]);
    expect(some.rows[0]).toMatchObject({
      ...{ source: 'run x', identifier: { kind: 'id', value: userId(2) } },
      columns: ROWS[1]?.columns,
    });
    const skipped = await take(here, 'x', { outcomes: ['skipped'] });
    expect([skipped.lines, skipped.parents]).toMatchObject([[5, 6], [{ left: 0, taken: 2 }]]);
    expect(skipped.rows[1]?.identifier).toEqual({ kind: 'login', value: 'p6@acme.example' });
    expect((await take(here, 'x', { rows: [3, 4], outcomes: ['unknown'] })).lines).toEqual([3]);
    expect((await take(here, 'x', { errors: ['E0000006'] })).lines).toEqual([2]);
    expect(here.events.filter((event) => event.type === 'message')).toMatchObject([
      { level: 'warning' },
    ]);
    const notKnown = () => here.said().filter((text) => text.includes('it is not known'));
    expect(notKnown()).toEqual([
      'Run x: it is not known whether the call for 1 unknown row took effect. Acting on it again might reset this user a second time.',
    ]);
    const two = [...over(), ...started(4, 4, { outcome: 'unknown' })];
    await here.put('two', { rows: ROWS, records: [begun('two', at(0)), ...two.slice(1)] });
    expect((await take(here, 'two', { outcomes: ['unknown'] })).lines).toEqual([3, 4]);
    expect(notKnown().at(-1)).toBe(
      'Run two: it is not known whether the calls for 2 unknown rows took effect. Acting on them again might reset some of these users a second time.',
    );
    await expect(take(here, 'x', { errors: ['E9'] })).rejects.toMatchObject({
      code: 'INPUT_NOTHING_SELECTED',
    });
  });

  test('cannot be taken while one of its calls is not settled, except for those that had ended', async () => {
    const here = folder();
    const open = [attempt(4, { at: at(4) })];
    await here.put('x', { rows: ROWS, records: over(...open) });
    const unknown = { outcomes: ['unknown'] } as const;
    await expect(take(here, 'x', unknown)).rejects.toMatchObject({
      ...{ code: 'RUN_UNSETTLED', message: expect.stringMatching(/^A call of this run/) },
      hint: expect.stringContaining('okta-reset rerun x --only failed'),
    });
    expect((await take(here, 'x', { outcomes: ['failed'] })).lines).toEqual([2]);
    await here.put('y', {
      rows: ROWS,
      records: [begun('y', at(0)), ...open, attempt(2), attempt(3), effect(3)],
    });
    await expect(take(here, 'y', unknown)).rejects.toThrow(/^2 calls of this run/);
    await here.put('z', {
      rows: ROWS,
      records: [begun('z', at(0)), ...over(...open, effect(4)).slice(1)],
    });
    expect((await take(here, 'z', unknown)).lines).toEqual([3]);
    expect((await take(here, 'z')).lines).toEqual([2, 4]);
  });

  test('that another run has taken stay out, unless they are wanted again or something else is done to them', async () => {
    const here = folder();
    const ties = [tie('taken-up', 'heir', 1)];
    await here.put('x', { rows: ROWS.slice(0, 3), records: over(...ties) });
    await expect(take(here, 'x')).rejects.toMatchObject({
      ...{ code: 'RUN_HANDED_OVER', message: expect.stringContaining('no longer in') },
    });
    await here.put('heir', {
      rows: [
        planned(1, { kind: 'act' }, { userId: userId(2) }),
        planned(2, skip('excluded'), { userId: userId(3) }),
      ],
    });
    await expect(take(here, 'x')).rejects.toMatchObject({
      ...{ code: 'RUN_HANDED_OVER', message: expect.stringContaining('taken up this row already') },
      hint: expect.stringContaining('okta-reset rerun heir'),
    });
    const unknown = await take(here, 'x', { outcomes: ['failed', 'unknown'] });
    expect(unknown.lines).toEqual([3]);
    expect(here.said().at(-1)).toMatch(
      /^1 row that another run has taken up already stays out \(heir\)/,
    );
    expect((await take(here, 'x', { again: true })).lines).toEqual([2]);
    const other = await take(here, 'x', {}, { ...spec, action: 'expire-password' });
    expect([other.lines, other.parents]).toMatchObject([[2], [{ left: 0, taken: 0 }]]);
  });

  test('are read no further after an abort', async () => {
    const here = folder();
    await here.put('x', { rows: ROWS, records: over() });
    const terms = { wanted: wantedRows(none), spec };
    const seen: number[] = [];
    const reading = (async () => {
      for await (const { line } of rowsOfRun(here.path('x'), terms, new Map(), here.context)) {
        seen.push(line);
        here.drain.abort(new Error('stopped'));
      }
    })();
    await expect(reading).rejects.toThrow('stopped');
    expect(seen).toEqual([2]);
  });

  test('that name nobody are unusable', async () => {
    const here = folder();
    const nobody = { userId: undefined, login: undefined, input: ' ' };
    await here.put('x', { rows: [planned(1, skip('not-found'), nobody)], records: [] });
    const { rows } = await take(here, 'x', { outcomes: ['skipped'] });
    expect(rows.map(({ identifier }) => identifier)).toEqual([
      { kind: 'invalid', value: '', problem: 'The row names no user.' },
    ]);
  });

  test('that were handed over are refused, except those that had ended', async () => {
    const here = folder();
    await here.put('x', { rows: ROWS, records: over(tie('handed-over', 'heir', 1)) });
    await expect(take(here, 'x')).rejects.toMatchObject({ code: 'RUN_HANDED_OVER' });
    await expect(take(here, 'x')).rejects.toMatchObject({ hint: 'okta-reset resume heir' });
    expect((await take(here, 'x', { outcomes: ['failed'] })).lines).toEqual([2]);
    expect(openBelow(here.dir)).toEqual([]);
  });

  test('that always stay out are told, with why; passwords of an old plan are not taken', async () => {
    const here = folder();
    const columns = { Login: 'p1', Password: 'secret' };
    const rows = [planned(1, skip('status:SUSPENDED'), { columns }), planned(2, skip('excluded'))];
    for (const [name, format] of [
      ['old', 1],
      ['new', 2],
    ] as const) {
      await here.put(name, { run: { format }, rows });
      const taken = await take(here, name, { outcomes: ['skipped'] });
      expect(taken.rows.map((row) => row.columns)).toEqual([
        format === 1 ? { Login: 'p1' } : columns,
      ]);
      expect(here.events.at(-1)).toMatchObject({
        ...{ type: 'message', level: 'info' },
        text: `Run ${name}: rows that were excluded, are duplicates or are partly done are left out (1 excluded).`,
      });
    }
    await here.put('x', { rows: [planned(1)], records: [begun('x', at(0)), attempt(1)] });
    await expect(take(here, 'x', { outcomes: ['unknown'] })).rejects.toThrow();
    expect(openBelow(here.dir)).toEqual([]);
  });

  test('that cannot be taken leave nothing open', async () => {
    const here = folder();
    await here.put('x', { rows: ROWS, records: over(tie('taken-up', 'gone', 1)) });
    await expect(take(here, 'x')).rejects.toMatchObject({ code: 'RUN_HANDED_OVER' });
    expect(openBelow(here.dir)).toEqual([]);
  });

  test('are known by several runs that took them', async () => {
    const here = folder();
    await here.put('one', { rows: [planned(1), planned(2)] });
    await here.put('two', { rows: [planned(1, { kind: 'act' }, { userId: userId(3) })] });
    await here.put('else', {
      rows: [planned(1, { kind: 'act' }, { userId: userId(4) })],
      run: { spec: { ...spec, action: 'expire-password' } },
    });
    const ties = ['one', 'two', 'else'].map((runId): TakenUp => ({
      kind: 'taken-up',
      runId,
      dir: `../${runId}`,
      rows: 1,
    }));
    const taken = await takenRows(here.path('x'), { ties, spec }, here.context);
    expect([1, 2, 3, 4].map((n) => taken.has(userId(n)))).toEqual([true, true, true, false]);
    expect(taken.has(undefined)).toBe(false);
    taken.end(1);
    expect(here.said()).toEqual([
      expect.stringMatching(/^3 rows that other runs have taken up already stay out \(else\)/),
    ]);
    expect(() => taken.end(0)).toThrow('Run else has taken up these 3 rows already');
    const free = await takenRows(here.path('x'), { ties: [], spec }, here.context);
    free.end(0);
    expect(free.has(userId(1))).toBe(false);
  });
});

test('what another run has taken up is named, with what it left', () => {
  const heir = { kind: 'handed-over', runId: 'heir', dir: '../heir', rows: 2 } as const;
  const error = (left: number) => handedOver('/w/reports/x', heir, left, '/w');
  expect(error(2)).toMatchObject({
    ...{ code: 'RUN_HANDED_OVER', hint: 'okta-reset resume reports/heir' },
    message: expect.stringContaining('Run heir has taken up what this run left.'),
  });
  expect(error(3).hint).toMatch(/It took 2 of 3 rows; .* --exclude reports\/heir\/results.csv$/);
});

describe('a run that takes rows of others', () => {
  const CHILD = 'child';
  const noted = async (path: string) =>
    (await readFile(join(path, 'journal.jsonl'), 'utf8'))
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as { readonly kind: string; readonly note?: object });
  const parent = (more: object = {}) => ({
    ...{ runId: 'p', dir: '../p', records: 3, left: 1, taken: 1, ...more },
  });
  const records = [begun('p', at(0)), ...started(1, 1)];
  async function hold(
    here: ReturnType<typeof folder>,
    parents: RunFile['parents'],
    context: AppContext = here.context,
  ) {
    const run = runFile({ runId: CHILD, ...(parents === undefined ? {} : { parents }) });
    return holdParents({ dir: here.path(CHILD), run, takeOver: {} }, context);
  }

  test('says so in them before it begins, once, and holds their locks until then', async () => {
    const here = folder();
    await here.put('p', { records });
    const held = await hold(here, [parent()]);
    await expect(
      hold(here, [parent()], around(here.dir, { pid: 7 }).context),
    ).rejects.toMatchObject({
      code: 'RUN_LOCKED',
    });
    await held.handOver();
    const told = await noted(here.path('p'));
    expect(told.slice(3).map(({ note }) => note)).toEqual([
      { kind: 'handed-over', runId: CHILD, dir: '../child', rows: 1 },
      { kind: 'taken-up', runId: CHILD, dir: '../child', rows: 1 },
    ]);
    // Begun again by the same run, it has nothing more to say; by another one, it is refused.
    const again = await hold(here, [parent()]);
    await again.handOver();
    expect(await noted(here.path('p'))).toHaveLength(5);
    const run = runFile({ runId: 'other', parents: [parent()] });
    const other = holdParents({ dir: here.path('other'), run, takeOver: {} }, here.context);
    await expect(other).rejects.toMatchObject({
      ...{ code: 'PLAN_OVERTAKEN', hint: 'Make a new rerun: okta-reset rerun p' },
      message: expect.stringContaining('Run child has taken up rows of run p'),
    });
    // Nothing is locked afterwards.
    await (await hold(here, [parent()])).release();
    await (await hold(here, [parent()])).release();
  });

  test.each([
    [{ left: 1, taken: 0 }, ['handed-over']],
    [{ left: 0, taken: 2 }, ['taken-up']],
    [{ left: 0, taken: 0 }, []],
    [{ left: 2, taken: undefined }, ['handed-over']],
  ])('with %j says %j', async (more, kinds) => {
    const here = folder();
    await here.put('p', { records });
    await (await hold(here, [parent(more)])).handOver();
    const notes = (await noted(here.path('p'))).slice(3);
    expect(notes.map(({ note }) => (note as { kind: string }).kind)).toEqual(kinds);
  });

  test('of a plan that nobody has executed opens its journal and closes it', async () => {
    const here = folder();
    await here.put('p');
    await (await hold(here, [parent({ records: 0 })])).handOver();
    expect((await noted(here.path('p'))).map(({ kind }) => kind)).toEqual([
      ...['opened', 'note', 'note', 'closed'],
    ]);
    // A full disk cut off the note after the journal was opened.
    await here.put('q', { records: [begun('q', at(0))] });
    const cut = parent({ runId: 'q', dir: '../q', records: 0 });
    await (await hold(here, [cut])).handOver();
    expect(await noted(here.path('q'))).toHaveLength(3);
  });

  test.each<[string, readonly JournalRecord[]]>([
    ['a call under way', [attempt(1)]],
    ['a row that was skipped without a call', [outcome(1, { outcome: 'skipped' })]],
    ['a row that ended', acted(1)],
    ['rows that another run has taken', [tie('taken-up', 'other', 1)]],
    ['rows that were handed over', [tie('handed-over', 'other', 1)]],
  ])('of a plan that has begun since, with %s, is refused', async (_what, more) => {
    const here = folder();
    await here.put('p', { records: [begun('p', at(0)), ...more] });
    await expect(hold(here, [parent({ records: 0 })])).rejects.toMatchObject({
      code: 'PLAN_OVERTAKEN',
    });
  });

  test('is refused if one of them has continued, or is gone with rows that it had left', async () => {
    const here = folder();
    await here.put('p', { records });
    await expect(hold(here, [parent({ records: 2 })])).rejects.toMatchObject({
      ...{
        code: 'PLAN_OVERTAKEN',
        message: expect.stringContaining('Run p, whose rows this plan takes up, has continued'),
      },
    });
    await expect(hold(here, [parent({ records: 0 })])).rejects.toThrow('has continued');
    for (const gone of [{ dir: '../gone' }, { runId: 'other' }])
      await expect(hold(here, [parent(gone)])).rejects.toThrow('is no longer in');
    // Rows that had ended do not change, nor does a plan that takes none away mind.
    await (await hold(here, [parent({ dir: '../gone', left: 0 })])).release();
    await (await hold(here, [parent({ records: 2, left: 0, taken: 0 })])).release();
    await (await hold(here, undefined)).handOver();
    await here.put('far', { run: { host: 'x.okta.com' }, records: [] });
    await (await hold(here, [parent({ runId: 'far', dir: '../far', records: 9 })])).handOver();
    // Of two, the first is released if the second is refused.
    const both = hold(here, [parent(), parent({ dir: '../gone' })]);
    await expect(both).rejects.toThrow('is no longer in');
    await (await hold(here, [parent()])).release();
  });
});

test('a folder that is not ours is not a chain', async () => {
  const here = folder();
  await here.put('x', { records: [begun('x', at(0))] });
  await chmod(here.path('x'), 0o777);
  await expect(findChain(here.path('x'), here.context)).rejects.toMatchObject({
    code: 'FILE_NOT_YOURS',
  });
});
