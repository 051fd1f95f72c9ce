import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import type { PlanHeader, PlannedRow } from '../../src/domain/plan/plan.ts';
import type { Verdict } from '../../src/domain/plan/verdict.ts';
import { readAgreedPlan } from '../../src/plan/file/binding.ts';
import { ActCounter, digestPlan } from '../../src/plan/file/digest.ts';
import { readError, writeError } from '../../src/plan/file/plan-file-error.ts';
import { readPlanLine } from '../../src/plan/file/plan-line.ts';
import { readPlan } from '../../src/plan/file/read-plan.ts';
import { writePlan } from '../../src/plan/file/write-plan.ts';
import { anyText } from '../any-text.ts';
import { all, never, range, stream, userId } from './fake-org.ts';

const HEADER: PlanHeader = {
  format: 1,
  runId: '20260301T120000Z-abcd',
  createdAt: '2026-03-01T12:00:00.000Z',
  orgId: '00o1',
  host: 'acme.okta.com',
  spec: { action: 'reset-password', sendEmail: true, revokeSessions: false, revokeTokens: false },
};

function rowNo(row: number, over: Partial<PlannedRow> = {}): PlannedRow {
  return {
    row,
    source: 'users.csv',
    line: row + 1,
    input: userId(row),
    userId: userId(row),
    login: `user${row}@example.com`,
    status: 'ACTIVE',
    providerType: 'OKTA',
    statusChangedMs: 1,
    passwordChangedMs: undefined,
    verdict: { kind: 'act' },
    columns: { 'User ID': userId(row), Name: 'Ada “Näme”, 🙂' },
    ...over,
  };
}

let dir = '';
let path = '';
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'okta-reset-plan-'));
  path = join(dir, 'plan.jsonl');
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const write = (rows: Iterable<PlannedRow>) => writePlan(path, HEADER, stream(rows), never);

describe('writing', () => {
  test('what is written is read back, and the digest is that of the bytes', async () => {
    const rows = range(1, 2_000).map((n) => rowNo(n));
    const written = await write(rows);
    const plan = await readPlan(path);
    expect(plan.header).toEqual(HEADER);
    expect(await all(plan.rows)).toEqual(rows);
    expect(await all(plan.rows)).toHaveLength(2_000);
    const bytes = await readFile(path);
    const digest = createHash('sha256').update(bytes).digest('hex');
    expect(written).toEqual({ digest, rows: 2_000, bytes: bytes.length });
    expect(await digestPlan(path)).toMatchObject({ digest });
  });

  test('rows to act on are counted exactly, whatever their columns are called and contain', async () => {
    const skip = { kind: 'skip', reason: 'excluded' } as const;
    const columns = {
      verdict: 'act',
      columns: '{',
      'a"verdict":"act","columns":{': '"verdict":"act"',
    };
    const rows = range(1, 12_000).map((n) =>
      rowNo(n, { columns, ...(n % 3 === 0 ? { verdict: skip } : {}) }),
    );
    await write(rows);
    expect((await stat(path)).size).toBeGreaterThan(3 * 1024 * 1024);
    expect((await digestPlan(path)).targets).toBe(8_000);
  });

  test('rows to act on are counted wherever the bytes are cut', async () => {
    await write(range(1, 6).map((n) => rowNo(n)));
    const bytes = await readFile(path);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 80 }), { minLength: 1 }), (lengths) => {
        const counter = new ActCounter();
        for (let at = 0, n = 0; at < bytes.length; n += 1) {
          const end = at + (lengths[n % lengths.length] ?? 1);
          counter.push(bytes.subarray(at, end));
          at = end;
        }
        expect(counter.count).toBe(6);
      }),
    );
  });

  test('and the rows to act on, once, at whatever byte the file is cut', async () => {
    await write([rowNo(1), rowNo(2)]);
    const bytes = await readFile(path);
    for (let cut = 1; cut < bytes.length; cut += 1) {
      const counter = new ActCounter();
      counter.push(bytes.subarray(0, cut));
      counter.push(bytes.subarray(cut));
      expect([cut, counter.count]).toEqual([cut, 2]);
    }
  });

  test('only its owner can read the file', async () => {
    await write([]);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  test('nothing is replaced, not even through a link', async () => {
    await writeFile(path, 'mine');
    await expect(write([rowNo(1)])).rejects.toMatchObject({ code: 'RUN_EXISTS', exitCode: 2 });
    expect(await readFile(path, 'utf8')).toBe('mine');
    const link = join(dir, 'link.jsonl');
    await symlink(path, link);
    await expect(writePlan(link, HEADER, stream([]), never)).rejects.toMatchObject({
      code: 'RUN_EXISTS',
    });
    expect(await readFile(path, 'utf8')).toBe('mine');
  });

  test('a plan whose rows fail leaves no file behind', async () => {
    async function* rows() {
      for (const n of range(1, 1_000)) yield rowNo(n);
      throw new Error('the org went away');
    }
    await expect(writePlan(path, HEADER, rows(), never)).rejects.toThrow('the org went away');
    await expect(stat(path)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  test('neither does one that was aborted', async () => {
    const abort = new AbortController();
    const rows = stream(
      range(1, 10).map((n) => rowNo(n)),
      ({ row }) => row === 5 && abort.abort(new Error('stop')),
    );
    await expect(writePlan(path, HEADER, rows, abort.signal)).rejects.toThrow('stop');
    await expect(stat(path)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  test('a place that cannot be written to is a DISK error', async () => {
    const place = join(dir, 'missing', 'plan.jsonl');
    await expect(writePlan(place, HEADER, stream([]), never)).rejects.toMatchObject({
      code: 'DISK',
      exitCode: 2,
    });
  });

  test('a full disk is a DISK error that says what helps', () => {
    const full = Object.assign(new Error('write'), { code: 'ENOSPC', syscall: 'write' });
    expect(writeError(path, full)).toMatchObject({
      code: 'DISK',
      exitCode: 2,
      message: expect.stringContaining('ENOSPC'),
      hint: expect.stringContaining('--out'),
    });
  });
});

test('rows are read from any one on, across blocks of a thousand', async () => {
  await write(range(1, 2_500).map((n) => rowNo(n)));
  const { rowsFrom } = await readPlan(path);
  for (const from of [0, 1, 2, 999, 1000, 1001, 2000, 2001, 2500, 2501]) {
    const rows = await all(rowsFrom(from));
    expect([from, rows.length, rows[0]?.row]).toEqual([
      from,
      from > 2500 ? 0 : 2501 - Math.max(1, from),
      from > 2500 ? undefined : Math.max(1, from),
    ]);
  }
});

test('a plan is agreed only with its own run.json', async () => {
  const { digest } = await write(range(1, 3).map((n) => rowNo(n)));
  const run = { ...HEADER, planDigest: digest, targets: 3, preview: { targets: 3 } } as const;
  const agreed = await readAgreedPlan(run, path);
  expect([agreed.targetCount, (await all(agreed.rows)).length]).toEqual([3, 3]);
  await expect(readAgreedPlan({ ...run, host: 'other.okta.com' }, path)).rejects.toMatchObject({
    code: 'PLAN_CHANGED',
    exitCode: 5,
    message:
      'run.json was edited since the preview: host is other.okta.com, and acme.okta.com in plan.jsonl. Nothing was sent.',
  });
  await expect(readAgreedPlan({ ...run, planDigest: 'ab' }, path)).rejects.toMatchObject({
    code: 'PLAN_CHANGED',
    message: expect.stringContaining('its digest differs'),
  });
});

describe('reading what is not a plan', () => {
  const lines = async () => (await readFile(path, 'utf8')).split('\n');
  const readAll = async () => all((await readPlan(path)).rows);

  test('no file', async () => {
    await expect(readPlan(path)).rejects.toMatchObject({ code: 'RUN_NOT_FOUND', exitCode: 3 });
    await expect(digestPlan(path)).rejects.toMatchObject({ code: 'RUN_NOT_FOUND', exitCode: 3 });
  });

  test.each([
    ['a run that has begun', '{"seq":1}\n', 'RUN_DAMAGED'],
    ['a run whose first record was cut', '{', 'RUN_DAMAGED'],
    ['a run that was never begun', '', 'RUN_NOT_FOUND'],
  ])('no file of %s', async (_, journal, code) => {
    await writeFile(join(dir, 'journal.jsonl'), journal);
    await expect(readPlan(path)).rejects.toMatchObject({ code });
    await writeFile(path, '');
    await expect(readPlan(join(path, 'plan.jsonl'))).rejects.toMatchObject({
      code: 'RUN_NOT_FOUND',
    });
  });

  test('a plan whose disk fails', async () => {
    const broken = Object.assign(new Error('read'), { code: 'EIO', syscall: 'read' });
    expect(await readError(path, broken)).toMatchObject({
      code: 'DISK',
      message: expect.stringContaining('(EIO)'),
    });
    const nameless = { syscall: 'read', code: 5 };
    expect(await readError(path, nameless)).toMatchObject({
      message: expect.stringContaining('(unknown error)'),
    });
    for (const other of [new Error('a bug'), null, 'text', { code: 'EIO' }])
      expect([await readError(path, other), writeError(path, other)]).toEqual([other, other]);
  });

  test('a folder', async () => {
    await expect(readPlan(dir)).rejects.toMatchObject({ code: 'FILE_NOT_YOURS' });
  });

  test('another format', async () => {
    await writeFile(path, `${JSON.stringify({ ...HEADER, format: 3 })}\n`);
    await expect(readPlan(path)).rejects.toMatchObject({ code: 'RUN_FORMAT', exitCode: 3 });
  });

  test.each(['', '\n', 'x\n', '{}\n', '[]\n', '{"format":1}\n', '{"format":2}\n', 'null\n'])(
    'a header like %j',
    async (text) => {
      await writeFile(path, text);
      await expect(readPlan(path)).rejects.toMatchObject({
        code: 'RUN_DAMAGED',
        exitCode: 3,
        message: expect.stringContaining('line 1'),
      });
    },
  );

  test.each<readonly [string, (lines: string[]) => string[], number]>([
    ['a line is missing', (all) => all.filter((_, at) => at !== 3), 4],
    ['two lines are exchanged', ([h = '', a = '', b = '', ...rest]) => [h, b, a, ...rest], 2],
    ['a line is torn', (all) => all.map((line, at) => (at === 2 ? line.slice(0, 40) : line)), 3],
    ['the last line lost its newline', (all) => all.slice(0, -1), 6],
    ['a blank line', ([h = '', ...rest]) => [h, '', ...rest], 2],
    [
      'an act without a user',
      (all) => all.map((line, at) => (at === 4 ? line.replace(/"userId":"\w+",/, '') : line)),
      5,
    ],
    [
      'an id that would leave its place in a URL',
      (all) => all.map((line, at) => (at === 4 ? line.replace(userId(4), '../groups') : line)),
      5,
    ],
  ])('%s', async (_name, damage, line) => {
    await write(range(1, 5).map((n) => rowNo(n, { input: 'x', columns: {} })));
    await writeFile(path, damage(await lines()).join('\n'));
    await expect(readAll()).rejects.toMatchObject({
      code: 'RUN_DAMAGED',
      message: expect.stringContaining(`line ${line}.`),
    });
  });

  test('bytes that are not text', async () => {
    await write([rowNo(1)]);
    const bytes = await readFile(path);
    bytes[bytes.length - 20] = 0xff;
    await writeFile(path, bytes);
    await expect(readAll()).rejects.toMatchObject({ code: 'RUN_DAMAGED' });
  });

  test('no byte that changes goes unnoticed by the digest, and none makes reading crash', async () => {
    const { digest } = await write([rowNo(1), rowNo(2)]);
    const bytes = await readFile(path);
    await fc.assert(
      fc.asyncProperty(
        fc.nat({ max: bytes.length - 1 }),
        fc.integer({ min: 1, max: 255 }),
        async (at, flip) => {
          const damaged = Buffer.from(bytes);
          damaged[at] = (damaged[at] ?? 0) ^ flip;
          await writeFile(path, damaged);
          expect((await digestPlan(path)).digest).not.toBe(digest);
          await readAll().catch((error: unknown) => {
            expect(error).toMatchObject({ name: 'AppError' });
          });
        },
      ),
      { numRuns: 100 },
    );
  });
});

test('any row is read back as it was written, whatever its cells contain', async () => {
  const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
  const text = fc.oneof(
    anyText({ maxLength: 30 }),
    fc.constantFrom('a","columns":{"b":"c"},"d', ',"columns":{', 'columns'),
  );
  const verdict = fc.oneof(
    fc.constant<Verdict>({ kind: 'act' }),
    fc.constantFrom<Verdict>(
      { kind: 'skip', reason: 'excluded' },
      { kind: 'skip', reason: 'status:', detail: '' },
      { kind: 'skip', reason: 'provider:Ω\n', detail: 'x\ny' },
    ),
  );
  const row = fc.record({
    source: text,
    line: fc.nat(),
    input: text,
    userId: fc.nat({ max: 1_000_000 }).map(userId),
    login: optional(text),
    status: optional(text),
    providerType: optional(text),
    statusChangedMs: optional(fc.nat()),
    passwordChangedMs: optional(fc.nat()),
    verdict,
    columns: fc.dictionary(
      text.filter((name) => name !== '__proto__'),
      text,
      { noNullPrototype: true },
    ),
  });
  let nth = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(row, { maxLength: 20 }), async (parts) => {
      nth += 1;
      const rows = parts.map((part, at) => ({ ...part, row: at + 1 }));
      const place = join(dir, `${nth}.jsonl`);
      await writePlan(place, HEADER, stream(rows), never);
      const plan = await readPlan(place);
      expect(await all(plan.rows)).toEqual(rows);
      const odd = (each: number) => each % 2 === 1;
      const targets = rows.filter((each) => each.verdict.kind === 'act' && !odd(each.row));
      expect(await all(plan.targets(odd))).toEqual(
        targets.map((each) => ({ ...each, columns: {} })),
      );
    }),
    { numRuns: 60 },
  );
});

test('a line of anything is a row or nothing', () => {
  fc.assert(
    fc.property(fc.oneof(fc.json(), fc.string()), (text) => {
      expect(readPlanLine(text, 1)).toBeUndefined();
    }),
  );
});
