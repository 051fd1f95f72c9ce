/** A run from its first record to its report: what is recorded, what is told, and what is let go of. */
import { afterAll, afterEach, describe, expect, test } from '@jest/globals';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { takeOrgLock } from '../../src/app/runs/org-lock.ts';
import { kindAt } from '../../src/disk/look.ts';
import type { AppEvent } from '../../src/domain/run/event.ts';
import { keygen } from '../../src/secrets/identity.ts';
import { failFrom, giveBack, sound } from '../faults/failing-disk.ts';
import { runFile } from '../report/sample.ts';
import { openScene, type Scene, type Start } from './executed-run.ts';
import { openBelow } from './open-files.ts';
import { acted, around, begunAs, newFolder } from './run-folders.ts';

const root = await newFolder();
afterAll(async () => {
  giveBack();
  await rm(root, { recursive: true });
});

const AT = '2026-11-22T03:15:02.000Z';
const scenes: Scene[] = [];
afterEach(async () => {
  sound();
  // Whatever becomes of a run, it leaves no file open.
  const left = scenes.flatMap(({ cwd }) => openBelow(cwd));
  for (const scene of scenes.splice(0)) await scene.close();
  expect(left).toEqual([]);
});
let folders = 0;
async function stage(users = 3): Promise<Scene> {
  folders += 1;
  const scene = await openScene(join(root, String(folders)), users);
  scenes.push(scene);
  return scene;
}

/** Stops as with one Ctrl-C once this many rows have ended. A few more are under way then. */
const stopAfter = (rows: number): NonNullable<Start['onEvent']> => {
  let seen = 0;
  return (event, { drain }) => {
    if (event.type === 'row') seen += 1;
    if (seen === rows) drain();
  };
};

const mails = ({ org }: Scene) => [...org.outbox()].length;
type Told = Readonly<Record<string, unknown>>;
const ofType = (events: readonly AppEvent[], type: AppEvent['type']) =>
  events.filter((event) => event.type === type) as readonly object[] as readonly Told[];
const opened = async (s: Scene, name: string) => {
  const records = (await s.journal(name)) as readonly object[] as readonly Told[];
  return records.filter((record) => record['kind'] === 'opened');
};

/** Locks that are left in the folder of the runs, in a run, and in the state of this user. */
async function locks({ cwd }: Scene) {
  const all = await readdir(cwd, { recursive: true });
  return all.filter((path) => path.endsWith('lock'));
}

const asked = (answers: unknown[]): Start => ({
  yes: false,
  ask: (about) => {
    answers.push(about);
    return Promise.resolve();
  },
});

describe('the first record of an invocation', () => {
  test('says which run, by which process, as whom; the end lets go of all locks', async () => {
    const s = await stage();
    const run = await s.plan('a');
    const { ended, error, events } = await s.execute('a');
    expect([error, ended?.exitCode, mails(s)]).toEqual([undefined, 0, 3]);
    const [first, ...others] = await opened(s, 'a');
    expect(others).toEqual([]);
    expect(first).toMatchObject({
      ...{ seq: 1, kind: 'opened', runId: 'a', planDigest: run.planDigest, pid: process.pid },
      principal: { kind: 'user', id: s.org.tokenOwnerId },
    });
    expect(Object.keys(first ?? {})).toEqual(
      expect.not.arrayContaining(['canary', 'waves', 'canaryOnly', 'recipients']),
    );
    expect(await locks(s)).toEqual([]);
    expect(ofType(events, 'run-started')).toMatchObject([
      { runId: 'a', dir: join(s.cwd, 'a'), total: 3, resumedFrom: 0, callsPerRow: 1 },
    ]);
    expect(events.at(-1)).toMatchObject({ type: 'run-ended', counts: { succeeded: 3 } });
    const log = await readFile(join(s.cwd, 'a', 'run.log'), 'utf8');
    expect(log).toMatch(/"targets":3,"done":0,"msg":"run started"/);
    expect(log).toMatch(/"succeeded":3,.*"msg":"run ended"/);
  });

  test.each([
    [[2], { canary: 2 }],
    [[1, 2], { canary: 1, waves: [1, 2] }],
    [[], { canary: 0 }],
  ])('has the waves %j, so that a resume has them too', async (canary, recorded) => {
    const s = await stage();
    await s.plan('a');
    const { ended, events } = await s.execute('a', { canary });
    expect(ended?.exitCode).toBe(0);
    const [first = {}] = await opened(s, 'a');
    const { canary: size, waves, canaryOnly } = first;
    expect({ canary: size, ...(waves === undefined ? {} : { waves }) }).toEqual(recorded);
    // The flag gave consent to all.
    expect(canaryOnly).toBeUndefined();
    const verified = ofType(events, 'canary').filter(({ phase }) => phase === 'verified');
    expect(verified).toHaveLength(canary.length);
  });

  test('says that only the first wave was agreed to; the next question is about the rest', async () => {
    const s = await stage();
    await s.plan('a');
    const answers: unknown[] = [];
    const shown: unknown[] = [];
    const { ended } = await s.execute('a', {
      ...asked(answers),
      canary: [2],
      askToGoOn: (seen) => {
        shown.push(seen);
        return Promise.resolve(true);
      },
    });
    expect([ended?.exitCode, mails(s)]).toEqual([0, 3]);
    expect(answers).toMatchObject([{ users: 2, later: 1, begun: false, unread: [] }]);
    expect(shown).toMatchObject([{ wave: 1, waves: 1, next: 1, left: 1 }]);
    expect(await opened(s, 'a')).toMatchObject([{ canary: 2, canaryOnly: true }]);
  });

  test('continues in the waves of the run, unless a flag names others', async () => {
    const s = await stage(12);
    await s.plan('a');
    const first = await s.execute('a', { canary: [1, 2], onEvent: stopAfter(1) });
    expect(first.ended?.left).toBeGreaterThan(0);
    const second = await s.execute('a', { canary: [4] });
    expect(ofType(second.events, 'canary').map(({ waves }) => waves)).toEqual([1, 1]);
    expect(second.ended?.exitCode).toBe(0);
    const other = await stage(12);
    await other.plan('a');
    await other.execute('a', { canary: [1, 2], onEvent: stopAfter(1) });
    const { events } = await other.execute('a');
    expect(ofType(events, 'canary').at(-1)).toMatchObject({ phase: 'verified', waves: 2, wave: 2 });
  });
});

describe('a run that continues', () => {
  test('starts where it stopped, and acts on nobody twice', async () => {
    const s = await stage(12);
    await s.plan('a');
    const first = await s.execute('a', { onEvent: stopAfter(2) });
    const done = mails(s);
    expect(first.ended).toMatchObject({ exitCode: 130, left: 12 - done });
    const answers: unknown[] = [];
    const second = await s.execute('a', asked(answers));
    expect([second.ended?.exitCode, mails(s), second.ended?.left]).toEqual([0, 12, 0]);
    // The consent of the first one is kept.
    expect(answers).toEqual([]);
    expect(ofType(second.events, 'run-started')).toMatchObject([
      { total: 12, resumedFrom: done, earlier: { succeeded: done } },
    ]);
    expect(await locks(s)).toEqual([]);
  });

  test('but is refused has reports of what it has done', async () => {
    const s = await stage(12);
    await s.plan('a');
    await s.execute('a', { onEvent: stopAfter(1) });
    const path = join(s.cwd, 'a', 'results.csv');
    await rm(path);
    const { error } = await s.execute('a', { yes: false, confirm: '1@elsewhere.okta.com' });
    expect(error).toMatchObject({ code: 'CONFIRM_MISMATCH' });
    expect((await readFile(path, 'utf8')).match(/,succeeded,/g)).toHaveLength(mails(s));
  });

  test('whose consent is kept nowhere is asked about as one that was begun', async () => {
    const s = await stage(12);
    await s.plan('a');
    await s.execute('a', { onEvent: stopAfter(1) });
    await rm(join(s.cwd, '.state'), { recursive: true });
    const done = mails(s);
    const answers: unknown[] = [];
    await s.execute('a', asked(answers));
    expect(answers).toMatchObject([{ begun: true, users: 12 - done, later: 0 }]);
    expect(mails(s)).toBe(12);
  });

  test('with secrets says to whom they are encrypted; the first time that is known', async () => {
    const s = await stage(12);
    const recipient = await keygen({ out: join(s.cwd, 'key.txt'), createdAt: AT });
    const spec = { ...runFile().spec, action: 'temp-password' as const };
    await s.plan('a', { run: { spec, format: 2, recipients: [recipient] } });
    const kept: (readonly string[])[] = [];
    const secrets: Start['secrets'] = (_run, known) => {
      kept.push(known);
      return { kind: 'sealed', recipients: [...known] };
    };
    const first = await s.execute('a', { secrets, onEvent: stopAfter(1) });
    expect([first.said, first.ended?.secrets]).toEqual([[], 'sealed']);
    const second = await s.execute('a', { secrets });
    expect(second.events.filter(({ type }) => type === 'message')).toEqual([
      { type: 'message', level: 'info', text: `Secrets are encrypted to ${recipient}.` },
    ]);
    expect([second.ended?.exitCode, kept]).toEqual([0, [[recipient], [recipient]]]);
    const other = await keygen({ out: join(s.cwd, 'other.txt'), createdAt: AT });
    await s.plan('b', { run: { spec, format: 2, recipients: [recipient] } });
    const to = (whom: string): Start => ({
      secrets: () => ({ kind: 'sealed', recipients: [` ${whom}`] }),
    });
    await s.execute('b', to(other));
    // What is different from the plan is recorded, and only that.
    const records = [...(await opened(s, 'a')), ...(await opened(s, 'b'))];
    expect(records.map(({ recipients }) => recipients)).toEqual([
      ...[undefined, undefined, [other]],
    ]);
  });
});

describe('a run that has ended', () => {
  test('says when, and sends and records nothing more', async () => {
    const s = await stage();
    await s.plan('a');
    await s.execute('a');
    const before = await s.journal('a');
    const { ended, events } = await s.execute('a', { yes: false });
    expect(ended).toMatchObject({
      ...{ exitCode: 0, left: 0, takenUp: 0, secrets: 'none', name: 'a' },
      endedBefore: before.at(-1)?.at,
    });
    expect([await s.journal('a'), mails(s), await locks(s)]).toEqual([before, 3, []]);
    expect(events.map(({ type }) => type)).toEqual(['run-ended']);
  });

  test('is still compared with what the flags name', async () => {
    const s = await stage();
    await s.plan('a');
    await s.execute('a');
    const { error } = await s.execute('a', { yes: false, confirm: '2@127.0.0.1' });
    expect(error).toMatchObject({ code: 'CONFIRM_MISMATCH' });
    expect(await locks(s)).toEqual([]);
  });

  test('is still not that of another org', async () => {
    const s = await stage();
    await s.plan('a');
    await s.execute('a');
    const { error } = await s.execute('a', { host: 'other.okta.com' });
    expect(error).toMatchObject({ code: 'PLAN_OTHER_ORG' });
  });
});

describe('a run that cannot begin', () => {
  test('has its reports to look at, and sends nothing', async () => {
    const s = await stage();
    await s.plan('a');
    const { error, events } = await s.execute('a', { yes: false });
    expect(error).toMatchObject({
      code: 'CONFIRM_MISSING',
      hint: expect.stringContaining('okta-reset run --plan a --confirm 3@127.0.0.1'),
    });
    expect([mails(s), events, await locks(s)]).toEqual([0, [], []]);
    expect(await kindAt(join(s.cwd, 'a', 'results.csv'))).toBe('file');
    expect(await kindAt(join(s.cwd, 'a', 'journal.jsonl'))).toBeUndefined();
  });

  test('because its journal is damaged asks neither a person nor the org', async () => {
    const s = await stage();
    const records = [begunAs({ runId: 'a', planDigest: '' }), ...acted(1)];
    await s.plan('a', { records });
    const path = join(s.cwd, 'a', 'journal.jsonl');
    await writeFile(path, (await readFile(path, 'utf8')).replace('succeeded', 'skipped'));
    const answers: unknown[] = [];
    const { error } = await s.execute('a', {
      ...asked(answers),
      host: 'other.okta.com',
    });
    expect([error?.code, answers]).toEqual(['RUN_DAMAGED', []]);
    expect(await kindAt(join(s.cwd, 'a', 'results.csv'))).toBeUndefined();
  });

  test('because it is for another org, or not the one that was shown, sends nothing', async () => {
    const s = await stage();
    const run = await s.plan('a');
    await s.plan('b', { run: { host: 'other.okta.com' } });
    await s.plan('c', { run: { orgId: '00oOTHER' } });
    for (const name of ['b', 'c']) {
      expect((await s.execute(name)).error).toMatchObject({ code: 'PLAN_OTHER_ORG' });
      expect(await kindAt(join(s.cwd, name, 'results.csv'))).toBe('file');
    }
    const agreed = { ...run, targets: 2 };
    expect((await s.execute('a', { agreed })).error?.message).toContain('Nothing was sent');
    const createdAt = new Date(s.nowMs() - 25 * 3_600_000).toISOString();
    await s.plan('d', { run: { createdAt } });
    expect((await s.execute('d')).error).toMatchObject({ code: 'PLAN_EXPIRED' });
    expect([mails(s), await locks(s)]).toEqual([0, []]);
    expect((await s.execute('a', { agreed: run })).ended?.exitCode).toBe(0);
  });

  test('because another run is at work on the org asks neither a person nor the org', async () => {
    const s = await stage();
    const run = await s.plan('a');
    const { context } = around(s.cwd);
    const lock = await takeOrgLock({ ...run, runId: 'b' }, join(s.cwd, 'b'), {}, context);
    const answers: unknown[] = [];
    const { error } = await s.execute('a', asked(answers));
    expect([error?.code, answers, mails(s)]).toEqual(['ORG_IN_USE', [], 0]);
    await lock.release();
    expect((await s.execute('a')).ended?.exitCode).toBe(0);
  });

  test('because another run has taken up its rows says how many are left', async () => {
    const s = await stage();
    const note = { kind: 'handed-over', runId: 'b', dir: '../b', rows: 1 } as const;
    await s.plan('a', {
      records: [
        begunAs({ runId: 'a', planDigest: '' }),
        ...acted(1),
        { kind: 'note', at: AT, note },
      ],
    });
    const { error } = await s.execute('a');
    expect(error).toMatchObject({
      code: 'RUN_HANDED_OVER',
      hint: expect.stringContaining('It took 1 of 2 rows'),
    });
    expect(mails(s)).toBe(0);
  });
});

describe('users whom another run has acted on', () => {
  test('since the plan was made are skipped, without asking the org about them', async () => {
    const s = await stage();
    await s.plan('a');
    await s.plan('b');
    expect((await s.execute('a')).ended?.exitCode).toBe(0);
    const { ended, events } = await s.execute('b');
    expect(ended?.summary.counts).toMatchObject({ succeeded: 0, skipped: 3 });
    expect([ended?.exitCode, mails(s)]).toEqual([0, 3]);
    expect(ofType(events, 'row').map(({ row, reason }) => [row, reason])).toEqual([
      [1, 'already-done'],
      [2, 'already-done'],
      [3, 'already-done'],
    ]);
    const kinds = (await s.journal('b')).map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === 'outcome' || kind === 'attempt')).toEqual([
      ...['outcome', 'outcome', 'outcome'],
    ]);
  });

  test('are skipped until the run is stopped; the others when it continues', async () => {
    const s = await stage(12);
    await s.plan('a');
    await s.plan('b');
    await s.execute('a');
    const stopped = await s.execute('b', { onEvent: stopAfter(3) });
    expect(stopped.ended).toMatchObject({ exitCode: 130, left: 9 });
    expect(ofType(stopped.events, 'row')).toHaveLength(3);
    const { ended } = await s.execute('b');
    expect([ended?.exitCode, ended?.summary.counts.skipped, mails(s)]).toEqual([0, 12, 12]);
  });
});

describe('a disk that fails', () => {
  const unbegun = 'okta-reset resume a (unbegun)';

  test.each([
    ['lock', 'open'],
    ['journal.jsonl', 'open'],
    ['journal.jsonl', 'sync'],
  ] as const)('before the first record (%s, %s) names what begins the run', async (file, call) => {
    const s = await stage();
    await s.plan('a');
    failFrom({ file, call, code: 'ENOSPC', nth: 1 });
    const { error } = await s.execute('a');
    expect(sound()).toBeGreaterThan(0);
    expect(error).toMatchObject({ code: 'DISK', hint: expect.stringContaining(`: ${unbegun}`) });
    expect([mails(s), await locks(s)]).toEqual([0, []]);
    expect((await s.execute('a')).ended?.exitCode).toBe(0);
  });

  test('of a run that was begun names what continues it', async () => {
    const s = await stage(12);
    await s.plan('a');
    await s.execute('a', { onEvent: stopAfter(1) });
    const done = mails(s);
    failFrom({ file: 'journal.jsonl', call: 'sync', code: 'ENOSPC', nth: 1 });
    const { error } = await s.execute('a');
    expect(sound()).toBeGreaterThan(0);
    expect(error?.hint).toMatch(/: okta-reset resume a$/);
    expect(mails(s)).toBe(done);
  });

  test('under way stops the run, whose report has what is on the disk; a resume acts on nobody twice', async () => {
    const s = await stage(12);
    await s.plan('a');
    failFrom({ file: 'journal.jsonl', call: 'sync', code: 'EIO', nth: 6 });
    const { ended, events } = await s.execute('a');
    expect(sound()).toBeGreaterThan(0);
    expect(ended).toMatchObject({ exitCode: 7, summary: { stop: { kind: 'disk' } } });
    const stored = (await s.journal('a')).filter(({ kind }) => kind === 'outcome').length;
    expect(ended?.summary.counts.succeeded).toBe(stored);
    expect(ofType(events, 'row').length).toBeLessThanOrEqual(stored);
    expect((await s.execute('a')).ended?.exitCode).toBe(0);
    const once = [...s.org.outbox()].map(({ userId }) => userId);
    expect([once.length, new Set(once).size]).toEqual([12, 12]);
  });
});

describe('hooks', () => {
  const told = async (s: Scene) =>
    (await readFile(join(s.cwd, 'told.txt'), 'utf8'))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Told)
      .map(({ hook, type, code }) => [hook, type, code]);

  test('are called at the beginning and at the end, and are waited for', async () => {
    const s = await stage();
    await s.plan('a');
    await s.execute('a', { hooks: ['cat >> told.txt'] });
    const all = await told(s);
    expect(all).toHaveLength(2);
    expect(all).toContainEqual(['started', 'run-started', undefined]);
    expect(all).toContainEqual(['finished', 'run-ended', undefined]);
  });

  test('are called after a bug', async () => {
    const s = await stage();
    await s.plan('a');
    const caughtUp = () => Promise.reject(new TypeError('bug'));
    const { error } = await s.execute('a', { caughtUp, hooks: ['cat >> told.txt'] });
    expect(error).toBeInstanceOf(TypeError);
    expect(await told(s)).toContainEqual(['stopped', 'error', 'INTERNAL']);
  });
});

describe('a run that takes rows of another', () => {
  test('says so there before it sends, and that one does not continue', async () => {
    const s = await stage(12);
    await s.plan('a');
    await s.execute('a', { onEvent: stopAfter(1) });
    const left = 12 - mails(s);
    const { length: records } = await s.journal('a');
    const parents = [{ runId: 'a', dir: '../a', records, left, taken: 0 }];
    await s.plan('b', { run: { parentRunId: 'a', parents } });
    const first = await s.execute('b', { onEvent: stopAfter(1) });
    expect([first.error, (await s.journal('a')).length]).toEqual([undefined, records + 1]);
    expect((await s.journal('a')).at(-1)).toMatchObject({
      note: { kind: 'handed-over', runId: 'b', dir: '../b', rows: left },
    });
    expect((await s.execute('a')).error).toMatchObject({ code: 'RUN_HANDED_OVER' });
    // A resume needs nothing of it any more.
    await rm(join(s.cwd, 'a'), { recursive: true });
    expect((await s.execute('b')).error).toBeUndefined();
    const once = [...s.org.outbox()].map(({ userId }) => userId);
    expect([once.length, new Set(once).size]).toEqual([12, 12]);
  });

  test('that cannot say so sends nothing', async () => {
    const s = await stage();
    await s.plan('a', { records: [begunAs({ runId: 'a', planDigest: '' })] });
    const parents = [{ runId: 'a', dir: '../a', records: 1, left: 3, taken: 0 }];
    await s.plan('b', { run: { parentRunId: 'a', parents } });
    failFrom({ file: 'a/journal.jsonl', call: 'sync', code: 'EIO', nth: 1 });
    const { error } = await s.execute('b');
    expect([sound() > 0, error?.code, mails(s), await locks(s)]).toEqual([true, 'DISK', 0, []]);
    expect((await s.execute('b')).ended?.exitCode).toBe(0);
  });
});

describe('an end that was not planned', () => {
  test('at once leaves the journal, says how to continue, and does not touch the reports', async () => {
    const s = await stage(4);
    await s.plan('a');
    const { error, events } = await s.execute('a', {
      onEvent: ({ type }, { drain, leave }) => {
        if (type !== 'row') return;
        drain();
        leave();
      },
    });
    expect(error).toMatchObject({
      code: 'INTERRUPTED',
      hint: expect.stringMatching(/okta-reset resume a$/),
    });
    expect(ofType(events, 'run-ended')).toEqual([]);
    expect(await kindAt(join(s.cwd, 'a', 'results.csv'))).toBeUndefined();
    expect(await locks(s)).toEqual([]);
    expect((await s.execute('a')).ended?.exitCode).toBe(0);
    expect(mails(s)).toBe(4);
  });

  test('by a bug has what was done in the reports, and can continue', async () => {
    const s = await stage(4);
    await s.plan('a');
    const bug = new TypeError('bug');
    const { error } = await s.execute('a', {
      ...{ ...asked([]), canary: [2], askToGoOn: () => Promise.reject(bug) },
    });
    expect([error, mails(s)]).toEqual([bug, 2]);
    const results = await readFile(join(s.cwd, 'a', 'results.csv'), 'utf8');
    expect(results.match(/,succeeded,/g)).toHaveLength(2);
    expect(await locks(s)).toEqual([]);
    expect((await s.execute('a')).ended?.exitCode).toBe(0);
    expect(mails(s)).toBe(4);
  });

  test('with reports that cannot be written says that the run is finished, and the next command writes them', async () => {
    const s = await stage();
    await s.plan('a');
    const path = join(s.cwd, 'a', 'results.csv');
    await mkdir(join(path, 'in-the-way'), { recursive: true });
    const { error, events } = await s.execute('a');
    expect(error?.message).toMatch(/^The run is finished/);
    expect(error?.hint).toContain('3 of 3 users are done');
    expect(error?.hint).toContain('okta-reset resume a');
    expect(ofType(events, 'run-ended')).toEqual([]);
    await rm(path, { recursive: true });
    expect((await s.execute('a', { yes: false })).ended?.exitCode).toBe(0);
    expect(await kindAt(path)).toBe('file');
    expect(mails(s)).toBe(3);
  });
});
