import { describe, expect, test } from '@jest/globals';
import type { Answer, CallFacts } from '../../src/domain/row/call.ts';
import type { Failure } from '../../src/domain/row/failure.ts';
import type { Cursor, Group, OrgReader, Page, UserQuery } from '../../src/domain/org/org.ts';
import { parseUserId, type UserId } from '../../src/domain/org/user-id.ts';
import type { User } from '../../src/domain/org/user.ts';
import { findGroup } from '../../src/selection/rows/listing.ts';
import { RECOGNISE_ALL, type SelectionSource } from '../../src/selection/selection.ts';
import { ADA, brief, collect, errorOf, GRACE, JOSE, LINUS, portsOf, select } from './sample.ts';

const call: CallFacts = {
  status: 200,
  requestId: 'req1',
  serverTimeMs: undefined,
  durationMs: 1,
};
const ok = <T>(value: T): Answer<T> => ({ kind: 'ok', value, call });
const failed = (status: number, oktaCode: string): Answer<never> => ({
  kind: 'failed',
  failure: {
    kind: 'okta',
    status,
    oktaCode,
    message: 'Invalid search criteria.',
    requestId: 'req9',
    insufficientScope: false,
    throttle: undefined,
    effect: 'none',
  } satisfies Failure,
  call: { ...call, status },
});

function user(id: string): User {
  return {
    id: parseUserId(id) as UserId,
    status: 'ACTIVE',
    login: `${id}@acme.example`,
    email: undefined,
    secondEmail: undefined,
    providerType: 'OKTA',
    providerName: undefined,
    statusChangedMs: undefined,
    passwordChangedMs: undefined,
    raw: {},
  };
}

interface Fake {
  readonly reader: OrgReader;
  readonly asked: unknown[];
}

const GROUP = '00g1k2mQw8Zr4TnXb0h7';

/** An org with one listing of two pages, and groups by name. */
function fakeOrg(
  groups: readonly Group[] = [{ id: GROUP, name: 'Sales' }],
  refuse?: Answer<never>,
): Fake {
  const asked: unknown[] = [];
  const pages = (cursor: Cursor | undefined): Answer<Page<User>> =>
    refuse ??
    (cursor === undefined
      ? ok({ items: [user(ADA), user(GRACE)], next: { next: 'page2' } })
      : ok({ items: [user(JOSE)], next: undefined }));
  const cursorOf = (page: object): Cursor | undefined =>
    'next' in page ? (page as Cursor) : undefined;
  const reader = {
    host: 'acme.okta.com',
    users: async (page: { readonly query: UserQuery; readonly limit: number } | Cursor) => {
      asked.push(page);
      return pages(cursorOf(page));
    },
    groupMembers: async (page: { readonly groupId: string; readonly limit: number } | Cursor) => {
      asked.push(page);
      return pages(cursorOf(page));
    },
    groupsNamed: async (name: string) => {
      asked.push(name);
      return ok(groups.filter((group) => group.name === name));
    },
    group: async (id: string) => {
      asked.push(id);
      const group = groups.find((each) => each.id === id);
      return group === undefined ? failed(404, 'E0000007') : ok(group);
    },
  } as unknown as OrgReader;
  return { reader, asked };
}

describe('a listing of the org', () => {
  test('returns live users page by page, 200 per page', async () => {
    const org = fakeOrg();
    const expression = 'status eq "ACTIVE"';
    const rows = await collect(select([{ kind: 'search', expression }], portsOf({}), org.reader));
    expect(rows.map(brief)).toEqual([`1 id ${ADA}`, `2 id ${GRACE}`, `3 id ${JOSE}`]);
    expect(rows[2]).toMatchObject({
      source: `--search ${expression}`,
      columns: {},
      user: { id: JOSE },
    });
    expect(org.asked).toEqual([
      { query: { kind: 'search', expression }, limit: 200 },
      { next: 'page2' },
    ]);
  });

  test('asks for no page beyond what is needed', async () => {
    const org = fakeOrg();
    for await (const row of select([{ kind: 'all' }], portsOf({}), org.reader)) {
      expect(row.source).toBe('--all');
      break;
    }
    expect(org.asked).toEqual([{ query: { kind: 'all' }, limit: 200 }]);
  });

  test('asks nothing more once the signal aborts', async () => {
    const org = fakeOrg();
    const abort = new AbortController();
    const rows = select(
      [{ kind: 'filter', expression: 'x' }],
      portsOf({}),
      org.reader,
      abort.signal,
    );
    const read = (async () => {
      for await (const row of rows) if (row.line === 2) abort.abort(new Error('stopped'));
    })();
    await expect(read).rejects.toThrow('stopped');
    expect(org.asked).toHaveLength(1);
  });

  test('refuses an expression that Okta refuses, with its code and request', async () => {
    const org = fakeOrg([], failed(400, 'E0000031'));
    const error = await errorOf(
      collect(select([{ kind: 'search', expression: 'status ne "X"' }], portsOf({}), org.reader)),
    );
    expect(error.code).toBe('INPUT_QUERY');
    expect(error.exitCode).toBe(3);
    expect(error.message).toContain('E0000031, request req9');
    expect(error.hint).toContain('--search');
  });

  test('passes on any other failure to the caller', async () => {
    const org = fakeOrg([], failed(403, 'E0000006'));
    const read = collect(select([{ kind: 'all' }], portsOf({}), org.reader));
    await expect(read).rejects.toThrow('list users: okta');
  });
});

describe('--group', () => {
  test('is found by its exact name or its id', async () => {
    for (const [group, question] of [
      ['Sales', 'Sales'],
      [GROUP, GROUP],
    ] as const) {
      const org = fakeOrg();
      const rows = await collect(select([{ kind: 'group', group }], portsOf({}), org.reader));
      expect(rows.map(brief)).toEqual([`1 id ${ADA}`, `2 id ${GRACE}`, `3 id ${JOSE}`]);
      expect(rows[0]?.source).toBe(`--group ${group}`);
      expect(org.asked).toEqual([question, { groupId: GROUP, limit: 200 }, { next: 'page2' }]);
    }
  });

  test.each([
    ['Sale', /no group named “Sale”/],
    ['Twice', /2 groups named “Twice”: 00gA, 00gB/],
    ['00g9999999999999zzzz', /no group with the id/],
  ])('%s is refused, and nobody is listed', async (group, message) => {
    const org = fakeOrg([
      { id: '00gA', name: 'Twice' },
      { id: '00gB', name: 'Twice' },
    ]);
    const error = await errorOf(
      collect(select([{ kind: 'group', group }], portsOf({}), org.reader)),
    );
    expect(error.code).toBe('INPUT_GROUP');
    expect(error.exitCode).toBe(3);
    expect(error.message).toMatch(message);
    expect(org.asked).toHaveLength(1);
  });
});

describe('what Okta refuses', () => {
  const FILTER = { kind: 'filter', expression: 'x\ny' } as const;
  const SEARCH = { kind: 'search', expression: 'x' } as const;
  const refused = (source: SelectionSource, refuse: Answer<never>, groups?: readonly Group[]) =>
    collect(select([source], portsOf({}), fakeOrg(groups, refuse).reader));

  test.each([
    [FILTER, 'Okta refuses --filter x\uFFFDy (HTTP 400 E9, request req9): ', /^--filter knows/],
    [SEARCH, 'Okta refuses --search x (HTTP 400 E9, request req9): ', /^Check attribute names/],
  ])('is said with the code, the request and the hint of its flag', async (source, start, hint) => {
    const error = await errorOf(refused(source, failed(400, 'E9')));
    expect(error).toMatchObject({
      code: 'INPUT_QUERY',
      message: `${start}Invalid search criteria.`,
    });
    expect(error.hint).toMatch(hint);
  });

  test('is said without a code or request if there is none', async () => {
    const answer = failed(400, '') as Extract<Answer<never>, { kind: 'failed' }>;
    const failure = { ...answer.failure, oktaCode: undefined, requestId: undefined } as Failure;
    const error = await errorOf(refused(SEARCH, { ...answer, failure }));
    expect(error.message).toBe('Okta refuses --search x (HTTP 400): Invalid search criteria.');
  });

  test.each<[SelectionSource, number, string]>([
    [FILTER, 401, 'list users: okta'],
    [{ kind: 'all' }, 400, 'list users: okta'],
    [{ kind: 'group', group: 'Sales' }, 400, 'list the members of “Sales”: okta'],
  ])('is passed on otherwise: %j, %d', async (source, status, message) => {
    await expect(refused(source, failed(status, 'E9'))).rejects.toThrow(message);
  });

  test('is passed on if groups cannot be read', async () => {
    const reader = {
      group: async () => failed(403, 'E9'),
      groupsNamed: async () => failed(404, 'E9'),
    } as unknown as OrgReader;
    const read = (group: string) =>
      collect(select([{ kind: 'group', group }], portsOf({}), reader));
    await expect(read(GROUP)).rejects.toThrow(`read the group “${GROUP}”: okta`);
    await expect(read(' Sales ')).rejects.toThrow('find the group “Sales”: okta');
  });

  test('is not asked without an org', async () => {
    for (const source of [FILTER, { kind: 'group', group: 'x' }] as const)
      expect(await errorOf(collect(select([source], portsOf({}))))).toMatchObject({
        code: 'USAGE',
        exitCode: 2,
      });
  });

  test('lists up to ten of the groups with one name', async () => {
    const groups = Array.from({ length: 12 }, (_, at) => ({ id: `00g${at}`, name: 'Twice' }));
    const error = await errorOf(refused({ kind: 'group', group: 'Twice' }, failed(1, ''), groups));
    expect(error.message).toMatch(/has 12 groups named “Twice”: 00g0, .*, 00g9\.$/);
    expect(error.hint).toContain('--group 00g0');
  });

  test('is not asked for a group after an abort', async () => {
    const org = fakeOrg();
    const group = findGroup(
      'Sales',
      { ...portsOf({}), reader: org.reader, failureError: () => new Error() },
      AbortSignal.abort(new Error('stopped')),
    );
    await expect(group).rejects.toThrow('stopped');
    expect(org.asked).toEqual([]);
  });
});

describe('a selection', () => {
  test('gives no row of the next source after an abort', async () => {
    const abort = new AbortController();
    const read = async () => {
      for await (const row of select(
        [
          { kind: 'users', values: [ADA] },
          { kind: 'users', values: [GRACE] },
        ],
        portsOf({}),
        undefined,
        abort.signal,
      )) {
        expect(brief(row)).toBe(`1 id ${ADA}`);
        abort.abort(new Error('stopped'));
      }
    };
    await expect(read()).rejects.toThrow('stopped');
  });

  test('can have other files next to standard input', async () => {
    const stdin = (async function* () {
      yield Buffer.from(`id\n${ADA}\n`);
    })();
    const rows = await collect(
      select(
        ['-', 'a.csv', 'a.csv'].map((path) => ({ kind: 'file', path, options: RECOGNISE_ALL })),
        { ...portsOf({ 'a.csv': `id\n${GRACE}\n` }), stdin },
      ),
    );
    expect(rows.map(brief)).toEqual([`2 id ${ADA}`, `2 id ${GRACE}`, `2 id ${GRACE}`]);
  });

  test('has its sources in their order, including duplicates and invalid rows', async () => {
    const org = fakeOrg();
    const rows = await collect(
      select(
        [
          { kind: 'users', values: [LINUS, ' mei@acme.example ', GROUP, ''] },
          { kind: 'file', path: 'a.csv', options: RECOGNISE_ALL },
          { kind: 'group', group: 'Sales' },
          { kind: 'file', path: '-', options: RECOGNISE_ALL },
        ],
        {
          ...portsOf({ 'a.csv': `id\n${ADA}\n` }),
          stdin: (async function* () {
            yield Buffer.from(`Login\ngrace@acme.example\n`);
          })(),
        },
        org.reader,
      ),
    );
    expect(rows.map((row) => `${row.source} ${brief(row)}`)).toEqual([
      `--user 1 id ${LINUS}`,
      '--user 2 login mei@acme.example',
      '--user 3 invalid',
      '--user 4 invalid',
      `a.csv 2 id ${ADA}`,
      `--group Sales 1 id ${ADA}`,
      `--group Sales 2 id ${GRACE}`,
      `--group Sales 3 id ${JOSE}`,
      '- 2 login grace@acme.example',
    ]);
  });
});
