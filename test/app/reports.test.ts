import { expect, test } from '@jest/globals';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { printReport } from '../../src/app/report/print-report.ts';
import { rebuildReport } from '../../src/app/report/rebuild-report.ts';
import { recordsOf } from '../../src/app/report/reports.ts';
import type { Output } from '../../src/domain/host.ts';
import type { Replay } from '../../src/journal/replay.ts';
import { acted, around, begunAs, makeRun, newFolder } from './run-folders.ts';

const users = (calls: number) => ({ bucket: '/api/v1/users', calls, throttled: 1, waitedMs: 5 });
const user = { bucket: '/api/v1/users/{id:.+}', calls: 2, throttled: 0, waitedMs: 0 };
const replay = (traffic: readonly object[], attempts: number) =>
  ({ traffic, attempts }) as unknown as Replay;

test('the calls of a killed invocation are counted from its attempts', () => {
  expect(recordsOf(replay([user, users(3)], 10)).traffic).toEqual([user, users(10)]);
  expect(recordsOf(replay([], 4)).traffic).toEqual([
    { bucket: '/api/v1/users', calls: 4, throttled: 0, waitedMs: 0 },
  ]);
});

test('totals that were recorded are kept: repeats after a 429 are calls too', () => {
  expect(recordsOf(replay([users(12), user], 10)).traffic).toEqual([users(12), user]);
});

test('reports from before a damage are kept once, and named', async () => {
  const root = await newFolder();
  const dir = join(root, 'run');
  const begun = begunAs({ runId: 'kept', planDigest: '' });
  await makeRun(dir, { run: { runId: 'kept', format: 2 }, records: [begun, ...acted(1)] });
  await rebuildReport(dir, around(root).context);
  const whole = await readFile(join(dir, 'results.csv'), 'utf8');
  const journal = join(dir, 'journal.jsonl');
  await writeFile(journal, (await readFile(journal, 'utf8')).replace('"succeeded"', '"failed"'));
  const output: Pick<Output, 'write' | 'isTty' | 'size'> = {
    write: () => Promise.resolve(),
    isTty: false,
    size: () => ({ columns: 80, rows: 24 }),
  };
  const told = async () => {
    const { context, said } = around(root);
    await printReport(dir, 'json', output as Output, context);
    return said().filter((text) => text.startsWith('The report from before'));
  };
  const [first = ''] = await told();
  const kept = (await readdir(dir)).filter((name) => name.includes('.before-damage.'));
  expect(kept).toContain('results.before-damage.csv');
  const named = first.replace(/.* as |\.$/g, '').split(', ');
  expect(named.toSorted()).toEqual(kept.toSorted());
  expect(await told()).toEqual([]);
  expect(await readFile(join(dir, 'results.before-damage.csv'), 'utf8')).toBe(whole);
  await rm(root, { recursive: true });
});
