/** A run in the page, whatever happens to the page, the tab or the process: nobody is acted on twice. */
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { copyFile, mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { startConsole } from '../console/console-process.ts';
import { openRig } from '../console/rig.ts';
import { browserOrNothing } from './chromium.ts';
import {
  type ConsoleStage,
  connect,
  consent,
  draftFor,
  execute,
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
afterEach(() => stage?.gate.open());

/** Types the consent in the moment when its field appears, sooner than any effect of the page runs. */
const consentAtOnce = (page: Page) =>
  page.evaluate(() => {
    new MutationObserver((_changes, watch) => {
      const field = document.querySelector<HTMLInputElement>('.consent input');
      if (field === null) return;
      watch.disconnect();
      field.value = field.placeholder;
      field.dispatchEvent(new Event('input', { bubbles: true }));
    }).observe(document.body, { childList: true, subtree: true });
  });

test('stop and resume; the page closed, opened again, and a second tab', async () => {
  if (stage === undefined) return;
  const { gate, open, take, rig } = stage;
  const users = take(40);
  const draft = await draftFor(stage, users, { concurrency: ['1'] });
  const { id } = await planOf(stage, draft);
  const first = await open(`/runs/${id}/try`);
  await heading(first, 'First 5 of 40').waitFor();
  const other = await first.context().newPage();
  await other.goto(`${rig.url}/runs/${id}/try`);
  await heading(other, 'First 5 of 40').waitFor();
  await first.goto(`${rig.url}/runs/${id}`);
  await consentAtOnce(first);
  await first.getByRole('link', { name: 'Run all 40' }).click();
  gate.letThrough(30);
  await press(first, /^Yes, act on these 40/);
  await heading(first, /^[1-9]\d* of 40 done/).waitFor();
  // The tab that still asked about a few shows the run too: it has nothing to ask any more.
  await heading(other, /^[1-9]\d* of 40 done/).waitFor();
  await other.close();
  await first.goto(`${rig.url}/runs/${id}/try`);
  await heading(first, /^[1-9]\d* of 40 done/).waitFor();
  await first.close();

  const page = await open(`/runs/${id}`);
  await heading(page, /^[1-9]\d* of 40 done/).waitFor();
  const tab = await page.context().newPage();
  await tab.goto(`${rig.url}/runs/${id}/go`);
  await heading(tab, /^[1-9]\d* of 40 done/).waitFor();
  expect(await faultsOf(page, 'A run under way')).toEqual([]);
  await page.getByRole('button', { name: /succeeded$/ }).click();
  const before = (await page.getByText(/^\d+ of 40 rows$/).textContent()) ?? '';
  // Enough for a row whose call was held for too long, and for others.
  gate.letThrough(12);
  // Rows that succeeded since then are one press away, and the table does not jump by itself. The button can have been
  // there before, for answers that came while the rows were read.
  const more = Array.from({ length: 40 }, (_, at) => at + 1).slice(parseInt(before, 10));
  await page.getByRole('button', { name: new RegExp(`^Show all (?:${more.join('|')})$`) }).click();
  await page.getByText(before, { exact: true }).waitFor({ state: 'detached' });
  const stops: string[] = [];
  page.on('request', (request) => {
    if (request.url().endsWith('/stop')) stops.push(request.postData() ?? '');
  });
  // “Leave at once” comes where “Stop” was: the second half of a double click must not press it.
  await page.getByRole('button', { name: 'Stop' }).dblclick();
  // While answers are held, the run drains for no longer than a call can take. A slow browser only sees that it has stopped.
  await tab.getByRole('button', { name: /^(Leave at once|Resume)$/ }).waitFor();
  expect(stops).toEqual([JSON.stringify({ phase: 'drain' })]);
  gate.open();
  await page.getByRole('button', { name: 'Resume' }).waitFor();
  await tab.getByRole('button', { name: 'Resume' }).waitFor();
  const done = resets(stage, users).filter((n) => n > 0).length;
  expect(done).toBeGreaterThan(0);
  expect(done).toBeLessThan(40);

  await tab.goto(`${rig.url}/`);
  await tab.getByRole('link', { name: 'Resume' }).first().click();
  await press(tab, 'Resume');
  await heading(page, '40 of 40 done').waitFor();
  await page.getByRole('button', { name: '40 succeeded' }).waitFor();
  expect(resets(stage, users)).toEqual(users.map(() => 1));
}, 120_000);

/** The name of a folder with markup, and a letter that turns the direction of what comes after it. */
const TURNED = '<img src=x>\u202etxt';
const OTHER_HOST = 'acme.oktapreview.com';

/** Puts a copy of a run next to it, as if it were on another org. */
async function copyToOtherOrg(from: string): Promise<void> {
  const to = `${from}-preview`;
  await mkdir(to, { mode: 0o700 });
  // What is being written at this moment, and the lock, might be gone before they are copied.
  const kept = (await readdir(from)).filter((name) => !/^\.|^lock/.test(name));
  for (const name of kept) await copyFile(join(from, name), join(to, name));
  const run = JSON.parse(await readFile(join(to, 'run.json'), 'utf8')) as object;
  const other = { ...run, host: OTHER_HOST, origin: `https://${OTHER_HOST}`, orgId: '00oPreview' };
  await writeFile(join(to, 'run.json'), JSON.stringify(other));
}

test('the process killed with -9 in the middle, and its run resumed from Home by the next one', async () => {
  if (stage === undefined) return;
  const { gate, openOther, org, clock, take } = stage;
  const users = take(40);
  const killed = await startConsole(org, clock);
  const draft = await draftFor(killed, users, { concurrency: ['1'] });
  const { id } = await planOf(killed, draft);
  const page = await openOther(killed, `/runs/${id}`);
  await page.getByRole('link', { name: 'Run all 40' }).click();
  gate.letThrough(30);
  await consent(page, /^Yes, act on these 40/);
  await heading(page, /^[1-9]\d* of 40 done/).waitFor();
  await killed.kill();
  await page.getByText('The console does not answer').waitFor();
  expect(await faultsOf(page, 'A console that is gone')).toEqual([]);
  await page.setViewportSize({ width: 390, height: 900 });
  const [note, command] = await Promise.all(
    ['.notices .note', '.notices code'].map((part) => page.locator(part).boundingBox()),
  );
  // One text across the page, and the command in it on one line.
  expect(note?.width).toBeGreaterThan(350);
  expect(command?.height).toBeLessThan(30);
  gate.open();

  const next = await openRig({ dir: killed.dir, clock, input: { browser: false } });
  try {
    await connect(await next.page(), org);
    const home = await openOther(next);
    await heading(home, '1 run interrupted').waitFor();
    await home.getByRole('link', { name: 'Resume' }).click();
    await press(home, 'Resume');
    await heading(home, '40 of 40 done').waitFor();
    expect(resets(stage, users)).toEqual(users.map(() => 1));
    await copyToOtherOrg(join(killed.dir, 'reports', id));
    const reports = join(killed.dir, 'reports');
    await mkdir(join(reports, TURNED), { mode: 0o700 });
    await writeFile(join(reports, TURNED, 'run.json'), '{}');
    const both = await openOther(next);
    await heading(both, '2 runs').waitFor();
    const orgs = await both.getByRole('heading', { level: 2 }).allTextContents();
    expect(orgs.sort()).toEqual([new URL(org.url).host, OTHER_HOST].sort());
    expect(await faultsOf(both, 'Runs on two orgs')).toEqual([]);
    // The name of a folder turns none of our words.
    expect(await both.locator('.note.warning bdi').first().textContent()).toBe(
      `'reports/${TURNED}'`,
    );
    expect(await both.locator('img').count()).toBe(0);
  } finally {
    await next.close();
  }
}, 120_000);

test('rerun of one error: grouped with its remedy, planned again, and repeated only for those rows', async () => {
  if (stage === undefined) return;
  const { open, take, org } = stage;
  const users = take(8);
  const run = await planOf(stage, await draftFor(stage, users));
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
  expect(resets(stage, users)).toEqual(users.map(() => 1));
}, 120_000);
