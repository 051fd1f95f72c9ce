import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { appendFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { LiveRun, Planning } from '../../src/console/api/live.ts';
import type { Peek } from '../../src/console/api/answers.ts';
import type { Rows, RunDetail } from '../../src/console/api/run-answers.ts';
import { startSandbox } from '../../src/sandbox/sandbox.ts';
import { openRig, type ConsoleRig, type Page } from './rig.ts';

let rig: ConsoleRig;
let page: Page;

beforeAll(async () => {
  rig = await openRig();
  page = await rig.page();
});
afterAll(() => rig.close());

async function connected(): Promise<string> {
  await page.post('/api/connect', { kind: 'sandbox', users: 60 });
  const { connection } = await page.until('connection', (e) => e.connection.state !== 'checking');
  expect([connection.state, connection.findings.filter(({ level }) => level === 'bad')]).toEqual([
    'connected',
    [],
  ]);
  return connection.sample ?? '';
}

async function planned(begun: {
  readonly status: number;
  readonly json: unknown;
}): Promise<Planning> {
  expect(begun).toMatchObject({ status: 202 });
  const { planning: id } = begun.json as { planning: string };
  const { planning } = await page.until(
    'planning',
    ({ planning: it }) => it.id === id && it.state !== 'planning',
  );
  return planning;
}

async function until(run: string, wanted: (run: LiveRun) => boolean): Promise<LiveRun> {
  return (await page.until('run', (e) => e.run.run === run && wanted(e.run))).run;
}

const isOver = ({ phase }: LiveRun) => phase === 'ended' || phase === 'refused';

const detail = async (run: string): Promise<RunDetail> =>
  (await page.get(`/api/runs/${run}`)).json as RunDetail;

async function consented(run: string, canary?: string): Promise<string> {
  const query = canary === undefined ? '' : `?canary=${canary}`;
  return (await page.get(`/api/runs/${run}/consent${query}`)).json.confirm as string;
}

test('the whole way: connect, upload, plan, canary, run, row, follow-up, evidence', async () => {
  let sample = '';
  let draft = '';
  let run = '';

  {
    // connect: doctor reports what it finds, and an export is ready.
    sample = await connected();
    const { json: state } = await page.get('/api/state');
    expect(state.connection.findings.length).toBeGreaterThan(5);
    expect(state.uploads).toMatchObject([
      { id: sample, name: 'sandbox-users.csv', complete: true },
    ]);
    expect(state.connection.principal).toMatch(/@/);
  }
  {
    // who: the file is inspected, and its column is chosen.
    const { json } = await page.post('/api/drafts', { files: [sample] });
    draft = json.id as string;
    expect(json).toMatchObject({
      hasWho: true,
      command: expect.stringContaining('--file sandbox-users.csv'),
    });
    const { json: peek } = await page.get(`/api/drafts/${draft}/peek?upload=${sample}&whole=yes`);
    const { columns } = peek as Peek;
    expect(columns.filter(({ chosen }) => chosen)).toHaveLength(1);
    expect(peek.rows.length).toBeGreaterThan(10);
    expect(peek.counted).toMatchObject({ unusable: 0 });
    expect(peek.counted.rows).toBeGreaterThan(50);
    // A pasted list needs no title: an id, a login and an email address name users as they are.
    const pasted = (await page.post('/api/uploads', { name: 'list', pasted: true })).json.id;
    const list = `${peek.rows[0].cells[0]}\nsomebody@acme.example\nsome.body\n`;
    const base64 = Buffer.from(list).toString('base64');
    await page.post(`/api/uploads/${pasted}/parts`, { part: 0, base64, last: true });
    const { json: seen } = await page.get(`/api/drafts/${draft}/peek?upload=${pasted}&whole=yes`);
    expect([seen.problem, seen.counted]).toEqual([undefined, { rows: 3, unusable: 0 }]);
    const { json: groups } = await page.get('/api/groups?search=');
    expect(groups.groups.length).toBeGreaterThan(0);
    const search = encodeURIComponent('status eq "ACTIVE"');
    expect((await page.get(`/api/count?search=${search}`)).json).toMatchObject({ more: false });
  }
  {
    // what: flags are filled in, and only those of a draft.
    const { json } = await page.post(`/api/drafts/${draft}`, {
      flags: { action: ['reset-password'], 'revoke-sessions': [], 'canary-wait': ['0'] },
    });
    expect(json.command).toContain('--revoke-sessions');
    expect(json.spec).toMatchObject({ action: 'reset-password', revokeSessions: true });
    expect(await page.post(`/api/drafts/${draft}`, { flags: { out: ['/tmp'] } })).toMatchObject({
      status: 400,
    });
  }
  {
    // preview: a plan is made, nothing is sent, and its rows can be searched.
    const planning = await planned(await page.post(`/api/drafts/${draft}/plan`));
    expect(planning).toMatchObject({ state: 'planned', of: { kind: 'draft', draft } });
    run = planning.run ?? '';
    const newest = async () =>
      (await page.get(`/api/drafts/${draft}`)).json.planning?.id as unknown;
    expect(await newest()).toBe(planning.id);
    // A draft that was changed has no plan: the page does not show the one from before the change.
    await page.post(`/api/drafts/${draft}`, { flags: { concurrency: ['2'] } });
    expect(await newest()).toBeUndefined();
    const shown = await detail(run);
    expect(shown).toMatchObject({ state: 'planned', live: false, connected: true, draft });
    const { json: act } = await page.get(`/api/runs/${run}/rows?verdict=act&count=200`);
    expect(act.rows).toHaveLength(shown.targets);
    const { json: found } = await page.get(`/api/runs/${run}/rows?search=${act.rows[0].login}`);
    expect((found as Rows).rows.map(({ row }) => row)).toEqual([act.rows[0].row]);
    const [skip] = shown.skips;
    const { json: skipped } = await page.get(
      `/api/runs/${run}/rows?reason=${skip?.reason}&count=200`,
    );
    expect(skipped.rows).toHaveLength(skip?.rows ?? -1);
  }
  {
    // try a few: 3 first, read back; the rest waits for a yes.
    const { shown } = await detail(run);
    const confirm = await consented(run, '3');
    expect(confirm).toMatch(/^3@127\.0\.0\.1:\d+$/);
    const flags = { canary: ['3'] };
    expect(await page.post(`/api/runs/${run}/execute`, { shown, confirm, flags })).toMatchObject({
      status: 202,
    });
    const asking = await until(run, ({ phase }) => phase === 'asking');
    expect(asking).toMatchObject({
      counts: { succeeded: 3 },
      question: { kind: 'canary', mails: true },
    });
    const question = asking.question?.id ?? '';
    const wrong = { question, goOn: true, confirm: '1@elsewhere' };
    expect(await page.post(`/api/runs/${run}/answer`, wrong)).toMatchObject({
      json: { code: 'CONFIRM_MISMATCH' },
    });
    const right = { question, goOn: true, confirm: asking.question?.confirm };
    expect(await page.post(`/api/runs/${run}/answer`, right)).toMatchObject({ status: 200 });
    const ended = await until(run, isOver);
    expect(ended).toMatchObject({ phase: 'ended', end: { exitCode: 0, left: 0 } });
    expect(ended.tail.length).toBeGreaterThan(3);
    expect(await detail(run)).toMatchObject({ state: 'finished', counts: { failed: 0 } });
  }
  {
    // row: its attempts are shown, with times and calls.
    const { json } = await page.get(`/api/runs/${run}/rows?outcome=succeeded&count=1`);
    const { json: row } = await page.get(`/api/runs/${run}/rows/${json.rows[0].row}`);
    expect(row.tries).toMatchObject([
      {
        effect: 'applied',
        httpStatus: 200,
        call: expect.stringMatching(/^POST \/api\/v1\/users\/00u/),
      },
    ]);
    expect((await page.get(`/api/runs/${run}/rows/999999`)).status).toBe(404);
  }
  {
    // follow up: who has not set a new password yet.
    expect((await page.post(`/api/runs/${run}/followup`)).status).toBe(202);
    const { followup } = await page.until('followup', (e) => e.followup.state !== 'reading');
    expect(followup).toMatchObject({ state: 'taken' });
    const waiting = followup.result?.states.find(({ state }) => state === 'waiting');
    expect(waiting?.users).toBe(followup.result?.users);
  }
  {
    // evidence: summary, and files by kind.
    const { json: summary } = await page.get(`/api/runs/${run}/summary`);
    expect(summary).toMatchObject({ chain: 'intact', invocations: 1, failures: [] });
    const csv = await page.get(`/api/runs/${run}/files/results-csv`);
    expect(csv.headers['content-disposition']).toBe('attachment; filename="results.csv"');
    expect(csv.text).toBe(await readFile(join(rig.dir, 'reports', run, 'results.csv'), 'utf8'));
    expect((await page.get(`/api/runs/${run}/files/secrets`)).status).toBe(404);
  }
  {
    // seal: made without a key, compared with, and a file that was changed since is named.
    const seal = `/api/runs/${run}/seal`;
    expect(await page.get(seal)).toMatchObject({ status: 422, json: { code: 'EVIDENCE_MISSING' } });
    expect(await detail(run)).toMatchObject({ sealed: false });
    const made = await page.post(seal);
    expect(made).toMatchObject({ status: 200, json: { changed: [] } });
    expect(made.json.text).toMatch(/^Sealed: evidence\.json \(\d+ files, .* not signed\)\.$/);
    expect(await detail(run)).toMatchObject({ sealed: true });
    const { json: whole } = await page.get(seal);
    expect(whole).toMatchObject({ faults: [], signature: { worth: 'none' } });
    expect([whole.holds, whole.problem]).toEqual([
      expect.stringContaining('as they were'),
      undefined,
    ]);
    await appendFile(join(rig.dir, 'reports', run, 'results.csv'), 'one more\n');
    const { json: changed } = await page.get(seal);
    expect(changed).toMatchObject({ problem: { code: 'EVIDENCE_DIFFERS' } });
    expect(changed.faults).toEqual([expect.stringMatching(/^results\.csv differs: /)]);
    expect(changed.holds).toBeUndefined();
  }
});

test('a sandbox that was abandoned while it was being opened reports nothing about the connection after it', async () => {
  const org = await startSandbox({ users: 20, limits: 'off' }, { clock: rig.host.clock });
  const other = await openRig();
  const { post, until } = await other.page();
  const real = { kind: 'token', url: org.url, token: org.token };
  await Promise.all([post('/api/connect', { kind: 'sandbox' }), post('/api/connect', real)]);
  const { connection } = await until('connection', (e) => e.connection.state === 'connected');
  expect([connection.kind, connection.sample]).toEqual(['token', undefined]);
  await other.close();
  await org.close();
});
