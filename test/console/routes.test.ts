/** Every route of the console: what it needs, what it refuses, and what it answers. One org and two consoles for most. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Count, Draft, State } from '../../src/console/api/answers.ts';
import type { Consent, RunDetail } from '../../src/console/api/run-answers.ts';
import { startSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import { skippingClock } from '../skipping-clock.ts';
import { Client } from './client.ts';
import { openRig, type ConsoleRig } from './rig.ts';

const clock = skippingClock();
let org: Sandbox;
let rig: ConsoleRig;
let client: Client;
/** Of a console that is not connected. */
let bare: Client;
let bareRig: ConsoleRig;
let ids: readonly string[];

beforeAll(async () => {
  org = await startSandbox({ users: 300, limits: 'off' }, { clock });
  rig = await openRig({ clock });
  client = new Client(await rig.page());
  bareRig = await openRig({ clock });
  bare = new Client(await bareRig.page());
  ids = [...org.users()]
    .filter(({ status, provider, admin }) => status === 'ACTIVE' && provider === 'OKTA' && !admin)
    .map(({ id }) => id);
});
afterAll(async () => {
  await rig.close();
  await bareRig.close();
  await org.close();
});

/** Asks for a connection, and waits until it is there or has failed. */
async function asked(of: Client, request: object) {
  const { lastEvent } = (await of.page.get('/api/state')).json as { lastEvent: number };
  const begun = await of.page.post('/api/connect', request);
  expect([begun.status, begun.json.state]).toEqual([202, 'checking']);
  const isOver = (e: { readonly connection: { readonly state: string } }) =>
    e.connection.state !== 'checking';
  return (await of.page.until('connection', isOver, lastEvent)).connection;
}

const connect = async () => {
  const { state } = await asked(client, { kind: 'token', url: org.url, token: org.token });
  expect(state).toBe('connected');
};

const POSTS = [
  ...['/connect', '/disconnect', '/keys', '/uploads', '/uploads/x/parts'],
  ...['/drafts', '/drafts/x', '/drafts/x/plan', '/plannings/x/cancel'],
  ...['execute', 'resume', 'answer', 'stop', 'rerun', 'followup', 'resend', 'report', 'seal'].map(
    (name) => `/runs/x/${name}`,
  ),
  ...['/runs/x/rows/1/secret', '/runs/x/rows/1/handed-over'],
];

const shown = '0'.repeat(64);
/** What is asked of something that is not there, and what it is. */
const MISSING: readonly [path: string, body: object | undefined, what: string][] = [
  ['/drafts/x', undefined, 'draft'],
  ['/drafts/x/peek?upload=x', undefined, 'upload'],
  ['/plannings/x', undefined, 'planning'],
  ['/runs/x', undefined, 'run'],
  ['/runs/x/consent', undefined, 'run'],
  ['/runs/x/summary', undefined, 'run'],
  ['/runs/x/seal', undefined, 'run'],
  ['/runs/x/rows', undefined, 'run'],
  ['/runs/x/rows/1', undefined, 'run'],
  ['/runs/x/files/report', undefined, 'run'],
  ['/runs/x/files/secrets', undefined, 'file'],
  ['/uploads/x/parts', { part: 0, base64: '', last: true }, 'upload'],
  ['/drafts/x', {}, 'draft'],
  ['/drafts', { files: ['x'] }, 'upload'],
  ['/drafts', { excludes: ['x'] }, 'upload'],
  ['/plannings/x/cancel', {}, 'planning'],
  ['/runs/x/execute', { shown }, 'run'],
  ['/runs/x/resume', { shown }, 'run'],
  ['/runs/x/rerun', {}, 'run'],
  ['/runs/x/followup', {}, 'run'],
  ['/runs/x/resend', {}, 'run'],
  ['/runs/x/report', {}, 'run'],
  ['/runs/x/seal', {}, 'run'],
  ['/runs/x/rows/1/secret', {}, 'run'],
  ['/runs/x/rows/1/handed-over', { done: true }, 'run'],
];

describe('before anything is there', () => {
  test.each(POSTS)('POST %s refuses what it does not know', async (path) => {
    const answer = await bare.page.post(`/api${path}`, { unknown: 1 });
    expect([answer.status, answer.json.code]).toEqual([400, 'BAD_REQUEST']);
  });

  test.each([
    '/groups?search=x',
    '/count?all=yes',
    '/drafts/x/peek?upload=x',
    '/runs/x/rows?',
    '/events?',
  ])('GET %s refuses a part of the query that it does not know', async (path) => {
    const answer = await bare.page.get(`/api${path}&unknown=1`);
    expect([answer.status, answer.json.code]).toEqual([400, 'BAD_REQUEST']);
  });

  test.each(MISSING)('%s with %j finds no %s', async (path, body, what) => {
    const { get, post } = bare.page;
    const answer = await (body === undefined ? get(`/api${path}`) : post(`/api${path}`, body));
    expect([answer.status, answer.json.code, answer.json.message]).toEqual([
      ...[404, 'NOT_FOUND', `There is no such ${what}.`],
    ]);
  });

  test('nothing can be asked of an org, and nothing answered or stopped', async () => {
    const { get, post } = bare.page;
    const draft = (await post('/api/drafts', { flags: { user: [ids[0]] } })).json.id as string;
    for (const answer of [
      await get('/api/groups?search=x'),
      await get('/api/count?all=yes'),
      await post(`/api/drafts/${draft}/plan`),
      await post('/api/runs/x/answer', { question: 'q', goOn: true }),
      await post('/api/runs/x/stop', { phase: 'drain' }),
    ])
      expect([answer.status, answer.json.code]).toEqual([409, 'NOT_NOW']);
  });

  test('the state says what there is', async () => {
    const { json, status } = await bare.page.get('/api/state');
    expect(status).toBe(200);
    expect(json).toMatchObject({
      ...{
        program: 'okta-reset',
        cwd: bareRig.dir,
        version: expect.stringMatching(/^\d+\.\d+\.\d+/),
      },
      ...{ connection: { state: 'none', findings: [], notes: [] }, known: { profiles: [] } },
      ...{ recipients: [], uploads: [], plannings: [], live: [] },
    });
    expect(json.known.environment).toBeUndefined();
    expect(json.actions.length).toBeGreaterThan(5);
    expect(json.flags.length).toBeGreaterThan(20);
    expect(Math.abs(json.nowMs - clock.nowMs())).toBeLessThan(60_000);
    const again = (await bare.page.get('/api/state')).json;
    expect(again.instance).toBe(json.instance);
    const draft = (await bare.page.post('/api/drafts', {})).json.id as string;
    const after = (await bare.page.get('/api/state')).json;
    const { lastEvent, drafts } = json as State;
    expect([after.lastEvent, after.drafts]).toEqual([lastEvent + 1, [...drafts, draft]]);
  });
});

describe('a connection', () => {
  const token = (url: string, text: string) => ({ kind: 'token', url, token: text });

  test('says what is wrong with a token that is empty, with an address, or with a profile', async () => {
    const empty = await asked(client, token(org.url, ' \n'));
    expect(empty).toMatchObject({
      ...{ kind: 'token', state: 'failed' },
      error: { code: 'BAD_REQUEST', message: 'The API token is empty.' },
    });
    for (const request of [token('no address', 'x'), { kind: 'profile', profile: 'nobody' }]) {
      const { state, error, host } = await asked(client, request);
      expect([state, host]).toEqual(['failed', undefined]);
      expect(error?.code).toMatch(/^CONFIG_|^USAGE/);
    }
  });

  test('with a token that the org refuses has failed, and names what doctor found', async () => {
    const connection = await asked(client, token(org.url, `00${'x'.repeat(40)}`));
    expect([connection.state, connection.error]).toEqual(['failed', undefined]);
    expect(connection.host).toBe(new URL(org.url).host);
    const bad = connection.findings.filter(({ level }) => level === 'bad');
    expect(bad).toEqual([expect.objectContaining({ subject: 'credential' })]);
    expect(bad[0]?.remedy).not.toBe('');
    expect((await client.page.get('/api/count?all=yes')).json.code).toBe('NOT_NOW');
  });

  test('with a token, pasted with spaces, is to its org, as its owner', async () => {
    const connection = await asked(client, token(org.url, `  ${org.token}\n`));
    const { host } = new URL(org.url);
    expect(connection).toMatchObject({ host, origin: org.url, kind: 'token', state: 'connected' });
    expect(connection.error ?? connection.sample ?? connection.waitsFor).toBeUndefined();
    expect(connection.principal).toContain('@');
    const subjects = connection.findings.map(({ subject }) => subject);
    expect(new Set(subjects).size).toBeGreaterThan(5);
    // Once, in the order in which they came.
    expect(subjects.filter((subject) => subject === 'credential')).toHaveLength(1);
  });

  test('answers what a page asks while somebody types', async () => {
    await connect();
    const { json: groups } = await client.page.get('/api/groups?search=');
    expect(groups.groups.length).toBeGreaterThan(1);
    expect(groups.more).toBe(false);
    const [first] = groups.groups as readonly { readonly id: string; readonly name: string }[];
    const named = encodeURIComponent(first?.name ?? '');
    expect((await client.page.get(`/api/groups?search=${named}`)).json.groups[0]).toEqual(first);
    expect((await client.page.get('/api/groups?search=no-such')).json).toEqual({
      ...{ groups: [], more: false },
    });
    const count = async (query: string) =>
      (await client.page.get(`/api/count?${query}`)).json as Count;
    const users = [...org.users()].filter(({ status }) => status !== 'DEPROVISIONED');
    const active = users.filter(({ status }) => status === 'ACTIVE').length;
    const all = await count('all=yes');
    expect([all.users, all.more, all.sample.length]).toEqual([users.length, false, 5]);
    expect(Object.keys(all.sample[0] ?? {})).toEqual(['login', 'status']);
    expect((await count(`search=${encodeURIComponent('status eq "ACTIVE"')}`)).users).toBe(active);
    expect((await count(`filter=${encodeURIComponent('status eq "ACTIVE"')}`)).users).toBe(active);
    const members = (await count(`group=${first?.id}`)).users;
    expect(members).toBeGreaterThan(0);
    expect((await client.page.get('/api/count?group=00gx')).json.code).toBe('ORG_ANSWER');
  });
});

describe('a draft', () => {
  beforeAll(connect);
  const draftOf = async (body: object) =>
    (await client.page.post('/api/drafts', body)).json as Draft;

  test('shows who, what, and the command, and what is still missing', async () => {
    const empty = await draftOf({});
    expect(empty).toMatchObject({ hasWho: false, problem: { code: 'USAGE' }, files: [] });
    expect(empty.spec).toMatchObject({ action: 'reset-password' });
    const user = [ids[0] ?? ''];
    const { id, ...some } = await draftOf({ flags: { user } });
    expect(some).toMatchObject({ hasWho: true, flags: { user }, excludes: [] });
    expect([some.problem, some.planning]).toEqual([undefined, undefined]);
    expect(some.command).toBe(`okta-reset plan --user ${ids[0]} --org ${org.url}`);
    const change = async (flags: object) =>
      (await client.page.post(`/api/drafts/${id}`, { flags })).json as Draft;
    const secret = await change({ action: ['temp-password'] });
    expect(secret).toMatchObject({ problem: { code: 'SECRETS_NO_PLACE' }, hasWho: true });
    expect(secret.spec?.action).toBe('temp-password');
    const wrong = await change({ action: ['suspend'], 'revoke-tokens': [] });
    expect([wrong.problem?.code, wrong.spec]).toEqual(['USAGE', undefined]);
    const slow = await change({ action: null, 'revoke-tokens': null, 'per-minute': ['no'] });
    expect(slow.problem?.code).toBe('USAGE');
    const many = await change({ 'per-minute': null, canary: ['no'] });
    expect([many.problem?.code, many.hasWho]).toEqual(['USAGE', true]);
    expect((await change({ canary: null, limit: ['no'] })).hasWho).toBe(false);
    expect((await change({ limit: null })).problem).toBeUndefined();
    expect((await client.page.get(`/api/drafts/${id}`)).json.flags).toEqual({ user });
  });

  test('has its files by name, and cannot be planned or looked into before they are complete', async () => {
    const { post, get } = client.page;
    const upload = async (name: string) => (await post('/api/uploads', { name })).json.id as string;
    const [list, out] = [await upload('list.csv'), await upload('out.csv')];
    const draft = await draftOf({ files: [list], excludes: [out] });
    expect(draft.files).toMatchObject([{ name: 'list.csv', complete: false }]);
    expect(draft.command).toContain('--file list.csv --exclude out.csv');
    const peek = () => get(`/api/drafts/${draft.id}/peek?upload=${list}`);
    expect((await peek()).json.code).toBe('NOT_NOW');
    const fill = (id: string, text: string) =>
      post(`/api/uploads/${id}/parts`, {
        ...{ part: 0, base64: Buffer.from(text).toString('base64'), last: true },
      });
    const plan = () => post(`/api/drafts/${draft.id}/plan`);
    const csv = ['id,password', ...ids.slice(0, 60).map((id) => `${id},x`), 'nobody,x', ''];
    await fill(list, csv.join('\n'));
    expect((await plan()).json).toMatchObject({ code: 'NOT_NOW' });
    await fill(out, `id\n${ids[1]}\n`);
    const { json: seen } = await peek();
    expect(seen.columns).toMatchObject([
      { name: 'id', chosen: true, leftOut: false, rival: false },
      { name: 'password', chosen: false, leftOut: true },
    ]);
    expect(seen.rows).toHaveLength(50);
    expect(seen.rows[0]).toMatchObject({ line: 2, cells: [ids[0], ''] });
    expect([seen.upload, seen.counted, seen.problem]).toEqual([list, undefined, undefined]);
    const whole = await get(`/api/drafts/${draft.id}/peek?upload=${list}&whole=yes`);
    expect(whole.json.counted).toEqual({ rows: 61, unusable: 1 });
    const run = await client.planned(await plan());
    const { preview, rows, selection } = await client.detail(run);
    expect([rows, preview.skipped['excluded']]).toEqual([61, 1]);
    expect(selection).toEqual(['--file', 'list.csv', '--exclude', 'out.csv']);
    // One that is left out again is no longer part of it.
    const change = await post(`/api/drafts/${draft.id}`, { excludes: [] });
    expect(change.json).toMatchObject({ excludes: [], files: [{ name: 'list.csv' }] });
  });

  test('is planned once it is complete; a plan that fails or is canceled says so, and has no run', async () => {
    const { post, get } = client.page;
    const draft = await draftOf({ flags: { search: ['status eq "NONE"'] } });
    const planning = await client.planning(await post(`/api/drafts/${draft.id}/plan`));
    expect(planning).toMatchObject({
      ...{ state: 'failed', error: { code: 'INPUT_NOTHING_SELECTED' } },
      of: { kind: 'draft', draft: draft.id },
    });
    expect(planning.run).toBeUndefined();
    expect((await get(`/api/plannings/${planning.id}`)).json).toMatchObject({ state: 'failed' });
    expect((await get(`/api/drafts/${draft.id}`)).json.planning.id).toBe(planning.id);
    expect((await post(`/api/plannings/${planning.id}/cancel`)).json.state).toBe('failed');
    const nobody = await draftOf({});
    expect((await post(`/api/drafts/${nobody.id}/plan`)).json.code).toBe('USAGE');
    const begun = await post(`/api/drafts/${draft.id}/plan`);
    await post(`/api/plannings/${String(begun.json.planning)}/cancel`);
    const canceled = await client.planning(begun);
    expect(['cancelled', 'failed']).toContain(canceled.state);
  });
});

describe('a run', () => {
  const flags = (from: number) => ({
    ...{ user: ids.slice(from, from + 4), canary: ['2,1'], 'canary-wait': ['0'] },
  });
  let run: string;
  /** One that has acted on four users. */
  let done: string;
  beforeAll(async () => {
    await connect();
    run = await client.plan(flags(70));
    done = await client.plan({ user: ids.slice(74, 78) });
    await client.execute(done);
    await client.ended(done);
  });
  const consent = async (query = '') =>
    (await client.page.get(`/api/runs/${run}/consent${query}`)).json as Consent;

  test('that is planned has everything that a yes is about', async () => {
    const detail = await client.detail(run);
    const { host } = new URL(org.url);
    expect(detail).toMatchObject({
      ...{ id: run, name: `reports/${run}`, state: 'planned', live: false, connected: true, host },
      ...{ rows: 4, targets: 4, unsettled: 0, handedOver: 0, sealed: false, secrets: 'none' },
      ...{ recipients: [], parents: [], skips: [], shown: expect.stringMatching(/^[0-9a-f]{64}$/) },
    });
    expect([detail.stop, detail.liveRun, detail.followup]).toEqual(Array(3).fill(undefined));
    expect(detail.next.map(({ does }) => does)).toEqual([{ kind: 'execute' }]);
    expect(detail.command).toContain(`okta-reset run --plan reports/${run}`);
    expect(detail.command).toContain('--canary 2,1');
    expect(detail.expiresAtMs).toBeGreaterThan(Date.parse(detail.createdAt));
    expect(detail.does).not.toBe('');
    const button = detail.warnings.find(({ code }) => code === 'sessions-stay-alive');
    expect(button?.settle?.flags).toEqual({ 'revoke-sessions': [] });
    const { json } = await client.page.get('/api/runs');
    const listed = (json.runs as readonly RunDetail[]).find(({ id }) => id === run);
    expect(listed).toMatchObject({ state: 'planned', live: false, connected: true });
    expect(json.unreadable).toEqual([]);
  });

  test('asks for the first wave, as the draft or the page says, or for everybody', async () => {
    const { host } = new URL(org.url);
    expect(await consent()).toMatchObject({
      ...{ confirm: `2@${host}`, users: 2, later: 2, canary: '2,1' },
      sentence: expect.stringContaining('the first 2 of 4 users'),
    });
    expect(await consent('?canary=3')).toMatchObject({ users: 3, later: 1, canary: '3' });
    expect(await consent('?canary=9')).toMatchObject({ users: 4, later: 0 });
    expect(await client.page.get(`/api/runs/${run}/consent?canary=no`)).toMatchObject({
      ...{ status: 400, json: { code: 'USAGE' } },
    });
  });

  test('is executed wave by wave, and then has a summary, rows, files, a report and its canary', async () => {
    const wavy = await client.plan(flags(80));
    await client.execute(wavy, { canary: ['2,1'] });
    for (const wave of [1, 2]) {
      const asking = await client.until(
        wavy,
        ({ phase, question, counts }) =>
          phase === 'asking' && question !== undefined && counts.succeeded === wave + 1,
      );
      expect(asking.question).toMatchObject({ kind: 'canary', users: 1, later: 2 - wave });
      const { id: question, confirm } = asking.question ?? { id: '' };
      const kept = (await client.page.get(`/api/runs/${wavy}/consent`)).json;
      expect(kept.canary).toBe('2,1');
      const answer = { question, goOn: true, confirm };
      expect((await client.page.post(`/api/runs/${wavy}/answer`, answer)).status).toBe(200);
      expect((await client.detail(wavy)).liveRun?.question?.id).not.toBe(question);
      expect((await client.page.post(`/api/runs/${wavy}/answer`, answer)).json.code).toBe(
        'NOT_NOW',
      );
    }
    const ended = await client.ended(wavy);
    expect(ended).toMatchObject({ phase: 'ended', canary: 'verified', end: { left: 0 } });
    expect(ended.end?.next.map(({ does }) => does?.kind)).toContain('followup');
    const { get, post } = client.page;
    expect(await client.detail(wavy)).toMatchObject({
      ...{ state: 'finished', live: false, liveRun: { phase: 'ended' }, counts: { succeeded: 4 } },
    });
    const { json: summary } = await get(`/api/runs/${wavy}/summary`);
    expect(summary).toMatchObject({ counts: { succeeded: 4 }, invocations: 1, chain: 'intact' });
    expect(summary.executedBy).toHaveLength(1);
    await writeFile(join(rig.dir, 'reports', wavy, 'results.csv'), 'changed');
    const report = await post(`/api/runs/${wavy}/report`);
    expect([report.status, report.json.id]).toEqual([200, wavy]);
    const csv = await readFile(join(rig.dir, 'reports', wavy, 'results.csv'), 'utf8');
    expect(csv.split('\n').length).toBeGreaterThan(4);
    const file = (report.json as RunDetail).files.find(({ kind }) => kind === 'results-csv');
    expect(file).toEqual({
      kind: 'results-csv',
      name: 'results.csv',
      bytes: Buffer.byteLength(csv),
    });
    expect((await get(`/api/runs/${wavy}/files/results-csv`)).text).toBe(csv);
    expect((await get(`/api/runs/${wavy}/rows/4`)).json).toMatchObject({ row: 4, tries: [{}] });
    for (const row of ['0', '5', '-1', 'x', '1e0'])
      expect([row, (await get(`/api/runs/${wavy}/rows/${row}`)).status]).toEqual([row, 404]);
    const handing = await post(`/api/runs/${wavy}/rows/1/handed-over`, { done: true });
    expect([handing.status, handing.json.code]).toEqual([409, 'NOT_NOW']);
    const again = await post(`/api/runs/${wavy}/answer`, { question: 'q', goOn: true });
    expect(again.json.code).toBe('NOT_NOW');
  });

  test('has no rows to repeat, and says so in its planning', async () => {
    const begun = await client.page.post(`/api/runs/${done}/rerun`);
    expect(await client.planning(begun)).toMatchObject({
      ...{
        state: 'failed',
        of: { kind: 'rerun', run: done },
        error: { code: 'INPUT_NOTHING_SELECTED' },
      },
    });
  });

  test('is followed up, one at a time, with a lifetime of links that is a length of time', async () => {
    const follow = (body: object) => client.page.post(`/api/runs/${done}/followup`, body);
    const states = async (wanted: string) =>
      (await client.page.until('followup', (e) => e.followup.state === wanted)).followup;
    expect((await follow({ linkLifetime: 'long' })).status).toBe(202);
    expect((await states('failed')).error?.code).toBe('BAD_REQUEST');
    const begun = await Promise.all([1, 2].map(() => follow({ linkLifetime: '1h' })));
    expect(begun.map(({ status }) => status).sort()).toEqual([202, 409]);
    const { result, run: of } = await states('taken');
    expect(of).toBe(done);
    expect(result).toMatchObject({
      ...{ users: 4, neverReset: 0, unreadable: 0, good: { users: 0, words: 'finished' } },
      ...{ done: 'reset', links: { lifetimeMs: 3_600_000, from: 'flag' } },
    });
    const of4 = result?.states.filter(({ users }) => users > 0);
    expect(of4).toMatchObject([{ state: 'waiting', users: 4, resend: 'by-name' }]);
    const by = (wanted: string) =>
      result?.states.filter(({ resend }) => resend === wanted).map(({ state }) => state);
    expect(by('default')).toEqual(['link-dead', 'came-back']);
    expect(by('never')).toEqual(['finished', 'gone', 'contained']);
    expect((await client.detail(done)).followup).toMatchObject({ state: 'taken' });
  });

  test('sends again to users in a state that is named, by the same action or another one', async () => {
    const resend = (body: object) => client.page.post(`/api/runs/${done}/resend`, body);
    const refused = await resend({ only: ['finished'] });
    expect([refused.status, refused.json.code]).toEqual([400, 'BAD_REQUEST']);
    const none = await client.planning(await resend({}));
    expect(none).toMatchObject({ state: 'failed', error: { code: 'INPUT_NOTHING_SELECTED' } });
    const again = await client.planned(await resend({ only: ['waiting'], flags: { again: [] } }));
    expect(await client.detail(again)).toMatchObject({
      ...{
        targets: 4,
        parents: [done],
        spec: { action: 'reset-password' },
        policy: { resend: true, lookup: true },
      },
    });
    const flags = { action: ['expire-password'], again: [], 'revoke-sessions': [] };
    const other = await client.planned(await resend({ only: ['waiting'], flags }));
    expect(await client.detail(other)).toMatchObject({
      spec: { action: 'expire-password', revokeSessions: true },
    });
    const bare = await client.planned(
      await resend({ only: ['waiting'], flags: { action: ['expire-password'] } }),
    );
    expect((await client.detail(bare)).spec).toMatchObject({ action: 'expire-password' });
    for (const bad of [{ user: [ids[0]] }, { yes: [] }])
      expect((await resend({ flags: bad })).status).toBe(400);
  });

  test('of another org cannot go on until the console is connected to that', async () => {
    const path = join(rig.dir, 'reports', run, 'run.json');
    const text = await readFile(path, 'utf8');
    const { host } = new URL(org.url);
    const file = { ...(JSON.parse(text) as object), host: 'elsewhere.okta.com' };
    await writeFile(path, JSON.stringify(file));
    const { shown: mark, connected } = await client.detail(run);
    expect(connected).toBe(false);
    for (const [name, body] of [
      ['rerun', {}],
      ['followup', {}],
      ['resend', {}],
      ['execute', { shown: mark }],
    ] as const) {
      const answer = await client.page.post(`/api/runs/${run}/${name}`, body);
      expect(answer.json).toMatchObject({
        code: 'NOT_NOW',
        message: `This run is of elsewhere.okta.com, and the console is connected to ${host}.`,
      });
    }
    await writeFile(path, text);
  });
});

describe('the end of a connection', () => {
  test('forgets the org and its credential, and closes a sandbox', async () => {
    const connection = await asked(client, { kind: 'sandbox', users: 5 });
    expect([connection.state, connection.kind]).toEqual(['connected', 'sandbox']);
    const { uploads } = (await client.page.get('/api/state')).json as State;
    expect(uploads.at(-1)).toMatchObject({ id: connection.sample, name: 'sandbox-users.csv' });
    expect((await client.page.get('/api/count?all=yes')).json.users).toBeGreaterThan(0);
    const ended = await client.page.post('/api/disconnect');
    expect([ended.status, ended.json]).toEqual([200, { state: 'none', findings: [], notes: [] }]);
    await expect(fetch(`${connection.origin ?? ''}/api/v1/users`)).rejects.toThrow();
    expect((await client.page.get('/api/count?all=yes')).json.code).toBe('NOT_NOW');
    expect((await client.page.get('/api/state')).json.connection.state).toBe('none');
  });
});

describe('a console', () => {
  test('knows the org of its environment and its profiles, connects to either, and names neither', async () => {
    const env = { OKTA_CLIENT_ORGURL: org.url, OKTA_CLIENT_TOKEN: org.token };
    const other = await openRig({ clock, env });
    const yaml = `okta:\n  profiles:\n    night:\n      orgUrl: ${org.url}\n      token: ${org.token}\n`;
    await writeFile(join(other.dir, 'okta.yaml'), yaml, { mode: 0o600 });
    const own = new Client(await other.page());
    const { json } = await own.page.get('/api/state');
    expect(json.known).toEqual({
      environment: { host: new URL(org.url).host },
      profiles: ['night'],
    });
    await own.connect({ kind: 'profile', profile: 'night' });
    await own.connect({ kind: 'environment' });
    expect((await own.page.get('/api/state')).json.connection.kind).toBe('environment');
    const draft = (await own.page.post('/api/drafts', { flags: { user: [ids[0]] } })).json as Draft;
    expect(draft.command).toBe(`okta-reset plan --user ${ids[0]}`);
    const run = await own.plan({ user: ids.slice(90, 92), 'max-failures': ['9'] });
    expect((await own.detail(run)).command).not.toContain('--org');
    await own.execute(run);
    const { end } = await own.ended(run);
    expect(end?.next.map(({ command }) => command)).toEqual([`okta-reset followup reports/${run}`]);
    expect(await asked(own, { kind: 'sandbox' })).toMatchObject({ state: 'connected' });
    expect((await own.page.get('/api/count?all=yes')).json.users).toBeGreaterThan(250);
    await writeFile(join(other.dir, 'okta.yaml'), 'okta: [');
    expect((await own.page.get('/api/state')).json.known.profiles).toEqual([]);
    await other.close();
  });

  test('opens secrets with its key files, and with those that it makes', async () => {
    const key = (await client.page.post('/api/keys')).json;
    expect(key.path).toMatch(/okta-reset-key-\d{8}T\d{6}Z\.txt$/);
    expect(key.recipient).toMatch(/^age1/);
    expect((await client.page.get('/api/state')).json.recipients).toEqual([key.recipient]);
    const other = await openRig({ clock, input: { identities: [key.path as string] } });
    const { json } = await (await other.page()).get('/api/state');
    expect(json.recipients).toEqual([key.recipient]);
    await other.close();
    const wrong = openRig({ clock, input: { identities: ['missing.txt'] } });
    await expect(wrong).rejects.toMatchObject({ code: 'SECRETS_IDENTITY' });
  });

  test('is the only one in its folder, and does not take a port that somebody else has', async () => {
    await expect(openRig({ clock, dir: rig.dir })).rejects.toMatchObject({ code: 'CONSOLE_OPEN' });
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    const { port } = taken.address() as AddressInfo;
    await expect(openRig({ clock, input: { port } })).rejects.toMatchObject({
      ...{
        code: 'USAGE',
        message: expect.stringContaining(`port ${port} of 127.0.0.1 (EADDRINUSE)`),
      },
    });
    await new Promise((resolve) => taken.close(resolve));
    const own = await openRig({ clock, input: { port } });
    expect(own.port).toBe(port);
    await own.close();
  });

  test('that is told to end without a run says so in its terminal, and leaves nothing behind', async () => {
    const other = await openRig({ clock });
    const page = await other.page();
    const { origin = '' } = await asked(new Client(page), { kind: 'sandbox', users: 1 });
    expect((await fetch(origin)).status).toBeGreaterThan(0);
    other.press('SIGTERM');
    expect(await other.ended).toBe(0);
    expect(other.told.at(-1)).toEqual({ kind: 'closing', phase: 'drain', runs: 0 });
    expect(other.listeners.size).toBe(0);
    await expect(page.get('/api/state')).rejects.toThrow();
    await expect(fetch(origin)).rejects.toThrow();
    // Another one can begin in the same folder.
    const again = await openRig({ clock, dir: other.dir });
    await again.close();
  });
});
