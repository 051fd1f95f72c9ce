/** How a plan is made: what its run.json says, whom it leaves out, and that nothing stays of one that fails. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { chmod, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PlanInput } from '../../src/app/plan/plan-input.ts';
import { planRun } from '../../src/app/plan/plan-run.ts';
import { NOTHING_GIVEN } from '../../src/config/flags/flag.ts';
import { SECRETS } from '../../src/config/output.ts';
import { PACE } from '../../src/config/pace.ts';
import { WHO } from '../../src/config/selection.ts';
import type { Action } from '../../src/domain/plan/action.ts';
import type { Row } from '../../src/domain/row/row.ts';
import type { PolicyOptions } from '../../src/domain/run/run-file.ts';
import { readPlan } from '../../src/plan/file/read-plan.ts';
import { clock, USER, userJson } from '../okta/scripted-org.ts';
import { all, never, POLICY, userId } from '../plan/fake-org.ts';
import { planned, runFile } from '../report/sample.ts';
import {
  answeringOrg,
  policiesOf,
  SILENT,
  type AnsweringOrg,
  type Answered,
  type Answers,
} from './answering-org.ts';
import { acted, begunAs, makeRun, newFolder } from './run-folders.ts';

let root: string;
let folders = 0;
let cwd: string;
beforeAll(async () => (root = await newFolder()));
afterAll(() => rm(root, { recursive: true, force: true }));
beforeEach(async () => {
  folders += 1;
  cwd = join(root, `p${folders}`);
  await mkdir(cwd);
});
let org: AnsweringOrg | undefined;
afterEach(() => org?.close());

const HOUR_MS = 3_600_000;
const PEOPLE: Answered = [200, [1, 2, 3, 4].map((n) => userJson(userId(n)))];
type Flags = Readonly<Record<string, readonly string[]>>;
const chosen = (flags: Flags) => WHO.read(new Map(Object.entries(flags)));
const users = (...some: readonly number[]): Flags => ({ user: some.map((n) => userId(n)) });

interface Asked extends Omit<Partial<PlanInput>, 'spec' | 'policy'> {
  readonly flags?: Flags;
  readonly action?: Action;
  readonly policy?: Partial<PolicyOptions>;
  readonly answers?: Answers;
  readonly aheadMs?: number;
  readonly unlimited?: boolean;
}

/** Opens the org, and says how to plan there. */
async function planning(asked: Asked = {}) {
  const { flags = users(1, 2), action = 'reset-password', policy } = asked;
  const { answers, aheadMs = 0, unlimited = false, ...more } = asked;
  const here = await answeringOrg(
    cwd,
    { '/api/v1/users?': PEOPLE, ...answers },
    { aheadMs, unlimited },
  );
  org = here;
  const input: PlanInput = {
    ...{ org: here.org, pace: PACE.read(NOTHING_GIVEN), secrets: SECRETS.read(NOTHING_GIVEN) },
    ...{ who: { kind: 'selection', selection: chosen(flags) }, out: undefined },
    ...more,
    spec: { ...runFile().spec, action },
    policy: { ...POLICY, ...policy },
  };
  return { here, make: () => planRun(input, here.context) };
}

async function plan(asked: Asked = {}) {
  const { here, make } = await planning(asked);
  const made = await make();
  await here.allClosed();
  const rows = await all((await readPlan(join(made.dir, 'plan.jsonl'), undefined, never)).rows);
  const verdicts = rows.map(({ verdict }) =>
    verdict.kind === 'skip' ? verdict.reason : verdict.kind,
  );
  return { ...made, here, rows, verdicts };
}

const reports = () => readdir(join(cwd, 'reports')).catch(() => []);

describe('a plan', () => {
  test('is in run.json as it is returned: who, where, when, and how many', async () => {
    const beforeMs = clock.nowMs();
    const { run, dir, name, here } = await plan();
    expect(JSON.parse(await readFile(join(dir, 'run.json'), 'utf8'))).toEqual(
      JSON.parse(JSON.stringify(run)),
    );
    expect(run).toMatchObject({
      ...{ host: here.org.host, origin: here.org.origin, orgId: '00o1', rows: 2, targets: 2 },
      ...{
        principal: { kind: 'user', id: USER },
        policy: POLICY,
        spec: { action: 'reset-password' },
      },
      selection: ['--user', userId(1), '--user', userId(2)],
      planDigest: expect.stringMatching(/^[0-9a-f]{64}$/),
      preview: { rows: 2, targets: 2, reads: expect.any(Number) },
    });
    expect(run).not.toHaveProperty('recipients');
    expect([dir, name]).toEqual([join(cwd, 'reports', run.runId), `reports/${run.runId}`]);
    const createdMs = Date.parse(run.createdAt);
    expect(createdMs).toBeGreaterThanOrEqual(beforeMs - 1);
    expect(createdMs).toBeLessThanOrEqual(clock.nowMs());
    expect(here.seen.every(({ method }) => method === 'GET')).toBe(true);
    // Anyone who reads Okta’s log can find the plan there.
    expect(here.seen.every(({ headers }) => headers['user-agent']?.includes(run.runId))).toBe(true);
  });

  test('has the time of the org when it was begun', async () => {
    const aheadMs = 5 * HOUR_MS;
    const beforeMs = clock.nowMs();
    const { run } = await plan({ aheadMs });
    const offMs = (run.serverTimeMs ?? 0) - aheadMs;
    expect(offMs).toBeGreaterThan(beforeMs - 2000);
    expect(offMs).toBeLessThan(beforeMs + 2000);
  });

  test('is put where --out says, from here, and never into a folder that is in use', async () => {
    const { dir } = await plan({ out: 'mine/monday' });
    expect(dir).toBe(join(cwd, 'mine', 'monday'));
    expect(await reports()).toEqual([]);
    org?.close();
    const { make, here } = await planning({
      ...{ out: 'mine/monday', answers: { '/api/v1/iam': SILENT } },
    });
    await expect(make()).rejects.toMatchObject({ code: 'RUN_EXISTS' });
    await here.allClosed();
    expect(await readdir(dir)).toEqual(expect.arrayContaining(['plan.jsonl', 'run.json']));
  });

  test('closes the folder of reports to others who could write there, and no other folder', async () => {
    for (const [folder, mode] of [
      ['reports', 0o755],
      ['mine', 0o777],
    ] as const) {
      const path = join(cwd, folder);
      await mkdir(path);
      await chmod(path, 0o777);
      await plan(folder === 'mine' ? { out: 'mine/a' } : {}).catch(() => undefined);
      expect([folder, (await stat(path)).mode & 0o777]).toEqual([folder, mode]);
      org?.close();
    }
  });

  test('says how far it is after each 500 rows', async () => {
    await writeFile(
      join(cwd, 'all.csv'),
      Array.from({ length: 999 }, (_, n) => userId(n + 1)).join('\n'),
    );
    const { here, run } = await plan({ flags: { file: ['all.csv'] }, policy: { lookup: false } });
    expect(run.rows).toBe(999);
    expect(here.events.filter(({ type }) => type === 'reading')).toEqual([
      { type: 'reading', what: 'lookup', done: 500 },
    ]);
  });

  test('asks for the lifetime of links only if it emails links', async () => {
    for (const action of ['reset-password', 'end-sessions'] as const) {
      const { here, run } = await plan({ action, answers: { '/api/v1/policies': policiesOf(77) } });
      const mails = action === 'reset-password';
      expect(here.asked().includes('/api/v1/policies')).toBe(mails);
      const text = run.preview.warnings.find(({ code }) => code === 'link-lifetime')?.text;
      expect(text?.includes('77 minutes after') ?? false).toBe(mails);
      here.close();
    }
  });

  test('takes a part of the users', async () => {
    const flags = { ...users(1, 2, 3, 4), skip: ['1'], limit: ['2'] };
    expect((await plan({ flags })).rows.map((row) => row.userId)).toEqual([userId(2), userId(3)]);
  });

  test('leaves out whom a file or a group names, and says which groups', async () => {
    await writeFile(join(cwd, 'leave.csv'), `Login\n${userId(3)}\n`);
    const answers: Answers = {
      '/api/v1/groups/00g9/users': [200, [userJson(userId(2))]],
      '/api/v1/groups/00g8/users': [200, [userJson(userId(4))]],
      '/api/v1/groups/00g9': [200, { id: '00g9', profile: { name: 'Execs' } }],
      '/api/v1/groups?': [200, [{ id: '00g9', profile: { name: 'Execs' } }]],
    };
    const flags = { ...users(1, 2, 3, 4), exclude: ['leave.csv'], 'exclude-group': ['Execs'] };
    const policy = { excludedGroups: ['00g8'] };
    const { run, verdicts } = await plan({ flags, answers, policy });
    expect(run.policy.excludedGroups).toEqual(['00g8', '00g9']);
    expect(verdicts).toEqual(['act', 'excluded', 'excluded', 'excluded']);
    org?.close();
    expect((await plan({ flags, answers })).run.policy.excludedGroups).toEqual(['00g9']);
  });

  test('keeps the keys of secrets, each once, and only if there are secrets', async () => {
    const secrets = { recipients: ['age1a ', 'age1b', 'age1a'], plaintext: false };
    expect((await plan({ secrets, action: 'temp-password' })).run.recipients).toEqual([
      'age1a',
      'age1b',
    ]);
    org?.close();
    expect((await plan({ secrets })).run).not.toHaveProperty('recipients');
  });

  test.each<[Action, boolean, boolean]>([
    ['temp-password', true, true],
    ['temp-password', false, false],
    ['reset-password', true, false],
  ])('warns of secrets that are not encrypted: %s, %j: %j', async (action, plaintext, warns) => {
    const { run } = await plan({ action, secrets: { recipients: [], plaintext } });
    expect(run.preview.warnings.some(({ code }) => code === 'secrets-plaintext')).toBe(warns);
  });

  test('estimates by the limit of the org, or by a pace; otherwise not at all', async () => {
    const pace = PACE.read(NOTHING_GIVEN);
    const ofPlan = async (asked: Asked) => {
      const { run } = await plan(asked);
      org?.close();
      return run.preview.estimate;
    };
    const limited = await ofPlan({});
    expect(limited).toMatchObject({ calls: 2, limitPerWindow: 600, ratePercent: pace.ratePercent });
    expect(limited.durationMs).toBeGreaterThan(0);
    const unlimited = true;
    expect((await ofPlan({ unlimited })).durationMs).toBeUndefined();
    const byMinute = await ofPlan({ unlimited, pace: { ...pace, perMinute: 1 } });
    expect(byMinute.durationMs).toBeGreaterThanOrEqual(60_000);
    const byHour = await ofPlan({ unlimited, pace: { ...pace, perHour: 1 } });
    expect(byHour.durationMs).toBeGreaterThanOrEqual(HOUR_MS);
  });

  test('says how long a call in doubt is watched, which a longer timeout makes longer', async () => {
    const pace = PACE.read(NOTHING_GIVEN);
    const watched = async (timeoutMs: number) => {
      const { run } = await plan({ pace: { ...pace, timeoutMs } });
      org?.close();
      return run.preview.estimate.doubtMs ?? 0;
    };
    const short = await watched(10_000);
    expect(short).toBeGreaterThan(60_000 + 10_000);
    expect((await watched(40_000)) - short).toBe(30_000);
  });
});

describe('a plan over rows of other runs', () => {
  const rows: readonly Row[] = [1, 2].map((n) => ({
    ...{ source: 'run old', line: n, columns: {} },
    identifier: { kind: 'id', value: userId(n) },
  }));
  const of = (dirs: readonly string[]): PlanInput['who'] => ({
    ...{ kind: 'rows', asTyped: ['rerun', 'old'], dirs },
    rows: async function* () {
      yield* rows;
    },
    parents: new Map([
      ['old', { dir: join(cwd, 'elsewhere', 'old'), records: 5, left: 1, taken: 2 }],
    ]),
  });

  test('names them, and excludes only the groups that they excluded', async () => {
    const { run, verdicts } = await plan({
      who: of([]),
      policy: { excludedGroups: ['00g8'] },
      answers: { '/api/v1/groups/00g8/users': [200, [userJson(userId(2))]] },
    });
    expect(run).toMatchObject({
      ...{
        selection: ['rerun', 'old'],
        rows: 2,
        parentRunId: 'old',
        policy: { excludedGroups: ['00g8'] },
      },
      parents: [{ runId: 'old', dir: '../../elsewhere/old', records: 5, left: 1, taken: 2 }],
    });
    expect(verdicts).toEqual(['act', 'excluded']);
  });

  test('without one is nobody’s', async () => {
    const { run } = await plan();
    expect(run.parentRunId ?? run.parents).toBeUndefined();
  });

  /** A run that has reset the first user a minute ago, and the user as they are since. */
  async function done(folder: string) {
    const atMs = clock.nowMs() - 60_000;
    const at = new Date(atMs).toISOString();
    const host = org?.org.host ?? '';
    await makeRun(join(cwd, folder, 'old'), {
      run: {
        runId: 'old',
        format: 2,
        orgId: '00o1',
        host,
        origin: org?.org.origin ?? '',
        createdAt: at,
      },
      rows: [planned(1)],
      records: [
        begunAs({ runId: 'old', planDigest: '' }),
        ...acted(1, { at, startedAt: at }, { at, serverTimeMs: atMs }),
      ].map((record) => ({ ...record, at })),
    });
  }

  test.each<[string, string, Asked, string]>([
    ['next to it', 'reports', {}, 'already-done'],
    ['in another folder', 'elsewhere', {}, 'act'],
    ['if they are wanted again', 'reports', { policy: { again: true } }, 'act'],
    ['if a follow-up found that it helped nobody', 'reports', { followsUp: () => true }, 'act'],
    ['if no follow-up found that', 'reports', { followsUp: () => false }, 'already-done'],
  ])('whom a run has done %s', async (_what, folder, asked, verdict) => {
    const { here, make } = await planning(asked);
    await done(folder);
    const { run } = await make();
    const acts = run.preview.targets;
    expect([acts, run.preview.skipped['already-done'] ?? 0]).toEqual(
      verdict === 'act' ? [2, 0] : [1, 1],
    );
    await here.allClosed();
  });

  test('leaves out whom those runs have done, wherever they are', async () => {
    const { make } = await planning({ who: of([join(cwd, 'elsewhere', 'old')]) });
    await done('elsewhere');
    expect((await make()).run.preview.targets).toBe(1);
  });
});

describe('nothing stays of a plan', () => {
  test('without any row', async () => {
    const { make, here } = await planning({ flags: { ...users(1, 2), skip: ['2'] } });
    await expect(make()).rejects.toMatchObject({
      ...{ code: 'INPUT_NOTHING_SELECTED', hint: expect.stringContaining('--skip') },
    });
    expect(await reports()).toEqual([]);
    await here.allClosed();
    here.close();
    expect((await plan({ flags: { ...users(1, 2), skip: ['1'] } })).run.rows).toBe(1);
  });

  test('that is abandoned while the org is asked for other things', async () => {
    let abandon = () => {};
    const { make, here } = await planning({
      answers: {
        '/api/v1/policies': SILENT,
        '/api/v1/iam': () => {
          abandon();
          return SILENT;
        },
      },
    });
    abandon = () => here.drain.abort(new Error('enough'));
    await expect(make()).rejects.toThrow('enough');
    expect(await reports()).toEqual([]);
    await here.allClosed();
  });

  test('whose org does not answer', async () => {
    const { make, here } = await planning({
      answers: { '/api/v1/users/me': [401, { errorCode: 'E0000011' }] },
    });
    await expect(make()).rejects.toMatchObject({ code: 'AUTH_REJECTED' });
    expect(await reports()).toEqual([]);
    await here.allClosed();
  });
});

describe('--since', () => {
  const since = async (afterMs: number, aheadMs = 0) => {
    const { make, here } = await planning({
      policy: { sinceMs: clock.nowMs() + afterMs },
      aheadMs,
    });
    const made = await make().then(
      () => 'planned',
      (error: unknown) => error,
    );
    await here.allClosed();
    here.close();
    return made;
  };
  const MINUTE_MS = 60_000;

  test('in the future is refused, unless it could be another time zone', async () => {
    expect(await since(-HOUR_MS)).toBe('planned');
    expect(await since(24 * HOUR_MS - MINUTE_MS)).toBe('planned');
    expect(await since(24 * HOUR_MS + MINUTE_MS)).toMatchObject({
      ...{ code: 'USAGE', message: expect.stringMatching(/^--since .* is in the future\.$/) },
      hint: expect.stringContaining('the time of the breach'),
    });
    expect(await reports()).toHaveLength(2);
  });

  test('is compared with the clock of the org', async () => {
    expect(await since(30 * HOUR_MS, 10 * HOUR_MS)).toBe('planned');
    expect(await since(20 * HOUR_MS, -10 * HOUR_MS)).toMatchObject({ code: 'USAGE' });
  });
});
