/** Runs that a page reads again and again, and the locks that keep other processes out. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { takeConsoleLock } from '../../src/app/console/console-lock.ts';
import { redactorOf } from '../../src/app/redaction.ts';
import { takeOverOf, takeRunLock, withRunLock } from '../../src/app/run/run-lock.ts';
import { refuseOrgInUse, takeOrgLock } from '../../src/app/runs/org-lock.ts';
import { RunTables } from '../../src/app/runs/run-tables.ts';
import type { Credentials } from '../../src/config/credentials.ts';
import type { GuardConfig } from '../../src/config/guards.ts';
import type { JournalRecord } from '../../src/domain/run/journal-record.ts';
import { Secret } from '../../src/secrets/secret.ts';
import { lockRun } from '../../src/journal/directory/lock.ts';
import { journalText } from '../journal/sample.ts';
import { planned, runFile } from '../report/sample.ts';
import { acted, around, begunAs, makeRun, newFolder, placeOf } from './run-folders.ts';

let root: string;
beforeAll(async () => (root = await newFolder()));
afterAll(() => rm(root, { recursive: true, force: true }));

/** A lock as a process has left it that does not work here. */
const leave = (path: string, pid: number, hostname: string) =>
  lockRun(path, {
    ...{ pid, hostname, startedAt: '2026-11-22T03:00:00.000Z', isAlive: () => true },
    // This machine may have a process of that number.
    facts: { startOf: () => Promise.resolve(undefined) },
  });

describe('a run that is read again and again', () => {
  const records: readonly JournalRecord[] = [begunAs({ runId: 't', planDigest: '' }), ...acted(1)];
  let nowMs = 0;
  /** How long the reading of a run takes. */
  let costMs = 0;
  let dir: string;
  let folders = 0;
  beforeEach(async () => {
    folders += 1;
    [nowMs, costMs] = [0, 0];
    dir = join(root, `tables${folders}`);
    await makeRun(dir, { run: { runId: 't' }, records });
  });
  const { context } = around('/nowhere');
  const host = {
    ...context.host,
    clock: {
      ...context.host.clock,
      monotonicMs: () => {
        nowMs += costMs;
        return nowMs;
      },
    },
  };
  const with_ = (tables: RunTables, from = dir, how = {}) =>
    tables.with(
      from,
      { ...context, host },
      async (table) => {
        const rows = [];
        for await (const { result } of table.rows(1)) rows.push(result.outcome);
        return { table, rows };
      },
      how,
    );
  const write = (more: readonly JournalRecord[]) =>
    writeFile(join(dir, 'journal.jsonl'), journalText(more, 't'));

  /** Whether its journal is closed, so that nothing of it is in memory any more. */
  const isClosed = async ({ table: { replay } }: Awaited<ReturnType<typeof with_>>) => {
    const outcome = replay.outcomeOf(1);
    if (!(outcome instanceof Promise)) return false;
    // It was opened again.
    await outcome.finally(() => replay.close());
    return true;
  };

  test('is closed once it is not needed any more', async () => {
    const tables = new RunTables();
    const first = await with_(tables);
    expect(await isClosed(first)).toBe(false);
    await write([...records, ...acted(2)]);
    nowMs = 2000;
    const second = await with_(tables);
    expect([await isClosed(first), await isClosed(second)]).toEqual([true, false]);
    await tables.forget(dir);
    expect(await isClosed(second)).toBe(true);
    const third = await with_(tables);
    expect(await isClosed(third)).toBe(false);
    await tables.close();
    expect(await isClosed(third)).toBe(true);
  });

  test('is read once until it has grown, and then no sooner than after two seconds', async () => {
    const tables = new RunTables();
    const first = await with_(tables);
    expect(first.rows).toEqual(['succeeded', 'not-attempted', 'not-attempted']);
    nowMs = 99_000;
    expect((await with_(tables)).table).toBe(first.table);
    nowMs = 0;
    await write([...records, ...acted(2)]);
    nowMs = 1999;
    expect((await with_(tables)).table).toBe(first.table);
    nowMs = 2000;
    const second = await with_(tables);
    expect([second.table === first.table, second.rows[1]]).toEqual([false, 'succeeded']);
    // A journal that is shorter is a different one.
    await write(records);
    expect((await with_(tables)).rows).toEqual(first.rows);
    await tables.close();
  });

  test('that has grown is read again at once for somebody who asks for what is there now', async () => {
    const tables = new RunTables();
    const fresh = { fresh: true };
    const first = await with_(tables, dir, fresh);
    expect((await with_(tables, dir, fresh)).table).toBe(first.table);
    await write([...records, ...acted(2)]);
    expect((await with_(tables)).rows[1]).toBe('not-attempted');
    const second = await with_(tables, dir, fresh);
    expect(second.rows[1]).toBe('succeeded');
    expect((await with_(tables)).table).toBe(second.table);
    await tables.close();
  });

  test('that takes long to read is read again after ten times as long', async () => {
    const tables = new RunTables();
    costMs = 500;
    const first = await with_(tables);
    costMs = 0;
    const readMs = nowMs;
    await write([...records, ...acted(2)]);
    nowMs = readMs + 4999;
    expect((await with_(tables)).table).toBe(first.table);
    nowMs = readMs + 5000;
    expect((await with_(tables)).table).not.toBe(first.table);
    await tables.close();
  });

  test('that has ended is read again, and closed when nobody reads it any more', async () => {
    const tables = new RunTables();
    const first = await with_(tables);
    await tables.forget(dir);
    const second = await with_(tables);
    expect(second.table).not.toBe(first.table);
    await tables.forget('/another');
    let later: unknown;
    await tables.with(dir, context, async (table) => {
      await tables.forget(dir);
      for await (const { result } of table.rows(1)) later ??= result.outcome;
    });
    expect(later).toBe('succeeded');
    await tables.close();
  });

  test('makes room for others: three are kept', async () => {
    const tables = new RunTables();
    const dirs = [1, 2, 3, 4].map((n) => join(root, `more${folders}-${n}`));
    for (const each of dirs) await makeRun(each, { run: { runId: 't' }, records });
    const opened = [];
    for (const each of dirs) opened.push(await with_(tables, each));
    const seen = opened.map(({ table }) => table);
    expect(await Promise.all(opened.map(isClosed))).toEqual([true, false, false, false]);
    for (const at of [3, 2, 1]) expect((await with_(tables, dirs[at])).table).toBe(seen[at]);
    expect((await with_(tables, dirs[0])).table).not.toBe(seen[0]);
    await tables.close();
  });

  test('from a row on has the rows after it, also of a plan that nobody has executed', async () => {
    const plan = join(root, `plan${folders}`);
    const rows = [planned(1), planned(2, { kind: 'skip', reason: 'excluded' }), planned(3)];
    await makeRun(plan, { rows });
    const tables = new RunTables();
    const seen: unknown[] = [];
    await tables.with(plan, context, async (table) => {
      for await (const { planned: row, result } of table.rows(2))
        seen.push([row.row, result.row, result.outcome, result.reason]);
    });
    expect(seen).toEqual([
      [2, 2, 'skipped', 'excluded'],
      [3, 3, 'not-attempted', undefined],
    ]);
    await tables.close();
  });

  test('with another plan than it names is refused, and nothing of it is kept', async () => {
    const tables = new RunTables();
    const text = await readFile(join(dir, 'plan.jsonl'), 'utf8');
    await writeFile(join(dir, 'plan.jsonl'), text.replace('person.1@', 'person.9@'));
    await expect(with_(tables)).rejects.toMatchObject({ code: 'PLAN_CHANGED' });
    await writeFile(join(dir, 'plan.jsonl'), text);
    expect((await with_(tables)).rows).toHaveLength(3);
    await tables.close();
  });
});

describe('the lock of a run', () => {
  let count = 0;
  async function locked(by?: readonly [pid: number, hostname: string]) {
    count += 1;
    const dir = join(root, `lock${count}`);
    await mkdir(dir, { mode: 0o700 });
    if (by !== undefined) await leave(join(dir, 'lock'), ...by);
    const here = around(root, { hostname: 'ops', isAlive: (pid) => pid === 77 });
    return { place: placeOf(dir), ...here };
  }

  test('is taken without a word if it is free, and again after its end', async () => {
    const { place, context, said, events } = await locked();
    const lock = await takeRunLock(place, context);
    await expect(
      takeRunLock(place, around(root, { hostname: 'ops', isAlive: () => true }).context),
    ).rejects.toMatchObject({ code: 'RUN_LOCKED' });
    await lock.release();
    expect(await withRunLock(place, context, () => Promise.resolve(7))).toBe(7);
    await expect(
      withRunLock(place, context, () => Promise.reject(new Error('bug'))),
    ).rejects.toThrow('bug');
    await withRunLock(place, context, () => Promise.resolve());
    expect([said(), events]).toEqual([[], []]);
  });

  test.each([
    ['an ended process', [5, 'ops'], {}, /^An earlier process \(process 5 on ops\) ended/],
    ['somebody by force', [77, 'ops'], { force: true }, /^--force-unlock: .* process 77 on ops/],
    [
      'another container',
      [5, 'box'],
      'its volume',
      /^--exclusive-volume: process 5 on box held this run/,
    ],
  ] as const)('of %s is taken over, and that is said', async (_who, by, takeOver, told) => {
    const { place, context, said, events } = await locked(by);
    const over = takeOver === 'its volume' ? { volumeOf: place.dir } : takeOver;
    const lock = await takeRunLock(place, context, over);
    expect(said()).toEqual([expect.stringMatching(told)]);
    expect(events[0]).toMatchObject({ type: 'message', level: 'info' });
    await lock.release();
  });

  test('is taken over as the flags say', () => {
    const over = (forceUnlock: boolean, exclusiveVolume?: boolean) =>
      takeOverOf({
        ...{ dir: 'd', guards: { forceUnlock } as Partial<GuardConfig> as GuardConfig },
        ...(exclusiveVolume === undefined ? {} : { exclusiveVolume }),
      });
    expect([over(true), over(false, false), over(false, true)]).toEqual([
      ...[{ force: true }, { force: false }, { force: false, volumeOf: 'd' }],
    ]);
  });
});

describe('the lock of an org', () => {
  const run = runFile();
  let count = 0;
  function place() {
    count += 1;
    const cwd = join(root, `org${count}`);
    const alive = { hostname: 'ops', isAlive: (pid: number) => pid === 77 || pid === process.pid };
    return { cwd, dir: join(cwd, 'reports', 'a'), ...around(cwd, alive) };
  }
  const inUse = { code: 'ORG_IN_USE' };

  test('keeps other runs off it, next to this one and elsewhere, until it is released', async () => {
    const { cwd, dir, context } = place();
    await mkdir(join(cwd, 'reports'), { recursive: true });
    await refuseOrgInUse(run, dir, {}, context);
    const lock = await takeOrgLock(run, dir, {}, context);
    for (const other of [join(cwd, 'reports', 'b'), join(cwd, 'x', 'c')]) {
      await mkdir(join(other, '..'), { recursive: true });
      await expect(refuseOrgInUse(run, other, {}, context)).rejects.toMatchObject(inUse);
      await expect(takeOrgLock(run, other, {}, context)).rejects.toMatchObject(inUse);
    }
    const far = runFile({ orgId: 'other', host: 'x.okta.com' });
    await (await takeOrgLock(far, join(cwd, 'reports', 'b'), {}, context)).release();
    await lock.release();
    expect((await readdir(join(cwd, 'reports'))).filter((name) => name.endsWith('.lock'))).toEqual(
      [],
    );
    expect(await readdir(join(cwd, '.state', 'okta-reset', 'orgs'))).toEqual([]);
    await refuseOrgInUse(run, dir, {}, context);
  });

  test('without a state directory keeps the folder only', async () => {
    const { cwd, dir, context } = place();
    await mkdir(join(cwd, 'reports'), { recursive: true });
    const state = join(cwd, '.state', 'okta-reset');
    await mkdir(state, { recursive: true });
    await writeFile(join(state, 'orgs'), '');
    const lock = await takeOrgLock(run, dir, {}, context);
    const beside = (await readdir(join(cwd, 'reports'))).filter((name) => name.endsWith('.lock'));
    expect(beside).toEqual([`.okta-reset-${run.orgId}.lock`]);
    await expect(takeOrgLock(run, join(cwd, 'reports', 'b'), {}, context)).rejects.toMatchObject(
      inUse,
    );
    await lock.release();
  });

  test('whose second half is taken gives back the first', async () => {
    const { cwd, dir, context } = place();
    await mkdir(join(cwd, 'reports'), { recursive: true });
    const path = join(cwd, 'reports', `.okta-reset-${run.orgId}.lock`);
    await leave(path, 77, 'ops');
    await expect(takeOrgLock(run, dir, {}, context)).rejects.toMatchObject(inUse);
    expect(await readdir(join(cwd, '.state', 'okta-reset', 'orgs'))).toEqual([]);
    await rm(path);
    await leave(path, 5, 'ops');
    await (await takeOrgLock(run, dir, {}, context)).release();
  });

  test('of another container is taken over with its volume, which is said', async () => {
    const { cwd, dir, context, said } = place();
    await mkdir(join(cwd, 'reports'), { recursive: true });
    const path = join(cwd, 'reports', `.okta-reset-${run.orgId}.lock`);
    await leave(path, 5, 'box');
    await expect(takeOrgLock(run, dir, {}, context)).rejects.toMatchObject(inUse);
    const lock = await takeOrgLock(run, dir, { volumeOf: cwd }, context);
    expect(said()).toEqual([
      expect.stringMatching(/^--exclusive-volume: took over .*process 5 on box/),
    ]);
    await lock.release();
  });
});

test('one console per folder; a state directory that is not ours locks nothing', async () => {
  const cwd = join(root, 'console');
  await mkdir(cwd);
  const { host } = around(cwd).context;
  const lock = await takeConsoleLock(host);
  await expect(takeConsoleLock({ ...host, pid: 1 })).rejects.toMatchObject({
    code: 'CONSOLE_OPEN',
  });
  await (await takeConsoleLock({ ...host, cwd: '/elsewhere' })).release();
  await lock.release();
  await (await takeConsoleLock(host)).release();
  await rm(join(cwd, '.state', 'okta-reset', 'consoles'), { recursive: true });
  await writeFile(join(cwd, '.state', 'okta-reset', 'consoles'), '');
  await takeConsoleLock(host);
  await (await takeConsoleLock(host)).release();
});

describe('a line of text', () => {
  const secret = (text: string) => new Secret(text);

  test('loses the credential of its run', () => {
    const of = (credentials: object) => redactorOf(credentials as Credentials);
    const token = '00abcdefghijklmnopqrstuvwxyz0123456789ABCD';
    expect(of({ kind: 'ssws', token: secret(token) })(`x ${token} y`)).not.toContain(token);
    const key = 'private-key-of-the-app-that-is-long';
    expect(of({ kind: 'oauth', privateKey: secret(key) })(`x ${key} y`)).not.toContain(key);
  });

  test('loses every token that a command has brought so far', () => {
    const known: Secret[] = [];
    const redact = redactorOf({
      kind: 'command',
      tokens: { known: () => known },
    } as unknown as Credentials);
    const [one, two] = ['first-token-of-the-command-123456', 'second-token-of-the-command-12345'];
    expect(redact(`${one} ${two}`)).toBe(`${one} ${two}`);
    known.push(secret(one));
    expect(redact(`${one} ${two}`)).toMatch(new RegExp(`^(?!${one}).* ${two}$`));
    known.push(secret(two));
    expect(redact(`${one} ${two}`)).not.toMatch(new RegExp(`${one}|${two}`));
  });
});
