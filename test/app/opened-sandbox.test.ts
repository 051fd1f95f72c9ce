/** A sandbox org as the flags of `sandbox` and `demo` ask for it. */
import { afterAll, afterEach, expect, test } from '@jest/globals';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { openSandbox, type Sandbox } from '../../src/app/sandbox.ts';
import { kindAt } from '../../src/disk/look.ts';
import { around, newFolder } from './run-folders.ts';

const root = await newFolder();
afterAll(() => rm(root, { recursive: true }));
const orgs: Sandbox[] = [];
afterEach(async () => {
  for (const org of orgs.splice(0)) await org.close();
});

async function open(request: Parameters<typeof openSandbox>[0]) {
  const org = await openSandbox({ users: 5, ...request }, around(root).context);
  orgs.push(org);
  return org;
}

/** What the org says about its limit for users. */
async function limitOf({ url, token }: Sandbox) {
  const { headers, status } = await fetch(`${url}/api/v1/users?limit=1`, {
    headers: { authorization: `SSWS ${token}` },
  });
  return [status, headers.get('x-rate-limit-limit')];
}

test('has the limit that is asked for: a number, none, or that of an org', async () => {
  expect(await limitOf(await open({ limit: 7 }))).toEqual([200, '7']);
  expect(await limitOf(await open({ limit: 'off' }))).toEqual([200, '1000000']);
  expect(await limitOf(await open({}))).toEqual([200, '300']);
});

test('has a service app if there is a key for one, and faults if they are asked for', async () => {
  const plain = await open({});
  expect([plain.clientId, [...plain.users()].length]).toEqual([undefined, 5]);
  const app = await open({
    serviceApp: { keyFile: 'app.pem', scopes: ['okta.users.read'], dpop: true },
  });
  expect(app.clientId).toMatch(/^0oa/);
  // Where the command was started.
  expect(await kindAt(join(root, 'app.pem'))).toBe('file');
  const failing = await open({ chaos: 'reads:500-before=100%' });
  expect((await limitOf(failing))[0]).toBe(500);
  await expect(open({ chaos: 'nonsense' })).rejects.toMatchObject({ code: 'USAGE' });
});
