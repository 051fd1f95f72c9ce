import { afterEach, expect, test } from '@jest/globals';
import { parseChaos } from '../../../src/sandbox/chaos/chaos.ts';
import { startRig, taker, USERS, type Rig } from '../rig.ts';

let rig: Rig;
afterEach(() => rig.close());

const TIMES = ['created', 'activated', 'statusChanged', 'lastLogin', 'lastUpdated'] as const;
type Shown = Readonly<Record<(typeof TIMES)[number] | 'passwordChanged', string | null>>;

const MOVED = ['lastUpdated', 'statusChanged'];

test.each<[string, string, readonly string[]]>([
  ['POST lifecycle/reset_password', 'ACTIVE', MOVED],
  ['POST lifecycle/reset_password', 'RECOVERY', MOVED],
  ['POST lifecycle/reset_password?provider=FEDERATION', 'RECOVERY', [...MOVED, 'passwordChanged']],
  ['POST lifecycle/expire_password', 'ACTIVE', MOVED],
  ['POST lifecycle/expire_password?tempPassword=true', 'ACTIVE', [...MOVED, 'passwordChanged']],
  [
    'POST lifecycle/expire_password_with_temp_password',
    'LOCKED_OUT',
    [...MOVED, 'passwordChanged'],
  ],
  ['DELETE sessions?oauthTokens=true', 'ACTIVE', []],
  ['POST credentials/forgot_password', 'ACTIVE', []],
  ['POST lifecycle/reactivate', 'PROVISIONED', ['lastUpdated']],
  ['POST lifecycle/activate', 'STAGED', ['activated', ...MOVED]],
  ['POST lifecycle/reset_factors', 'ACTIVE', ['lastUpdated']],
  ['POST lifecycle/suspend', 'ACTIVE', MOVED],
  ['POST lifecycle/unsuspend', 'SUSPENDED', MOVED],
  ['POST lifecycle/unlock', 'LOCKED_OUT', MOVED],
  ['POST lifecycle/deactivate', 'ACTIVE', [...MOVED, 'passwordChanged']],
  ['POST lifecycle/unlock', 'ACTIVE', []],
])('%s of a user who is %s moves %j', async (call, status, moved) => {
  rig = await startRig({ users: 200, limits: 'off' });
  const path = `${USERS}/${taker(rig.org)(status, 'OKTA')}`;
  const [method = '', name = ''] = call.split(' ');
  const before = (await rig.get(path)).json as Shown;
  rig.clock.advance(5000);
  await rig.send(method, `${path}/${name}`);
  const after = (await rig.get(path)).json as Shown;
  const changed = [...TIMES, 'passwordChanged' as const].filter((at) => after[at] !== before[at]);
  expect(changed.toSorted()).toEqual(moved.toSorted());
  for (const at of changed)
    if (after[at] !== null) expect([at, after[at]]).toEqual([at, '2026-03-01T12:00:05.000Z']);
});

test('no two links or passwords that a user ever gets are the same', async () => {
  rig = await startRig({ users: 200, limits: 'off' });
  const take = taker(rig.org);
  const [active, pending] = [take('ACTIVE', 'OKTA'), take('PROVISIONED', 'OKTA')];
  const got: string[] = [];
  for (let round = 0; round < 3; round += 1)
    for (const call of [
      `${active}/lifecycle/reset_password?sendEmail=false`,
      `${pending}/lifecycle/reactivate`,
      `${active}/lifecycle/expire_password?tempPassword=true`,
      `${active}/credentials/forgot_password?sendEmail=false`,
    ]) {
      if (call.includes('forgot')) rig.org.finish(active);
      const { status, json } = await rig.post(`${USERS}/${call}`);
      expect([call, status]).toEqual([call, 200]);
      const [secret = ''] = Object.values(json as Readonly<Record<string, string>>);
      got.push(secret.replace(/\/verify$/, '').replace(/^.*\//, ''));
    }
  expect(new Set(got).size).toBe(12);
});

test('a token that ends after some writes counts those that took effect, and no others', async () => {
  const chaos = parseChaos('revoke-token-after=3');
  rig = await startRig({ users: 200, limits: 'off', mailGapMs: 60_000, chaos });
  const id = taker(rig.org)('ACTIVE', 'OKTA');
  const answers: number[] = [];
  for (const call of [
    'POST lifecycle/unlock',
    'POST lifecycle/reset_password',
    'POST lifecycle/reset_password',
    'DELETE sessions?oauthTokens=maybe',
    'DELETE sessions',
    'POST lifecycle/expire_password',
    'POST lifecycle/expire_password',
  ]) {
    const [method = '', name = ''] = call.split(' ');
    answers.push((await rig.send(method, `${USERS}/${id}/${name}`)).status);
  }
  expect(answers).toEqual([403, 200, 429, 400, 204, 200, 401]);
});
