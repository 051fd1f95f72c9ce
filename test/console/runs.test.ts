/** Runs in the console and in the terminal: one face continues what the other has begun, and nobody is acted on twice. */
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { BOUNDS } from '../../src/console/api/bounds.ts';
import type { RowDetail, Rows } from '../../src/console/api/run-answers.ts';
import { startSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import { skippingClock } from '../skipping-clock.ts';
import { Client } from './client.ts';
import { openRig, type ConsoleRig } from './rig.ts';
import { typeIn } from './terminal.ts';

const clock = skippingClock();
let org: Sandbox;
let rig: ConsoleRig;
let client: Client;
let next = 0;

beforeAll(async () => {
  org = await startSandbox({ users: 3000, limits: 'off', latencyMs: 4 }, { clock });
  rig = await openRig({ clock });
  client = new Client(await rig.page());
  await client.connect({ kind: 'token', url: org.url, token: org.token });
});
afterAll(async () => {
  await rig.close();
  await org.close();
});
beforeEach(async () => {
  await rig.pressEnter();
  client = new Client(await rig.page());
});

/** Users on whom nothing else in this file acts. */
function users(count: number): readonly string[] {
  const ids = [...org.users()]
    .filter(({ status, provider, admin }) => status === 'ACTIVE' && provider === 'OKTA' && !admin)
    .map(({ id }) => id);
  next += count;
  return ids.slice(next - count, next);
}

const mailsOf = (ids: readonly string[]) =>
  ids.map((id) => [...org.outbox()].filter(({ userId }) => userId === id).length);

const type = (argv: readonly string[]) => typeIn(rig, org, argv);

test('while the page asks about a run, its lock is kept; after a no, the terminal continues it', async () => {
  const ids = users(20);
  const run = await client.plan({ user: ids, canary: ['4'], 'canary-wait': ['0'] });
  await client.execute(run);
  const { question } = await client.until(run, ({ phase }) => phase === 'asking');
  const dir = `reports/${run}`;
  expect(await type(['resume', dir])).toEqual([5, expect.stringContaining('RUN_LOCKED')]);
  const { shown } = await client.detail(run);
  for (const [path, body] of [
    [`/api/runs/${run}/execute`, { shown }],
    ['/api/disconnect', {}],
    [`/api/runs/${run}/stop`, { phase: 'leave' }],
  ] as const)
    expect((await client.page.post(path, body)).json).toMatchObject({ code: 'NOT_NOW' });
  await client.page.post(`/api/runs/${run}/answer`, { question: question?.id, goOn: false });
  const ended = await client.ended(run);
  expect(ended).toMatchObject({ phase: 'ended', end: { left: 16, stop: { kind: 'declined' } } });
  const { state, next: steps } = await client.detail(run);
  expect([state, steps[0]?.does]).toEqual(['stopped', { kind: 'resume' }]);
  const { host } = new URL(org.url);
  expect((await type(['resume', dir, '--confirm', `16@${host}`]))[0]).toBe(0);
  expect(new Set(mailsOf(ids))).toEqual(new Set([1]));
});

test('stopped in the page, and continued in the terminal', async () => {
  const ids = users(20);
  const run = await client.plan({ user: ids, canary: ['4'], 'canary-wait': ['0'] });
  await client.execute(run);
  await client.until(run, ({ phase }) => phase === 'asking');
  await client.page.post(`/api/runs/${run}/stop`, { phase: 'drain' });
  const ended = await client.ended(run);
  const stop = { kind: 'console', text: 'Stopped in the console.' };
  expect(ended).toMatchObject({ phase: 'ended', end: { exitCode: 7, stop } });
  expect(ended.end?.next[0]?.does).toEqual({ kind: 'resume' });
  expect((await client.detail(run)).stop).toEqual(stop);
  await client.execute(run);
  expect(await client.ended(run)).toMatchObject({ end: { left: 0 } });
  expect((await client.detail(run)).stop).toBeUndefined();
  expect(new Set(mailsOf(ids))).toEqual(new Set([1]));
});

test('left at once in the page, and settled in the terminal: nobody twice', async () => {
  const ids = users(40);
  const run = await client.plan({ user: ids, concurrency: ['4'] });
  await client.execute(run);
  await client.until(run, ({ counts }) => counts.succeeded > 5);
  await client.page.post(`/api/runs/${run}/stop`, { phase: 'drain' });
  await client.page.post(`/api/runs/${run}/stop`, { phase: 'leave' });
  await client.ended(run);
  await client.execute(run);
  expect(await client.ended(run)).toMatchObject({ phase: 'ended', end: { left: 0 } });
  expect(new Set(mailsOf(ids))).toEqual(new Set([1]));
});

test('begun in the terminal, continued in the page, which needs no second yes', async () => {
  const ids = users(20);
  const flags = ids.flatMap((id) => ['--user', id]);
  const yes = ['--yes', '--max-users', '99', '--max-duration', '1ms', '--out', 'reports/typed'];
  expect((await type(['run', ...flags, ...yes]))[0]).toBe(7);
  const { shown, state, draft } = await client.detail('typed');
  expect([state, draft]).toEqual(['stopped', undefined]);
  await client.page.post('/api/runs/typed/resume', { shown });
  expect(await client.ended('typed')).toMatchObject({ phase: 'ended', end: { left: 0 } });
  expect(new Set(mailsOf(ids))).toEqual(new Set([1]));
});

test('only what was shown is executed: a different run.json, count or host is refused', async () => {
  const run = await client.plan({ user: users(3) });
  const { shown } = await client.detail(run);
  const send = async (body: object) =>
    (await client.page.post(`/api/runs/${run}/execute`, body)).json as unknown;
  const { host } = new URL(org.url);
  expect(await send({ shown: '0'.repeat(64), confirm: `3@${host}` })).toMatchObject({
    code: 'PLAN_CHANGED',
  });
  expect(await send({ shown, confirm: `3@${host}`, flags: { yes: [] } })).toMatchObject({
    code: 'BAD_REQUEST',
  });
  for (const confirm of [`2@${host}`, '3@acme.okta.com', 'yes', '']) {
    expect(await send({ shown, confirm })).toEqual({});
    expect(await client.ended(run)).toMatchObject({
      phase: 'refused',
      error: { code: 'CONFIRM_MISMATCH' },
    });
  }
  // The digest of the plan can follow; that of another plan is refused.
  expect(await send({ shown, confirm: `3@${host}#00000000` })).toEqual({});
  expect(await client.ended(run)).toMatchObject({
    phase: 'refused',
    error: { code: 'CONFIRM_OTHER_PLAN' },
  });
  // Without a yes the run asks for one, and a no sends nothing.
  expect(await send({ shown })).toEqual({});
  const { question } = await client.until(run, ({ phase }) => phase === 'asking');
  expect(question).toMatchObject({ kind: 'consent', confirm: `3@${host}` });
  await client.page.post(`/api/runs/${run}/answer`, { question: question?.id, goOn: false });
  await client.until(run, ({ phase, question: open }) => phase === 'refused' && open === undefined);
  const { planDigest, state, plannedBy } = await client.detail(run);
  expect([state, planDigest, plannedBy]).toEqual([
    'planned',
    question?.planDigest,
    expect.stringContaining(org.tokenOwnerId),
  ]);
  const bound = `3@${host}#${planDigest.slice(0, 8)}`;
  expect(await send({ shown, confirm: bound })).toEqual({});
  expect(await client.ended(run)).toMatchObject({ phase: 'ended', end: { left: 0 } });
});

test('only the rows with one error are repeated, or only one row', async () => {
  const ids = users(8);
  for (const id of ids.slice(0, 3)) org.putOutOfReach(id);
  const run = await client.plan({ user: ids, 'max-failures': ['100%'] });
  await client.execute(run);
  const ended = await client.ended(run);
  expect(ended.failures).toMatchObject([{ code: 'E0000006', rows: 3, again: true }]);
  expect(ended.failures[0]?.meaning).not.toBe('');
  const found = (await client.page.get(`/api/runs/${run}/rows?error=E0000006`)).json as Rows;
  expect(found.rows.map(({ userId }) => userId)).toEqual(ids.slice(0, 3));
  const row = (await client.page.get(`/api/runs/${run}/rows/${found.rows[1]?.row ?? 0}`))
    .json as RowDetail;
  expect(row.again?.row.command).toBe(
    `okta-reset rerun reports/${run} --row ${found.rows[1]?.row ?? 0}`,
  );
  for (const id of ids) org.putInReach(id);
  const one = await client.planned(
    await client.page.post(`/api/runs/${run}/rerun`, row.again?.row.request),
  );
  expect((await client.detail(one)).targets).toBe(1);
  const again = await client.planned(
    await client.page.post(`/api/runs/${run}/rerun`, row.again?.error?.request),
  );
  expect((await client.detail(again)).targets).toBe(3);
  await client.execute(again);
  expect(await client.ended(again)).toMatchObject({ end: { exitCode: 0 } });
  expect(new Set(mailsOf(ids))).toEqual(new Set([1]));
});

test('a temporary password is shown for its one row, recorded, and in nothing else', async () => {
  const { json: key } = await client.page.post('/api/keys');
  expect((await stat(key.path as string)).mode & 0o777).toBe(0o600);
  const ids = users(3);
  const flags = {
    user: ids,
    action: ['temp-password'],
    'secrets-recipient': [key.recipient as string],
  };
  const run = await client.plan(flags);
  await client.execute(run);
  const ended = await client.ended(run);
  expect(ended).toMatchObject({ phase: 'ended', end: { exitCode: 0 } });
  const before = (await client.page.get(`/api/runs/${run}/rows?handed=no`)).json as Rows;
  expect(before.rows.map(({ handover }) => handover?.shown)).toEqual([0, 0, 0]);
  const shown = await client.page.post(`/api/runs/${run}/rows/2/secret`);
  const secret = org.currentTempPassword(ids[1] ?? '') ?? '-';
  expect(shown.json).toMatchObject({ secret, kind: 'temp-password', handover: { shown: 1 } });
  await client.page.post(`/api/runs/${run}/rows/2/handed-over`, { done: true });
  const { json: row } = await client.page.get(`/api/runs/${run}/rows/2`);
  expect(row.handover).toMatchObject({ shown: 1, handedOverAt: expect.any(String) });
  expect((await client.detail(run)).handedOver).toBe(1);
  await client.page.post(`/api/runs/${run}/rows/1/handed-over`, { done: true });
  await client.page.post(`/api/runs/${run}/rows/1/handed-over`, { done: false });
  expect((await client.detail(run)).handedOver).toBe(1);
  expect((await client.page.post(`/api/runs/${run}/rows/9/secret`)).status).toBe(404);
  const others = [
    JSON.stringify(ended),
    JSON.stringify(row),
    (await client.page.get('/api/state')).text,
    (await client.page.get(`/api/runs/${run}/rows`)).text,
    (await client.page.get(`/api/runs/${run}`)).text,
    JSON.stringify(rig.told),
    ...(await Promise.all(
      (await readdir(join(rig.dir, 'reports', run))).map((file) =>
        readFile(join(rig.dir, 'reports', run, file), 'utf8'),
      ),
    )),
  ];
  expect(others.filter((text) => text.includes(secret))).toEqual([]);
});

test('cells of every kind are returned unchanged, and make no separate event', async () => {
  const [id = ''] = users(1);
  const hostile = [
    '<img src=x onerror=alert(1)>',
    '\u202egpj.exe',
    'a\u0000b\u001b[2J',
    'data: x\n\nevent: run',
    '=cmd|1',
  ];
  const quoted = hostile.map((text) => `"${text}"`).join(',');
  const { json: upload } = await client.page.post('/api/uploads', { name: '<b>.csv' });
  const csv = `id,${hostile.map((_, at) => `c${at}`).join(',')}\n${id},${quoted}\n`;
  const base64 = Buffer.from(csv).toString('base64');
  await client.page.post(`/api/uploads/${upload.id}/parts`, { part: 0, base64, last: true });
  const { json: draft } = await client.page.post('/api/drafts', { files: [upload.id] });
  const run = await client.planned(await client.page.post(`/api/drafts/${draft.id}/plan`));
  const answer = await client.page.get(`/api/runs/${run}/rows?search=onerror`);
  expect(answer.headers['content-type']).toContain('application/json');
  expect((answer.json as Rows).rows).toHaveLength(1);
  expect(Object.values((answer.json as Rows).rows[0]?.columns ?? {})).toContain(
    '<img src=x onerror=alert(1)>',
  );
});

test('Ctrl-C during a run drains it; the run continues later', async () => {
  const mine = await openRig({ clock });
  const own = new Client(await mine.page());
  await own.connect({ kind: 'token', url: org.url, token: org.token });
  const ids = users(20);
  const run = await own.plan({ user: ids, canary: ['4'], 'canary-wait': ['0'] });
  await own.execute(run);
  await own.until(run, ({ phase }) => phase === 'asking');
  const closing = own.page.until('closing', () => true);
  expect((await own.page.get('/api/state')).json.live).toMatchObject([{ run, phase: 'asking' }]);
  mine.press('SIGINT');
  expect(await closing).toEqual({ type: 'closing' });
  expect(await mine.ended).toBe(130);
  expect(mine.told).toContainEqual({ kind: 'closing', phase: 'drain', runs: 1 });
  const again = await openRig({ clock, dir: mine.dir });
  const later = new Client(await again.page());
  await later.connect({ kind: 'token', url: org.url, token: org.token });
  expect(await later.detail(run)).toMatchObject({ state: 'stopped' });
  await later.execute(run);
  expect(await later.ended(run)).toMatchObject({ end: { left: 0 } });
  expect(new Set(mailsOf(ids))).toEqual(new Set([1]));
  await again.close();
});

test('what remains after sessions were ended is about these users, and not about passwords', async () => {
  const run = await client.plan({ user: users(2), action: ['end-sessions'] });
  await client.execute(run);
  const why = 'See who is still contained, and who has come back';
  expect((await client.ended(run)).end?.next).toMatchObject([{ why }]);
  expect((await client.detail(run)).next).toMatchObject([{ why }]);
});

test('a draft that is planned in one tab shows that planning in every other one', async () => {
  const { json: draft } = await client.page.post('/api/drafts', { flags: { user: users(1) } });
  const { lastEvent } = (await client.page.get('/api/state')).json as { lastEvent: number };
  const begun = await client.page.post(`/api/drafts/${String(draft.id)}/plan`);
  await client.page.until('draft', (told) => told.draft === draft.id, lastEvent);
  const { json: shown } = await client.page.get(`/api/drafts/${String(draft.id)}`);
  expect(shown.planning.id).toBe(begun.json.planning);
  await client.planned(begun);
});

test('the idle hours of a page that only watches begin when the run ends', async () => {
  const watching = client.page;
  expect((await watching.get('/api/state')).status).toBe(200);
  await clock.sleep(BOUNDS.idleMs - 60_000);
  await rig.pressEnter();
  const other = new Client(await rig.page());
  const run = await other.plan({ user: users(2) });
  await other.execute(run);
  await other.ended(run);
  await clock.sleep(BOUNDS.idleMs - 60_000);
  expect((await watching.get('/api/state')).status).toBe(200);
  await clock.sleep(BOUNDS.idleMs + 60_000);
  expect((await watching.get('/api/state')).status).toBe(401);
});

test.each([1, 4])(
  'Ctrl-C during the first few, when %i of 4 are done, drains them; they are read back before the others',
  async (done) => {
    const mine = await openRig({ clock });
    const own = new Client(await mine.page());
    await own.connect({ kind: 'token', url: org.url, token: org.token });
    const ids = users(12);
    const run = await own.plan({ user: ids, canary: ['4'], concurrency: ['1'] });
    await own.execute(run);
    await own.until(run, ({ counts }) => counts.succeeded >= done);
    mine.press('SIGINT');
    expect(await mine.ended).toBe(130);
    const sent = mailsOf(ids);
    expect([Math.max(...sent), sent.slice(4)]).toEqual([1, Array<number>(8).fill(0)]);

    const again = await openRig({ clock, dir: mine.dir });
    const later = new Client(await again.page());
    await later.connect({ kind: 'token', url: org.url, token: org.token });
    const { state, next: steps, counts } = await later.detail(run);
    expect([state, steps[0]?.does, counts.succeeded]).toEqual([
      'stopped',
      { kind: 'resume' },
      sent.filter((mails) => mails > 0).length,
    ]);
    await later.execute(run);
    const { question } = await later.until(run, ({ phase }) => phase === 'asking');
    expect(question).toMatchObject({ kind: 'canary', users: 8, seen: expect.anything() });
    expect(mailsOf(ids)).toEqual([1, 1, 1, 1, ...Array<number>(8).fill(0)]);
    const yes = { question: question?.id, goOn: true, confirm: question?.confirm };
    await later.page.post(`/api/runs/${run}/answer`, yes);
    expect(await later.ended(run)).toMatchObject({ end: { left: 0 } });
    expect(new Set(mailsOf(ids))).toEqual(new Set([1]));
    await again.close();
  },
);
