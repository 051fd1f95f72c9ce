import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { USER_STATUSES } from '../../src/domain/org/user.ts';
import { rows, startRig, taker, USERS, type Got, type Rig } from '../sandbox/rig.ts';
import { outcome } from './pair.ts';

let rig: Rig;
let take: (status: string, provider: string) => string;
beforeAll(async () => {
  const statuses = Object.fromEntries(USER_STATUSES.map((status) => [status, 1]));
  rig = await startRig({ users: 400, limits: 'off', mix: { statuses, providers: { OKTA: 1 } } });
  take = taker(rig.org);
});
afterAll(() => rig.close());

/** An active user that has factors. */
async function withFactors(): Promise<string> {
  for (;;) {
    const id = take('ACTIVE', 'OKTA');
    if (rows(await rig.get(`${USERS}/${id}/factors`)).length > 0) return id;
  }
}

test('reset_factors ends every enrollment, keeps the status, and answers with nothing', async () => {
  const id = await withFactors();
  const user = async (): Promise<Got> => rig.get(`${USERS}/${id}`);
  expect((await user()).json._links).toHaveProperty('resetFactors');
  const got = await rig.post(`${USERS}/${id}/lifecycle/reset_factors`);
  expect([got.status, got.text]).toEqual([200, '']);
  expect(rows(await rig.get(`${USERS}/${id}/factors`))).toEqual([]);
  expect((await user()).json.status).toBe('ACTIVE');
  expect((await user()).json._links).not.toHaveProperty('resetFactors');
  expect(rig.org.effects(id)).toMatchObject({ factorResets: 1 });
  const filter = encodeURIComponent(
    `eventType eq "user.mfa.factor.reset_all" and target.id eq "${id}"`,
  );
  expect(rows(await rig.get(`/api/v1/logs?filter=${filter}`))).toHaveLength(1);
});

test.each([
  ['ACTIVE', '200'],
  ['PASSWORD_EXPIRED', '200'],
  ['SUSPENDED', '200'],
  ['STAGED', '200'],
  ['DEPROVISIONED', '200'],
  ['RECOVERY', '403 E0000038'],
  ['LOCKED_OUT', '403 E0000038'],
  ['PROVISIONED', '403 E0000038'],
])('reset_factors of a user who is %s: %s', async (status, expected) => {
  const id = take(status, 'OKTA');
  expect(outcome(await rig.post(`${USERS}/${id}/lifecycle/reset_factors`))).toBe(expected);
  expect(rig.org.user(id)!.status).toBe(status);
});

test.each([
  ['suspend', 'ACTIVE', '200', 'SUSPENDED'],
  ['suspend', 'PASSWORD_EXPIRED', '200', 'SUSPENDED'],
  ['suspend', 'PROVISIONED', '200', 'SUSPENDED'],
  ['suspend', 'LOCKED_OUT', '400 E0000001', 'LOCKED_OUT'],
  ['suspend', 'RECOVERY', '400 E0000001', 'RECOVERY'],
  ['suspend', 'SUSPENDED', '400 E0000001', 'SUSPENDED'],
  ['suspend', 'DEPROVISIONED', '400 E0000001', 'DEPROVISIONED'],
  ['unsuspend', 'SUSPENDED', '200', 'ACTIVE'],
  ['unsuspend', 'RECOVERY', '400 E0000001', 'RECOVERY'],
  ['unlock', 'LOCKED_OUT', '200', 'ACTIVE'],
  ['unlock', 'SUSPENDED', '403 E0000032', 'SUSPENDED'],
  ['reactivate', 'PROVISIONED', '200', 'PROVISIONED'],
  ['reactivate', 'RECOVERY', '200', 'RECOVERY'],
  ['reactivate', 'STAGED', '403 E0000038', 'STAGED'],
])('%s of a user who is %s: %s, then %s', async (call, status, expected, then) => {
  const id = take(status, 'OKTA');
  expect(outcome(await rig.post(`${USERS}/${id}/lifecycle/${call}`))).toBe(expected);
  expect(rig.org.user(id)!.status).toBe(then);
  const { suspensions, unsuspensions } = rig.org.effects(id)!;
  const counted = (name: string) => (call === name && expected === '200' ? 1 : 0);
  expect([suspensions, unsuspensions]).toEqual([counted('suspend'), counted('unsuspend')]);
});
