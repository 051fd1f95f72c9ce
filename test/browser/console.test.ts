import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import type { RunDetail } from '../../src/console/api/run-answers.ts';
import {
  type ConsoleStage,
  draftFor,
  execute,
  faultsOf,
  openConsoleStage,
  planOf,
} from './console-stage.ts';

let stage: ConsoleStage | undefined;

beforeAll(async () => {
  // Where CI is set, a machine without a browser fails the tests; elsewhere they say what is missing.
  stage = await openConsoleStage().catch((error: unknown) => {
    if (process.env['CI'] !== undefined) throw error;
    console.warn('There is no browser here, so the console was not tried in one.');
    return undefined;
  });
}, 120_000);

afterAll(() => stage?.close());

const heading = (page: Page, name: string | RegExp) =>
  page.getByRole('heading', { level: 1, name });
const press = (page: Page, name: string | RegExp) => page.getByRole('button', { name }).click();

/** Types what the consent asks for, and presses the button. */
async function consent(page: Page, yes: string | RegExp): Promise<void> {
  const field = page.locator('.consent input');
  await field.fill((await field.getAttribute('placeholder')) ?? '');
  await press(page, yes);
}

/** How often each user was reset, as the org counted. */
const resets = ({ org }: ConsoleStage, ids: readonly string[]) =>
  ids.map((id) => org.effects(id)?.resets ?? 0);

test('the whole way by mouse: connect, who, what, preview, a few first, run, row, follow up, evidence', async () => {
  if (stage === undefined) return;
  const { org, open, take } = stage;
  const users = take(12);
  const suspended = [...org.users()].find(({ status }) => status === 'SUSPENDED');
  const faults: string[] = [];
  const page = await open('/connect');
  const look = async (name: string) => void faults.push(...(await faultsOf(page, name)));

  await page.getByLabel('Any address of your Okta org').fill(`${org.url}/admin/users`);
  await page.getByLabel('API token').fill(org.token);
  await press(page, 'Connect');
  await heading(page, /^Connected to/).waitFor();
  await look('Connect');
  expect(await page.getByLabel('API token').inputValue()).toBe('');

  await press(page, /^(Choose who|Start a new run)$/);
  await heading(page, 'Who is it for?').waitFor();
  const csv = [
    'id,Login,Department',
    ...[...users, suspended].map((user) => `${user?.id},${user?.login},Sales`),
  ];
  await page
    .locator('input[type=file]')
    .first()
    .setInputFiles({
      name: 'people.csv',
      mimeType: 'text/csv',
      buffer: Buffer.from(`${csv.join('\n')}\nnobody at all,,Sales\n`),
    });
  await page.getByText('14 rows, 1 of them not usable').waitFor();
  await look('Who');
  await page.getByRole('link', { name: 'Next: what happens to them' }).click();

  await heading(page, 'Reset the password').waitFor();
  await page.getByLabel('End their sessions').uncheck();
  await page.getByLabel('End their sessions').check();
  await page.getByText('When to stop').click();
  await page.getByLabel('Canary wait').fill('0');
  await page.locator('.command code').getByText('--canary-wait 0').waitFor();
  await look('What');
  await press(page, /^Preview/);

  await heading(page, '12 people would be acted on. 2 would not.').waitFor();
  await page.getByRole('button', { name: '1 suspended' }).click();
  await page.getByRole('cell', { name: suspended?.login ?? '' }).waitFor();
  expect(await page.locator('.rows tr[data-place]').count()).toBe(1);
  await page.reload();
  await page.getByRole('button', { name: '1 suspended', pressed: true }).waitFor();
  await page.getByRole('button', { name: '1 suspended' }).click();
  await look('Preview');
  expect(
    resets(
      stage,
      users.map(({ id }) => id),
    ),
  ).toEqual(users.map(() => 0));
  await page.getByRole('link', { name: 'Try a few first' }).click();

  await heading(page, 'First 5 of 12').waitFor();
  await look('Try a few');
  expect(await page.getByRole('button', { name: /^Yes/ }).getAttribute('aria-disabled')).toBe(
    'true',
  );
  await consent(page, /^Yes, act on these 5/);
  await page.getByText('These 5 are done, and were read back. Go on?').waitFor();
  await look('The question');
  expect(
    resets(
      stage,
      users.map(({ id }) => id),
    ).filter((n) => n > 0),
  ).toHaveLength(5);
  await consent(page, 'Go on');

  await heading(page, '12 of 12 done').waitFor();
  await page.getByRole('heading', { name: 'What remains to be done' }).waitFor();
  await look('Run');
  expect(
    resets(
      stage,
      users.map(({ id }) => id),
    ),
  ).toEqual(users.map(() => 1));
  await page.getByRole('link', { name: users[3]?.login ?? '' }).click();
  await heading(page, users[3]?.login ?? '').waitFor();
  await page.getByText('Took effect').first().waitFor();
  await look('Row');
  await page.goBack();
  await heading(page, '12 of 12 done').waitFor();

  await page
    .getByRole('navigation', { name: 'Steps' })
    .getByRole('link', { name: /Follow up/ })
    .click();
  await press(page, 'Look now');
  await heading(page, '0 of 12 users have finished').waitFor();
  await look('Follow up');
  await page
    .getByRole('navigation', { name: 'Steps' })
    .getByRole('link', { name: /Evidence/ })
    .click();
  const saving = page.waitForEvent('download');
  await press(page, /^Report, one HTML page/);
  expect((await saving).suggestedFilename()).toBe('report.html');
  await look('Evidence');
  await page.getByRole('link', { name: 'All runs' }).click();
  await page.getByRole('link', { name: 'Reset the password' }).first().waitFor();
  await look('Home');
  expect(faults).toEqual([]);
}, 120_000);

test('stop and resume; the page closed, opened again, and a second tab', async () => {
  if (stage === undefined) return;
  const { open, take, rig } = stage;
  const users = take(100);
  const draft = await draftFor(stage, users, { concurrency: ['1'] });
  const { id } = await planOf(stage, draft);
  const first = await open(`/runs/${id}`);
  await first.getByRole('link', { name: 'Run all 100' }).click();
  await consent(first, /^Yes, act on these 100/);
  await heading(first, /^[1-9]\d* of 100 done/).waitFor();
  await first.close();

  const page = await open(`/runs/${id}`);
  await heading(page, /^[1-9]\d* of 100 done/).waitFor();
  const tab = await page.context().newPage();
  await tab.goto(`${rig.url}/runs/${id}/go`);
  await heading(tab, /^[1-9]\d* of 100 done/).waitFor();
  await press(page, 'Stop');
  await page.getByRole('button', { name: 'Resume' }).waitFor();
  await tab.getByRole('button', { name: 'Resume' }).waitFor();
  const done = resets(
    stage,
    users.map((user) => user.id),
  ).filter((n) => n > 0).length;
  expect(done).toBeGreaterThan(0);
  expect(done).toBeLessThan(100);

  await tab.goto(`${rig.url}/`);
  await tab.getByRole('link', { name: 'Resume' }).first().click();
  await press(tab, 'Resume');
  await heading(page, '100 of 100 done').waitFor();
  await page.getByRole('button', { name: '100 succeeded' }).waitFor();
  expect(
    resets(
      stage,
      users.map((user) => user.id),
    ),
  ).toEqual(users.map(() => 1));
}, 120_000);

test('rerun of one error: grouped with its remedy, planned again, and done once more only there', async () => {
  if (stage === undefined) return;
  const { open, take, org } = stage;
  const users = take(8);
  const run: RunDetail = await planOf(stage, await draftFor(stage, users));
  const lost = users.slice(0, 3);
  for (const user of lost) org.putOutOfReach(user.id);
  await execute(stage, run);
  for (const user of lost) org.putInReach(user.id);

  const page = await open(`/runs/${run.id}`);
  await heading(page, '5 of 8 done').waitFor();
  await page.getByRole('heading', { name: /^3 × .*E0000006/ }).waitFor();
  expect(await faultsOf(page, 'A run with failures')).toEqual([]);
  await press(page, 'Again, these 3');
  await heading(page, '3 people would be acted on.').waitFor();
  await page.getByRole('link', { name: 'Run all 3' }).click();
  await consent(page, /^Yes, act on these 3/);
  await heading(page, '3 of 3 done').waitFor();
  expect(
    resets(
      stage,
      users.map(({ id }) => id),
    ),
  ).toEqual(users.map(() => 1));
}, 60_000);

/** Presses Tab until the element with that name has the focus, and tells whether each on the way showed it. */
async function tabTo(page: Page, name: string): Promise<void> {
  for (let i = 0; i < 80; i += 1) {
    const at = await page.evaluate(() => {
      const { activeElement } = document;
      const label = activeElement?.getAttribute('aria-label') ?? activeElement?.textContent ?? '';
      const id = activeElement?.id ?? '';
      const named = id === '' ? '' : document.querySelector(`label[for="${id}"]`)?.textContent;
      return {
        name: (named ?? '') || label,
        shown: activeElement === null || getComputedStyle(activeElement).outlineStyle !== 'none',
      };
    });
    if (i > 0) expect(at).toMatchObject({ shown: true });
    if (at.name.includes(name)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`Tab never comes to ${name}`);
}

test('by keyboard alone: from the preview to the end of a run, into a row and back', async () => {
  if (stage === undefined) return;
  const users = stage.take(3);
  const { id } = await planOf(stage, await draftFor(stage, users));
  const page = await stage.open(`/runs/${id}`);
  const { keyboard } = page;
  await heading(page, '3 people would be acted on.').waitFor();
  await tabTo(page, 'Run all 3');
  await keyboard.press('Enter');
  await heading(page, 'All 3').waitFor();
  await page.locator('.consent').waitFor();
  // The headline has the focus now, so that what comes next is what this screen is about.
  expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('H1');
  await tabTo(page, 'Type 3@');
  await keyboard.type((await page.locator('.consent input').getAttribute('placeholder')) ?? '');
  await keyboard.press('Enter');
  await heading(page, '3 of 3 done').waitFor();
  await page.locator('.rows tr[data-place="2"]').waitFor();
  await tabTo(page, 'Search every column');
  await keyboard.press('Tab');
  await keyboard.press('ArrowDown');
  await keyboard.press('Enter');
  await heading(page, users[1]?.login ?? '').waitFor();
  await keyboard.press('Escape');
  await heading(page, '3 of 3 done').waitFor();
  await page.locator('.rows tr[data-place="1"]:focus').waitFor();
}, 60_000);

test('a temporary password is shown for one press, masked again after 30 s, and marked as handed over', async () => {
  if (stage === undefined) return;
  const { open, take, org, speaker } = stage;
  const users = take(2);
  const { json: key } = await speaker.post('/api/keys');
  const flags = { action: ['temp-password'], 'secrets-recipient': [key.recipient as string] };
  const run = await planOf(stage, await draftFor(stage, users, flags));
  await execute(stage, run);
  const page = await open();
  await page.clock.install();
  await page.goto(`${stage.rig.url}/runs/${run.id}/handover`);
  const [user] = users;
  const login = user?.login ?? '';
  await press(page, `Show for ${login}`);
  const shown = page.locator('.shown-secret');
  await shown.waitFor();
  expect(await shown.textContent()).toBe(org.currentTempPassword(user?.id ?? ''));
  expect(await faultsOf(page, 'Hand over')).toEqual([]);
  await page.clock.fastForward(31_000);
  await shown.waitFor({ state: 'detached' });
  expect(await page.content()).not.toContain(org.currentTempPassword(user?.id ?? ''));
  await press(page, `Handed over to ${login}`);
  await page.getByRole('button', { name: `Not after all: ${login}` }).waitFor();
  await page.reload();
  await page.getByRole('button', { name: `Show for ${users[1]?.login ?? ''}` }).waitFor();
  expect(await page.getByRole('button', { name: `Show for ${login}` }).count()).toBe(0);
}, 60_000);

test('a table of 100,000 rows reads and draws only what is in sight; a key press gives the search before up', async () => {
  if (stage === undefined) return;
  const ROWS = 100_000;
  const users = stage.take(2);
  const { id } = await planOf(stage, await draftFor(stage, users));
  const page = await stage.open();
  const asked: string[] = [];
  let aborted = 0;
  page.on('requestfailed', (request) => (aborted += request.url().includes('/rows?') ? 1 : 0));
  const detail = { ...(await stage.speaker.get(`/api/runs/${id}`)).json, rows: ROWS };
  await page.route(`**/api/runs/${id}`, (route) => route.fulfill({ json: detail }));
  const rows = (await stage.speaker.get(`/api/runs/${id}/rows?count=1`)).json.rows as object[];
  await page.route(`**/api/runs/${id}/rows?**`, async (route) => {
    const query = new URL(route.request().url()).searchParams;
    asked.push(query.toString());
    // A search is never answered: only the next key press ends it.
    if (query.has('search')) return;
    const from = Number(query.get('from'));
    const made = Array.from({ length: Number(query.get('count')) }, (_, i) => ({
      ...rows[0],
      row: from + i,
      login: `user-${from + i}@acme.example`,
    }));
    const next = from + made.length > ROWS ? undefined : from + made.length;
    await route.fulfill({
      json: { rows: made, next, scanned: from + made.length - 1, total: ROWS },
    });
  });
  await page.goto(`${stage.rig.url}/runs/${id}/preview`);
  const line = page.locator('.rows tr[data-place]');
  await line.first().focus();
  await page.keyboard.press('End');
  await page.getByRole('link', { name: `user-${ROWS}@acme.example` }).waitFor();
  expect(await line.count()).toBeLessThan(80);
  expect(asked.length).toBeLessThan(8);
  const search = page.getByLabel('Search every column');
  for (const text of ['a', 'ab', 'abc']) {
    await search.fill(text);
    await page.getByText('looked at 0 of 100,000').waitFor();
    while (
      !asked.some((query) => query.includes(`search=${text}&`) || query.endsWith(`search=${text}`))
    )
      await page.waitForRequest(/search=/, { timeout: 1000 }).catch(() => undefined);
  }
  expect(aborted).toBeGreaterThanOrEqual(2);
}, 60_000);
