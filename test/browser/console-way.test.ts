/** The whole way by mouse, and every screen on it at both widths and in both schemes. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { browserOrNothing } from './chromium.ts';
import {
  type ConsoleStage,
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

const faults: string[] = [];

/** Looks at a screen; every one says what does the same in a terminal. */
async function look(page: Page, name: string): Promise<void> {
  faults.push(...(await faultsOf(page, name)));
  const command = await page.locator('footer.command code').textContent();
  if (command?.startsWith('okta-reset ') !== true) faults.push(`${name} has no command line`);
}

const step = (page: Page, name: RegExp) =>
  page.getByRole('navigation', { name: 'Steps' }).getByRole('link', { name }).click();

test('connect, who, what, preview, a few first, run, row, follow up, evidence', async () => {
  if (stage === undefined) return;
  const { org, open, take } = stage;
  const users = take(12);
  const suspended = [...org.users()].find(({ status }) => status === 'SUSPENDED');
  const page = await open('/connect');

  const address = page.getByLabel('Any address of your Okta org');
  await address.fill(`${org.url}/admin/users`);
  await page.getByLabel('API token').fill('not-a-token');
  await press(page, 'Connect');
  await heading(page, /^Not connected to/).waitFor();
  await page.getByRole('heading', { name: 'What is wrong' }).waitFor();
  expect(await address.inputValue()).toBe(`${org.url}/admin/users`);
  await page.getByLabel('API token').fill(org.token);
  await press(page, 'Connect');
  await heading(page, /^Connected to/).waitFor();
  expect(await address.inputValue()).toBe('');
  await look(page, 'Connect');
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
    .setInputFiles([
      {
        name: 'people.csv',
        mimeType: 'text/csv',
        buffer: Buffer.from(`${csv.join('\n')}\nnobody at all,,Sales\n`),
      },
      { name: 'costs.csv', mimeType: 'text/csv', buffer: Buffer.from('Cost,Amount\n4711,12\n') },
    ]);
  await page.getByText('14 rows, 1 of them not usable').waitFor();
  await page.getByText('Press the name of the column that has the users.').waitFor();
  await press(page, 'Take out costs.csv');
  await page.getByText('costs.csv').first().waitFor({ state: 'detached' });
  await page.getByText('Only some of the rows').click();
  await page.getByLabel('Value').fill('Elsewhere');
  await page.getByText('You typed the condition “Elsewhere” and did not add it.').waitFor();
  expect(await page.getByRole('link', { name: /^Next/ }).count()).toBe(0);
  await press(page, 'Add');
  await page.getByText('No row of this file meets the conditions below.').waitFor();
  await press(page, /^Take out id=/);
  await page.getByText('14 rows, 1 of them not usable').waitFor();
  await look(page, 'Who');
  await page.getByRole('link', { name: 'Next: what happens to them' }).click();

  await heading(page, 'Reset the password').waitFor();
  await page.getByLabel('End their sessions').uncheck();
  await page.getByLabel('End their sessions').check();
  await page.getByText('When to stop').click();
  await page.getByLabel('Canary wait').fill('0');
  await look(page, 'What');
  // What was typed counts, however soon the button is pressed.
  await page.getByLabel('Max failures').fill('7');
  await press(page, /^Preview/);

  await heading(page, '12 people would be acted on. 2 would not.').waitFor();
  await page.locator('.command code').getByText('--canary-wait 0 --max-failures 7').waitFor();
  await page.getByRole('button', { name: '1 suspended' }).click();
  await page.getByRole('cell', { name: suspended?.login ?? '' }).waitFor();
  expect(await page.locator('.rows tr[data-place]').count()).toBe(1);
  await page.reload();
  await page.getByRole('button', { name: '1 suspended', pressed: true }).waitFor();
  await page.getByRole('button', { name: '1 suspended' }).click();
  await look(page, 'Preview');
  // Another answer to “What” has no preview yet: the earlier one is not shown for it.
  await step(page, /^3|What/);
  await page.getByLabel('Revoke their tokens').uncheck();
  await step(page, /Preview/);
  await heading(page, 'There is no preview yet').waitFor();
  await press(page, 'Plan it');
  await heading(page, '12 people would be acted on. 2 would not.').waitFor();
  await page.getByText('OAuth and refresh tokens of 12 users stay valid').waitFor();
  expect(resets(stage, users)).toEqual(users.map(() => 0));
  await page.getByRole('link', { name: 'Try a few first' }).click();

  await heading(page, 'First 5 of 12').waitFor();
  await look(page, 'Try a few');
  const yes = page.getByRole('button', { name: /^Yes/ });
  expect(await yes.getAttribute('aria-disabled')).toBe('true');
  await consent(page, /^Yes, act on these 5/);
  await page.getByText('These 5 are done and were read back. Go on?').waitFor();
  await look(page, 'The question');
  expect(resets(stage, users).filter((n) => n > 0)).toHaveLength(5);
  await consent(page, 'Go on');

  await heading(page, '12 of 12 done').waitFor();
  await page.getByRole('heading', { name: 'What remains to be done' }).waitFor();
  await look(page, 'Run');
  expect(resets(stage, users)).toEqual(users.map(() => 1));
  await page.getByRole('link', { name: users[3]?.login ?? '' }).click();
  await heading(page, users[3]?.login ?? '').waitFor();
  await page.getByText('Took effect').first().waitFor();
  await look(page, 'Row');
  await page.goBack();
  await heading(page, '12 of 12 done').waitFor();

  await step(page, /Follow up/);
  await press(page, 'Look now');
  await heading(page, '0 of 12 users finished').waitFor();
  await look(page, 'Follow up');
  await step(page, /Evidence/);
  const saving = page.waitForEvent('download');
  await press(page, /^Report, one HTML page/);
  expect((await saving).suggestedFilename()).toBe('report.html');
  await press(page, 'Seal this run');
  await page.getByText('Sealed: evidence.json').waitFor();
  await press(page, 'Verify');
  await page.getByText('of the journal are as they were sealed.').waitFor();
  await look(page, 'Evidence');
  await page.getByRole('link', { name: 'All runs' }).click();
  await page.getByRole('link', { name: 'Reset the password' }).first().waitFor();
  await look(page, 'Home');
  expect(faults.splice(0)).toEqual([]);
}, 120_000);

test('users who have not finished get another email: planned from the follow-up, and sent once more', async () => {
  if (stage === undefined) return;
  const users = stage.take(4);
  const run = await planOf(stage, await draftFor(stage, users));
  await execute(stage, run);
  stage.org.finish(users[0]?.id ?? '');
  const page = await stage.open(`/runs/${run.id}/followup`);
  await press(page, 'Look now');
  await heading(page, '1 of 4 users finished').waitFor();
  await page
    .locator('.funnel li', { hasText: /waiting/i })
    .getByRole('button', { name: 'Send again' })
    .click();
  await heading(page, '3 people would be acted on.').waitFor();
  await page.getByRole('link', { name: 'Run all 3' }).click();
  await look(page, 'The yes to all');
  await consent(page, /^Yes, act on these 3/);
  await heading(page, '3 of 3 done').waitFor();
  expect(resets(stage, users)).toEqual([1, 2, 2, 2]);
  expect(faults.splice(0)).toEqual([]);
}, 120_000);

test('a temporary password is shown for one press, masked again after 30 s, and counted as handed over', async () => {
  if (stage === undefined) return;
  const { open, take, org, speaker, rig } = stage;
  const users = take(2);
  const { json: key } = await speaker.post('/api/keys');
  const flags = { action: ['temp-password'], 'secrets-recipient': [key.recipient as string] };
  const run = await planOf(stage, await draftFor(stage, users, flags));
  await execute(stage, run);
  const page = await open();
  await page.clock.install();
  await page.goto(`${rig.url}/runs/${run.id}/handover`);
  await heading(page, '2 temporary passwords to hand over').waitFor();
  const [user] = users;
  const login = user?.login ?? '';
  await press(page, `Show for ${login}`);
  const shown = page.locator('.shown-secret');
  await shown.waitFor();
  expect(await shown.textContent()).toBe(org.currentTempPassword(user?.id ?? ''));
  await look(page, 'Hand over');
  await page.clock.fastForward(31_000);
  await shown.waitFor({ state: 'detached' });
  expect(await page.content()).not.toContain(org.currentTempPassword(user?.id ?? ''));
  await press(page, `Handed over to ${login}`);
  await page.getByRole('button', { name: `Undo: ${login}` }).waitFor();
  await heading(page, '1 temporary password to hand over').waitFor();
  await page.reload();
  await page.getByRole('button', { name: `Show for ${users[1]?.login ?? ''}` }).waitFor();
  expect(await page.getByRole('button', { name: `Show for ${login}` }).count()).toBe(0);
  expect(faults.splice(0)).toEqual([]);
}, 120_000);
