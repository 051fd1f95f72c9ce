/** The local org as flags ask for it, and the files of a demo. */
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { makeDemoFolder, writeDemoFile } from '../../src/app/demo-files.ts';
import { openSandbox, type Sandbox } from '../../src/app/sandbox.ts';
import { host as realHost } from '../../src/host.ts';
import { around, newFolder } from './run-folders.ts';

let root: string;
beforeAll(async () => (root = await newFolder()));
afterAll(() => rm(root, { recursive: true, force: true }));
let org: Sandbox | undefined;
afterEach(async () => {
  await org?.close();
  org = undefined;
});

const open = async (request: Parameters<typeof openSandbox>[0]) => {
  const { context } = around(root, { clock: realHost.clock });
  org = await openSandbox({ users: 3, ...request }, context);
  return org;
};
/** What the org answers to a read of its users. */
const read = async ({ url, token }: Sandbox) =>
  fetch(`${url}/api/v1/users?limit=1`, { headers: { authorization: `SSWS ${token}` } });

test.each<[number | 'off', string]>([
  [7, '7'],
  ['off', '1000000'],
])('an org with the limit %s says that it is %j', async (limit, said) => {
  const response = await read(await open({ limit }));
  expect([response.status, response.headers.get('x-rate-limit-limit')]).toEqual([200, said]);
  await response.text();
});

test('an org without a limit of ours has its own', async () => {
  const response = await read(await open({}));
  expect(Number(response.headers.get('x-rate-limit-limit'))).toBeGreaterThan(100);
  await response.text();
});

test('an org has the faults that are asked for, and no others', async () => {
  const sound = await read(await open({}));
  expect(sound.status).toBe(200);
  await sound.text();
  await org?.close();
  await expect(read(await open({ chaos: 'reads:reset-before=100%' }))).rejects.toThrow();
  await org?.close();
  org = undefined;
  await expect(open({ chaos: 'earthquake' })).rejects.toMatchObject({ code: 'USAGE' });
});

test('an org has a service app if there is a key for it, which is made from here', async () => {
  expect((await open({})).clientId).toBeUndefined();
  await org?.close();
  const serviceApp = { keyFile: 'app.pem', scopes: ['okta.users.read'], dpop: false };
  const { clientId } = await open({ serviceApp });
  expect(clientId).toMatch(/./);
  expect(await readFile(join(root, 'app.pem'), 'utf8')).toContain('PRIVATE KEY');
});

test('a demo has a private folder and private files, which replace nothing', async () => {
  const folder = join(root, 'a', 'demo');
  await makeDemoFolder(folder);
  const path = join(folder, 'users.csv');
  await writeDemoFile(path, 'login\n');
  expect(await readFile(path, 'utf8')).toBe('login\n');
  expect([(await stat(folder)).mode & 0o777, (await stat(path)).mode & 0o777]).toEqual([
    ...[0o700, 0o600],
  ]);
  await expect(writeDemoFile(path, 'other')).rejects.toMatchObject({ code: 'EEXIST' });
  expect(await readFile(path, 'utf8')).toBe('login\n');
});
