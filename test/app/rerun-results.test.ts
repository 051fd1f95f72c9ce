/** Rows of a results file that are taken up again, as far as the run next to the file knows them. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ReadParents } from '../../src/app/rerun/parent-runs.ts';
import { rowsOfResults, surveyResults } from '../../src/app/rerun/rerun-results.ts';
import { wantedRows } from '../../src/app/rerun/rerun-terms.ts';
import type { ActionSpec } from '../../src/domain/plan/action.ts';
import { all, userId } from '../plan/fake-org.ts';
import { planned, runFile } from '../report/sample.ts';
import { openBelow } from './open-files.ts';
import { acted, around, begunAs, makeRun, newFolder } from './run-folders.ts';

let root: string;
let folders = 0;
beforeAll(async () => (root = await newFolder()));
afterAll(() => rm(root, { recursive: true, force: true }));

const spec = runFile().spec;
const UNSETTLED = 'not checked yet: okta-reset resume checks it';

/** A line of a results file: the row, how it ended, why, in which run, and what was done to it. */
type Line = readonly [
  row: number | '',
  outcome: string,
  reason?: string,
  runId?: string,
  action?: string,
];

interface Around {
  readonly outcomes?: readonly string[];
  readonly action?: ActionSpec['action'];
  /** The file was moved to where no run is. */
  readonly moved?: boolean;
  /** Which rows of the run another one has taken. */
  readonly taken?: readonly number[];
}

/** A run of four rows, of which three have ended, and a results file in its folder. */
async function written(lines: readonly Line[], { moved = false, taken = [] }: Around = {}) {
  folders += 1;
  const dir = join(root, `x${folders}`);
  const heir = `heir${folders}`;
  const begun = begunAs({ runId: 'x', planDigest: '' });
  const note = { kind: 'taken-up', runId: heir, dir: `../${heir}`, rows: taken.length } as const;
  const ended = [
    ...acted(1),
    ...acted(2, { outcome: 'failed' }),
    ...acted(3, { outcome: 'unknown', reason: 'lost' }),
    ...(taken.length === 0 ? [] : [{ kind: 'note', at: begun.at, note } as const]),
  ];
  await makeRun(dir, {
    ...{ run: { runId: 'x' }, rows: [1, 2, 3, 4].map((row) => planned(row)) },
    records: [begun, ...ended],
  });
  if (taken.length > 0)
    await makeRun(join(root, heir), {
      ...{ run: { runId: heir } },
      rows: taken.map((row, at) => planned(at + 1, { kind: 'act' }, { userId: userId(row) })),
    });
  const text = lines.map(
    ([row, outcome, reason = '', runId = 'x', action = 'reset-password'], at) =>
      `${userId(row === '' ? 90 + at : row)},${row},${outcome},${reason},${runId},${action}\n`,
  );
  const place = moved ? join(root, `moved${folders}`) : dir;
  await mkdir(place, { recursive: true });
  const name = join(place, 'results.csv');
  await writeFile(name, `_user_id,_row,_outcome,_reason,_run_id,_action\n${text.join('')}`);
  return { dir, name, heir };
}

async function rerun(
  lines: readonly Line[],
  outcomes: readonly string[] = ['failed', 'not-attempted'],
  more: Around = {},
) {
  const { dir, name, heir } = await written(lines, more);
  const { context, events, said } = around(root);
  const wanted = wantedRows({ outcomes: outcomes as never, errors: [], rows: [], again: false });
  const survey = await surveyResults(name, wanted, false, context);
  const parents: ReadParents = new Map();
  const as = { ...spec, action: more.action ?? spec.action };
  const rows = await all(rowsOfResults(name, survey, { wanted, spec: as }, parents, context));
  const lined = rows.map(({ line }) => line);
  return { rows: lined, survey, parents: [...parents], dir, name, heir, events, said: said() };
}

describe('the rows of a results file', () => {
  test('are those that failed or were left, counted in their run', async () => {
    const { rows, survey, parents, dir } = await rerun([
      [1, 'succeeded'],
      [2, 'failed'],
      [4, 'not-attempted'],
    ]);
    expect(rows).toEqual([3, 4]);
    expect(survey).toMatchObject({ isWhole: true, home: { dir }, path: join(dir, 'results.csv') });
    expect([...survey.actions]).toEqual(['reset-password']);
    expect(parents).toEqual([['x', { dir, records: 7, left: 1, taken: 1 }]]);
  });

  test('of another run in the same file are taken as the file says', async () => {
    const { rows, survey, parents } = await rerun([
      [2, 'failed'],
      [3, 'not-attempted', '', 'other'],
      [1, 'failed', '', 'other'],
    ]);
    expect([rows, survey.isWhole]).toEqual([[2, 3, 4], false]);
    expect(parents).toMatchObject([
      ['x', { left: 0, taken: 1 }],
      ['other', undefined],
    ]);
  });

  test('that the run has finished since are refused', async () => {
    await expect(rerun([[1, 'not-attempted']])).rejects.toMatchObject({
      ...{ code: 'INPUT_CSV', hint: expect.stringContaining('Nothing was sent') },
      message: expect.stringMatching(/line 2: the run has finished this row since/),
    });
    await expect(rerun([[3, 'unknown', UNSETTLED]], ['unknown'])).rejects.toMatchObject({
      code: 'INPUT_CSV',
    });
  });

  test('that ended as unknown are taken as ended, and those that were left as left', async () => {
    const ended = await rerun([[3, 'unknown', 'lost']], ['unknown']);
    expect(ended.parents).toMatchObject([['x', { left: 0, taken: 1 }]]);
    const left = await rerun([[4, 'unknown', UNSETTLED]], ['unknown']);
    expect(left.parents).toMatchObject([['x', { left: 1, taken: 0 }]]);
    // A line without its number cannot be looked up, and counts as left.
    const unnumbered = await rerun([['', 'not-attempted']]);
    expect(unnumbered.parents).toMatchObject([['x', { left: 1, taken: 0 }]]);
  });
});

describe('what a results file says about its rows', () => {
  test('is read only of those that are wanted', async () => {
    const { survey } = await rerun([
      [2, 'failed'],
      [3, 'succeeded', '', 'other', 'suspend'],
    ]);
    expect(survey).toMatchObject({ isWhole: true, actions: new Set(['reset-password']) });
  });

  test('is that no row is wanted, before anything else is read', async () => {
    await expect(rerun([[2, 'failed']], ['unknown'])).rejects.toMatchObject({
      code: 'INPUT_NOTHING_SELECTED',
      message: expect.stringMatching(/results\.csv has no row that is unknown\.$/),
    });
    // The survey does not wait for the rows.
    const { name } = await written([[2, 'failed']]);
    const wanted = wantedRows({ outcomes: ['unknown'], errors: [], rows: [], again: false });
    await expect(surveyResults(name, wanted, false, around(root).context)).rejects.toMatchObject({
      code: 'INPUT_NOTHING_SELECTED',
    });
  });

  test('names its run only if that is next to it, with rows that are wanted', async () => {
    const other = await rerun([[2, 'failed', '', 'other']]);
    expect([other.survey.home, other.parents]).toEqual([undefined, [['other', undefined]]]);
    const { survey, parents, rows } = await rerun([[2, 'failed']], undefined, { moved: true });
    expect([survey.home, survey.isWhole, parents, rows]).toEqual([
      ...[undefined, false, [['x', undefined]], [2]],
    ]);
  });

  test('does not count while that run is at work, unless that is forced', async () => {
    const { dir, name } = await written([[2, 'failed']]);
    await writeFile(join(dir, 'lock'), JSON.stringify({ pid: 1, hostname: 'h' }));
    const { context } = around(root);
    const wanted = wantedRows({ outcomes: [], errors: [], rows: [], again: false });
    await expect(surveyResults(name, wanted, false, context)).rejects.toMatchObject({
      code: 'RUN_LOCKED',
    });
    expect((await surveyResults(name, wanted, true, context)).home).toMatchObject({ dir });
  });

  test.each([
    [99, true],
    [100, false],
  ])('is of no more than 100 runs and actions: after %d others', async (others, isKnown) => {
    const lines = Array.from({ length: others }, (_, at): Line => {
      return ['', 'failed', '', `r${at}`, `a${at}`];
    });
    const { survey, parents } = await rerun([...lines, [2, 'failed']]);
    expect([survey.home !== undefined, survey.actions.has('reset-password')]).toEqual([
      ...[isKnown, isKnown],
    ]);
    expect([parents.length, survey.actions.size]).toEqual([100, 100]);
  });
});

describe('rows of a results file', () => {
  test('whose effect is unknown are warned about, and what is left out is told', async () => {
    const { events, rows } = await rerun(
      [
        [3, 'unknown', 'lost'],
        [2, 'failed', 'partly-done'],
      ],
      ['unknown', 'failed'],
    );
    expect(rows).toEqual([2]);
    // What the file is, is told once, although it is read twice.
    expect(events).toMatchObject([
      { text: expect.stringContaining('a results file') },
      {
        ...{ type: 'message', level: 'warning', hint: expect.stringContaining('System Log') },
        text: expect.stringMatching(/results\.csv: it is not known whether the call for 1 unknown/),
      },
      { level: 'info', text: expect.stringMatching(/results\.csv: rows that .*\(1 partly-done\)/) },
    ]);
  });

  test.each<[string, Around, boolean]>([
    ['the same is done to them', {}, false],
    ['something else is done to them', { action: 'expire-password' }, true],
    ['another password action is done, and the run is not known', { moved: true }, false],
    ['they are contained, and the run is not known', { moved: true, action: 'suspend' }, true],
  ])('that are partly done are taken or left: %s', async (_what, more, isTaken) => {
    const found = rerun([[2, 'failed', 'partly-done']], undefined, more);
    if (isTaken) expect((await found).rows).toEqual([2]);
    else await expect(found).rejects.toMatchObject({ code: 'INPUT_NOTHING_SELECTED' });
  });

  test('that another run has taken are left out, and refused if there is no other', async () => {
    const taken = [2];
    await expect(rerun([[2, 'failed']], undefined, { taken })).rejects.toMatchObject({
      code: 'RUN_HANDED_OVER',
    });
    const lines: readonly Line[] = [
      [2, 'failed'],
      [4, 'not-attempted'],
    ];
    const { rows, said, heir, parents, dir } = await rerun(lines, undefined, { taken });
    expect(rows).toEqual([3]);
    expect(parents).toMatchObject([['x', { left: 1, taken: 0 }]]);
    expect(said.slice(1)).toEqual([
      expect.stringMatching(new RegExp(`^1 row that .*\\(${heir}\\)`)),
    ]);
    expect(openBelow(dir)).toEqual([]);
  });
});
