import { afterEach, describe, expect, test } from '@jest/globals';
import type { SandboxOptions } from '../../../src/sandbox/sandbox.ts';
import { rows, startRig, USERS, type Rig } from '../rig.ts';

let rig: Rig;
afterEach(() => rig.close());

async function start(options: SandboxOptions = {}): Promise<void> {
  rig = await startRig({ limits: 'off', ...options });
}
const count = async (path: string) => {
  const got = await rig.get(path);
  const more = String(got.headers['link']).includes('rel="next"') ? '+' : '';
  return got.status === 200 ? `${rows(got).length}${more}` : String(got.json.errorCode);
};

test.each<[string, SandboxOptions, string, readonly string[]]>([
  [
    'users',
    { users: 300, mix: { statuses: { ACTIVE: 1 } } },
    USERS,
    ['200+', '200+', '200+', '1+'],
  ],
  ['groups', { groups: 1000 }, '/api/v1/groups', ['1000', '200+', '1000', '1+']],
  ['groups by q', { groups: 1000 }, '/api/v1/groups?q=team', ['300', '200', '300', '1']],
])('%s come by these pages', async (_what, options, path, counts) => {
  await start(options);
  const mark = path.includes('?') ? '&' : '?';
  const seen = [await count(path)];
  for (const limit of [200, 20_000, 1]) seen.push(await count(`${path}${mark}limit=${limit}`));
  expect(seen).toEqual(counts);
});

test('members of a group come by 1,000 at most', async () => {
  await start({ users: 1100, mix: { statuses: { ACTIVE: 1 } } });
  const path = `/api/v1/groups/${rig.org.groups()[0]!.id}/users`;
  expect([await count(path), await count(`${path}?limit=1001`)]).toEqual(['1000+', '1000+']);
  expect(await count(`${path}?limit=0`)).toBe('E0000001');
});

test.each([
  ['', '10'],
  ['&limit=11', '11'],
  ['&limit=500', '200'],
  ['&limit=0', 'E0000001'],
])('users by q%s: %s', async (more, shown) => {
  await start({ users: 5000, mix: { statuses: { ACTIVE: 1 } } });
  expect(await count(`${USERS}?q=a${more}`)).toBe(shown);
});

describe('the System Log', () => {
  const LOGS = '/api/v1/logs';
  const DAY_MS = 86_400_000;
  const at = (ms: number) => new Date(rig.clock.nowMs() + ms).toISOString();
  const signIns = (users: number) => rig.post(`/sandbox/sign-ins?users=${users}`);

  test('comes by 100, or by 1,000 at most, and what happened right now is in it', async () => {
    await start();
    await signIns(1100);
    const until = `until=${at(1)}`;
    expect([
      await count(`${LOGS}?${until}`),
      await count(`${LOGS}?${until}&limit=1000`),
      await count(`${LOGS}?${until}&limit=1001`),
      await count(`${LOGS}?${until}&limit=0`),
      await count(LOGS),
    ]).toEqual(['100+', '1000+', '1000+', '0', '100+']);
  });

  test('shows seven days unless more are asked for, and half a year at most', async () => {
    await start();
    await signIns(2);
    rig.clock.advance(7 * DAY_MS - 1);
    await signIns(3);
    expect(await count(LOGS)).toBe('5+');
    rig.clock.advance(2);
    expect(await count(LOGS)).toBe('3+');
    expect(await count(`${LOGS}?since=${at(-7 * DAY_MS - 1)}`)).toBe('5+');
    expect(await count(`${LOGS}?until=${at(-1)}`)).toBe('5');
    expect(await count(`${LOGS}?until=${at(-2)}`)).toBe('2');
    expect(await count(`${LOGS}?since=${at(-180 * DAY_MS)}`)).toBe('5+');
    expect(await count(`${LOGS}?since=${at(-180 * DAY_MS - 1)}`)).toBe('E0000001');
    expect(await count(`${LOGS}?since=${at(0)}&sortOrder=descending`)).toBe('0');
    expect(await count(`${LOGS}?sortOrder=descending&limit=2`)).toBe('2+');
  });

  test('looks for ten words of 40 characters at most', async () => {
    await start();
    await signIns(1);
    const q = (words: number, length: number) =>
      count(`${LOGS}?q=${Array.from({ length: words }, () => 'u'.repeat(length)).join('++')}`);
    expect([await q(10, 1), await q(11, 1), await q(1, 40), await q(1, 41)]).toEqual([
      ...['1+', 'E0000001', '0+', 'E0000001'],
    ]);
    expect(await count(`${LOGS}?q=+SUCCESS+User+`)).toBe('1+');
    expect(await count(`${LOGS}?q=success+nothing`)).toBe('0+');
    expect(await count(`${LOGS}?q=`)).toBe('1+');
  });
});
