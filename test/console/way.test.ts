import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { openRig, type ConsoleRig, type Page } from './rig.ts';

let rig: ConsoleRig;
let page: Page;

beforeAll(async () => {
  rig = await openRig();
  page = await rig.page();
});
afterAll(() => rig.close());

test('the sandbox is connected to, and doctor tells what it finds one by one', async () => {
  expect((await page.get('/api/state')).json).toMatchObject({ connection: { state: 'none' } });
  expect(await page.post('/api/connect', { kind: 'sandbox', users: 20 })).toMatchObject({
    status: 202,
    json: { state: 'checking' },
  });
  const { connection } = await page.until('connection', (e) => e.connection.state !== 'checking');
  expect(connection).toMatchObject({ state: 'connected', kind: 'sandbox' });
  expect(connection.findings.map(({ subject }) => subject)).toContain('credential');
  const state = await page.get('/api/state');
  expect(state.json.uploads).toMatchObject([{ name: 'sandbox-users.csv', complete: true }]);
  expect((await page.get('/api/runs')).json).toEqual({ runs: [], unreadable: [] });
});
