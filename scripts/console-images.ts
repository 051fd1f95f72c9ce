// Draws the console's screens for docs/images: tsx scripts/console-images.ts. Against the sandbox, with made-up people.
import { mkdir } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import type { SandboxUser } from '../src/sandbox/sandbox.ts';
import { openBrowser } from '../test/browser/chromium.ts';
import {
  type ConsoleStage,
  draftFor,
  execute,
  openConsoleStage,
  planOf,
} from '../test/browser/console-stage.ts';

const FOLDER = new URL('../docs/images/', import.meta.url).pathname;
const WIDE = { width: 1280, height: 860 };
const NARROW = { width: 390, height: 844 };
/** Enough users for the few that fail, and too few for the run to end. */
const REQUESTS_LET_THROUGH = 190;

async function draw(page: Page, name: string): Promise<void> {
  await page.setViewportSize(WIDE);
  await page.emulateMedia({ colorScheme: 'light' });
  await page.evaluate(() => scrollTo(0, 0));
  await page.screenshot({ path: `${FOLDER}console-${name}.png` });
}

/** The same on a phone, in the dark. */
async function drawNarrow(page: Page, name: string): Promise<void> {
  await page.setViewportSize(NARROW);
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.screenshot({ path: `${FOLDER}console-${name}-phone.png` });
  await page.setViewportSize(WIDE);
}

const heading = (page: Page, name: RegExp) =>
  page.getByRole('heading', { level: 1, name }).waitFor();

async function consent(page: Page, yes: RegExp): Promise<void> {
  const field = page.locator('.consent input');
  await field.fill((await field.getAttribute('placeholder')) ?? '');
  await page.getByRole('button', { name: yes }).click();
}

function csvOf(users: readonly SandboxUser[]): Buffer {
  const departments = ['Finance', 'Sales', 'Legal', 'IT'];
  const lines = users.map(
    ({ id, login }, i) => `${id},${login},${departments[i % departments.length] ?? ''}`,
  );
  return Buffer.from(`${['id,Login,Department', ...lines].join('\n')}\nnobody at all,,Sales\n`);
}

/** From the file to the first few users. */
async function drawDraft(page: Page, users: readonly SandboxUser[]): Promise<void> {
  await page.getByRole('button', { name: /^(New run|Choose who|Start)/ }).click();
  await heading(page, /^Who/);
  await page
    .locator('input[type=file]')
    .first()
    .setInputFiles({
      name: 'users.csv',
      mimeType: 'text/csv',
      buffer: csvOf(users),
    });
  await page.getByText(/rows, 1 of them/).waitFor();
  await draw(page, 'who');
  await page.getByRole('link', { name: /^Next/ }).click();
  await page.getByLabel('End their sessions').waitFor();
  await page.getByText('When to stop').click();
  await page.getByLabel('Canary wait').fill('0');
  await page.locator('.command code').getByText('--canary-wait 0').waitFor();
  await page.getByText('When to stop').click();
  await draw(page, 'what');
  // Answers are held while the run is drawn, which is long by the stage's clock.
  await page.getByText('How fast').click();
  await page.getByLabel('Timeout').fill('2h');
  await page.locator('.command code').getByText('--timeout 2h').waitFor();
  await page.getByRole('button', { name: /^Preview/ }).click();
  await heading(page, /would be acted on/);
  await page.locator('.rows tr[data-place]').first().waitFor();
  await draw(page, 'preview');
  await drawNarrow(page, 'preview');
  await page.getByRole('link', { name: 'Try a few first' }).click();
  await page.getByRole('button', { name: /^Yes/ }).waitFor();
  await draw(page, 'try');
}

async function drawRun(page: Page, stage: ConsoleStage, lost: readonly SandboxUser[]) {
  await consent(page, /^Yes/);
  await page.getByText(/Go on\?/).waitFor();
  await draw(page, 'question');
  for (const { id } of lost) stage.org.putOutOfReach(id);
  stage.gate.letThrough(REQUESTS_LET_THROUGH);
  await consent(page, /^Go on/);
  await page.getByRole('heading', { name: 'What failed' }).waitFor();
  await page.waitForTimeout(900);
  await draw(page, 'run');
  await drawNarrow(page, 'run');
  stage.gate.open();
  await page.getByRole('heading', { name: 'What remains to be done' }).waitFor();
  await draw(page, 'failed');
  await page
    .getByRole('link', { name: lost[0]?.login ?? '' })
    .first()
    .click();
  await page.getByRole('button', { name: 'Only this one again' }).waitFor();
  await draw(page, 'row');
}

async function drawAfter(page: Page, users: readonly SandboxUser[], stage: ConsoleStage) {
  for (const { id } of users.slice(8, 31)) stage.org.finish(id);
  const steps = page.getByRole('navigation', { name: 'Steps' });
  await steps.getByRole('link', { name: /Follow up/ }).click();
  await page.getByRole('button', { name: 'Look now' }).click();
  await heading(page, /users finished/);
  await draw(page, 'followup');
  await steps.getByRole('link', { name: /Evidence/ }).click();
  await page.getByRole('heading', { name: 'What was done' }).waitFor();
  await draw(page, 'evidence');
}

async function drawHandover(page: Page, stage: ConsoleStage): Promise<void> {
  const { json: key } = await stage.speaker.post('/api/keys');
  const flags = { action: ['temp-password'], 'secrets-recipient': [key.recipient as string] };
  const run = await planOf(stage, await draftFor(stage, stage.take(6), flags));
  await execute(stage, run);
  await page.goto(`${stage.rig.url}/runs/${run.id}/handover`);
  await page
    .getByRole('button', { name: /^Show for/ })
    .first()
    .click();
  await page.locator('.shown-secret').waitFor();
  await draw(page, 'handover');
}

async function main(): Promise<void> {
  await mkdir(FOLDER, { recursive: true });
  const stage = await openConsoleStage(await openBrowser(), 1000);
  try {
    const users = stage.take(64);
    const others = [...stage.org.users()].filter(({ status }) => status !== 'ACTIVE').slice(0, 20);
    const page = await stage.open('/connect');
    await heading(page, /^Connected/);
    await draw(page, 'connect');
    await drawDraft(page, [...users, ...others]);
    await drawRun(page, stage, users.slice(40, 43));
    await drawAfter(page, users, stage);
    await drawHandover(page, stage);
    await page.goto(`${stage.rig.url}/`);
    await page.locator('.run').first().waitFor();
    await draw(page, 'home');
    await drawNarrow(page, 'home');
  } finally {
    await stage.close();
  }
}

await main();
