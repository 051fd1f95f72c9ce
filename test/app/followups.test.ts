/** A whole follow-up of runs in folders: what it asks the org, what it says, and which users a resend takes from it. */
import { failFrom, giveBack, sound } from '../faults/failing-disk.ts';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { takeFollowup } from '../../src/app/followup/followup.ts';
import type { FollowupState } from '../../src/app/followup/followup-state.ts';
import { readLive } from '../../src/app/followup/live-rows.ts';
import { resendOf } from '../../src/app/followup/resend.ts';
import { skippedByStatus } from '../../src/app/followup/skipped-rows.ts';
import { claimsOf, findChain } from '../../src/app/rerun/run-chain.ts';
import { NOTHING_GIVEN } from '../../src/config/flags/flag.ts';
import { PACE } from '../../src/config/pace.ts';
import type { OrgReader } from '../../src/domain/org/org.ts';
import type { Action } from '../../src/domain/plan/action.ts';
import type { PlannedRow } from '../../src/domain/plan/plan.ts';
import type { JournalRecord } from '../../src/domain/run/journal-record.ts';
import { clock, USER, userJson } from '../okta/scripted-org.ts';
import { fakeOrg, makeUser, userId } from '../plan/fake-org.ts';
import { planned, runFile } from '../report/sample.ts';
import {
  answeringOrg,
  policiesOf,
  type AnsweringOrg,
  type Answered,
  type Answers,
} from './answering-org.ts';
import { acted, around, begunAs, makeRun, newFolder, type Made } from './run-folders.ts';

let root: string;
let folders = 0;
beforeAll(async () => (root = await newFolder()));
afterAll(async () => {
  giveBack();
  await rm(root, { recursive: true, force: true });
});
let org: AnsweringOrg | undefined;
afterEach(() => {
  org?.close();
  org = undefined;
});

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const iso = (ms: number) => new Date(ms).toISOString();
/** The runs are one and a half hours old. */
const RAN_MS = clock.nowMs() - 1.5 * HOUR_MS;

const skipped = (row: number, reason: string): PlannedRow =>
  planned(row, { kind: 'skip', reason } as PlannedRow['verdict']);
const timed = (records: readonly JournalRecord[], ms = RAN_MS) =>
  records.map((record) => ({ ...record, at: iso(ms), startedAt: iso(ms) }) as JournalRecord);
/** The records of a run that reset its first user; the second one failed. */
const did = (runId: string, ms = RAN_MS) =>
  timed([begunAs({ runId, planDigest: '' }), ...acted(1), ...acted(2, { outcome: 'failed' })], ms);

/** A user in the answers of the org, who has changed as long ago as the run. */
const seen = (n: number, status: string) =>
  userJson(userId(n), { status, statusChanged: iso(RAN_MS), passwordChanged: null });
const usersAre = (...users: readonly object[]): Record<string, Answered> => ({
  '/api/v1/users?': [200, users],
});

/** Puts a run into a folder; the org that is open is the one it acted on. */
async function put(parent: string, runId: string, { run, ...more }: Made = {}): Promise<string> {
  const dir = join(parent, runId);
  await makeRun(dir, {
    run: {
      ...{ runId, format: 2, orgId: '00o1', createdAt: iso(RAN_MS) },
      ...(org === undefined ? {} : { host: org.org.host }),
      ...run,
    },
    rows: [planned(1), planned(2), planned(3), skipped(4, 'status:SUSPENDED')],
    records: did(runId),
    ...more,
  });
  return dir;
}

/** Opens an org, and a folder for runs. */
async function opened(answers: Answers = {}, more: Parameters<typeof answeringOrg>[2] = {}) {
  folders += 1;
  const parent = join(root, `f${folders}`);
  org = await answeringOrg(root, answers, more);
  return { parent, here: org };
}

async function follow(
  dir: string,
  here: AnsweringOrg,
  more: { readonly linkLifetimeMs?: number; readonly choose?: readonly FollowupState[] } = {},
) {
  const { linkLifetimeMs, choose = [] } = more;
  const pace = PACE.read(NOTHING_GIVEN);
  const input = { dir, org: here.org, pace, linkLifetimeMs, choose: new Set(choose) };
  const taken = await takeFollowup(input, here.context);
  await here.allClosed();
  return taken;
}

const specOf = (action: Action) => ({ spec: { ...runFile().spec, action } });

describe('a follow-up', () => {
  test('says how far each user is, and writes the list', async () => {
    const { parent, here } = await opened(usersAre(seen(1, 'RECOVERY'), seen(4, 'ACTIVE')));
    const dir = await put(parent, 'one');
    const { followup, chosen, chain } = await follow(dir, here, { choose: ['came-back'] });
    expect(followup).toMatchObject({
      ...{ runId: 'one', host: here.org.host, action: 'reset-password', runs: ['one'], users: 1 },
      counts: { 'link-dead': 1, 'came-back': 1 },
      ...{ neverReset: 2, unreadable: 0, proven: 0, scanner: undefined },
      ...{ proofs: 'whole', bounces: 'whole', linkUses: 'whole' },
      file: join(dir, 'followup.csv'),
    });
    expect(Math.abs(Date.parse(followup.takenAt) - clock.nowMs())).toBeLessThan(MINUTE_MS);
    expect([...chosen]).toEqual([[userId(4), 'came-back']]);
    expect(chain.map((each) => each.dir)).toEqual([dir]);
    const lines = (await readFile(followup.file, 'utf8')).trimEnd().split('\n');
    expect(lines.map((line) => line.split(',', 1)[0])).toEqual(['user_id', userId(1), userId(4)]);
    expect(here.seen.every(({ method }) => method === 'GET')).toBe(true);
  });

  test.each<[string, Answered, number | undefined, string, number, FollowupState]>([
    ['the policies, the longest', policiesOf(60, 120), undefined, 'policy', 120, 'waiting'],
    ['the policy', policiesOf(89), undefined, 'policy', 89, 'link-dead'],
    ['a flag', policiesOf(60), 2 * HOUR_MS, 'flag', 120, 'waiting'],
    ['an hour if nobody says', [403, {}], undefined, 'assumed', 60, 'link-dead'],
  ])('takes the lifetime of links from %s', async (_what, policies, flag, from, minutes, state) => {
    const users = usersAre(seen(1, 'RECOVERY'));
    const { parent, here } = await opened({ ...users, '/api/v1/policies': policies });
    const dir = await put(parent, 'one');
    const { followup } = await follow(dir, here, { ...(flag && { linkLifetimeMs: flag }) });
    expect(followup).toMatchObject({
      ...{ linkLifetimeFrom: from, linkLifetimeMs: minutes * MINUTE_MS, counts: { [state]: 1 } },
    });
    expect(here.asked().includes('/api/v1/policies')).toBe(flag === undefined);
  });

  test('counts time by the org’s clock', async () => {
    const aheadMs = -HOUR_MS;
    const { parent, here } = await opened(usersAre(seen(1, 'RECOVERY')), { aheadMs });
    const dir = await put(parent, 'one');
    const { followup } = await follow(dir, here);
    // Half an hour before the run has reset anybody, by the other clock.
    expect(Math.abs(Date.parse(followup.takenAt) - clock.nowMs() - aheadMs)).toBeLessThan(
      MINUTE_MS,
    );
    expect(followup.counts.waiting).toBe(1);
    const logs = here.seen.filter(({ url }) => url.startsWith('/api/v1/logs'));
    const since = logs.map(({ url }) => new URL(url, here.org.origin).searchParams.get('since'));
    // The log is asked from the run’s first record on, as the org dates it, and a minute before that for proofs.
    const off = since.map((time) => Date.parse(time ?? '') - RAN_MS - aheadMs);
    for (const each of off) expect(each).toBeGreaterThan(-2 * MINUTE_MS);
    for (const each of off) expect(each).toBeLessThan(MINUTE_MS);
  });

  test('does not take our own calls for uses of a link', async () => {
    const event = (actor: string) => ({
      ...{ uuid: 'e', eventType: 'user.account.use_token', published: iso(RAN_MS + MINUTE_MS) },
      ...{ actor: { id: actor, type: 'User' }, target: [{ type: 'User', id: userId(1) }] },
    });
    const states: unknown[] = [];
    for (const actor of [USER, 'someone']) {
      const users = usersAre(seen(1, 'RECOVERY'));
      const logs = (url: string): Answered => [
        200,
        url.includes('use_token') ? [event(actor)] : [],
      ];
      const { parent, here } = await opened({ ...users, '/api/v1/logs': logs });
      const { followup } = await follow(await put(parent, 'one'), here, {
        linkLifetimeMs: 9 * HOUR_MS,
      });
      states.push(followup.counts['link-used']);
      here.close();
    }
    expect(states).toEqual([0, 1]);
  });

  test('is about the run that was named, whatever came after it', async () => {
    const { parent, here } = await opened(usersAre(seen(1, 'RECOVERY'), seen(2, 'RECOVERY')));
    const dir = await put(parent, 'one');
    const rerun = { parentRunId: 'one' };
    const later = timed(
      [begunAs({ runId: 'two', planDigest: '' }), ...acted(1)],
      RAN_MS + MINUTE_MS,
    );
    const rows = [planned(1, { kind: 'act' }, { userId: userId(2) })];
    const two = await put(parent, 'two', { run: rerun, rows, records: later });
    const other = specOf('end-sessions');
    await put(parent, 'apart', {
      run: { ...rerun, ...other },
      records: did('apart', RAN_MS + 2 * MINUTE_MS),
    });
    for (const [named, runId] of [
      [dir, 'one'],
      [two, 'two'],
    ] as const) {
      const { followup } = await follow(named, here);
      expect(followup).toMatchObject({ runId, runs: ['two', 'one'], action: 'reset-password' });
      expect(followup.file).toBe(join(named, 'followup.csv'));
    }
  });

  test('of a run that restores has nothing to say about users whom it skipped', async () => {
    const back = usersAre(seen(1, 'ACTIVE'), seen(4, 'ACTIVE'));
    for (const [action, cameBack] of [
      ['unlock', 0],
      ['suspend', 1],
    ] as const) {
      const { parent, here } = await opened(back);
      const { followup } = await follow(await put(parent, 'one', { run: specOf(action) }), here);
      expect([action, followup.counts['came-back']]).toEqual([action, cameBack]);
      here.close();
    }
  });

  test('of a run that nobody has begun is refused, with the command that begins it', async () => {
    const { parent, here } = await opened();
    const dir = await put(parent, 'one', { records: undefined });
    await expect(follow(dir, here)).rejects.toMatchObject({
      ...{ code: 'INPUT_NOTHING_SELECTED', hint: `okta-reset run --plan ${dir} executes it.` },
    });
    expect(here.asked()).toEqual([]);
  });

  test('of another org is refused before anybody is asked for', async () => {
    const { parent, here } = await opened();
    const dir = await put(parent, 'one', { run: { orgId: '00other' } });
    await expect(follow(dir, here)).rejects.toMatchObject({ code: 'PLAN_OTHER_ORG' });
    expect(here.asked().filter((path) => !/organization|users\/me/.test(path))).toEqual([]);
    await here.allClosed();
  });

  test('whose list does not reach the disk has none', async () => {
    const { parent, here } = await opened(usersAre(seen(1, 'RECOVERY')));
    const dir = await put(parent, 'one');
    failFrom({ file: 'followup.csv', call: 'sync', code: 'EIO', nth: 1 });
    await expect(follow(dir, here).finally(sound)).rejects.toMatchObject({ code: 'DISK' });
    await expect(readFile(join(dir, 'followup.csv'))).rejects.toMatchObject({ code: 'ENOENT' });
  });
});

describe('users who were skipped because of their status', () => {
  const NOTED = (reason: string) => ({ outcome: 'skipped', reason }) as const;

  test('are found in the plan and in the journal, each once, from the newest run', async () => {
    folders += 1;
    const parent = join(root, `f${folders}`);
    const dir = await put(parent, 'one', {
      rows: [
        ...[skipped(1, 'status:SUSPENDED'), skipped(2, 'excluded'), planned(3), planned(4)],
        ...[planned(5), planned(6), skipped(7, 'status:STAGED'), planned(8)],
      ],
      records: timed([
        begunAs({ runId: 'one', planDigest: '' }),
        ...acted(3, NOTED('status:LOCKED_OUT')),
        ...acted(4, NOTED('changed-since')),
        ...acted(5, { outcome: 'failed', reason: 'status:SUSPENDED' }),
        ...acted(8),
      ]),
    });
    const at = RAN_MS + MINUTE_MS;
    await put(parent, 'two', {
      run: { parentRunId: 'one' },
      rows: [
        planned(1, { kind: 'skip', reason: 'status:STAGED' } as never, { userId: userId(7) }),
        planned(2, { kind: 'act' }, { userId: userId(3) }),
      ],
      records: timed([begunAs({ runId: 'two', planDigest: '' }), ...acted(2)], at),
    });
    const { context, drain } = around(root);
    const chain = await findChain(dir, context);
    const claims = claimsOf(chain, context);
    const claimed: string[] = [];
    for await (const { row } of claims) claimed.push(row.userId);
    expect(claimed).toEqual([userId(3), userId(8)]);
    const found: string[] = [];
    for await (const { run, row } of skippedByStatus(chain, claims, context))
      found.push(`${run.runId} ${row.userId}`);
    // The third one was reset since, by the second run.
    expect(found).toEqual([`two ${userId(7)}`, `one ${userId(1)}`]);
    const rest = async () => {
      for await (const one of skippedByStatus(chain, claims, context)) {
        expect(one.run.runId).toBe('two');
        drain.abort(new Error('over'));
      }
    };
    await expect(rest()).rejects.toThrow('over');
  });
});

describe('a resend', () => {
  test('takes the chosen users from the run of their reset, and counts what it takes from each', async () => {
    folders += 1;
    const parent = join(root, `f${folders}`);
    const secret = { Login: 'a', Password: 'hunter2' };
    const rows = [1, 2, 3].map((n) => planned(n, { kind: 'act' }, { columns: secret }));
    const all = (runId: string, ms = RAN_MS) =>
      timed([begunAs({ runId, planDigest: '' }), ...[1, 2, 3].flatMap((n) => acted(n))], ms);
    const dir = await put(parent, 'old', {
      run: { format: 1 },
      rows: [...rows, skipped(4, 'status:SUSPENDED'), skipped(5, 'status:SUSPENDED')],
      records: all('old'),
    });
    const newer = await put(parent, 'new', {
      run: { parentRunId: 'old' },
      rows: rows.slice(0, 1),
      records: timed([begunAs({ runId: 'new', planDigest: '' }), ...acted(1)], RAN_MS + MINUTE_MS),
    });
    const { context } = around(root);
    const chain = await findChain(dir, context);
    const chosen = new Map<string, FollowupState>([
      [userId(1), 'link-dead'],
      [userId(2), 'waiting'],
      [userId(3), 'bounced'],
      [userId(4), 'came-back'],
    ]);
    const { who, followsUp } = resendOf(dir, { chosen, chain }, false, context);
    const taken = [];
    for await (const row of who.rows()) taken.push(row);
    expect(taken.map(({ source, line, identifier }) => [source, line, identifier])).toEqual(
      [
        ['run new', 1, userId(1)],
        ['run old', 2, userId(2)],
        ['run old', 3, userId(3)],
        ['run old', 4, userId(4)],
      ].map(([source, line, value]) => [source, line, { kind: 'id', value }]),
    );
    // The first version kept columns that hold secrets.
    expect(taken.map(({ columns }) => 'Password' in columns)).toEqual([true, false, false, false]);
    expect(who).toMatchObject({
      ...{ kind: 'rows', asTyped: ['followup', dir, '--resend'], dirs: [newer, dir] },
    });
    expect([...who.parents]).toEqual([
      ['new', { dir: newer, records: 3, left: 0, taken: 1 }],
      ['old', { dir, records: 7, left: 0, taken: 3 }],
    ]);
    const repeat = (runId: string) => ({ runId }) as Parameters<typeof followsUp>[1];
    expect([1, 2, 3, 9].map((n) => followsUp(userId(n), repeat('old')))).toEqual([
      ...[true, false, true, true],
    ]);
    expect(followsUp(userId(1), repeat('other'))).toBe(false);
  });
});

test('the live state of many users is read with progress after each 500', async () => {
  const users = Array.from({ length: 999 }, (_, n) => makeUser(n + 1));
  const { reader } = fakeOrg(users.slice(1));
  const { context, events } = around(root);
  async function* rows() {
    for (const { id } of users) yield { row: { userId: id, line: 1, source: 's' } };
  }
  const states: boolean[] = [];
  const live = readLive(
    rows(),
    { ...reader, host: 'h' } as Partial<OrgReader> as OrgReader,
    context,
  );
  for await (const { of, user } of live) {
    expect(user?.id ?? userId(1)).toBe(of.row.userId);
    states.push(user !== undefined);
  }
  expect([states.length, states.indexOf(false), states.lastIndexOf(false)]).toEqual([999, 0, 0]);
  expect(events).toEqual([{ type: 'reading', what: 'lookup', done: 500 }]);
});
