/** The table of rows: by keyboard, ticked, searched, and of any length. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { BOUNDS } from '../../src/console/api/bounds.ts';
import { workbookOf } from '../selection/workbook.ts';
import { browserOrNothing } from './chromium.ts';
import {
  type ConsoleStage,
  draftFor,
  heading,
  openConsoleStage,
  planOf,
  press,
  resets,
} from './console-stage.ts';
import { faultsOf } from './faults.ts';

let stage: ConsoleStage | undefined;

beforeAll(async () => {
  const browser = await browserOrNothing();
  stage = browser && (await openConsoleStage(browser));
}, 120_000);

afterAll(() => stage?.close());

/** Presses Tab until the element with that name has the focus, and tells whether each element before it showed its focus. */
async function tabTo(page: Page, name: string | RegExp): Promise<void> {
  for (let i = 0; i < 80; i += 1) {
    const at = await page.evaluate(() => {
      const { activeElement } = document;
      // From the last element Tab goes to the page itself, then to the first.
      if (activeElement === null || activeElement === document.body)
        return { name: '', shown: true };
      const { labels } = activeElement as Partial<HTMLInputElement>;
      const label = activeElement.getAttribute('aria-label') ?? activeElement.textContent;
      return {
        name: labels?.[0]?.textContent ?? label,
        // A new screen may take the focus to its heading only now, which is not a stop of Tab.
        shown:
          activeElement.matches('h1') || getComputedStyle(activeElement).outlineStyle !== 'none',
      };
    });
    if (i > 0) expect(at).toEqual({ name: at.name, shown: true });
    if (typeof name === 'string' ? at.name.includes(name) : name.test(at.name)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`Tab never comes to ${String(name)}`);
}

/** Holds the answers about rows until `go` is called, so that what happens meanwhile is seen. */
async function holdRows(page: Page): Promise<() => void> {
  let go: () => void = () => undefined;
  const held = new Promise<void>((resolve) => (go = resolve));
  await page.route('**/rows?**', async (route) => {
    await held;
    await route.continue();
  });
  return go;
}

const focused = (page: Page) =>
  page.evaluate(() => {
    const { activeElement } = document;
    return activeElement?.getAttribute('data-place') ?? activeElement?.className;
  });

test('by keyboard only: from connect to the end of a run, into a row and back', async () => {
  if (stage === undefined) return;
  const users = stage.take(7);
  await stage.speaker.post('/api/disconnect');
  const page = await stage.open('/connect');
  const { keyboard } = page;
  await heading(page, 'Which org?').waitFor();
  await tabTo(page, 'Any address of your Okta org');
  await keyboard.type(stage.org.url);
  await tabTo(page, 'API token');
  await keyboard.type(stage.org.token);
  await keyboard.press('Enter');
  await heading(page, /^Connected to/).waitFor();
  await tabTo(page, /^(Choose who|Start a new run)$/);
  await keyboard.press('Enter');
  await heading(page, 'Who is it for?').waitFor();
  await tabTo(page, 'A file');
  await keyboard.press('ArrowRight');
  await tabTo(page, 'Logins, email addresses or ids');
  await keyboard.type(users.map(({ login }) => login).join('\n'));
  await tabTo(page, 'Add 7 lines');
  await keyboard.press('Enter');
  await page.getByText('7 rows', { exact: true }).waitFor();
  await tabTo(page, 'Next: what happens to them');
  await keyboard.press('Enter');
  await heading(page, 'Reset the password').waitFor();
  await tabTo(page, 'Revoke their tokens');
  await keyboard.press(' ');
  await tabTo(page, 'When to stop');
  await keyboard.press('Enter');
  await tabTo(page, 'Canary wait');
  await keyboard.type('0');
  await tabTo(page, 'Preview: see who');
  await keyboard.press('Enter');

  await heading(page, '7 people would be acted on.').waitFor();
  await page.locator('.command code').getByText('--canary-wait 0').waitFor();
  const { pathname } = new URL(page.url());
  const run = pathname.split('/')[2] ?? '';
  const { json } = await stage.speaker.get(`/api/runs/${run}`);
  expect(json.spec).toMatchObject({ revokeSessions: true, revokeTokens: false });
  await tabTo(page, 'Try a few first');
  await keyboard.press('Enter');
  await heading(page, 'First 5 of 7').waitFor();
  await page.locator('.consent').waitFor();
  // The headline has the focus now, so that a screen reader begins with what this screen is about.
  expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('H1');
  await tabTo(page, /^5$/);
  await keyboard.press('ArrowLeft');
  await tabTo(page, 'Type 1@');
  await keyboard.type('1@elsewhere');
  await keyboard.press('Enter');
  await page.getByRole('alert').getByText('Nothing was sent').waitFor();
  await keyboard.press('Control+a');
  await keyboard.type((await page.locator('.consent input').getAttribute('placeholder')) ?? '');
  await keyboard.press('Enter');
  await page.getByText('This one is done and was read back. Go on?').waitFor();
  await tabTo(page, 'Type 6@');
  await keyboard.type((await page.locator('.consent input').getAttribute('placeholder')) ?? '');
  const go = await holdRows(page);
  await keyboard.press('Enter');

  // Not only the last row has ended but the whole run, so this is a different screen.
  await page.getByText(/^Finished · /).waitFor();
  await heading(page, '7 of 7 done').waitFor();
  await tabTo(page, 'Search every column');
  await keyboard.press('Tab');
  await keyboard.press('ArrowDown');
  expect(await focused(page)).toBe('rows');
  go();
  // The keys went to the rows that were still being read: the second line has the focus as soon as it is there.
  await page.locator('.rows tr[data-place="1"]:focus').waitFor();
  await keyboard.press('Enter');
  await heading(page, users[1]?.login ?? '').waitFor();
  await tabTo(page, 'Next row');
  await keyboard.press('Enter');
  await heading(page, users[2]?.login ?? '').waitFor();
  await keyboard.press('Escape');
  await heading(page, '7 of 7 done').waitFor();
  await page.locator('.rows tr[data-place="1"]:focus').waitFor();
  expect(resets(stage, users)).toEqual(users.map(() => 1));
}, 120_000);

/** As long as a login can be. */
const LONGEST = `${'maximiliana.von-und-zu-hohenstein.'.repeat(3).slice(0, 84)}1@acme.example.c`;

/** Less than half a line: letters reach a little out of theirs. */
const OVERHANG_PX = 5;

/** Texts that end in “…”, with the sizes that they have and need. */
const cutOff = (page: Page, cells: string) =>
  page
    .locator(cells)
    .evaluateAll(
      (all, most) =>
        all
          .filter(
            (one) =>
              one.scrollHeight > one.clientHeight + most ||
              one.scrollWidth > one.clientWidth + most,
          )
          .map((one) => `${one.clientHeight} of ${one.scrollHeight} px: ${one.textContent}`),
      OVERHANG_PX,
    );

test('the longest login is whole in every table, at both widths, and its row copies it', async () => {
  if (stage === undefined) return;
  expect(LONGEST).toHaveLength(100);
  const { id } = await planOf(stage, await draftFor(stage, stage.take(2)));
  const page = await stage.open();
  await page.route(/\/rows/, async (route) => {
    const answer = await route.fetch();
    const json = (await answer.json()) as { rows?: { login: string }[]; login?: string };
    const [first] = json.rows ?? [json];
    if (first !== undefined) first.login = LONGEST;
    await route.fulfill({ response: answer, json });
  });
  await page.goto(`${stage.rig.url}/runs/${id}/preview`);
  const login = page.locator('.rows .c-who .whole').first();
  for (const width of [390, 1440]) {
    await page.setViewportSize({ width, height: 900 });
    await page.getByText(LONGEST).first().waitFor();
    expect([width, await cutOff(page, '.rows .c-who .whole')]).toEqual([width, []]);
    const line = await page.locator('.rows tr[data-place="0"]').boundingBox();
    expect((await login.boundingBox())?.height).toBeLessThanOrEqual(line?.height ?? 0);
  }
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.getByText(LONGEST).click();
  await press(page, 'Copy the login');
  await page.getByText('Copied').waitFor();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(LONGEST);
}, 120_000);

test('ticked rows, by mouse and by the space bar, are left out of a new plan', async () => {
  if (stage === undefined) return;
  const users = stage.take(5);
  const { id } = await planOf(stage, await draftFor(stage, users));
  const page = await stage.open(`/runs/${id}`);
  await page.getByLabel(`Tick ${users[0]?.login ?? ''}`).check();
  await page.locator('.rows tr[data-place="3"]').focus();
  await page.keyboard.press(' ');
  await page.getByText('2 ticked').waitFor();
  expect(await faultsOf(page, 'A plan with ticked rows')).toEqual([]);
  await page.setViewportSize({ width: 1440, height: 900 });
  await press(page, 'Leave these 2 out');
  await heading(page, '3 people would be acted on. 2 would not.').waitFor();
  await press(page, /^2 excluded/);
  await page.getByText('2 of 5 rows').waitFor();
  const out = await page.locator('.rows td.c-who').allTextContents();
  expect(out.map((text) => users.findIndex(({ login }) => text.startsWith(login)))).toEqual([0, 3]);
  await page.goto(`${stage.rig.url}/`);
  await page.getByRole('link', { name: 'Continue the last draft' }).click();
  await page.getByText('File: left-out.csv').waitFor();
}, 120_000);

test('a workbook with several sheets asks which one names the users', async () => {
  if (stage === undefined) return;
  const [one, two] = stage.take(2);
  const sheets = [one, two].map((user, at) => ({
    name: ['Staff', 'Guests'][at] ?? '',
    rows: [['User Id'], [user?.id ?? '']],
  }));
  const page = await stage.open('/');
  await press(page, 'New run');
  await page
    .locator('input[type=file]')
    .first()
    .setInputFiles({
      name: 'two.xlsx',
      mimeType: 'application/octet-stream',
      buffer: Buffer.from(workbookOf(sheets)),
    });
  await page.getByText('Which sheet has the users?').waitFor();
  expect(await faultsOf(page, 'The sheets')).toEqual([]);
  await press(page, 'Guests');
  await page.getByRole('cell', { name: two?.id ?? '' }).waitFor();
  await page.locator('.command code').getByText('--sheet Guests').waitFor();
  await press(page, 'Another sheet');
  await press(page, 'Staff');
  await page.getByRole('cell', { name: one?.id ?? '' }).waitFor();
}, 120_000);

/** Markup, and a character that turns the direction of what follows. */
const HOSTILE = '<img src=x onerror="document.title=\'taken\'">\u202e<b>';

/** Sends a file as the page would; returns its id. */
async function upload({ speaker }: ConsoleStage, name: string, bytes: Buffer): Promise<string> {
  const { json } = await speaker.post('/api/uploads', { name });
  for (let part = 0, from = 0; from < bytes.length; part += 1, from += BOUNDS.partBytes) {
    const base64 = bytes.subarray(from, from + BOUNDS.partBytes).toString('base64');
    const last = from + BOUNDS.partBytes >= bytes.length;
    await speaker.post(`/api/uploads/${json.id}/parts`, { part, base64, last });
  }
  return json.id as string;
}

test('a long table reads and draws only what is visible; a key press ends the search before it', async () => {
  if (stage === undefined) return;
  const ROWS = 5000;
  const idAt = (row: number) => `00uMadeUp${String(row).padStart(11, '0')}`;
  const lines = Array.from({ length: ROWS }, (_, at) => `${idAt(at + 1)},${HOSTILE}`);
  const csv = `id,${HOSTILE}\n${lines.join('\n')}\n`;
  const files = [await upload(stage, `${HOSTILE}.csv`, Buffer.from(csv))];
  const flags = { action: ['reset-password'], 'no-lookup': [] };
  const { json: draft } = await stage.speaker.post('/api/drafts', { flags, files });
  const { id } = await planOf(stage, draft.id as string);
  const page = await stage.open();
  const asked: string[] = [];
  let given = 0;
  page.on('requestfailed', (request) => (given += request.url().includes('search=never') ? 1 : 0));
  await page.route(`**/api/runs/${id}/rows?**`, async (route) => {
    asked.push(new URL(route.request().url()).search);
    // This search is never answered, and only the next key press ends it.
    if (!asked.at(-1)?.includes('search=never')) await route.continue();
  });
  await page.goto(`${stage.rig.url}/runs/${id}/preview`);
  const line = page.locator('.rows tr[data-place]');
  await line.first().focus();
  await page.keyboard.press('End');
  await page.getByRole('link', { name: idAt(ROWS) }).waitFor();
  // Title, cells and the name of the file are text, and what turns the direction ends with its cell.
  expect(await page.locator('.rows th.c-file bdi').textContent()).toContain('<img src=x');
  expect(await page.locator('.rows td.c-file bdi').first().textContent()).toBe(HOSTILE);
  expect(await page.locator('img').count()).toBe(0);
  expect(await page.title()).not.toBe('taken');
  expect(await line.count()).toBeLessThan(80);
  expect(asked.length).toBeLessThan(8);
  const search = page.getByLabel('Search every column');
  const unanswered = page.waitForRequest(/search=never/);
  await search.fill('never');
  await unanswered;
  await search.fill(idAt(150).toLowerCase());
  await page.getByRole('link', { name: idAt(150) }).waitFor();
  expect(given).toBe(1);
}, 120_000);
