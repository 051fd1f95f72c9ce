import { failFrom, giveBack, sound } from '../faults/failing-disk.ts';
import { afterAll, afterEach, describe, expect, test } from '@jest/globals';
import { chmod, mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import fc from 'fast-check';
import type { RunFile } from '../../src/domain/run/run-file.ts';
import {
  createRunDirectory,
  discardRunDirectory,
  findLastRun,
  openRunDirectory,
} from '../../src/journal/directory/run-directory.ts';
import { readRunFile, writeRunFile } from '../../src/journal/directory/run-file.ts';
import { newFolder } from './sample.ts';
import { POLICY } from '../plan/fake-org.ts';

afterEach(() => void sound());
afterAll(giveBack);

const modeOf = async (path: string) => (await stat(path)).mode & 0o777;

const runFile = (over: Partial<RunFile> = {}): RunFile => ({
  format: 1,
  toolVersion: '0.1.0',
  runId: '20261122T031502Z-k7m2',
  createdAt: '2026-11-22T03:15:02.000Z',
  origin: 'https://acme.okta.com',
  host: 'acme.okta.com',
  orgId: '00o1',
  principal: { kind: 'user', id: '00u1', login: 'ops@acme.com' },
  spec: { action: 'reset-password', sendEmail: true, revokeSessions: false, revokeTokens: false },
  policy: POLICY,
  selection: ['--file users.csv'],
  planDigest: 'ab'.repeat(32),
  rows: 2,
  targets: 1,
  columns: ['email'],
  parentRunId: undefined,
  preview: {
    rows: 2,
    targets: 1,
    skipped: { 'status:SUSPENDED': 1 },
    statusByProvider: { ACTIVE: { OKTA: 1 } },
    sample: [
      {
        row: 1,
        input: 'a@acme.com',
        userId: '00u1',
        login: undefined,
        status: undefined,
        verdict: { kind: 'act' },
      },
    ],
    calls: ['POST /api/v1/users/{id}/lifecycle/reset_password?sendEmail=true'],
    warnings: [{ code: 'sessions-stay-alive', text: 'Sessions stay alive.' }],
    estimate: {
      calls: 1,
      durationMs: undefined,
      limitPerWindow: undefined,
      windowMs: 60_000,
      ratePercent: 90,
    },
    reads: 3,
  },
  ...over,
});

describe('a run directory', () => {
  test('is made with its parents, open only to its owner', async () => {
    const dir = join(await newFolder(), 'monday', 'reports', 'run');
    const run = await createRunDirectory(dir);
    for (const made of [dir, join(dir, '..'), join(dir, '../..')])
      expect(await modeOf(made)).toBe(0o700);
    expect(run.path('journal')).toBe(join(dir, 'journal.jsonl'));
  });

  test('uses an empty folder and closes it to others', async () => {
    const dir = await newFolder();
    await chmod(dir, 0o755);
    await createRunDirectory(dir);
    expect(await modeOf(dir)).toBe(0o700);
  });

  test('of a plan that failed is removed with the plan, but stays if others put something there', async () => {
    const dir = join(await newFolder(), 'run');
    const place = await createRunDirectory(dir);
    await writeFile(place.path('plan'), 'half a plan');
    await discardRunDirectory(place);
    await expect(stat(dir)).rejects.toMatchObject({ code: 'ENOENT' });
    const again = await createRunDirectory(dir);
    await writeFile(again.path('plan'), 'half a plan');
    await writeFile(join(dir, 'theirs'), 'stays');
    await discardRunDirectory(again);
    expect(await readFile(join(dir, 'theirs'), 'utf8')).toBe('stays');
    await expect(stat(again.path('plan'))).rejects.toMatchObject({ code: 'ENOENT' });
  });

  test('whose name the disk cannot keep is an error of the disk', async () => {
    const parent = await newFolder();
    failFrom({ file: basename(parent), call: 'sync', code: 'EIO', nth: 1 });
    await expect(createRunDirectory(join(parent, 'run'))).rejects.toMatchObject({ code: 'DISK' });
    expect(sound()).toBe(1);
  });

  test('never replaces something that is there', async () => {
    const dir = await newFolder();
    const file = join(dir, 'notes.txt');
    await writeFile(file, 'mine');
    for (const path of [dir, file, join(file, 'below'), join(file, 'far', 'below')]) {
      await expect(createRunDirectory(path)).rejects.toMatchObject({
        code: 'RUN_EXISTS',
        exitCode: 2,
      });
    }
    expect(await readFile(file, 'utf8')).toBe('mine');
  });

  test('is found by its run.json, the newest by the time of its plan', async () => {
    const reports = await newFolder();
    const runs = [
      ['named-by-hand', '2026-11-22T05:00:00.000Z'],
      ['20261122T031502Z-k7m2', '2026-11-22T03:15:02.000Z'],
      ['20261121T031502Z-zzzz', '2026-11-21T03:15:02.000Z'],
    ] as const;
    for (const [name, createdAt] of runs) {
      const run = await createRunDirectory(join(reports, name));
      await writeRunFile(run.path('run'), runFile({ createdAt }), 0);
    }
    await mkdir(join(reports, 'zz-empty'));
    await mkdir(join(reports, 'zz-damaged'));
    await writeFile(join(reports, 'zz-damaged', 'run.json'), '{"createdAt":');
    await writeFile(join(reports, 'notes.txt'), '');

    const last = await findLastRun(reports);
    expect(last.dir).toBe(join(reports, 'named-by-hand'));
    expect((await openRunDirectory(last.dir)).dir).toBe(last.dir);
  });

  test('that does not exist is not found', async () => {
    const dir = await newFolder();
    const notFound = { code: 'RUN_NOT_FOUND', exitCode: 3 };
    await expect(openRunDirectory(dir)).rejects.toMatchObject(notFound);
    await expect(findLastRun(dir)).rejects.toMatchObject(notFound);
    await expect(findLastRun(join(dir, 'missing'))).rejects.toMatchObject(notFound);
    await mkdir(join(dir, 'other'));
    for (const text of ['{"createdAt":', '{}', 'null', '"createdAt"', '{"createdAt":1}']) {
      await writeFile(join(dir, 'other', 'run.json'), text);
      await expect(findLastRun(dir)).rejects.toMatchObject(notFound);
    }
    await expect(readRunFile(join(dir, 'run.json'))).rejects.toMatchObject(notFound);
  });
});

describe('run.json', () => {
  test('is read back as it was written, from a file that only its owner can read', async () => {
    const path = join(await newFolder(), 'run.json');
    const full = runFile({
      parentRunId: '20261121T031502Z-aaaa',
      policy: { ...runFile().policy, sinceMs: 5 },
      principal: { kind: 'app', clientId: '0oa1' },
    });
    const { preview } = runFile();
    const skip = { kind: 'skip', reason: 'not-found' } as const;
    const row = { row: 2, input: 'b', userId: '00u2', login: 'b@acme.com', status: 'ACTIVE' };
    const whole = runFile({
      ...{ serverTimeMs: 5, principal: { kind: 'unknown' }, recipients: ['age1abc'] },
      ...{ parentRunId: 'a', parentRunIds: ['a', 'b'] },
      parents: [{ runId: 'a', dir: '../a', records: 9, left: 3, taken: 2 }],
      spec: { ...runFile().spec, resetFactors: true, order: 'password-first' },
      policy: { ...POLICY, sinceMs: 5, excludedGroups: ['00g1'], again: true },
      preview: {
        ...preview,
        sample: [
          { ...row, verdict: skip },
          { ...row, verdict: { ...skip, detail: 'nobody' } },
        ],
        warnings: [{ code: 'link-lifetime', text: 'Links die.', rows: 2 }],
        estimate: {
          ...{ ...preview.estimate, durationMs: 5, limitPerWindow: 600 },
          ...{ windowAssumed: true, doubtMs: 7 },
        },
      },
    });
    for (const run of [runFile(), runFile({ format: 2 }), full, whole]) {
      await writeRunFile(path, run, 0);
      expect(await readRunFile(path)).toEqual(run);
    }
    expect(await modeOf(path)).toBe(0o600);
  });

  test('of another format names the version to use', async () => {
    const path = join(await newFolder(), 'run.json');
    await writeFile(path, JSON.stringify({ ...runFile(), format: 3 }));
    await expect(readRunFile(path)).rejects.toMatchObject({ code: 'RUN_FORMAT', exitCode: 3 });
  });

  test('with anything wrong in it is damaged, and says where', async () => {
    const path = join(await newFolder(), 'run.json');
    await writeFile(path, JSON.stringify({ ...runFile(), runId: '../../etc' }));
    await expect(readRunFile(path)).rejects.toMatchObject({
      code: 'RUN_DAMAGED',
      exitCode: 3,
      message: expect.stringContaining('runId'),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...Object.keys(runFile()).filter((key) => key !== 'parentRunId')),
        fc.constantFrom('absent', null, [], { x: 1 }, -1.5),
        async (key, value) => {
          const changed: Record<string, unknown> = { ...runFile(), [key]: value };
          if (value === 'absent') Reflect.deleteProperty(changed, key);
          fc.pre(!(Array.isArray(value) && ['selection', 'columns'].includes(key)));
          await writeFile(path, JSON.stringify(changed));
          await expect(readRunFile(path)).rejects.toMatchObject({
            code: expect.stringMatching(/^RUN_(DAMAGED|FORMAT)$/),
          });
        },
      ),
      { numRuns: 60 },
    );
  });

  test('changed at any depth is read as a run, or is damaged', async () => {
    const path = join(await newFolder(), 'run.json');
    const whole = JSON.stringify(runFile({ parentRunId: 'x' }));
    // Every place in it, down to the last leaf.
    const places: (readonly string[])[] = [];
    const visit = (value: unknown, at: readonly string[]): void => {
      if (typeof value !== 'object' || value === null) return;
      for (const [name, inner] of Object.entries(value)) {
        places.push([...at, name]);
        visit(inner, [...at, name]);
      }
    };
    visit(JSON.parse(whole), []);
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...places),
        fc.oneof(fc.constantFrom(null, -1, 1.5, 1e999, '', '../..', [], {}), fc.jsonValue()),
        async (place, value) => {
          const changed = JSON.parse(whole) as Record<string, unknown>;
          const last = place.at(-1) ?? '';
          const holder = place
            .slice(0, -1)
            .reduce((at, name) => at[name] as Record<string, unknown>, changed);
          holder[last] = value;
          await writeFile(path, JSON.stringify(changed));
          try {
            const run = await readRunFile(path);
            expect(run.runId).toMatch(/^[\w.-]+$/);
            expect(Number.isNaN(Date.parse(run.createdAt))).toBe(false);
          } catch (error) {
            expect(error).toMatchObject({
              name: 'AppError',
              code: expect.stringMatching(/^RUN_(DAMAGED|FORMAT)$/),
            });
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  test('that is larger than any run is damaged, and not parsed', async () => {
    const path = join(await newFolder(), 'run.json');
    await writeFile(path, '['.repeat(9 * 1024 * 1024));
    await expect(readRunFile(path)).rejects.toMatchObject({
      code: 'RUN_DAMAGED',
      message: expect.stringContaining('larger than'),
    });
  });

  test('can be as large as the largest command line makes it, and no byte larger', async () => {
    const path = join(await newFolder(), 'run.json');
    const largest = JSON.stringify(runFile()).padEnd(8 * 1024 * 1024, ' ');
    await writeFile(path, largest);
    expect(await readRunFile(path)).toEqual(runFile());
    await writeFile(path, `${largest} `);
    await expect(readRunFile(path)).rejects.toMatchObject({ code: 'RUN_DAMAGED' });
  });

  test('that is not JSON is damaged', async () => {
    const path = join(await newFolder(), 'run.json');
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.string(), fc.json()), async (text) => {
        await writeFile(path, text);
        await expect(readRunFile(path)).rejects.toMatchObject({ code: 'RUN_DAMAGED' });
      }),
      { numRuns: 60 },
    );
  });

  test('that cannot be written is an error of the disk', async () => {
    const path = join(await newFolder(), 'missing', 'run.json');
    await expect(writeRunFile(path, runFile(), 0)).rejects.toMatchObject({ code: 'DISK' });
  });
});
