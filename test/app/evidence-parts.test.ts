/** What a seal covers, what shows that a run has changed since, and the sentences about it. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { appendFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { checkRun } from '../../src/app/evidence/check-run.ts';
import { readSeal, textOf } from '../../src/app/evidence/evidence-file.ts';
import { madeSealText, verifiedTexts } from '../../src/app/evidence/evidence-text.ts';
import { sealRun } from '../../src/app/evidence/seal-run.ts';
import { refusalOf, verifyRun, type VerifiedRun } from '../../src/app/evidence/verify-run.ts';
import { noteHandOut, readHandOuts } from '../../src/app/secrets/hand-outs.ts';
import type {
  Evidence,
  EvidenceFault,
  SealSignature,
  SinceSeal,
} from '../../src/domain/run/evidence.ts';
import type { JournalRecord } from '../../src/domain/run/journal-record.ts';
import { attempt, outcome } from '../journal/sample.ts';
import { planned } from '../report/sample.ts';
import { acted, around, begunAs, makeRun, newFolder, NOW_MS } from './run-folders.ts';

let root: string;
let runs = 0;
beforeAll(async () => (root = await newFolder()));
afterAll(() => rm(root, { recursive: true, force: true }));
const never = new AbortController().signal;

const BEGUN = begunAs({ runId: 'sealed', planDigest: '' });
const RECORDS = [BEGUN, ...acted(1), ...acted(2, { outcome: 'failed' })];

/** A run with a seal, and what is found when it is compared with that. */
async function sealed(records: Parameters<typeof makeRun>[1] = { records: RECORDS }) {
  runs += 1;
  const dir = join(root, `s${runs}`);
  await makeRun(dir, { ...records, run: { runId: 'sealed', format: 2 } });
  const here = around(root);
  const made = await sealRun(dir, undefined, here.context);
  const path = (name: string) => join(dir, name);
  const check = async () => {
    const seal = await readSeal(dir);
    return checkRun(dir, seal?.evidence ?? made.evidence, never);
  };
  return { dir, path, made, check, ...here };
}

describe('a seal', () => {
  test('says what the run is and did, and has the digest of each file', async () => {
    const { made, check, path } = await sealed();
    const { evidence, isSigned, earlier } = made;
    expect([isSigned, earlier]).toEqual([false, undefined]);
    expect(evidence).toMatchObject({
      ...{ format: 1, runId: 'sealed', host: 'acme.okta.com', rows: 3, targets: 3, invocations: 1 },
      counts: { succeeded: 1, skipped: 0, failed: 1, unknown: 0, 'not-attempted': 1 },
      ...{ sealedAt: new Date(NOW_MS).toISOString(), startedAt: BEGUN.at },
      journal: { records: 5, chainHead: expect.stringMatching(/^[0-9a-f]{64}$/) },
    });
    const names = evidence.files.map(({ name }) => name);
    expect(names).toContain('run.json');
    expect(names).toContain('results.csv');
    expect(names).not.toContain('evidence.json');
    for (const { name, bytes } of evidence.files)
      expect([name, (await readFile(path(name))).length]).toEqual([name, bytes]);
    expect(await check()).toEqual({ evidence, faults: [], since: [] });
    expect(await readFile(path('evidence.json'), 'utf8')).toBe(textOf(evidence));
  });

  test('of a plan that nobody has executed is of its files', async () => {
    const { made, check } = await sealed({});
    expect(made.evidence).toMatchObject({
      invocations: 0,
      journal: { records: 0 },
      executedBy: [],
    });
    expect(await check()).toMatchObject({ faults: [], since: [] });
  });

  test('has files of results only once somebody has begun to execute the plan', async () => {
    const results = async (records: readonly JournalRecord[]) => {
      const { evidence } = (await sealed({ records })).made;
      return evidence.files
        .map(({ name }) => name)
        .filter((name) => /^(?:failed|summary)/.test(name));
    };
    expect(await results([])).toEqual([]);
    expect(await results([BEGUN])).toEqual(['failed.csv', 'summary.json']);
  });

  test('covers the complete records of a journal, not a line that was cut off', async () => {
    runs += 1;
    const dir = join(root, `s${runs}`);
    await makeRun(dir, { records: RECORDS, run: { runId: 'sealed' } });
    const whole = await readFile(join(dir, 'journal.jsonl'));
    await appendFile(join(dir, 'journal.jsonl'), '{"seq":6,"kind":"att');
    const { evidence } = await sealRun(dir, undefined, around(root).context);
    const journal = evidence.files.find(({ name }) => name === 'journal.jsonl');
    expect(journal?.bytes).toBe(whole.length);
  });

  test.each<[string, (path: (name: string) => string) => Promise<unknown>, object]>([
    [
      'a file that was changed',
      (path) => writeFile(path('results.csv'), 'x'),
      { kind: 'differs', name: 'results.csv', bytes: 1 },
    ],
    [
      'a file that has grown',
      (path) => appendFile(path('results.csv'), 'x'),
      { kind: 'differs', name: 'results.csv' },
    ],
    [
      'a file that is missing',
      (path) => rm(path('failed.csv')),
      { kind: 'missing', name: 'failed.csv' },
    ],
    [
      'a file that is new',
      (path) => writeFile(path('more.txt'), 'x'),
      { kind: 'new', name: 'more.txt' },
    ],
    [
      'a folder in the place of a file',
      async (path) => {
        await rm(path('failed.csv'));
        await mkdir(path('failed.csv'));
      },
      { kind: 'unusable', name: 'failed.csv' },
    ],
  ])('shows %s', async (_what, harm, fault) => {
    const { path, check } = await sealed();
    await harm(path);
    const { faults, since } = await check();
    expect([faults, since]).toEqual([[expect.objectContaining(fault)], []]);
  });

  test('shows a journal that was edited, cut off or written again, and leaves what was added to it', async () => {
    const { path, check } = await sealed();
    const text = await readFile(path('journal.jsonl'), 'utf8');
    const kinds = async (journal: string) => {
      await writeFile(path('journal.jsonl'), journal);
      const { faults, since } = await check();
      return [faults.map(({ kind }) => kind), since.map(({ kind }) => kind)];
    };
    expect(await kinds(text.replace('"failed"', '"succeed"'))).toEqual([['differs', 'chain'], []]);
    const lines = text.split('\n');
    expect(await kinds(`${lines.slice(0, 3).join('\n')}\n`)).toEqual([
      ['differs', 'rewritten'],
      [],
    ]);
    const { journalText } = await import('../journal/sample.ts');
    const more = [attempt(3), outcome(3)];
    expect(await kinds(journalText([...RECORDS, ...more], 'sealed'))).toEqual([[], ['records']]);
    const { since } = await check();
    expect(since).toEqual([
      { kind: 'records', records: 2, byKind: { attempt: 1, outcome: 1 }, ties: [] },
    ]);
    const other = [BEGUN, ...acted(1), ...acted(3, { outcome: 'failed' })];
    expect(await kinds(journalText(other, 'sealed'))).toEqual([['differs', 'rewritten'], []]);
    const tie = { kind: 'taken-up', runId: 'heir', dir: '../heir', rows: 1 } as const;
    const tied = journalText([...RECORDS, { kind: 'note', at: BEGUN.at, note: tie }], 'sealed');
    await kinds(tied);
    expect((await check()).since).toMatchObject([
      { records: 1, byKind: { 'taken-up': 1 }, ties: [tie] },
    ]);
  });

  test('leaves what is made afterwards: a follow-up, a log, what was handed out', async () => {
    const { path, check } = await sealed();
    await writeFile(path('followup.csv'), 'a');
    await writeFile(path('run.log'), 'a');
    expect((await check()).since).toEqual([
      { kind: 'new', name: 'followup.csv' },
      { kind: 'new', name: 'run.log' },
    ]);
    await rm(path('evidence.json'));
    const again = await sealRun(path(''), undefined, around(root).context);
    expect(again.earlier).toBeUndefined();
    await writeFile(path('followup.csv'), 'b');
    await appendFile(path('run.log'), 'bc');
    expect((await check()).since).toEqual([
      { kind: 'replaced', name: 'followup.csv' },
      { kind: 'grown', name: 'run.log', bytes: 2 },
    ]);
    await writeFile(path('run.log'), 'x');
    expect((await check()).faults).toMatchObject([{ kind: 'differs', name: 'run.log' }]);
  });

  test.each([
    ['runId', { runId: 'other' }],
    ['host', { host: 'other.okta.com' }],
    ['orgId', { orgId: 'other' }],
    ['principal', { principal: { kind: 'unknown' } }],
    ['planDigest', { planDigest: 'ab'.repeat(32) }],
    ['createdAt', { createdAt: '2026-01-01T00:00:00.000Z' }],
    ['rows', { rows: 9 }],
    ['targets', { targets: 9 }],
    ['counts', { counts: { succeeded: 3, skipped: 0, failed: 0, unknown: 0, 'not-attempted': 0 } }],
    ['executedBy', { executedBy: [{ kind: 'unknown' }] }],
  ])('that says something else about %s than the run is shown', async (what, more) => {
    const { dir, made } = await sealed();
    const { faults } = await checkRun(dir, { ...made.evidence, ...more } as Evidence, never);
    expect(faults.filter(({ kind }) => kind === 'claim')).toEqual([
      expect.objectContaining({ kind: 'claim', what }),
    ]);
  });

  test('replaces an earlier one, which says what had changed since; a signed one only with a signature', async () => {
    const { dir, path, context } = await sealed();
    await writeFile(path('results.csv'), 'x');
    const again = await sealRun(dir, undefined, context);
    expect(again.earlier).toMatchObject({
      sealedAt: new Date(NOW_MS).toISOString(),
      faults: [{ kind: 'differs', name: 'results.csv' }],
    });
    // The reports were written again.
    expect((await readFile(path('results.csv'), 'utf8')).length).toBeGreaterThan(1);
    await writeFile(path('evidence.json.sig'), 'signature');
    await expect(sealRun(dir, undefined, context)).rejects.toMatchObject({ code: 'USAGE' });
    await rm(path('evidence.json.sig'));
    await writeFile(path('evidence.json'), 'no seal');
    expect((await sealRun(dir, undefined, context)).earlier).toBeUndefined();
  });

  test.each<[string, (text: string) => string, string]>([
    ['is not JSON', () => 'x', 'it is not JSON'],
    ['is of another version', (text) => text.replace('"format": 1', '"format": 2'), 'format'],
    ['has a wrong digest', (text) => text.replace(/"sha256": "./, '"sha256": "X'), 'sha256'],
    [
      'names a file twice',
      (text) => text.replaceAll('"run.json"', '"plan.jsonl"'),
      'a file is named twice',
    ],
    ['has a negative count', (text) => text.replace('"rows": 3', '"rows": -3'), 'rows'],
    ['is too large', (text) => text + ' '.repeat(1024 * 1024), 'is larger than 1048576 bytes'],
  ])('that %s is not read as one', async (_what, harm, problem) => {
    const { dir, path } = await sealed();
    await writeFile(path('evidence.json'), harm(await readFile(path('evidence.json'), 'utf8')));
    await expect(readSeal(dir)).rejects.toMatchObject({
      ...{ code: 'EVIDENCE_MISSING', message: expect.stringContaining(problem) },
    });
  });

  test('that is missing cannot be verified; one that is there is, as far as it goes', async () => {
    const { dir, path, context } = await sealed();
    const verified = await verifyRun(dir, undefined, context);
    expect(verified).toMatchObject({ faults: [], signature: { kind: 'unsigned' } });
    await rm(path('evidence.json'));
    expect(await readSeal(dir)).toBeUndefined();
    await expect(verifyRun(dir, undefined, context)).rejects.toMatchObject({
      ...{ code: 'EVIDENCE_MISSING', message: `The run in ${dir} is not sealed.` },
    });
  });
});

describe('what is said about a seal', () => {
  const evidence = {
    ...{ runId: 'r', host: 'h', sealedAt: 'then', toolVersion: '1.0.0', invocations: 1 },
    ...{ files: [{ name: 'a' }, { name: 'b' }], journal: { records: 1 } },
  } as unknown as Evidence;
  const verified = (more: Partial<VerifiedRun>): VerifiedRun => ({
    ...{ evidence, faults: [], since: [], signature: { kind: 'unsigned' } },
    ...more,
  });
  const DIFFERS = { kind: 'differs', name: 'a', bytes: 1, sealedBytes: 2000 } as const;

  test.each<[EvidenceFault, string]>([
    [DIFFERS, 'a differs: 1 byte now, 2,000 when it was sealed.'],
    [
      { ...DIFFERS, bytes: 2000 },
      'a differs: 2,000 bytes, as when it was sealed, but the content is different.',
    ],
    [{ kind: 'missing', name: 'a' }, 'a is missing.'],
    [{ kind: 'new', name: 'a\u001b[2J' }, 'a[2J is new: it was not there when the run was sealed.'],
    [{ kind: 'unusable', name: 'a', why: 'no.' }, 'a is not compared: no.'],
    [{ kind: 'chain', line: 3, problem: 'odd' }, 'journal.jsonl breaks at line 3: odd.'],
    [
      { kind: 'chain', line: 3, row: 7, problem: 'odd' },
      'journal.jsonl breaks at line 3 (row 7): odd.',
    ],
    [
      { kind: 'rewritten', records: 1, sealedRecords: 2 },
      'journal.jsonl is cut off: 1 record now, 2 when it was sealed.',
    ],
    [
      { kind: 'rewritten', records: 2, sealedRecords: 2 },
      'journal.jsonl was rewritten: its chain is complete, but it is not the one that was sealed.',
    ],
    [
      { kind: 'claim', what: 'rows', name: 'run.json' },
      'evidence.json and run.json differ: “rows”.',
    ],
  ])('%j: %s', (fault, text) => {
    const { faults, holds } = verifiedTexts(verified({ faults: [fault] }));
    expect([faults.map((each) => each.replace(/[^\x20-\x7e“”,]/g, '')), holds]).toEqual([
      [text],
      undefined,
    ]);
  });

  test.each<[SinceSeal, readonly string[]]>([
    [{ kind: 'grown', name: 'a', bytes: 1 }, ['a has grown by 1 byte.']],
    [{ kind: 'new', name: 'a' }, ['a was made.']],
    [{ kind: 'replaced', name: 'a' }, ['a was written again.']],
    [
      {
        ...{ kind: 'records', records: 2, byKind: { outcome: 1, 'taken-up': 1 } },
        ties: [{ kind: 'taken-up', runId: 'heir', dir: 'x', rows: 3 }],
      },
      [
        'journal.jsonl has 2 more records: 1 outcome, 1 taken-up.',
        '  taken-up: 3 rows, to run heir.',
      ],
    ],
  ])('%j since: %j', (since, texts) => {
    expect(verifiedTexts(verified({ since: [since] }))).toMatchObject({
      ...{
        since: texts,
        faults: [],
        holds: '2 files and 1 record of the journal are as they were sealed.',
      },
    });
  });

  test.each<[SealSignature, string, RegExp, string | undefined, string | undefined]>([
    [{ kind: 'unsigned' }, 'none', /^The seal is not signed/, undefined, 'Nobody has signed'],
    [{ kind: 'sound', key: 'K' }, 'none', /^Signed with K\. Nobody checked/, undefined, undefined],
    [
      { kind: 'vouched', key: 'K', by: 'me' },
      'vouched',
      /^Signed by me, with K\.$/,
      undefined,
      undefined,
    ],
    [
      { kind: 'stranger', why: 'K' },
      'bad',
      /does not name: K\.$/,
      'does not name',
      'does not name',
    ],
    [
      { kind: 'bad', why: 'W' },
      'bad',
      /does not belong .*: W\.$/,
      'does not belong',
      'does not belong',
    ],
  ])('%j is worth %s', (signature, worth, text, refused, withSigners) => {
    const told = verifiedTexts(verified({ signature })).signature;
    expect(told.worth).toBe(worth);
    expect(told.text).toMatch(text);
    const refusal = (hasSigners: boolean) => refusalOf(verified({ signature }), hasSigners);
    for (const [error, expected] of [
      [refusal(false), refused],
      [refusal(true), withSigners],
    ] as const)
      if (expected === undefined) expect(error).toBeUndefined();
      else {
        expect(error?.message).toContain(expected);
        expect(error?.code).toBe('EVIDENCE_SIGNATURE');
      }
  });

  test('names two hundred differences, and counts the others; any of them is a refusal', () => {
    const faults = (many: number) => Array.from({ length: many }, () => DIFFERS);
    const told = (many: number) => verifiedTexts(verified({ faults: faults(many) })).faults;
    expect([told(200).length, told(201).length, told(201).at(-1)]).toEqual([
      200,
      201,
      'and 1 more.',
    ]);
    const signature = { kind: 'vouched', key: 'K', by: 'me' } as const;
    expect(refusalOf(verified({ faults: faults(1), signature }), true)?.code).toBe(
      'EVIDENCE_DIFFERS',
    );
    expect(verifiedTexts(verified({})).sealed).toBe('Run r on h, sealed then by okta-reset 1.0.0.');
  });

  test('that was just made says what to keep, and what had changed', () => {
    const plain = madeSealText({ evidence, isSigned: false, earlier: undefined });
    expect(plain.text).toBe(
      'Sealed: evidence.json (2 files, 1 record of the journal, not signed).',
    );
    expect([plain.changed, plain.hint.includes('--sign-key')]).toEqual([[], true]);
    const earlier = { sealedAt: 'before', faults: [DIFFERS] };
    const signed = madeSealText({ evidence, isSigned: true, earlier });
    expect(signed.text).toContain(', signed). It replaces the seal of before.');
    expect([signed.changed.length, signed.hint.includes('evidence.json.sig')]).toEqual([1, true]);
  });
});

test('what was handed out is kept row by row, whatever else is in the file', async () => {
  const dir = join(root, 'handed');
  await makeRun(dir, { rows: [planned(1)] });
  const { context } = around(root);
  expect((await readHandOuts(dir)).size).toBe(0);
  const at = new Date(NOW_MS).toISOString();
  const note = (row: number, kind: 'shown' | 'handed-over' | 'taken-back') =>
    noteHandOut(dir, { row, userId: undefined, kind }, context);
  for (const kind of ['shown', 'handed-over', 'shown'] as const) await note(1, kind);
  for (const kind of ['handed-over', 'taken-back'] as const) await note(2, kind);
  const odd = [
    'x',
    '1',
    'null',
    '{"row":"3","kind":"shown","at":"2026-01-01"}',
    '{"row":3,"kind":"gone","at":"2026-01-01"}',
    '{"row":3,"kind":"shown","at":7}',
    '{"row":3,"kind":"shown","at":"never"}',
    '{"row":3,"kind":7,"at":"2026-01-01"}',
  ];
  await appendFile(join(dir, 'handed-out.jsonl'), `${odd.join('\n')}\n`);
  await note(4, 'shown');
  expect([...(await readHandOuts(dir))]).toEqual([
    [1, { shown: 2, lastShownAt: at, handedOverAt: at }],
    [2, { shown: 0, lastShownAt: undefined, handedOverAt: undefined }],
    [4, { shown: 1, lastShownAt: at, handedOverAt: undefined }],
  ]);
  const [line = ''] = (await readFile(join(dir, 'handed-out.jsonl'), 'utf8')).split('\n');
  const { pid, hostname } = context.host;
  expect(JSON.parse(line)).toEqual({ at, kind: 'shown', row: 1, pid, hostname });
});
