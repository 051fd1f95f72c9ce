import { describe, expect, test } from '@jest/globals';
import type { Answer } from '../../src/domain/row/call.ts';
import type { Failure } from '../../src/domain/row/failure.ts';
import type { Page } from '../../src/domain/org/org.ts';
import type { User } from '../../src/domain/org/user.ts';
import {
  NOBODY,
  readAdmins,
  readExcludedGroups,
  unreadLists,
  type ProtectedUsers,
  type ProtectingList,
} from '../../src/plan/verdicts/protected-users.ts';
import { failed, failureError, makeUser, never, ok, okta, userId } from './fake-org.ts';

const portsOf = (
  pages: readonly Answer<Page<string>>[],
  groups: Readonly<Record<string, readonly Answer<Page<User>>[]>> = {},
) => ({
  reader: {
    admins: async (page: { next: string } | undefined) => pages[Number(page?.next ?? 0)]!,
    groupMembers: async (page: { groupId: string } | { next: string }) => {
      const [group = '', nth = '0'] = 'next' in page ? page.next.split(':') : [page.groupId];
      return groups[group]![Number(nth)]!;
    },
  },
  failureError,
});

const read = (pages: readonly Answer<Page<string>>[]) => readAdmins(portsOf(pages), never);

const page = <T>(items: readonly T[], next?: string) =>
  ok({ items, next: next === undefined ? undefined : { next } });

const listed = ({ ids }: ProtectingList, candidates: readonly string[]) =>
  candidates.filter((id) => ids.has(id)).join('');

test('admins of all pages are read', async () => {
  const admins = await read([page(['a', 'b'], '1'), page<string>([], '2'), page(['c', 'a'])]);
  expect([admins.kind, admins.ids.size]).toEqual(['known', 3]);
  expect(listed(admins, ['a', 'b', 'c', 'd'])).toBe('abc');
});

test.each([
  [okta(403, 'E0000006'), 'cannot read'],
  [okta(404, 'E0000007'), 'no list'],
  [okta(404), 'no list'],
  [okta(400, 'E0000001'), 'refused'],
  [okta(405, 'E0000022'), 'refused'],
])('%j: the list is closed, what was read is kept', async (failure, why) => {
  const admins = await read([page(['a'], '1'), failed(failure)]);
  expect(admins).toMatchObject({ kind: 'unreadable', why: expect.stringContaining(why) });
  expect(listed(admins, ['a', 'b'])).toBe('a');
});

test('members of all pages of all excluded groups are read; one closed group makes the list unreadable', async () => {
  const pages = {
    g1: [page([makeUser(1)], 'g1:1'), page([makeUser(2)])],
    g2: [page([makeUser(3)], 'g2:1'), failed(okta(403, 'E0000006'))],
    g3: [page([makeUser(4)])],
  };
  const ids = [1, 2, 3, 4, 5].map(userId);
  const whole = await readExcludedGroups(['g1', 'g3'], portsOf([], pages), never);
  expect([whole.kind, ids.filter((id) => whole.ids.has(id))]).toEqual([
    'known',
    [ids[0], ids[1], ids[3]],
  ]);
  const half = await readExcludedGroups(['g1', 'g2', 'g3'], portsOf([], pages), never);
  expect(half).toMatchObject({ kind: 'unreadable', why: expect.stringContaining('group g2') });
  expect(ids.filter((id) => half.ids.has(id))).toEqual(ids.slice(0, 4));
});

describe('which lists are incomplete', () => {
  const half = { kind: 'unreadable', ids: new Set<string>(), why: 'HTTP 403' } as const;
  const app = { kind: 'app', clientId: '0oa1' } as const;
  const unread = (over: Partial<ProtectedUsers>, includeAdmins = false) =>
    unreadLists(
      { principal: app, admins: NOBODY, excluded: NOBODY, ...over },
      { includeAdmins },
    ).map(({ list }) => list);

  test('none, if all were read', () => {
    expect(unread({})).toEqual([]);
  });

  test('--include-admins gives up the list of admins, and no other', () => {
    const all = { principal: { kind: 'unknown' }, admins: half, excluded: half } as const;
    expect(unread({ admins: half })).toEqual(['admins']);
    expect(unread(all)).toEqual(['self', 'excluded', 'admins']);
    expect(unread(all, true)).toEqual(['self', 'excluded']);
  });
});

describe('what is not the list’s fault is an error: admins must not lose protection in an outage', () => {
  const gone: Failure = {
    kind: 'transport',
    code: 'ECONNRESET',
    message: 'gone',
    status: undefined,
    requestId: undefined,
    effect: 'none',
  };

  test.each([okta(401, 'E0000011'), okta(503), okta(500, 'E0000009'), okta(429, 'E0000047'), gone])(
    '%j',
    async (failure) => {
      await expect(read([failed(failure)])).rejects.toMatchObject({ failure });
    },
  );
});
