/** What a list says about the runs of a folder, which one `--last` means, and whom they have acted on. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdir, readdir, readFile, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  findRepeats,
  foldersOf,
  isSameOrg,
  repeatsSincePlan,
} from '../../src/app/runs/index/repeats.ts';
import { indexedRecords } from '../../src/app/runs/index/run-index.ts';
import { findLast } from '../../src/app/runs/last-run.ts';
import { listRuns } from '../../src/app/runs/list-runs.ts';
import { readAttempts } from '../../src/app/runs/row-attempts.ts';
import { isRowsFile, locateRun, newestRun } from '../../src/app/runs/run-location.ts';
import { runName } from '../../src/app/runs/run-name.ts';
import { waitingRuns } from '../../src/app/runs/waiting-runs.ts';
import type { JournalRecord } from '../../src/domain/run/journal-record.ts';
import type { RunFile } from '../../src/domain/run/run-file.ts';
import { CLOCK_GRAIN_MS } from '../../src/plan/verdicts/repeats.ts';
import { attempt, effect, opened, outcome } from '../journal/sample.ts';
import { planned, runFile } from '../report/sample.ts';
import { openBelow } from './open-files.ts';
import {
  acted,
  abortedAtEachRead,
  around,
  begunAs,
  makeRun,
  newFolder,
  NOW_MS,
  placeOf,
  type Made,
} from './run-folders.ts';

let root: string;
let reports: string;
beforeAll(async () => {
  root = await newFolder();
  reports = join(root, 'reports');
});
afterAll(() => rm(root, { recursive: true, force: true }));

const HOUR_MS = 3_600_000;
const at = (hoursAgo: number) => new Date(NOW_MS - hoursAgo * HOUR_MS).toISOString();
const closed = (hoursAgo: number): JournalRecord => ({ kind: 'closed', at: at(hoursAgo) });
const tie = (kind: 'handed-over' | 'taken-up', rows: number): JournalRecord => ({
  ...{ kind: 'note', at: at(0), note: { kind, runId: 'heir', dir: '../heir', rows } },
});

/** Makes a run in the folder, under its name; `records` gets the first record. */
async function put(
  folder: string,
  name: string,
  { run, ...made }: Omit<Made, 'records'> & { readonly records?: readonly JournalRecord[] } = {},
): Promise<RunFile> {
  const more = { runId: name, ...run };
  const records = made.records && [begunAs({ runId: name, planDigest: '' }), ...made.records];
  return makeRun(join(folder, name), { ...made, run: more, records });
}

const skip = { kind: 'skip', reason: 'status:SUSPENDED' } as const;
const ONE = { ...acted(1)[1], at: at(2) } as JournalRecord;

describe('a list of runs', () => {
  beforeAll(async () => {
    await put(reports, 'planned', { run: { createdAt: at(50) } });
    await put(reports, 'declined', { run: { createdAt: at(3) }, files: { 'declined.json': '{}' } });
    await put(reports, 'stopped', {
      run: { createdAt: at(40) },
      rows: [planned(1), planned(2), planned(3), planned(4, skip)],
      records: [attempt(1), ONE, attempt(2, { at: at(2) })],
    });
    await put(reports, 'undone', {
      run: { createdAt: at(41) },
      records: [attempt(1), effect(1), ...acted(2, { outcome: 'unknown', at: at(3) })],
    });
    await put(reports, 'finished', {
      run: { createdAt: at(30), parentRunId: 'stopped' },
      records: [
        ...acted(1),
        ...acted(2, { outcome: 'failed' }),
        ...acted(3, { outcome: 'unknown' }),
        closed(1),
        tie('taken-up', 2),
      ],
    });
    await put(reports, 'handed', {
      run: { createdAt: at(20) },
      records: [...acted(1), closed(4), tie('handed-over', 2)],
    });
    await put(reports, 'overtaken', {
      run: {
        createdAt: at(10),
        parents: [{ runId: 'finished', dir: '../finished', records: 3, left: 0, taken: 1 }],
      },
    });
    await put(reports, 'not-overtaken', {
      run: {
        createdAt: at(11),
        parentRunIds: ['finished', 'gone'],
        parents: [
          { runId: 'finished', dir: '../finished', records: 9, left: 0, taken: 1 },
          { runId: 'gone', dir: '../gone', records: 3, left: 0, taken: 1 },
        ],
      },
    });
    await put(reports, 'lost', {
      run: { createdAt: at(9) },
      rows: [planned(1), planned(2), planned(3, skip)],
      files: { 'summary.json': '{}' },
    });
    await put(reports, 'nobody', {
      run: { createdAt: at(8) },
      rows: [planned(1, skip)],
      files: { 'summary.json': '{}' },
    });
    await put(reports, 'unplanned', {
      run: { createdAt: at(7) },
      records: acted(1),
      files: { 'plan.jsonl': undefined },
    });
    await put(reports, 'cut', { run: { createdAt: at(6) }, records: acted(1) });
    await truncate(join(reports, 'cut', 'journal.jsonl'), 300);
    await put(reports, 'locked', {
      run: { createdAt: at(5) },
      files: { lock: JSON.stringify({ pid: 77, hostname: 'ops', startedAt: at(1) }) },
    });
    await put(reports, 'emptied', { files: { 'plan.jsonl': undefined, 'journal.jsonl': '' } });
    await put(reports, 'emptier', { files: { 'plan.jsonl': undefined } });
    await put(reports, 'odd', { files: { 'run.json': '{"format":99}' } });
    await put(reports, 'large', { files: { 'run.json': ' '.repeat(8 * 1024 * 1024 + 1) } });
    await put(reports, 'folded');
    await mkdir(join(reports, 'folded', 'journal.jsonl'));
    await mkdir(join(reports, 'no-run'));
    await symlink(join(reports, 'planned'), join(reports, 'linked'));
    await writeFile(join(reports, 'a-file'), '');
  });

  const list = async (folders = [reports]) =>
    listRuns(folders, around(root, { hostname: 'ops', isAlive: (pid) => pid === 77 }).context);

  test('has each with its state, newest first', async () => {
    const { runs } = await list();
    expect(runs.map(({ runId, state }) => [runId, state])).toEqual([
      ['declined', 'declined'],
      ['locked', 'running'],
      ['cut', 'stopped'],
      ['unplanned', 'damaged'],
      ['nobody', 'finished'],
      ['lost', 'damaged'],
      ['overtaken', 'overtaken'],
      ['not-overtaken', 'planned'],
      ['handed', 'handed-over'],
      ['finished', 'finished'],
      ['stopped', 'stopped'],
      ['undone', 'stopped'],
      ['planned', 'planned'],
    ]);
  });

  test('says what it cannot read, and why', async () => {
    const { unreadable } = await list();
    expect(unreadable.map(({ name, problem }) => [name, problem])).toEqual([
      ['reports/emptied', 'plan.jsonl is missing'],
      ['reports/emptier', 'plan.jsonl is missing'],
      ['reports/folded', 'journal.jsonl cannot be read'],
      ['reports/large', 'run.json is too large'],
      ['reports/odd', 'RUN_FORMAT'],
    ]);
  });

  test('counts rows by outcome, those of the plan too, and what a lost journal no longer shows', async () => {
    const { runs } = await list();
    const of = (id: string) => runs.find(({ runId }) => runId === id);
    const none = { succeeded: 0, skipped: 0, failed: 0, unknown: 0, 'not-attempted': 0 };
    expect(of('stopped')).toMatchObject({
      ...{ name: 'reports/stopped', rows: 4, targets: 3, unsettled: 1, takenUp: 0 },
      counts: { ...none, succeeded: 1, skipped: 1, unknown: 1, 'not-attempted': 1 },
      ...{ lastAt: at(2), ageMs: 2 * HOUR_MS, secrets: 'none', parentRunIds: [] },
      ...{ host: 'acme.okta.com', origin: 'https://acme.okta.com', orgId: runFile().orgId },
    });
    // An attempt that is known to have had no effect is only not finished.
    expect(of('undone')).toMatchObject({
      unsettled: 0,
      counts: { ...none, unknown: 1, 'not-attempted': 2 },
    });
    expect(of('finished')).toMatchObject({
      ...{ takenUp: 2, parentRunIds: ['stopped'], lastAt: at(1) },
      counts: { ...none, succeeded: 1, failed: 1, unknown: 1 },
    });
    expect(of('not-overtaken')?.parentRunIds).toEqual(['finished', 'gone']);
    expect(of('lost')?.counts).toEqual({ ...none, skipped: 1, unknown: 2 });
    expect(of('unplanned')?.counts).toEqual({ ...none, succeeded: 1, 'not-attempted': 2 });
    expect(of('planned')).toMatchObject({ lastAt: undefined, ageMs: 50 * HOUR_MS });
  });

  test('offers what comes next, to nobody else’s run', async () => {
    const { runs } = await list();
    const next = Object.fromEntries(
      runs.map(({ runId, next: steps }) => [runId, steps.map(({ does }) => does.kind)]),
    );
    expect(next).toMatchObject({
      ...{ planned: ['execute'], declined: ['execute'], overtaken: [], locked: [] },
      ...{ handed: ['other-run', 'followup'], nobody: [], 'not-overtaken': ['execute'] },
    });
    expect(next['stopped']?.[0]).toBe('resume');
    expect(next['finished']).not.toContain('resume');
    expect(next['lost']).not.toContain('resume');
    const handed = runs.find(({ runId }) => runId === 'handed');
    expect(handed?.next[0]?.does).toEqual({ kind: 'other-run', name: 'reports/heir' });
    const named = await listRuns([reports], around(root).context, ({ host }) => ({
      ...{ resume: () => `resume ${host}`, run: () => `run ${host}` },
      ...{ rerun: () => '', followup: () => '' },
    }));
    const planOf = named.runs.find(({ runId }) => runId === 'planned');
    expect(planOf?.next[0]?.command).toBe('run acme.okta.com');
  });

  test('has a folder once, and none of a folder that is not there; it ends with its request', async () => {
    const twice = await list([reports, reports, join(root, 'nowhere')]);
    expect(twice.runs).toHaveLength((await list()).runs.length);
    const { context, drain } = around(root);
    drain.abort(new Error('gone'));
    await expect(listRuns([reports], context)).rejects.toThrow('gone');
  });

  test('of those that wait has what was interrupted first, then plans, of the last day', async () => {
    const { context } = around(root, { hostname: 'ops', isAlive: () => false });
    const waiting = await waitingRuns(reports, context);
    expect(waiting.map(({ runId }) => runId)).toEqual([
      ...['stopped', 'cut', 'undone'],
      ...['declined', 'locked', 'overtaken', 'not-overtaken'],
    ]);
  });

  test.each([
    ['resume', 'RUN_AMBIGUOUS'],
    ['rerun', 'RUN_AMBIGUOUS'],
    ['followup', 'unplanned'],
    ['report', 'locked'],
  ] as const)('and nobody to ask: --last for %s is %s', async (what, meant) => {
    const { context, said } = around(root, { hostname: 'ops', isAlive: (pid) => pid === 77 });
    const found = findLast(what, reports, undefined, context);
    if (meant === 'RUN_AMBIGUOUS') {
      await expect(found).rejects.toMatchObject({ code: meant });
      return;
    }
    expect(await found).toBe(join(reports, meant));
    expect(said()[0]).toMatch(new RegExp(`^--last is reports/${meant} \\(reset-password`));
  });

  test('and somebody to ask: the newest is asked about, and only a yes continues', async () => {
    const { context, said } = around(root);
    const asked: string[] = [];
    const yes = ({ runId }: { readonly runId: string }) => {
      asked.push(runId);
      return Promise.resolve();
    };
    expect(await findLast('resume', reports, yes, context)).toBe(join(reports, 'cut'));
    expect([asked, said()]).toEqual([['cut'], []]);
    // What only reads asks nobody.
    await findLast('followup', reports, yes, context);
    expect([asked.length, said().length]).toEqual([1, 1]);
    const no = () => Promise.reject(new Error('no'));
    await expect(findLast('resume', reports, no, context)).rejects.toThrow('no');
  });
});

describe('--last', () => {
  test('names five of many runs, and counts the others; none, if there is none', async () => {
    const folder = join(root, 'many');
    const { context } = around(root);
    await expect(findLast('resume', folder, undefined, context)).rejects.toMatchObject({
      ...{ code: 'RUN_NOT_FOUND', message: `No run in ${folder} fits --last.` },
    });
    for (let n = 1; n <= 7; n += 1) {
      await put(folder, `r${n}`, { run: { createdAt: at(n) }, records: acted(1) });
      const found = findLast('resume', folder, undefined, context);
      if (n === 1) expect(await found).toBe(join(folder, 'r1'));
      else
        await expect(found).rejects.toMatchObject({
          message: expect.stringMatching(new RegExp(`^--last could mean ${n} runs: many/r1 `)),
        });
    }
    const last = findLast('resume', folder, undefined, context);
    await expect(last).rejects.toThrow(/^[^;]+(; many\/r\d[^;]+){4}; and 2 more\.$/);
    await rm(join(folder, 'r6'), { recursive: true });
    await rm(join(folder, 'r7'), { recursive: true });
    await expect(findLast('resume', folder, undefined, context)).rejects.toThrow(/many\/r5[^;]*$/);
  });

  test('is the newest begun run if nothing is left to act on, which is said; a plan never', async () => {
    const folder = join(root, 'over');
    await put(folder, 'plan', { run: { createdAt: at(1) } });
    const { context, said } = around(root);
    const yes = () => Promise.reject(new Error('asked'));
    await expect(findLast('rerun', folder, yes, context)).rejects.toMatchObject({
      code: 'RUN_NOT_FOUND',
    });
    const all = [1, 2, 3].flatMap((row) => acted(row));
    await put(folder, 'over', { run: { createdAt: at(2) }, records: all });
    for (const what of ['resume', 'rerun'] as const)
      expect(await findLast(what, folder, yes, context)).toBe(join(folder, 'over'));
    expect(said()).toHaveLength(2);
    await expect(findLast('secrets', folder, yes, context)).rejects.toThrow('fits --last');
  });
});

describe('users whom other runs have acted on', () => {
  const OTHER = { orgId: 'other', host: 'other.okta.com', origin: 'https://other.okta.com' };
  const spec = runFile().spec;
  let folder: string;
  beforeAll(async () => {
    folder = join(root, 'repeats');
    const serverTimeMs = NOW_MS - 5 * HOUR_MS;
    const sent = { at: at(5), serverTimeMs };
    const one = (row: number, more: object = {}) => [
      ...acted(row, { at: at(5), ...more }, { ...sent }),
    ];
    await put(folder, 'early', { records: [...one(1), ...one(2)] });
    await put(folder, 'later', {
      records: acted(1, { at: at(4) }, { at: at(4), serverTimeMs: serverTimeMs + HOUR_MS + 1 }),
    });
    await put(folder, 'failed', { records: one(3, { outcome: 'failed' }) });
    await put(folder, 'elsewhere', { run: OTHER, records: one(4) });
    await put(folder, 'else', {
      run: { spec: { ...spec, action: 'expire-password' } },
      records: one(5),
    });
    await put(folder, 'own', { records: one(6) });
    await put(folder, 'broken', { records: [...one(7), ...one(8)] });
    await writeFile(join(folder, 'broken', 'journal.jsonl'), 'no journal\n');
    await put(folder, 'unreadable', { files: { 'run.json': '{}' } });
    await put(folder, 'worse', { records: one(8) });
    await writeFile(join(folder, 'worse', 'journal.jsonl'), 'no journal\n');
  });

  const find = async (after?: { readonly atMs: number; readonly serverMs: number | undefined }) => {
    const { orgId, host, origin } = runFile();
    const { context, said, events } = around(root);
    const dir = join(folder, 'own');
    const terms = { orgId, host, origin, spec, dir, folders: [folder] };
    const { of } = await findRepeats(after === undefined ? terms : { ...terms, after }, context);
    const found = Array.from({ length: 9 }, (_, row) => [row, of(attempt(row).userId)] as const);
    return {
      found: found.flatMap(([row, repeat]) => (repeat ? [{ row, ...repeat }] : [])),
      said,
      events,
    };
  };

  test('in the same way on the same org are known, by the newest, to the second', async () => {
    const { found, said, events } = await find();
    const later = NOW_MS - 4 * HOUR_MS + 1000;
    expect(found).toEqual([
      { row: 1, runId: 'later', name: 'repeats/later', doneMs: later },
      { row: 2, runId: 'early', name: 'repeats/early', doneMs: NOW_MS - 5 * HOUR_MS },
    ]);
    expect(said()).toEqual([
      expect.stringMatching(/^repeats\/broken and 2 more cannot be read completely/),
    ]);
    expect(events).toMatchObject([{ type: 'message', level: 'warning' }]);
  });

  test('since a plan was made are those that came after it, by one of the two clocks', async () => {
    const rows = async (atMs: number, serverMs?: number) =>
      (await find({ atMs, serverMs })).found.map(({ row }) => row);
    const fiveAgo = NOW_MS - 5 * HOUR_MS;
    expect(await rows(fiveAgo - 1)).toEqual([1, 2]);
    expect(await rows(fiveAgo)).toEqual([1]);
    expect(await rows(NOW_MS)).toEqual([]);
    // This machine’s clock was set back in between.
    expect(await rows(NOW_MS, fiveAgo - HOUR_MS)).toEqual([1, 2]);
    expect(await rows(NOW_MS, fiveAgo)).toEqual([1]);
    expect(await rows(NOW_MS, fiveAgo - CLOCK_GRAIN_MS)).toEqual([1]);
    expect(await rows(NOW_MS, fiveAgo - CLOCK_GRAIN_MS - 1)).toEqual([1, 2]);
    expect(await rows(NOW_MS, NOW_MS)).toEqual([]);
  });

  test('are looked for in the folders of the run, of its parents, and in the default one, each once', () => {
    expect(foldersOf('/w/reports/a', ['/x/b', '/x/c'], '/w')).toEqual(['/w/reports', '/x']);
    expect(foldersOf('/y/a', [], '/w')).toEqual(['/y', '/w/reports']);
  });

  test('since a plan was made are looked for where the runs are whose rows it takes', async () => {
    const parents = [{ runId: 'early', dir: '../repeats/early', records: 1, left: 0, taken: 1 }];
    // Other tests keep runs in the default folder of `root`.
    const { context } = around(join(root, 'elsewhere'));
    const since = async (more: Partial<RunFile>) => {
      const run = runFile({ createdAt: at(6), ...more });
      const { of } = await repeatsSincePlan(run, join(root, 'elsewhere', 'x'), context);
      return [1, 2].map((row) => of(attempt(row).userId)?.runId);
    };
    expect(await since({})).toEqual([undefined, undefined]);
    // The folder of a run is given as seen from this one.
    expect(
      await since({ parents: parents.map((one) => ({ ...one, dir: `../${one.dir}` })) }),
    ).toEqual(['later', 'early']);
    const createdAt = at(5);
    const late = parents.map((one) => ({ ...one, dir: `../${one.dir}` }));
    expect(await since({ createdAt, parents: late })).toEqual(['later', undefined]);
    const serverTimeMs = NOW_MS - 6 * HOUR_MS;
    expect(await since({ createdAt: at(0), serverTimeMs, parents: late })).toEqual([
      ...['later', 'early'],
    ]);
  });

  test.each<[Partial<RunFile>, Partial<RunFile>, boolean]>([
    [{}, {}, true],
    [{}, { host: 'ACME.okta.com' }, true],
    [{}, { orgId: 'other' }, false],
    [{}, { orgId: '' }, true],
    [{ orgId: '' }, { orgId: '' }, true],
    [{}, { host: 'login.acme.example' }, true],
    [{}, { host: 'login.acme.example', orgId: 'other' }, false],
    [{}, { host: 'login.acme.example', orgId: '' }, false],
    [{ orgId: '' }, { host: 'login.acme.example', orgId: '' }, false],
    [{ origin: 'http://127.0.0.1:1' }, { host: '127.0.0.1:2' }, false],
  ])('on one org: %j and %j: %s', (a, b, same) => {
    expect(isSameOrg({ ...runFile(), ...a }, { ...runFile(), ...b })).toBe(same);
  });

  test('are read from an index the next time if reading them took long', async () => {
    const big = join(root, 'behind');
    // Five records make 5 MiB; nobody has indexed this journal yet.
    const detail = 'x'.repeat(1024 * 1024);
    const long = [1, 2, 3, 4, 5].flatMap((row) => acted(row, { message: detail }));
    await put(big, 'long', { rows: [1, 2, 3, 4, 5].map((row) => planned(row)), records: long });
    await put(big, 'short', { records: acted(6) });
    const { orgId, host, origin } = runFile();
    const terms = { orgId, host, origin, spec, dir: join(big, 'own'), folders: [big] };
    const read = async () => {
      const { context, said } = around(root, { hostname: 'ops' });
      const { of } = await findRepeats(terms, context);
      expect(said()).toEqual([]);
      return [1, 2, 3, 4, 5, 6].filter((row) => of(attempt(row).userId) !== undefined);
    };
    const indexes = async () =>
      Promise.all(['long', 'short'].map((name) => indexedRecords(placeOf(join(big, name)), name)));
    // A run that another process is working on is left as it is.
    const lock = join(big, 'long', 'lock');
    await writeFile(lock, JSON.stringify({ pid: 77, hostname: 'far', startedAt: at(1) }));
    expect([await read(), await indexes()]).toEqual([
      [1, 2, 3, 4, 5, 6],
      [0, 0],
    ]);
    await rm(lock);
    for (let round = 0; round < 2; round += 1)
      expect([await read(), await indexes()]).toEqual([
        [1, 2, 3, 4, 5, 6],
        [11, 0],
      ]);
    expect(await readdir(join(big, 'long'))).not.toContain('lock');
    expect(openBelow(big)).toEqual([]);
  });

  test('are no longer looked for after an abort', async () => {
    const { orgId, host, origin } = runFile();
    const { context, drain } = around(root);
    drain.abort(new Error('gone'));
    const terms = { orgId, host, origin, spec, dir: 'x', folders: [folder] };
    await expect(findRepeats(terms, context)).rejects.toThrow('gone');
    // Nor if none of the runs there could count.
    const other = join(root, 'only-odd');
    await put(other, 'odd', { files: { 'run.json': '{}' } });
    await expect(findRepeats({ ...terms, folders: [other] }, context)).rejects.toThrow('gone');
  });

  test('are never taken for unknown because of an abort, whenever it comes', async () => {
    const { orgId, host, origin } = runFile();
    const last = join(root, 'last');
    await put(last, 'x', { records: acted(1) });
    const terms = { orgId, host, origin, spec, dir: 'x', folders: [last] };
    const ends = await abortedAtEachRead(root, ({ context }) => findRepeats(terms, context));
    expect(ends.length).toBeGreaterThan(3);
    for (const { end, said } of ends) {
      expect(said).toEqual([]);
      if (end instanceof Error) expect(end.message).toBe('gone');
      else expect(end.of(attempt(1).userId)?.runId).toBe('x');
    }
  });
});

describe('the attempts of a row', () => {
  const RECORDS: readonly JournalRecord[] = [
    opened({ runId: 'tries' }),
    attempt(1),
    attempt(11),
    effect(1, { effect: 'not-applied' }),
    attempt(1, { attempt: 2 }),
    effect(11, { effect: 'unknown' }),
    outcome(11),
    outcome(1),
    outcome(12, { outcome: 'skipped', reason: '"row":1,' }),
    attempt(1, { attempt: 3 }),
  ];
  const read = async (row: number, records = RECORDS.length) => {
    const dir = join(root, 'tries');
    return readAttempts(dir, { row, records }, new AbortController().signal);
  };
  beforeAll(() => makeRun(join(root, 'tries'), { run: { runId: 'tries' }, records: RECORDS }));

  test('are each sending with how it ended, of that row only, up to the record that was checked', async () => {
    const told = async (row: number, records?: number) =>
      (await read(row, records)).map(({ sent, ended }) => [sent.attempt, ended?.kind]);
    expect(await told(1)).toEqual([
      [1, 'effect'],
      [2, 'outcome'],
      [3, undefined],
    ]);
    expect(await told(11)).toEqual([[1, 'effect']]);
    expect(await told(12)).toEqual([]);
    expect(await told(1, 7)).toEqual([
      [1, 'effect'],
      [2, undefined],
    ]);
    expect(await told(1, 0)).toEqual([]);
  });

  test('are none of what is not a record of that row', async () => {
    const path = join(root, 'tries', 'journal.jsonl');
    const text = await readFile(path, 'utf8');
    const [first = '', ...rest] = text.split('\n');
    const odd = ['{"seq":2,"row":1,', '{"kind":"note","note":{"row":1,"kind":"x"}}'];
    await writeFile(path, [first, ...odd, ...rest].join('\n'));
    expect((await read(1, RECORDS.length + 2)).map(({ sent }) => sent.attempt)).toEqual([1, 2, 3]);
    await writeFile(path, text);
  });
});

describe('the name of a run', () => {
  test.each([
    ['/w/reports/a', '/w', 'reports/a'],
    ['/w', '/w', '/w'],
    ['/other/a', '/w', '/other/a'],
    ['/w/my run', '/w', "'my run'"],
  ])('%s in %s is %s', (dir, cwd, name) => {
    expect(runName(dir, cwd)).toBe(name);
  });

  let cwd: string;
  let named: string;
  beforeAll(async () => {
    cwd = join(root, 'named');
    named = join(cwd, 'x');
    await put(join(cwd, 'reports'), 'y');
    await put(cwd, 'x');
  });

  test('finds its folder: from here, under the reports, by its run.json, or by its whole path', async () => {
    const locate = (name: string) => locateRun(name, cwd, 'reports');
    expect(await locate('x')).toBe(named);
    expect(await locate('x/run.json')).toBe(named);
    expect(await locate(named)).toBe(named);
    // A shell that completes a name puts a slash behind it.
    for (const name of ['x/', `${named}/`, `${cwd}/./x`]) expect(await locate(name)).toBe(named);
    for (const name of ['y/', './y']) expect(await locate(name)).toBe(join(cwd, 'reports', 'y'));
    expect(await locate('y')).toBe(join(cwd, 'reports', 'y'));
    expect(await locate('y/run.json')).toBe(join(cwd, 'reports', 'y'));
    for (const name of ['z', join(cwd, 'y'), 'x/plan.jsonl'])
      await expect(locate(name)).rejects.toMatchObject({ code: 'RUN_NOT_FOUND' });
    expect(await newestRun(cwd, 'reports')).toBe(join(cwd, 'reports', 'y'));
  });

  test('is a file of rows if it is a file, or looks like one that is missing', async () => {
    await writeFile(join(cwd, 'rows'), '');
    const is = (name: string) => isRowsFile(name, cwd);
    expect(
      await Promise.all(['rows', 'x/plan.jsonl', 'no.CSV', 'no.txt', 'no.xlsx'].map(is)),
    ).toEqual(Array<boolean>(5).fill(true));
    expect(await Promise.all(['x', 'x/run.json', 'no', 'no.csv.gz', 'csv'].map(is))).toEqual(
      Array<boolean>(5).fill(false),
    );
  });
});
