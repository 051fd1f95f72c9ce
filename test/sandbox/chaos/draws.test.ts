import { describe, expect, test } from '@jest/globals';
import { drawFault, drawLag, longestLagMs, parseChaos } from '../../../src/sandbox/chaos/chaos.ts';
import { splitDelay } from '../../../src/sandbox/chaos/late.ts';
import { startRig, taker, USERS } from '../rig.ts';

const keys = Array.from({ length: 40 }, (_, key) => key);

describe('a seed', () => {
  // Rehearsals are repeated and compared, so a seed means the same in every version.
  const chaos = parseChaos('500=30%,mail-429=20%,lag-user=20%@2s,lag-list=50%,lag-user=40%@9s');

  test('strikes the same writes in every version', () => {
    const letters = { '500-before': 'b', '500-after': 'a', 'mail-429': 'm' } as const;
    const drawn = (seed: number, nth: number) =>
      keys
        .map((key) => drawFault(chaos.writes, seed, key, nth)?.name)
        .map((name) => (name === undefined ? '.' : letters[name as keyof typeof letters]))
        .join('');
    expect([drawn(1, 1), drawn(1, 2), drawn(2, 1)]).toEqual([
      'm.b...mbb...bb.m.m.a..a..ama.ab...bab.ba',
      'mb..m..a..b.aab..m..m.mb.b..m.....b.am..',
      'ma...ab.a...b..abam....aba.mb.b.ba..bm..',
    ]);
  });

  test('lets the same reads lag in every version', () => {
    const drawn = (read: 'user' | 'list' | 'log' | undefined, seed: number) =>
      keys
        .map((key) => drawLag(chaos.lags, read, seed, key)?.lagMs)
        .map((lagMs) => (lagMs === undefined ? '.' : String(lagMs / 1000)))
        .join('');
    expect([drawn('user', 1), drawn('user', 2), drawn('list', 1)]).toEqual([
      '.....2..99.9..9992...9292992.29999....2.',
      '.9....9.2.9999.99292..2.9.29.9.99...999.',
      '5..5.555.5.55.55.55....555...5.55.55.5..',
    ]);
    expect([drawn('log', 1), drawn(undefined, 1)]).toEqual(['.'.repeat(40), '.'.repeat(40)]);
    expect([longestLagMs(chaos), longestLagMs(parseChaos(''))]).toEqual([9000, 0]);
  });

  test('strikes the same requests of a whole org in every version', async () => {
    const rig = await startRig({ users: 30, limits: 'off', chaos: parseChaos('all:500=40%') });
    const id = taker(rig.org)('ACTIVE', 'OKTA');
    const statuses = async (send: () => Promise<{ readonly status: number }>) => {
      const seen: string[] = [];
      for (let call = 0; call < 16; call += 1) seen.push((await send()).status === 500 ? 'x' : '.');
      return seen.join('');
    };
    const writes = await statuses(() => rig.post(`${USERS}/${id}/lifecycle/expire_password`));
    const reads = await statuses(() => rig.get(`${USERS}/${id}`));
    expect([writes, reads]).toEqual(['x.xxxx...xx...x.', 'x.......x.xx..xx']);
    await rig.close();
  });
});

test.each([
  ['5%', { share: '5%', delayMs: undefined }],
  ['5%@15s', { share: '5%', delayMs: 15_000 }],
  ['@15s', { share: '', delayMs: 15_000 }],
  ['5%@', undefined],
  ['5%@soon', undefined],
])('%s is a share and a delay: %j', (text, parts) => {
  expect(splitDelay(text)).toEqual(parts);
});
