/** The reports of a run: when they are made, kept and printed, and what is said if that fails. */
import { failFrom, giveBack, sound } from '../faults/failing-disk.ts';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AppContext } from '../../src/app/context.ts';
import { sealRun } from '../../src/app/evidence/seal-run.ts';
import { printReport } from '../../src/app/report/print-report.ts';
import { rebuildReport } from '../../src/app/report/rebuild-report.ts';
import {
  ensureReports,
  rebuildReports,
  recordsOf,
  reportFromDisk,
} from '../../src/app/report/reports.ts';
import { withRunLock } from '../../src/app/run/run-lock.ts';
import { openRun } from '../../src/app/runs/open-run.ts';
import type { Output } from '../../src/domain/host.ts';
import type { JournalRecord } from '../../src/domain/run/journal-record.ts';
import type { Replay } from '../../src/journal/replay.ts';
import { planned } from '../report/sample.ts';
import { acted, around, begunAs, makeRun, newFolder, placeOf, type Made } from './run-folders.ts';

const users = (calls: number) => ({ bucket: '/api/v1/users', calls, throttled: 1, waitedMs: 5 });
const user = { bucket: '/api/v1/users/{id:.+}', calls: 2, throttled: 0, waitedMs: 0 };
const replay = (traffic: readonly object[], attempts: number) =>
  ({ traffic, attempts }) as unknown as Replay;

test('the calls of a killed invocation are counted from its attempts', () => {
  expect(recordsOf(replay([user, users(3)], 10)).traffic).toEqual([user, users(10)]);
  expect(recordsOf(replay([], 1)).traffic).toMatchObject([{ calls: 1 }]);
  expect(recordsOf(replay([], 4)).traffic).toEqual([
    { bucket: '/api/v1/users', calls: 4, throttled: 0, waitedMs: 0 },
  ]);
});

test('totals that were recorded are kept: repeats after a 429 are calls too', () => {
  expect(recordsOf(replay([users(12), user], 10)).traffic).toEqual([users(12), user]);
  const exact = replay([users(10), user], 10);
  expect(recordsOf(exact)).toBe(exact);
});

let root: string;
let runs = 0;
beforeAll(async () => (root = await newFolder()));
afterAll(async () => {
  giveBack();
  await rm(root, { recursive: true, force: true });
});

const BEGUN = begunAs({ runId: 'kept', planDigest: '' });
const RECORDS: readonly JournalRecord[] = [BEGUN, ...acted(1), ...acted(2, { outcome: 'failed' })];

/** A run, and its report as it is printed and said. */
async function runOf(made: Made = { records: RECORDS }) {
  runs += 1;
  const dir = join(root, `r${runs}`);
  const run = await makeRun(dir, { ...made, run: { runId: 'kept', format: 2 } });
  const path = (name: string) => join(dir, name);
  const text = (name: string) => readFile(path(name), 'utf8');
  const here = around(root);
  const print = async ({ context, events } = around(root)) => {
    let printed = '';
    const output: Pick<Output, 'write' | 'isTty' | 'size'> = {
      write: (piece) => {
        printed += piece;
        return Promise.resolve();
      },
      isTty: false,
      size: () => ({ columns: 80, rows: 24 }),
    };
    await printReport(dir, 'json', output as Output, context);
    const said = events.flatMap((event) =>
      event.type === 'message' ? [[event.level, event.text, event.hint] as const] : [],
    );
    return { printed, said, texts: said.map(([level, saying]) => `${level}: ${saying}`) };
  };
  const kept = async () =>
    (await readdir(dir)).filter((name) => name.includes('.before-damage.')).toSorted();
  /** Changes what the journal says about a row. */
  const damage = async () =>
    writeFile(path('journal.jsonl'), (await text('journal.jsonl')).replace('"failed"', '"failes"'));
  return { dir, run, path, text, print, kept, damage, ...here };
}

const KEPT = 'info: The report from before the damage is kept as ';

describe('reports from before a damage', () => {
  const ALL = ['results', 'failed', 'not-attempted', 'report', 'summary'].flatMap((name) =>
    name === 'results'
      ? ['results.before-damage.csv', 'results.before-damage.json']
      : [`${name}.before-damage.${{ report: 'html', summary: 'json' }[name] ?? 'csv'}`],
  );

  test('are kept once, and named; the new ones say what comes before the damage', async () => {
    const { dir, context, text, print, kept, damage } = await runOf();
    await rebuildReport(dir, context);
    const whole = await text('results.csv');
    await damage();
    const first = await print();
    expect(first.texts).toEqual([
      expect.stringMatching(
        /^warning: The journal is damaged or was edited at line 5: .*unknown\.$/,
      ),
      `${KEPT}${ALL.join(', ')}.`,
    ]);
    expect(await kept()).toEqual(ALL.toSorted());
    expect(await text('results.before-damage.csv')).toBe(whole);
    expect(await text('results.csv')).not.toBe(whole);
    expect(JSON.parse(await text('summary.json'))).toMatchObject({ chain: 'broken' });
    // What was made since is not from before the damage, even if the copies are gone.
    for (const name of ALL) await rm(join(dir, name));
    expect((await print()).texts).toHaveLength(1);
    expect(await kept()).toEqual([]);
  });

  test.each(['{}', 'null', '7', '[]', '"chain"', 'no JSON', undefined])(
    'are not known to be good if the summary is %j',
    async (summary) => {
      const { dir, context, path, print, kept, damage } = await runOf();
      await rebuildReport(dir, context);
      await (summary === undefined
        ? rm(path('summary.json'))
        : writeFile(path('summary.json'), summary));
      await damage();
      expect((await print()).texts).toHaveLength(1);
      expect(await kept()).toEqual([]);
    },
  );

  test('are those that are files', async () => {
    const { dir, context, path, print, kept, damage } = await runOf();
    await rebuildReport(dir, context);
    for (const name of ALL.slice(0, -1)) await rm(path(name.replace('.before-damage', '')));
    await mkdir(path('report.html'));
    await damage();
    expect((await print()).texts).toContain(`${KEPT}summary.before-damage.json.`);
    expect(await kept()).toEqual(['summary.before-damage.json']);
  });

  test('never replace older ones', async () => {
    const { dir, context, path, text, print, damage } = await runOf();
    await rebuildReport(dir, context);
    await writeFile(path('results.before-damage.csv'), 'older');
    await damage();
    expect((await print()).texts).toContain(`${KEPT}${ALL.slice(1).join(', ')}.`);
    expect(await text('results.before-damage.csv')).toBe('older');
  });

  test.each(['write', 'sync', 'close'] as const)(
    'are kept whole: if the disk fails at %s, the report is printed and its files stay',
    async (call) => {
      const { dir, context, text, print, kept, damage } = await runOf();
      await rebuildReport(dir, context);
      const whole = await text('results.csv');
      await damage();
      failFrom({ file: 'results.before-damage.csv', call, code: 'ENOSPC', nth: 1 });
      const { printed, said } = await print().finally(sound);
      expect(printed).toContain('kept');
      expect(said.at(-1)).toEqual([
        'warning',
        expect.stringMatching(
          /^The report is printed, but its files were not written again\. Cannot keep/,
        ),
        expect.stringContaining('disk is full'),
      ]);
      expect([await text('results.csv'), await kept()]).toEqual([whole, []]);
      expect((await print()).texts).toContain(`${KEPT}${ALL.join(', ')}.`);
      expect(await text('results.before-damage.csv')).toBe(whole);
    },
  );
});

describe('a printed report', () => {
  test('is written into its files too', async () => {
    const { print, path, text } = await runOf();
    const { printed, said } = await print();
    expect(said).toEqual([]);
    expect(printed).toContain(planned(1).login);
    expect(await text('results.csv')).toContain(planned(1).login);
    await rm(path('results.csv'));
    await print();
    expect(await text('results.csv')).toContain(planned(1).login);
  });

  test('has a summary only once somebody has begun to execute the plan', async () => {
    const summaries = [];
    for (const records of [undefined, [], [BEGUN]]) {
      const { dir, print } = await runOf({ records });
      await print();
      summaries.push((await readdir(dir)).includes('summary.json'));
    }
    expect(summaries).toEqual([false, false, true]);
  });

  test('of a run whose first record is damaged says that everybody is unknown', async () => {
    const { print, text, path } = await runOf();
    await writeFile(path('journal.jsonl'), 'no record\n');
    expect((await print()).texts).toEqual([expect.stringContaining('at line 1: ')]);
    expect(JSON.parse(await text('summary.json'))).toMatchObject({
      ...{ chain: 'broken', counts: { unknown: 3 } },
    });
  });

  test('of a run that another process works on is only printed', async () => {
    const { print, path, dir } = await runOf();
    const other = around(root, { pid: 1, isAlive: () => true });
    await withRunLock(placeOf(dir), other.context, async () => {
      const { printed, said } = await print(around(root, { isAlive: () => true }));
      expect([printed.length > 0, said]).toEqual([true, []]);
    });
    await expect(readFile(path('results.csv'))).rejects.toMatchObject({ code: 'ENOENT' });
  });

  test('does not hide a bug', async () => {
    const { dir, context, print, damage } = await runOf();
    await rebuildReport(dir, context);
    await damage();
    const here = around(root);
    const emit: AppContext['emit'] = (event) => {
      if (event.type === 'message' && event.level === 'info') throw new TypeError('a bug');
    };
    const faulty = { ...here, context: { ...here.context, emit } };
    await expect(print(faulty)).rejects.toThrow('a bug');
  });
});

describe('the files of a report', () => {
  test('are not made again from a damaged journal', async () => {
    const { dir, context, text, damage } = await runOf();
    await rebuildReport(dir, context);
    const whole = await text('results.csv');
    await damage();
    await expect(rebuildReport(dir, context)).rejects.toMatchObject({ code: 'RUN_DAMAGED' });
    expect(await text('results.csv')).toBe(whole);
  });

  test('have a summary only once somebody has begun', async () => {
    const summaries = [];
    for (const records of [[], [BEGUN]]) {
      const { dir, context } = await runOf({ records });
      await rebuildReport(dir, context);
      summaries.push((await readdir(dir)).includes('summary.json'));
    }
    expect(summaries).toEqual([false, true]);
  });

  test('of a plan are made if they are not there, and only then', async () => {
    const { dir, run, context, text, path, events } = await runOf({});
    await ensureReports(dir, run, undefined, context);
    expect(await text('results.csv')).toContain(planned(1).login);
    await writeFile(path('results.csv'), 'mine');
    await ensureReports(dir, run, undefined, context);
    expect([await text('results.csv'), events]).toEqual(['mine', []]);
  });

  test('of a plan that the disk refuses are a warning; a damaged plan is not', async () => {
    const { dir, run, context, path, events, kept } = await runOf({});
    failFrom({ file: 'results.csv', call: 'open', code: 'ENOSPC', nth: 1 });
    await ensureReports(dir, run, undefined, context).finally(sound);
    expect(events).toMatchObject([
      {
        ...{ type: 'message', level: 'warning', text: expect.stringContaining('(ENOSPC)') },
        hint: expect.stringMatching(/^The plan itself is whole\. The disk is full/),
      },
    ]);
    expect(await kept()).toEqual([]);
    await writeFile(path('plan.jsonl'), 'x\n');
    await expect(ensureReports(dir, run, undefined, context)).rejects.toMatchObject({
      code: 'RUN_DAMAGED',
    });
    const over = new AbortController();
    over.abort(new Error('over'));
    await expect(ensureReports(dir, run, undefined, context, over.signal)).rejects.toThrow('over');
  });

  test('are made from the journal on the disk', async () => {
    const { dir, run, context, text } = await runOf();
    await reportFromDisk(placeOf(dir), run, context);
    expect(JSON.parse(await text('summary.json'))).toMatchObject({
      counts: { succeeded: 1, failed: 1, 'not-attempted': 1 },
    });
    // The first time that it is closed, its records have been read.
    failFrom({ file: 'journal.jsonl', call: 'close', code: 'EIO', nth: 2 });
    await expect(reportFromDisk(placeOf(dir), run, context).finally(sound)).rejects.toMatchObject({
      code: 'EIO',
    });
  });

  test.each<[string, readonly JournalRecord[]]>([
    ['a plan', []],
    ['a run', RECORDS],
  ])(
    'of %s that is sealed stay, until somebody works on it again, or seals it again',
    async (_what, records) => {
      const { dir, run, context, text, path } = await runOf({ records });
      await sealRun(dir, undefined, context);
      const whole = await text('results.csv');
      const rebuilt = async (
        more: Parameters<typeof rebuildReports>[4] = {},
        invocations?: number,
      ) => {
        await writeFile(path('results.csv'), 'x');
        await using opened = await openRun(dir, context);
        const known = opened.replay.records > 0 ? recordsOf(opened.replay) : undefined;
        const told = known && { ...known, ...(invocations === undefined ? {} : { invocations }) };
        const summary = await rebuildReports(dir, run, told, context, more);
        expect(summary.counts['not-attempted']).toBe(records.length === 0 ? 3 : 1);
        return (await text('results.csv')) === whole;
      };
      expect([await rebuilt(), await rebuilt({ evenIfSealed: true })]).toEqual([false, true]);
      if (records.length > 0)
        expect([await rebuilt({}, 1), await rebuilt({}, 2)]).toEqual([false, true]);
      await writeFile(path('evidence.json'), 'no seal');
      expect(await rebuilt()).toBe(true);
    },
  );
});
