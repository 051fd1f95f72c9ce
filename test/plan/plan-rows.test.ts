import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { isTarget, type PlannedRow } from '../../src/domain/plan/plan.ts';
import type { PolicyOptions } from '../../src/domain/run/run-file.ts';
import type { Row } from '../../src/domain/row/row.ts';
import type { User } from '../../src/domain/org/user.ts';
import type { Verdict } from '../../src/domain/plan/verdict.ts';
import { NOBODY_EXCLUDED, readExclusion } from '../../src/plan/verdicts/exclusion.ts';
import { planRows, type PlanRowsTerms } from '../../src/plan/verdicts/plan-rows.ts';
import { NOBODY } from '../../src/plan/verdicts/protected-users.ts';
import type { RepeatJudge } from '../../src/plan/verdicts/repeats.ts';
import { PlanTally } from '../../src/plan/preview/plan-tally.ts';
import { resolveRows } from '../../src/plan/lookup/resolve-rows.ts';
import {
  all,
  byEmail,
  byId,
  byLogin,
  failureError,
  fakeOrg,
  makeUser,
  never,
  range,
  rowOf,
  stream,
  userId,
  POLICY,
} from './fake-org.ts';

const USERS = range(1, 100).map((n) => makeUser(n));

const EXCLUDED: Verdict = {
  kind: 'skip',
  reason: 'excluded',
  detail: 'Excluded by --exclude or --exclude-group.',
};

async function plan(
  rows: Iterable<Row>,
  over: Partial<Omit<PlanRowsTerms, 'policy'>> & { readonly policy?: Partial<PolicyOptions> } = {},
  users = USERS,
): Promise<PlannedRow[]> {
  const policy = { ...POLICY, ...over.policy };
  const ports = { reader: fakeOrg(users).reader, failureError };
  return all(
    planRows(resolveRows(stream(rows), ports, { lookup: policy.lookup }, never), {
      action: 'reset-password',
      protectedUsers: {
        principal: { kind: 'app', clientId: '0oa1' },
        admins: { kind: 'known', ids: new Set() },
        excluded: NOBODY,
      },
      exclusion: NOBODY_EXCLUDED,
      skip: 0,
      limit: undefined,
      tally: new PlanTally(),
      ...over,
      policy,
    }),
  );
}

const exclude = (rows: Iterable<Row>) => readExclusion(stream(rows), { lookup: true });

const brief = (rows: readonly PlannedRow[]) =>
  rows.map(({ verdict }) => (verdict.kind === 'act' ? 'act' : verdict.reason));

describe('duplicates', () => {
  test('the second row of a user is a duplicate, whatever names them', async () => {
    const rows = [byId(1), byLogin('USER1@example.com'), byEmail('user1@EXAMPLE.com'), byId(2)];
    expect(brief(await plan(rows))).toEqual(['act', 'duplicate', 'duplicate', 'act']);
  });

  test('so is the second row with a name that nobody has', async () => {
    const rows = [byLogin('ghost'), byLogin('GHOST'), byEmail('ghost'), byId(999), byId(999)];
    expect(brief(await plan(rows))).toEqual([
      'not-found',
      'duplicate',
      'not-found',
      'not-found',
      'duplicate',
    ]);
  });

  test('invalid rows are each reported', async () => {
    const bad = rowOf({ kind: 'invalid', value: '??', problem: 'no' });
    expect(brief(await plan([bad, bad]))).toEqual(['invalid-id', 'invalid-id']);
  });

  test('without a lookup the id of a row is planned, and counted as not read', async () => {
    const tally = new PlanTally();
    const planned = await plan([byId(1), byId(2)], { policy: { lookup: false }, tally });
    expect(planned.map((row) => [row.userId, row.login, row.status])).toEqual([
      [userId(1), undefined, undefined],
      [userId(2), undefined, undefined],
    ]);
    expect(tally.targetCounts.unread).toBe(2);
    const looked = new PlanTally();
    await plan([byId(1), byId(2)], { tally: looked });
    expect(looked.targetCounts.unread).toBe(0);
  });

  test('without a lookup ids are compared as they are', async () => {
    const rows = [byId(1), byId(1), byLogin('user2@example.com')];
    expect(brief(await plan(rows, { policy: { lookup: false } }))).toEqual([
      'act',
      'duplicate',
      'invalid-id',
    ]);
  });
});

describe('exclusion', () => {
  test('a user is excluded by id, login or email address, whatever the row says', async () => {
    const exclusion = await exclude([
      byId(1),
      byLogin('USER2@example.com'),
      byEmail('third@example.com'),
      rowOf({ kind: 'login', value: 'x' }, 1, makeUser(4)),
      byLogin('fifth@example.com'),
    ]);
    const users = [
      ...range(1, 2).map((n) => makeUser(n)),
      makeUser(3, { email: 'Third@example.com' }),
      makeUser(4),
      // Named by an email address of the user in a list of logins: in doubt, the user is protected.
      makeUser(5, { email: 'fifth@example.com' }),
      makeUser(6),
    ];
    const rows = [byLogin('user1@example.com'), ...range(2, 6).map((n) => byId(n))];
    expect(brief(await plan(rows, { exclusion }, users))).toEqual([
      'excluded',
      'excluded',
      'excluded',
      'excluded',
      'excluded',
      'act',
    ]);
  });

  test('a row of the exclude list that names nobody is refused with its line', async () => {
    const bad = rowOf({ kind: 'invalid', value: '00g1', problem: 'a group' }, 7);
    await expect(exclude([byId(1), bad])).rejects.toMatchObject({
      code: 'INPUT_CSV',
      exitCode: 3,
      message: expect.stringContaining('users.csv, line 7'),
    });
  });

  test('a login cannot be excluded if users are not read', async () => {
    const rows = stream([byLogin('user1@example.com')]);
    await expect(readExclusion(rows, { lookup: false })).rejects.toMatchObject({ exitCode: 3 });
    const ids = await readExclusion(stream([byId(1)]), { lookup: false });
    const policy = { lookup: false };
    expect(brief(await plan([byId(1), byId(2)], { exclusion: ids, policy }))).toEqual([
      'excluded',
      'act',
    ]);
  });
});

test.each([true, false])(
  'members of an excluded group are excluded before anything else; lookup: %p',
  async (lookup) => {
    const rows = [byId(1), byId(2), byId(1), byId(9)];
    const planned = await plan(rows, {
      policy: { lookup },
      skip: 1,
      protectedUsers: {
        principal: { kind: 'user', id: userId(1), login: 'me' },
        admins: NOBODY,
        excluded: { kind: 'unreadable', ids: new Set([userId(1)]), why: 'HTTP 403' },
      },
    });
    expect(planned.map((row) => [row.userId, row.verdict])).toEqual([
      [userId(1), EXCLUDED],
      [userId(1), EXCLUDED],
      [userId(9), { kind: 'act' }],
    ]);
  },
);

test('the verdict of an excluded row and of a duplicate says why', async () => {
  const planned = await plan([byId(1), byId(2), byId(2)], { exclusion: await exclude([byId(1)]) });
  expect(planned.map(({ verdict }) => verdict)).toEqual([
    EXCLUDED,
    { kind: 'act' },
    { kind: 'skip', reason: 'duplicate', detail: 'An earlier row has the same user.' },
  ]);
});

describe('what another run did', () => {
  const done: Verdict = { kind: 'skip', reason: 'already-done', detail: 'Run x did this.' };

  /** The verdicts of rows, and whom the judge of repeats was asked about, with what was read of them. */
  async function repeated(rows: readonly Row[], lookup = true) {
    const asked: [string, boolean][] = [];
    const repeats = {
      judge: (id: string, user: User | undefined) => {
        asked.push([id, user?.id === id]);
        return id === userId(2) ? done : undefined;
      },
    } as unknown as RepeatJudge;
    const users = [...range(1, 3).map((n) => makeUser(n)), makeUser(4, { status: 'SUSPENDED' })];
    const planned = await plan(rows, { repeats, policy: { lookup } }, users);
    return { verdicts: planned.map(({ verdict }) => verdict), asked };
  }

  test('is asked of each user to act on, with the user as read, and of nobody else', async () => {
    const rows = [byId(1), byLogin('user2@example.com'), byId(4), byId(9), byId(1)];
    const { verdicts, asked } = await repeated(rows);
    expect(asked).toEqual([
      [userId(1), true],
      [userId(2), true],
    ]);
    expect(verdicts.slice(0, 2)).toEqual([{ kind: 'act' }, done]);
  });

  test('is asked without a lookup too', async () => {
    const { verdicts, asked } = await repeated([byId(1), byId(2)], false);
    expect(asked).toEqual([
      [userId(1), false],
      [userId(2), false],
    ]);
    expect(verdicts).toEqual([{ kind: 'act' }, done]);
  });
});

describe('slice', () => {
  test('excluded and duplicate rows are listed and do not count', async () => {
    const exclusion = await exclude([byId(1), byId(4)]);
    const rows = [1, 2, 2, 3, 4, 5, 5, 6, 7].map((n) => byId(n));
    const planned = await plan(rows, { exclusion, skip: 1, limit: 3 });
    expect(planned.map(({ input, row }) => [row, input])).toEqual([
      [1, userId(1)],
      [2, userId(2)],
      [3, userId(3)],
      [4, userId(4)],
      [5, userId(5)],
      [6, userId(5)],
      [7, userId(6)],
    ]);
    expect(brief(planned)).toEqual([
      'excluded',
      'duplicate',
      'act',
      'excluded',
      'act',
      'duplicate',
      'act',
    ]);
  });

  test('the selection is not read past the limit', async () => {
    let read = 0;
    const org = fakeOrg(USERS);
    const rows = stream(
      Array.from({ length: 100_000 }, (_, n) => byId((n % 100) + 1)),
      () => (read += 1),
    );
    const resolved = resolveRows(
      rows,
      { reader: org.reader, failureError },
      { lookup: true },
      never,
    );
    const planned = await all(
      planRows(resolved, {
        action: 'reset-password',
        policy: POLICY,
        protectedUsers: {
          principal: { kind: 'unknown' },
          admins: { kind: 'known', ids: new Set() },
          excluded: NOBODY,
        },
        exclusion: NOBODY_EXCLUDED,
        skip: 0,
        limit: 5,
        tally: new PlanTally(),
      }),
    );
    expect(planned).toHaveLength(5);
    expect(read).toBeLessThan(1_000);
  });

  test('a limit of zero plans nothing', async () => {
    expect(await plan([byId(1)], { limit: 0 })).toEqual([]);
  });
});

test('admins that are acted on come last, in their order', async () => {
  const planned = await plan(
    [1, 2, 3, 4, 5].map((n) => byId(n)),
    {
      policy: { includeAdmins: true },
      protectedUsers: {
        principal: { kind: 'user', id: userId(5), login: 'me' },
        admins: { kind: 'known', ids: new Set([userId(1), userId(3), userId(5)]) },
        excluded: NOBODY,
      },
    },
  );
  expect(planned.map(({ row, userId: id }) => [row, id])).toEqual([
    [1, userId(2)],
    [2, userId(4)],
    [3, userId(5)],
    [4, userId(1)],
    [5, userId(3)],
  ]);
  expect(brief(planned)).toEqual(['act', 'act', 'protected:self', 'act', 'act']);
});

test('every row is planned once, in order, and no user is a target twice', async () => {
  const pick = fc.tuple(
    fc.constantFrom<(n: number) => Row>(
      (n) => byId(n),
      (n) => byLogin(`uSeR${n}@example.com`),
      (n) => byEmail(`user${n}@example.com`),
      (n) => rowOf({ kind: 'id', value: userId(n) }, n, makeUser(n)),
    ),
    fc.integer({ min: 1, max: 120 }),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(pick, { maxLength: 200 }),
      fc.array(fc.integer({ min: 1, max: 100 }), { maxLength: 20 }),
      async (picks, excluded) => {
        const rows = picks.map(([make, n], at) => ({ ...make(n), line: at + 1 }));
        const exclusion = await exclude(excluded.map((n) => byId(n)));
        const tally = new PlanTally();
        const planned = await plan(rows, { exclusion, tally });
        expect(planned.map(({ row, line, input }) => [row, line, input])).toEqual(
          rows.map(({ line, identifier }) => [line, line, identifier.value]),
        );
        const targets = planned.filter(isTarget).map((row) => row.userId);
        expect(new Set(targets).size).toBe(targets.length);
        expect(targets.some((id) => excluded.map(userId).includes(id))).toBe(false);
        const skipped = Object.values(tally.skipped).reduce((sum, rows) => sum + rows, 0);
        expect(tally.targets).toBe(targets.length);
        expect(tally.targets + skipped).toBe(rows.length);
      },
    ),
    { numRuns: 50 },
  );
});
