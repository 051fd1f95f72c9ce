import { expect, test } from '@jest/globals';
import { countReads } from '../../src/plan/lookup/counting-reader.ts';

const STATED = ['origin', 'host', 'limits', 'serverNowMs'];

/** A reader whose every member answers with its own name and what it was asked. */
const NAMES = [
  ...['organization', 'me', 'user', 'factors', 'users', 'groupsNamed', 'groupsLike', 'group'],
  ...['groupMembers', 'admins', 'roles', 'logEvents', 'linkLifetime', 'limits', 'serverNowMs'],
];
const INNER = {
  origin: 'https://acme.okta.com',
  host: 'acme.okta.com',
  ...Object.fromEntries(NAMES.map((name) => [name, (...asked: unknown[]) => [name, ...asked]])),
};

test('each read of any kind counts once and is passed on; what takes no read does not count', () => {
  const { reader, reads } = countReads(INNER as never);
  expect(Object.keys(reader).toSorted()).toEqual(Object.keys(INNER).toSorted());
  const calls = Object.entries(reader).filter(([name]) => !STATED.includes(name));
  for (const [at, [name, call]] of calls.entries()) {
    expect((call as (...asked: unknown[]) => unknown)('one', 2)).toEqual([name, 'one', 2]);
    expect(reads()).toBe(at + 1);
  }
  const stated = STATED.map((name) => reader[name as keyof typeof reader]);
  expect(stated).toEqual(STATED.map((name) => INNER[name as keyof typeof INNER]));
});
