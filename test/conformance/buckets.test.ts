import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { OrgWriter } from '../../src/domain/org/org.ts';
import { parseUserId, type UserId } from '../../src/domain/org/user-id.ts';
import { bucketOf } from '../../src/okta/endpoints/bucket.ts';
import { BUCKET_PATHS, type BucketName } from '../../src/sandbox/org/buckets.ts';
import { never, stepCall } from '../okta/scripted-org.ts';
import { startPair, type Pair } from './pair.ts';

let pair: Pair;
beforeAll(async () => {
  pair = await startPair({ limits: 'off' });
});
afterAll(() => pair.close());

const user = (): UserId => parseUserId([...pair.rig.org.users()].at(-1)!.id)!;
const group = (): string => pair.rig.org.groups()[0]!.id;
const all = { query: { kind: 'all' }, limit: 10 } as const;
const scan = { filter: 'eventType pr', sinceMs: 1_772_366_000_000, untilMs: 1_772_369_000_000 };

/** The counter that the sandbox has counted calls in since `before`. */
async function counted(before: Readonly<Record<string, number>>): Promise<string[]> {
  const { requests } = pair.rig.org.stats();
  return Object.keys(requests)
    .filter((name) => requests[name] !== before[name])
    .map((name) => BUCKET_PATHS[name as BucketName]);
}

test.each<[string, string, (client: OrgWriter) => Promise<unknown>]>([
  ['listing users spends from /api/v1/users', '/api/v1/users', (c) => c.users(all, never)],
  ['so does a reset', '/api/v1/users', (c) => c.write(stepCall({ userId: user() }), never)],
  [
    'so does an expiry',
    '/api/v1/users',
    (c) => c.write(stepCall({ userId: user(), step: 'expire-password' }), never),
  ],
  [
    'so does a temporary password',
    '/api/v1/users',
    (c) => c.write(stepCall({ userId: user(), step: 'temp-password-split' }), never),
  ],
  [
    'so does ending sessions',
    '/api/v1/users',
    (c) => c.write(stepCall({ userId: user(), step: 'revoke-tokens' }), never),
  ],
  [
    'so do the roles of a user',
    '/api/v1/users',
    (c) => c.roles({ kind: 'user', id: user() }, never),
  ],
  ['one user has a counter apart', '/api/v1/users/{id:.+}', (c) => c.user(user(), never)],
  ['the caller has one, too', '/api/v1/users/me', (c) => c.me(never)],
  ['groups are counted as groups', '/api/v1/groups', (c) => c.groupsNamed('Sales', never)],
  [
    'so are members',
    '/api/v1/groups',
    (c) => c.groupMembers({ groupId: group(), limit: 10 }, never),
  ],
  ['one group has a counter apart', '/api/v1/groups/{id}', (c) => c.group(group(), never)],
  ['the System Log has its own', '/api/v1/logs', (c) => c.logEvents(scan, never)],
  ['admins are counted under iam', '/api/v1/iam', (c) => c.admins(undefined, never)],
  [
    'the roles of an app under clients',
    '/oauth2/v1/clients',
    (c) => c.roles({ kind: 'app', clientId: '0oaNobody' }, never),
  ],
  ['policies with everything else', '/api/v1', (c) => c.linkLifetime(never)],
])('%s: %s', async (_fact, bucket, call) => {
  const before = pair.rig.org.stats().requests;
  const entered = pair.entered.length;
  await call(pair.client);
  expect(new Set(pair.entered.slice(entered))).toEqual(new Set([bucket]));
  expect(await counted(before)).toEqual([bucket]);
});

test.each([
  ['GET', '/api/v1/users/00u/groups', '/api/v1/users'],
  ['POST', '/api/v1/users/00u/lifecycle/unlock', '/api/v1/users'],
  ['POST', '/api/v1/users/00u/credentials/forgot_password', '/api/v1/users'],
  ['GET', '/api/v1/principal-rate-limits', '/api/v1/principal-rate-limits'],
  ['GET', '/api/v1/api-tokens', '/api/v1'],
  ['GET', '/api/v1/users/me', '/api/v1/users/me'],
])('%s %s counts towards %s', async (method, path, bucket) => {
  const before = pair.rig.org.stats().requests;
  await pair.rig.send(method, path);
  expect(await counted(before)).toEqual([bucket]);
  expect(bucketOf(method, path)).toBe(bucket);
});
