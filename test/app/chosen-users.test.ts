/** What is read of files of users before anything is planned, and the users that a selection has for an export. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AppContext } from '../../src/app/context.ts';
import { lookIntoFile } from '../../src/app/plan/look-into-file.ts';
import { peekFile } from '../../src/app/plan/peek-file.ts';
import { excludedGroupsOf, filePorts, rowsOf } from '../../src/app/plan/select-rows.ts';
import { selectUsers } from '../../src/app/plan/select-users.ts';
import { WHO } from '../../src/config/selection.ts';
import type { Group, OrgReader } from '../../src/domain/org/org.ts';
import { all, failed, fakeOrg, makeUser, ok, okta, userId } from '../plan/fake-org.ts';
import { workbookOf } from '../selection/workbook.ts';
import { around, newFolder, NOW_MS } from './run-folders.ts';

let root: string;
beforeAll(async () => (root = await newFolder()));
afterAll(() => rm(root, { recursive: true, force: true }));

type Flags = Readonly<Record<string, string | readonly string[]>>;
/** What these flags choose. */
const chosen = (flags: Flags) =>
  WHO.read(new Map(Object.entries(flags).map(([name, value]) => [name, [value].flat()])));

async function fileOf(name: string, content: string | Buffer): Promise<string> {
  await writeFile(join(root, name), content);
  return name;
}

describe('a remark about a file', () => {
  const told = (more: object) => {
    const { context, events } = around(root);
    filePorts(context).onNotice({
      ...{ source: 'users.csv', text: 'Odd rows', level: 'warning' },
      ...more,
    } as never);
    return events;
  };

  test.each<[object, string]>([
    [{}, 'users.csv: Odd rows'],
    [{ lines: [] }, 'users.csv: Odd rows'],
    [{ lines: [], count: 3 }, 'users.csv: Odd rows'],
    [{ lines: [7] }, 'users.csv: Odd rows (line 7)'],
    [{ lines: [7, 9], count: 2 }, 'users.csv: Odd rows (line 7, 9)'],
    [{ lines: [7, 9], count: 3 }, 'users.csv: Odd rows (line 7, 9, …)'],
  ])('%j is the message %s', (more, text) => {
    expect(told(more)).toEqual([{ type: 'message', level: 'warning', text }]);
  });

  test('has its hint', () => {
    expect(told({ hint: 'Look.' })).toMatchObject([{ hint: 'Look.' }]);
  });
});

describe('a look into a file', () => {
  const look = async (
    path: string,
    more: { readonly whole?: boolean; readonly flags?: Flags } = {},
  ) =>
    lookIntoFile(
      path,
      { selection: chosen({ file: path, ...more.flags }), most: 2, whole: more.whole ?? false },
      around(root).context,
    );

  test('shows the columns, which of them names the users, and the first rows', async () => {
    const path = await fileOf(
      'plain.csv',
      `Login,Password,Team\na@x.example,secret1,Red\n,secret2,\nc@x.example\nd@x.example,s,Blue\n`,
    );
    const seen = await look(path);
    expect(seen).toMatchObject({ counted: undefined, sheets: [], problem: undefined });
    expect(seen.columns).toEqual([
      { name: 'Login', chosen: true, leftOut: false, rival: false },
      { name: 'Password', chosen: false, leftOut: true, rival: false },
      { name: 'Team', chosen: false, leftOut: false, rival: false },
    ]);
    expect(seen.rows).toEqual([
      { line: 2, cells: ['a@x.example', '', 'Red'], problem: undefined },
      { line: 3, cells: ['', '', ''], problem: expect.stringMatching(/./) },
    ]);
    expect((await look(path, { whole: true })).counted).toEqual({ rows: 4, unusable: 1 });
  });

  test('numbers the columns that have no name', async () => {
    const path = await fileOf('bare.csv', `${userId(1)},x\n${userId(2)},y\n`);
    const { columns } = await look(path);
    expect(columns.map(({ name }) => name)).toEqual(['Column 1', 'Column 2']);
  });

  test('in which two columns could name them shows it all the same, and names no column', async () => {
    const path = await fileOf('unclear.csv', 'src_user,user\nx@acme.example,y@acme.example\n');
    const seen = await look(path, { whole: true });
    expect(seen.problem?.code).toBe('INPUT_COLUMN_AMBIGUOUS');
    expect(seen.columns.map(({ chosen: isChosen }) => isChosen)).toEqual([false, false]);
    expect(seen.rows).toMatchObject([
      { cells: ['x@acme.example', 'y@acme.example'], problem: undefined },
    ]);
    expect(seen).toMatchObject({ notices: [], counted: undefined, sheets: [] });
  });

  test('shows a file whose rows are chosen by a column that it does not have', async () => {
    const path = await fileOf('where.csv', 'Login,Team\n,Red\nb@x.example,Blue\n');
    const seen = await look(path, { whole: true, flags: { where: 'Nothing=x' } });
    expect(seen.problem?.code).toBe('INPUT_COLUMN_MISSING');
    expect(seen.rows).toMatchObject([
      { cells: ['', 'Red'], problem: undefined },
      { cells: ['b@x.example', 'Blue'], problem: undefined },
    ]);
  });

  test('shows a file that is unclear about a column that was named', async () => {
    const path = await fileOf('named.csv', 'Login,Team\na@x.example,Red\n');
    const seen = await look(path, { flags: { column: 'Nobody' } });
    expect(seen.problem?.code).toBe('INPUT_COLUMN_MISSING');
    expect(seen.columns.map(({ name }) => name)).toEqual(['Login', 'Team']);
  });

  test('lists the sheets of a workbook if it is not clear which one has the users', async () => {
    const path = await fileOf(
      'two.xlsx',
      workbookOf([
        { name: 'Monday', rows: [['Login'], ['a@x.example']] },
        { name: 'Tuesday', rows: [['Login'], ['b@x.example']] },
      ]),
    );
    const seen = await look(path);
    expect(seen).toMatchObject({ sheets: ['Monday', 'Tuesday'], columns: [], rows: [] });
    expect(seen.problem?.code).toMatch(/^INPUT_/);
    const one = await look(path, { flags: { sheet: 'Tuesday' } });
    expect([one.sheets, one.rows[0]?.cells]).toEqual([[], ['b@x.example']]);
  });

  test.each(['missing.csv', 'empty.csv'])('that cannot be shown is refused: %s', async (path) => {
    await fileOf('empty.csv', '');
    await expect(look(path)).rejects.toMatchObject({ code: expect.stringMatching(/^INPUT_/) });
  });

  test('for a guide has the first rows and the remarks about them', async () => {
    const path = await fileOf(
      'peek.csv',
      'Login,Email\na,a@x.example\nb,b@x.example\nc,c@x.example\n',
    );
    const terms = { column: 'Login', sheet: undefined, most: 2 };
    const { rows } = await peekFile(path, terms, around(root).context);
    expect(rows.map(({ line }) => line)).toEqual([2, 3]);
  });
});

describe('a look that needs only the beginning of a file', () => {
  const HEADER = 'Login\n';
  const lines = (from: number, count: number) =>
    Array.from({ length: count }, (_, n) => `u${from + n}@x.example\n`).join('');

  test.each([
    ['to show rows', (context: AppContext) => lookIntoFile('many.csv', LOOK, context)],
    ['to ask about them', (context: AppContext) => peekFile('many.csv', PEEK, context)],
  ])('%s reads no more, and closes it', async (_what, look) => {
    const steps: string[] = [];
    async function* pieces() {
      try {
        yield Buffer.from(HEADER + lines(0, 40_000));
        for (let piece = 1; piece < 40; piece += 1) {
          await Promise.resolve();
          yield Buffer.from(lines(piece * 40_000, 40_000));
        }
        steps.push('the end');
      } finally {
        steps.push('closed');
      }
    }
    const { context } = around(root);
    const { rows } = await look({ ...context, openFile: () => pieces() });
    expect(rows.map(({ line }) => line)).toEqual([2, 3]);
    expect(steps).toEqual(['closed']);
  });

  const LOOK = { selection: chosen({ file: 'many.csv' }), most: 2, whole: false };
  const PEEK = { column: undefined, sheet: undefined, most: 2 };
});

describe('the rows of a selection', () => {
  const GROUPS: readonly Group[] = [
    { id: '00g00000000000000001', name: 'Red' },
    { id: '00g00000000000000002', name: 'Blue' },
  ];
  const page = (...some: readonly number[]) =>
    Promise.resolve(ok({ items: some.map((n) => makeUser(n)), next: undefined }));
  const event = {
    ...{ uuid: 'e', eventType: 'user.session.start', publishedMs: NOW_MS, actorId: userId(7) },
    ...{ userIds: [userId(6)], people: [{ role: 'target', id: userId(6), login: 'x' }] },
  };
  const reader = {
    ...{ host: 'acme.okta.com', serverNowMs: () => NOW_MS },
    users: ({ query }: { readonly query: { readonly kind: string } }) =>
      page({ search: 3, filter: 4, all: 8 }[query.kind] ?? 9),
    groupsNamed: (name: string) =>
      Promise.resolve(ok(GROUPS.filter((group) => group.name === name))),
    group: (id: string) => Promise.resolve(ok(GROUPS.find((group) => group.id === id))),
    groupMembers: () => page(5),
    logEvents: () => Promise.resolve(ok({ items: [event], next: undefined })),
  } as unknown as OrgReader;
  const rows = async (flags: Flags) =>
    (await all(rowsOf(chosen(flags), reader, around(root).context))).map(({ identifier }) =>
      'value' in identifier ? Number(identifier.value.slice(3)) : identifier,
    );

  test('come from each source in turn, whatever the order of the flags', async () => {
    const file = await fileOf('first.csv', `id\n${userId(1)}\n`);
    const sources: Flags = {
      all: [],
      log: 'eventType eq "user.session.start"',
      group: ['Red'],
      filter: 'status eq "ACTIVE"',
      search: 'profile.x eq "y"',
      user: [userId(2)],
      file,
    };
    expect(await rows(sources)).toEqual([1, 2, 3, 4, 5, 6, 8]);
    const numbers = { file: 1, user: 2, search: 3, filter: 4, group: 5, log: 6, all: 8 };
    for (const [name, n] of Object.entries(numbers))
      expect([name, await rows({ [name]: sources[name] ?? [] })]).toEqual([name, [n]]);
  });

  test('do not include groups to leave alone, which are found in their order', async () => {
    const groups = chosen({ user: userId(1), 'exclude-group': ['Blue', 'Red'] });
    expect(await excludedGroupsOf(groups, reader, around(root).context)).toEqual([
      GROUPS[1]?.id,
      GROUPS[0]?.id,
    ]);
  });
});

describe('the users of an export', () => {
  const GROUP: Group = { id: '00g00000000000000001', name: 'Leavers' };
  /** The chosen users, by number. */
  async function users(flags: Flags, members: readonly number[] | 'refused' = []) {
    const { reader } = fakeOrg([1, 2, 3, 4].map((n) => makeUser(n)));
    const { context, events } = around(root);
    const org = {
      ...{ ...reader, host: 'acme.okta.com' },
      groupsNamed: () => Promise.resolve(ok([GROUP])),
      group: () => Promise.resolve(ok(GROUP)),
      groupMembers: () =>
        Promise.resolve(
          members === 'refused'
            ? failed(okta(403, 'E0000006'))
            : ok({ items: members.map((n) => makeUser(n)), next: undefined }),
        ),
    } as Partial<OrgReader> as OrgReader;
    const found = await all(selectUsers(chosen(flags), org, context));
    return { found: found.map(({ id }) => Number(id.slice(3))), events };
  }
  const ids = (...some: readonly number[]) => ({ user: some.map(userId) });

  test('are each there once, in their order', async () => {
    expect(await users(ids(3, 1, 3, 2, 1))).toEqual({ found: [3, 1, 2], events: [] });
  });

  test('are as many as wanted, after those that are left out first', async () => {
    const some = ids(1, 2, 3, 4);
    expect((await users({ ...some, skip: '1' })).found).toEqual([2, 3, 4]);
    expect((await users({ ...some, limit: '2' })).found).toEqual([1, 2]);
    expect((await users({ ...some, skip: '1', limit: '2' })).found).toEqual([2, 3]);
  });

  test('are without those of a file or a group to leave alone', async () => {
    const exclude = await fileOf('leave.csv', `Login\nuser2@example.com\n${userId(4)}\n`);
    expect((await users({ ...ids(1, 2, 3, 4), exclude })).found).toEqual([1, 3]);
    const group = { 'exclude-group': 'Leavers' };
    expect((await users({ ...ids(1, 2, 3, 4), ...group }, [1, 3])).found).toEqual([2, 4]);
    await expect(users({ ...ids(1), ...group }, 'refused')).rejects.toMatchObject({
      code: 'ORG_ANSWER',
      hint: expect.stringContaining('--exclude FILE'),
    });
  });

  test.each([
    [[9], '1 row names no user of this org and is not exported.'],
    [[8, 9], '2 rows name no user of this org and are not exported.'],
  ])('do not include %j, which is said', async (missing, text) => {
    const { found, events } = await users(ids(1, ...missing, 2));
    expect(found).toEqual([1, 2]);
    expect(events).toMatchObject([
      { type: 'message', level: 'warning', text, hint: expect.stringContaining('okta-reset plan') },
    ]);
  });
});
