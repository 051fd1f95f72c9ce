import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseUserId } from '../../src/domain/org/user-id.ts';
import { PROVIDER_TYPES, USER_STATUSES } from '../../src/domain/org/user.ts';
import { makeIdentity } from '../../src/sandbox/org/identity.ts';
import { parseExpression, type Expression } from '../../src/sandbox/search/grammar.ts';
import { timestamp } from '../../src/sandbox/timestamp.ts';
import type { SandboxOptions } from '../../src/sandbox/sandbox.ts';
import { rows, startRig } from './rig.ts';

async function usersOf(options: SandboxOptions) {
  const rig = await startRig(options);
  const users = [...rig.org.users()];
  const { token } = rig.org;
  await rig.close();
  return { users, token };
}

describe('an org of a seed', () => {
  test('is the same every time, and another for another seed', async () => {
    const [first, again, other] = [
      await usersOf({ users: 300, seed: 7 }),
      await usersOf({ users: 300, seed: 7 }),
      await usersOf({ users: 300, seed: 8 }),
    ];
    expect(again).toEqual(first);
    expect(other.token).not.toBe(first.token);
    const ids = new Set(first.users.map(({ id }) => id));
    expect(other.users.some(({ id }) => ids.has(id))).toBe(false);
  });

  test('has sessions, tokens and a factor for everybody who can sign in, if requested', async () => {
    const { users } = await usersOf({ users: 300, withSessions: true });
    const signingIn = users.filter(({ status }) =>
      ['ACTIVE', 'PASSWORD_EXPIRED', 'LOCKED_OUT', 'RECOVERY'].includes(status),
    );
    expect(signingIn.length).toBeGreaterThan(100);
    for (const { sessions, oauthTokens, factors } of signingIn)
      expect([sessions > 0, oauthTokens > 0, factors > 0]).toEqual([true, true, true]);
  });

  test('has every status and provider, second addresses, shared and hostile ones, close to the shares', async () => {
    const { users } = await usersOf({ users: 600 });
    const share = (has: (user: (typeof users)[number]) => boolean) =>
      users.filter(has).length / users.length;
    for (const status of USER_STATUSES)
      expect(share((user) => user.status === status)).toBeGreaterThan(0.02);
    for (const provider of PROVIDER_TYPES)
      expect(share((user) => user.provider === provider)).toBeGreaterThan(0.02);
    expect(Math.abs(share((user) => user.status === 'ACTIVE') - 0.7)).toBeLessThan(0.02);
    expect(Math.abs(share((user) => user.provider === 'OKTA') - 0.72)).toBeLessThan(0.02);
    expect(Math.abs(share((user) => user.secondEmail !== undefined) - 0.2)).toBeLessThan(0.05);
    const names = users.map(({ firstName, lastName }) => firstName + lastName);
    for (const hostile of [/^=HYPERLINK/, /[",]/, /[^\u0020-\u024f]/])
      expect(names.some((name) => hostile.test(name))).toBe(true);
    expect(new Set(users.map(({ login }) => login)).size).toBe(600);
    expect(new Set(users.map(({ email }) => email)).size).toBeLessThan(600);
    expect(users.every(({ id }) => parseUserId(id) !== undefined)).toBe(true);
  });

  test('uses the mix that it is given; admins are active Okta users', async () => {
    const { users } = await usersOf({
      users: 100,
      admins: 3,
      mix: { statuses: { LOCKED_OUT: 1 }, providers: { LDAP: 1 }, hostile: 0, secondEmail: 1 },
    });
    expect(users.slice(0, 3).every((user) => user.admin && user.status === 'ACTIVE')).toBe(true);
    expect(users.slice(3).every((user) => user.status === 'LOCKED_OUT')).toBe(true);
    expect(users.slice(3).every((user) => user.provider === 'LDAP')).toBe(true);
    expect(users.every((user) => user.secondEmail !== undefined)).toBe(true);
  });

  test('of 100,000 users finds each by id, login and email', async () => {
    const rig = await startRig({ users: 100_000, limits: 'off' });
    for (const { id, login, index } of rig.org.users()) {
      if (index > 20_000) break;
      if (index % 5003 !== 0) continue;
      const got = await rig.search(`id eq "${id}" or profile.login eq "${login}"`);
      expect(rows(got).map((user) => user.id)).toEqual([id]);
    }
    await rig.close();
  });
});

test('the export is what Rockstar writes: bare header, quoted cells, LF, no BOM, nothing guarded', async () => {
  const rig = await startRig({ users: 1200, mix: { hostile: 0.2 } });
  const users = [...rig.org.users()];
  const cell = (text: string) => `"${text.replaceAll('"', '""')}"`;
  const rows = users.map((user) =>
    [user.id, user.status, user.login, user.firstName, user.lastName, user.email]
      .map(cell)
      .join(','),
  );
  const header = 'User Id,Status,Username,First name,Last name,Primary email';
  expect([...rig.org.rockstarCsv()].join('')).toBe(`${[header, ...rows].join('\n')}\n`);
  const blank = [...rig.org.rockstarCsv({ deprovisioned: false })].join('');
  expect(blank).not.toContain('"DEPROVISIONED"');
  await rig.close();
});

test('ids contain their number, and nothing else is an id', () => {
  const ids = makeIdentity('00u', 3, () => 5_000_000);
  fc.assert(
    fc.property(fc.nat(4_999_999), fc.nat(16), (index, at) => {
      const id = ids.idOf(index);
      expect(ids.indexOf(id)).toBe(index);
      const changed = id[3 + at] === 'A' ? 'B' : 'A';
      const other = id.slice(0, 3 + at) + changed + id.slice(4 + at);
      expect(ids.indexOf(other)).toBeUndefined();
    }),
  );
});

test('timestamps are ISO 8601', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 4_000_000_000 }), (seconds) => {
      expect(timestamp(seconds)).toBe(new Date(seconds * 1000).toISOString());
    }),
  );
});

const clause = fc.record({
  kind: fc.constant('clause' as const),
  attribute: fc.constantFrom('id', 'status', 'profile.login'),
  operator: fc.constantFrom('eq' as const, 'sw' as const, 'gt' as const),
  value: fc.string(),
});
const { tree } = fc.letrec<{ tree: Expression }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4 },
    clause,
    fc.record({
      kind: fc.constantFrom('and' as const, 'or' as const),
      parts: fc.array(tie('tree'), { minLength: 2, maxLength: 4 }),
    }),
    fc.record({ kind: fc.constant('not' as const), part: tie('tree') }),
  ),
}));

function written(expression: Expression): string {
  if (expression.kind === 'not') return `not (${written(expression.part)})`;
  if (expression.kind !== 'clause')
    return `(${expression.parts.map(written).join(` ${expression.kind} `)})`;
  const value = expression.value.replaceAll('\\', '\\\\').replaceAll('"', '\\"');
  return `${expression.attribute} ${expression.operator} "${value}"`;
}

test('an expression that was written is parsed as it was meant', () => {
  fc.assert(
    fc.property(tree, (expression) => {
      expect(parseExpression(written(expression), true)).toEqual({ kind: 'ok', expression });
    }),
  );
});

test('no text makes the parser throw', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(['ok', 'bad']).toContain(parseExpression(text).kind);
    }),
  );
});
