/** Seals of runs whose files fail, vanish or reach a limit, and what a seal does not accept as its own. */
import { failFrom, giveBack, sound } from '../faults/failing-disk.ts';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { appendFile, mkdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { checkRun } from '../../src/app/evidence/check-run.ts';
import { readSeal } from '../../src/app/evidence/evidence-file.ts';
import { sealRun } from '../../src/app/evidence/seal-run.ts';
import { verifyRun } from '../../src/app/evidence/verify-run.ts';
import type { Evidence } from '../../src/domain/run/evidence.ts';
import type { JournalRecord } from '../../src/domain/run/journal-record.ts';
import { journalText } from '../journal/sample.ts';
import { acted, around, begunAs, makeRun, newFolder, NOW_MS } from './run-folders.ts';

let root: string;
let runs = 0;
beforeAll(async () => (root = await newFolder()));
afterAll(async () => {
  giveBack();
  await rm(root, { recursive: true, force: true });
});
const never = new AbortController().signal;
const BEGUN = begunAs({ runId: 'sealed', planDigest: '' });

async function sealed(records: readonly JournalRecord[] = [BEGUN, ...acted(1)]) {
  runs += 1;
  const dir = join(root, `e${runs}`);
  await makeRun(dir, { records, run: { runId: 'sealed', format: 2 } });
  const here = around(root);
  const { evidence } = await sealRun(dir, undefined, here.context);
  const path = (name: string) => join(dir, name);
  const check = (signal = never) => checkRun(dir, evidence, signal);
  const write = (more: object) =>
    writeFile(path('evidence.json'), JSON.stringify({ ...evidence, ...more }));
  return { dir, path, evidence, check, write, ...here };
}

describe('a file that fails while it is compared', () => {
  test.each(['EACCES', 'EPERM', 'ENOENT'])('with %s is a difference', async (code) => {
    const { check } = await sealed();
    failFrom({ file: 'results.csv', call: 'open', code, nth: 1 });
    const { faults } = await check().finally(sound);
    expect(faults).toEqual([
      { kind: 'unusable', name: 'results.csv', why: `it cannot be read (${code})` },
    ]);
  });

  test('with another error says nothing about the run: the check ends', async () => {
    const { check, path } = await sealed();
    failFrom({ file: 'results.csv', call: 'open', code: 'EIO', nth: 1 });
    await expect(check().finally(sound)).rejects.toMatchObject({
      code: 'DISK',
      message: `Cannot read ${path('results.csv')} (EIO).`,
    });
  });

  test('after an abort is not looked at', async () => {
    const { check } = await sealed();
    const over = new AbortController();
    over.abort(new Error('over'));
    await expect(check(over.signal)).rejects.toThrow('over');
  });

  test('if it is the journal, says so once, whenever that happens', async () => {
    const unusable = { kind: 'unusable', name: 'journal.jsonl' };
    for (const nth of [1, 2]) {
      const { check } = await sealed();
      failFrom({ file: 'journal.jsonl', call: 'open', code: 'EACCES', nth });
      const { faults } = await check().finally(sound);
      expect(faults).toEqual([{ ...unusable, why: 'it cannot be read (EACCES)' }]);
    }
    const { check, path } = await sealed();
    await rm(path('journal.jsonl'));
    await mkdir(path('journal.jsonl'));
    expect((await check()).faults).toMatchObject([unusable]);
    await rm(path('journal.jsonl'), { recursive: true });
    expect((await check()).faults).toEqual([{ kind: 'missing', name: 'journal.jsonl' }]);
  });

  test('before the journal does not keep the journal from being checked', async () => {
    const { check, path } = await sealed();
    await rm(path('failed.csv'));
    await mkdir(path('failed.csv'));
    await writeFile(path('journal.jsonl'), journalText([BEGUN, ...acted(2)], 'sealed'));
    expect((await check()).faults.map(({ kind }) => kind)).toEqual([
      ...['unusable', 'differs', 'rewritten'],
    ]);
    const other = await sealed();
    await rm(other.path('failed.csv'));
    failFrom({ file: 'journal.jsonl', call: 'open', code: 'EACCES', nth: 2 });
    const { faults } = await other.check().finally(sound);
    expect(faults.map((fault) => [fault.kind, 'name' in fault && fault.name])).toEqual([
      ['missing', 'failed.csv'],
      ['unusable', 'journal.jsonl'],
    ]);
  });

  test('ends the making of a seal, which is then not there', async () => {
    const { dir, context, path } = await sealed();
    await rm(path('evidence.json'));
    failFrom({ file: 'run.log', call: 'open', code: 'EIO', nth: 1 });
    await writeFile(path('run.log'), 'x');
    await expect(sealRun(dir, undefined, context).finally(sound)).rejects.toMatchObject({
      ...{ code: 'DISK', message: `Cannot read ${path('run.log')} (EIO).` },
    });
    // A seal that does not reach the disk is none.
    for (const call of ['write', 'sync'] as const) {
      failFrom({ file: 'evidence.json', call, code: 'EIO', nth: 1 });
      await expect(sealRun(dir, undefined, context).finally(sound)).rejects.toMatchObject({
        ...{ code: 'DISK', message: `Cannot write the seal in ${dir} (EIO).` },
      });
      expect(await readSeal(dir)).toBeUndefined();
    }
  });
});

test('an abort ends the making of a seal with its own reason, whenever it comes', async () => {
  const { dir, path } = await sealed();
  await rm(path('evidence.json'));
  // The clock is looked at between the steps.
  for (let at = 1; ; at += 1) {
    let looks = 0;
    const { drain, context } = around(root);
    const nowMs = () => {
      looks += 1;
      if (looks === at) drain.abort(new Error('over'));
      return NOW_MS;
    };
    const clock = { ...context.host.clock, nowMs };
    const aborted = { ...context, host: { ...context.host, clock } };
    const error: unknown = await sealRun(dir, undefined, aborted).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    if (looks < at) break;
    if (error !== undefined) expect(error).toMatchObject({ message: 'over' });
    await rm(path('evidence.json'), { force: true });
  }
});

describe('a difference', () => {
  test('of a file is not also a difference of what the seal says about it', async () => {
    const { check, path } = await sealed();
    await writeFile(path('run.json'), '{}');
    await rm(path('summary.json'));
    expect(
      (await check()).faults.map((fault) => [fault.kind, 'name' in fault && fault.name]),
    ).toEqual([
      ['differs', 'run.json'],
      ['missing', 'summary.json'],
    ]);
  });

  test('is listed after those before it: files in the order of the seal, new ones, the journal, claims', async () => {
    const { path, dir, evidence } = await sealed();
    await writeFile(path('journal.jsonl'), journalText([BEGUN, ...acted(2)], 'sealed'));
    await rm(path('failed.csv'));
    await writeFile(path('report.html'), 'x');
    await writeFile(path('more.txt'), 'x');
    const said = { ...evidence, rows: 9, targets: 9, counts: {} } as unknown as Evidence;
    const { faults } = await checkRun(dir, said, never);
    const names = faults.map((fault) => ('name' in fault ? fault.name : fault.kind));
    expect(names).toEqual([
      ...evidence.files.map(({ name }) => name).filter((name) => /^(fail|jour|report)/.test(name)),
      ...['more.txt', 'rewritten', 'run.json', 'run.json', 'summary.json'],
    ]);
    expect(faults.flatMap((fault) => (fault.kind === 'claim' ? [fault.what] : []))).toEqual([
      ...['rows', 'targets', 'counts'],
    ]);
  });

  test('of the action is shown', async () => {
    const { dir, evidence } = await sealed();
    const spec = { ...evidence.spec, revokeSessions: !evidence.spec.revokeSessions };
    const { faults } = await checkRun(dir, { ...evidence, spec }, never);
    expect(faults).toEqual([{ kind: 'claim', what: 'spec', name: 'run.json' }]);
  });

  test('of a journal of one record is shown', async () => {
    const { check, path } = await sealed([BEGUN]);
    const other = { ...BEGUN, pid: 1 };
    await writeFile(path('journal.jsonl'), journalText([other], 'sealed'));
    expect((await check()).faults.map(({ kind }) => kind)).toEqual(['differs', 'rewritten']);
  });
});

test('what was added is listed by its first byte, and twenty runs that took rows in their order', async () => {
  const { check, path } = await sealed();
  const again = await sealed();
  await writeFile(again.path('run.log'), '');
  await rm(again.path('evidence.json'));
  const { evidence } = await sealRun(again.dir, undefined, again.context);
  await appendFile(again.path('run.log'), 'x');
  expect((await checkRun(again.dir, evidence, never)).since).toEqual([
    { kind: 'grown', name: 'run.log', bytes: 1 },
  ]);
  const tie = (n: number): JournalRecord => ({
    ...{ kind: 'note', at: BEGUN.at },
    note: { kind: 'taken-up', runId: `heir${n}`, dir: `../heir${n}`, rows: 1 },
  });
  const other: JournalRecord = {
    ...{ kind: 'note', at: BEGUN.at },
    note: { kind: 'pause', bucket: 'b', waitMs: 1, cause: 'window' },
  };
  const added = [other, ...Array.from({ length: 21 }, (_, n) => tie(n))];
  await writeFile(path('followup.csv'), 'x');
  await writeFile(path('journal.jsonl'), journalText([BEGUN, ...acted(1), ...added], 'sealed'));
  const { since } = await check();
  expect(since).toMatchObject([
    { kind: 'new', name: 'followup.csv' },
    { kind: 'records', records: 22, byKind: { pause: 1, 'taken-up': 21 } },
  ]);
  const ties = since.flatMap((each) => (each.kind === 'records' ? each.ties : []));
  expect(ties.map(({ runId }) => runId)).toEqual(Array.from({ length: 20 }, (_, n) => `heir${n}`));
});

describe('a seal is read', () => {
  test.each<[string, object]>([
    ['by an app', { principal: { kind: 'app', clientId: '0oa1' } }],
    ['by nobody known', { principal: { kind: 'unknown' } }],
    ['by many', { executedBy: Array.from({ length: 1000 }, () => ({ kind: 'unknown' })) }],
    ['of files with short and long names', filesNamed('x', 'y'.repeat(255))],
  ])('%s', async (_what, more) => {
    const { dir, write } = await sealed();
    await write(more);
    expect((await readSeal(dir))?.evidence).toMatchObject(more);
  });

  test.each<[string, object, string]>([
    ['a file without a name', filesNamed(''), 'files.0.name'],
    ['a name that is too long', filesNamed('y'.repeat(256)), 'files.0.name'],
    ['too many files', filesNamed(...Array.from({ length: 2001 }, (_, n) => `f${n}`)), 'files'],
    ['another kind of owner', { principal: { kind: 'robot' } }, 'principal.kind'],
    [
      'too many who executed it',
      { executedBy: Array.from({ length: 1001 }, () => ({ kind: 'unknown' })) },
      'executedBy',
    ],
  ])('but not with %s', async (_what, more, where) => {
    const { dir, write } = await sealed();
    await write(more);
    await expect(readSeal(dir)).rejects.toMatchObject({
      ...{ code: 'EVIDENCE_MISSING', message: expect.stringContaining(`: ${where}: `) },
    });
  });

  test('up to 1 MiB, and its signature up to 64 KiB', async () => {
    const { dir, path, evidence } = await sealed();
    const text = JSON.stringify(evidence);
    await writeFile(path('evidence.json'), text + ' '.repeat(1024 * 1024 - text.length));
    const most = 'x'.repeat(64 * 1024);
    await writeFile(path('evidence.json.sig'), most);
    expect(await readSeal(dir)).toMatchObject({ evidence, signature: most });
    await writeFile(path('evidence.json.sig'), `${most}x`);
    await expect(readSeal(dir)).rejects.toMatchObject({
      message: expect.stringContaining('evidence.json.sig is larger than 65536 bytes'),
    });
  });

  test('by people: one fact on each line', async () => {
    const { path } = await sealed();
    expect((await readFile(path('evidence.json'), 'utf8')).startsWith('{\n  "format": 1,\n')).toBe(
      true,
    );
  });

  test('only if it is ours', async () => {
    const { dir, path, context } = await sealed();
    await rm(path('evidence.json'));
    await symlink('run.json', path('evidence.json'));
    const refused = { code: 'FILE_NOT_YOURS' };
    await expect(readSeal(dir)).rejects.toMatchObject(refused);
    await expect(sealRun(dir, undefined, context)).rejects.toMatchObject(refused);
  });

  test('unless it vanishes just then: the run is not sealed', async () => {
    const { dir } = await sealed();
    failFrom({ file: 'evidence.json', call: 'open', code: 'ENOENT', nth: 1 });
    expect(await readSeal(dir).finally(sound)).toBeUndefined();
  });
});

/** The part of a seal that names files. */
function filesNamed(...names: readonly string[]) {
  return { files: names.map((name) => ({ name, bytes: 0, sha256: '0'.repeat(64) })) };
}

test('sealing again leaves reports that nobody has changed as they are', async () => {
  const { dir, path, context } = await sealed();
  const before = await stat(path('results.csv'));
  const { earlier } = await sealRun(dir, undefined, context);
  expect(earlier?.faults).toEqual([]);
  expect((await stat(path('results.csv'))).ino).toBe(before.ino);
  await writeFile(path('failed.csv'), 'x');
  await sealRun(dir, undefined, context);
  expect((await stat(path('results.csv'))).ino).not.toBe(before.ino);
});

test('a folder that is missing, or not a folder, is not a run without a seal', async () => {
  const { context } = around(root);
  await expect(verifyRun(join(root, 'nowhere'), undefined, context)).rejects.toMatchObject({
    ...{ code: 'DISK', message: `Cannot read ${join(root, 'nowhere')} (ENOENT).` },
  });
  await writeFile(join(root, 'a-file'), '');
  await expect(verifyRun(join(root, 'a-file'), undefined, context)).rejects.toMatchObject({
    code: 'FILE_NOT_YOURS',
  });
});
