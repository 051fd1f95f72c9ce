import { describe, expect, test } from '@jest/globals';
import type { Answer } from '../../src/domain/row/call.ts';
import type { Failure } from '../../src/domain/row/failure.ts';
import type { Page } from '../../src/domain/org/org.ts';
import type { User } from '../../src/domain/org/user.ts';
import {
  NOBODY,
  readAdmins,
  readExcludedGroups,
  readProtectedUsers,
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

test.each<readonly [Failure, string]>([
  [okta(403, 'E0000006'), 'the credential cannot read role assignments (HTTP 403 E0000006)'],
  [okta(403), 'the credential cannot read role assignments (HTTP 403)'],
  [okta(404, 'E0000007'), 'this org has no list of role assignments (HTTP 404 E0000007)'],
  [okta(404), 'this org has no list of role assignments (HTTP 404)'],
  [okta(400, 'E0000001'), 'Okta refused to list role assignments (HTTP 400 E0000001)'],
  [okta(405, 'E0000022'), 'Okta refused to list role assignments (HTTP 405 E0000022)'],
  [okta(499), 'Okta refused to list role assignments (HTTP 499)'],
  [
    { kind: 'answer', message: 'no id', status: 200, requestId: 'req', effect: 'certain' },
    'the answer cannot be understood (no id)',
  ],
])('%j: the list is closed, what was read is kept', async (failure, why) => {
  const admins = await read([page(['a'], '1'), failed(failure)]);
  expect(admins).toMatchObject({ kind: 'unreadable', why });
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

test('each group that cannot be read is told, in the order of the groups', async () => {
  const pages = { g1: [failed(okta(403))], g2: [page([makeUser(1)])], g3: [failed(okta(404))] };
  const read = await readExcludedGroups(['g1', 'g2', 'g3'], portsOf([], pages), never);
  expect(read).toMatchObject({
    kind: 'unreadable',
    why: 'the credential cannot read members of the group g1 (HTTP 403); this org has no list of members of the group g3 (HTTP 404)',
  });
  expect(read.ids.size).toBe(1);
});

describe('who must not be acted on', () => {
  const principal = { kind: 'app', clientId: '0oa1' } as const;

  async function protectedBy(excludedGroups: readonly string[] | undefined) {
    const asked: unknown[] = [];
    const { reader } = portsOf([page(['a'])], {
      g1: [page([makeUser(1)], 'g1:1'), page([makeUser(2)])],
    });
    const groupMembers: typeof reader.groupMembers = async (wanted) => {
      asked.push(wanted);
      return reader.groupMembers(wanted);
    };
    const ports = { reader: { ...reader, groupMembers }, failureError };
    const found = await readProtectedUsers(principal, { excludedGroups }, ports, never);
    return { found, asked };
  }

  test('are the owner of the credential, admins, and members of the excluded groups', async () => {
    const { found, asked } = await protectedBy(['g1']);
    expect(found.principal).toEqual(principal);
    expect([found.admins.kind, listed(found.admins, ['a', 'b'])]).toEqual(['known', 'a']);
    expect([found.excluded.kind, found.excluded.ids.size]).toEqual(['known', 2]);
    expect(asked).toEqual([{ groupId: 'g1', limit: 200 }, { next: 'g1:1' }]);
  });

  test.each([undefined, []])('no group is read if %j are excluded', async (groups) => {
    const { found, asked } = await protectedBy(groups);
    expect(asked).toEqual([]);
    expect([found.excluded.kind, found.excluded.ids.size]).toEqual(['known', 0]);
  });
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

  test('each is told with what follows and why', () => {
    const all = { principal: { kind: 'unknown' }, admins: half, excluded: half } as const;
    expect(unreadLists(all, { includeAdmins: false }).map(({ text }) => text)).toEqual([
      'Okta does not show who owns the credential, so the owner would not be protected',
      'The excluded groups could not be read completely, so some of their members would not be protected: HTTP 403',
      'The list of admins could not be read completely, so some admins would not be protected: HTTP 403',
    ]);
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
