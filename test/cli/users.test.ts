/** The export of users: what a column is, and what is said about one that nobody has. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startCliRig, type CliRig } from './rig.ts';

let rig: CliRig;
beforeAll(async () => {
  rig = await startCliRig({ users: 3 });
});
afterAll(() => rig.close());

const exported = (columns: string) => rig.type(['users', '--all', '--columns', columns]);

test('a column is an attribute with or without its path, and one that is empty for everybody is not reported', async () => {
  const { code, out, err } = await exported('id,login,profile.login,status,lastLogin');
  const [titles, ...rows] = out.trim().split(/\r?\n/);
  expect([code, titles, rows.length]).toEqual([0, 'id,login,profile.login,status,lastLogin', 3]);
  for (const row of rows) {
    const [id = '', login, same, status] = row.split(',');
    expect([id.slice(0, 3), same, status !== '']).toEqual(['00u', login, true]);
  }
  expect(err).not.toContain('No user has');
});

test.each([
  ['id,lastlogin', 'lastlogin'],
  ['Login,id,profile.nothing', 'Login, profile.nothing'],
])('%s: what no user has is named, and the export is complete', async (columns, named) => {
  const { code, out, err } = await exported(columns);
  expect([code, out.trim().split(/\r?\n/).length]).toEqual([0, 4]);
  expect(err).toContain(`No user has a value for ${named}.`);
});

test('nothing is said where nobody was selected', async () => {
  const flags = ['--search', 'profile.login eq "nobody@acme.example"', '--columns', 'nothing'];
  expect((await rig.type(['users', ...flags])).err).not.toContain('No user has');
});
