import { describe, expect, test } from '@jest/globals';
import type { User } from '../../src/domain/org/user.ts';
import { SearchHits } from '../../src/plan/lookup/search-hits.ts';
import { searchTerm, type SearchTerm } from '../../src/plan/lookup/search-term.ts';
import { makeUser, range, userId } from './fake-org.ts';

function termOf(kind: 'id' | 'login' | 'email', value: string): SearchTerm {
  const term = searchTerm({ kind, value } as SearchTerm['identifier']);
  if (term === undefined) throw new Error('No URL can contain it.');
  return term;
}
const id = (n: number) => termOf('id', userId(n));
const login = (value: string) => termOf('login', value);
const email = (value: string) => termOf('email', value);

function hitsOf(terms: readonly SearchTerm[], users: readonly User[] = []): SearchHits {
  const hits = new SearchHits(terms);
  for (const user of users) hits.add(user);
  return hits;
}

/** After how many of these users nothing more can come. */
function completeAfter(terms: readonly SearchTerm[], users: readonly User[]): number | undefined {
  return range(0, users.length).find((count) => hitsOf(terms, users.slice(0, count)).complete);
}

describe('nothing more can come', () => {
  test('when each id and login was found', () => {
    const users = [7, 1, 2, 3, 4].map((n) => makeUser(n));
    expect(completeAfter([id(1), login('USER2@example.com'), id(3)], users)).toBe(4);
    expect(completeAfter([id(7)], users)).toBe(1);
    expect(completeAfter([id(1), id(9)], users)).toBeUndefined();
  });

  test('no sooner if one of them is found twice', () => {
    const twice = [makeUser(1, { login: 'ä' }), makeUser(1), makeUser(2, { login: 'a\u0308' })];
    expect(completeAfter([login('Ä'), id(3)], [...twice, makeUser(3)])).toBe(4);
    expect(completeAfter([login('Ä')], twice)).toBe(1);
  });

  test('but more users can have an email address', () => {
    const users = [makeUser(1), makeUser(2)];
    for (const terms of [
      [email('user1@example.com')],
      [email('user1@example.com'), id(2)],
      [id(2), email('user1@example.com')],
    ])
      expect(completeAfter(terms, users)).toBeUndefined();
  });
});

describe('what is told of a term', () => {
  test.each([
    [id(1), 'No user of this org has this id.'],
    [login('ada'), 'No user of this org has this login.'],
    [email('ada'), 'No user of this org has this email address.'],
  ])('that nobody has: %j', (term, detail) => {
    expect(hitsOf([term], [makeUser(2)]).resolve(term)).toEqual({ kind: 'not-found', detail });
  });

  test('that one user has, who came twice', () => {
    const user = makeUser(1);
    const terms = [id(1), login('User1@example.com'), email('USER1@example.com')];
    const hits = hitsOf(terms, [makeUser(2), user, makeUser(1)]);
    for (const term of terms) expect(hits.resolve(term)).toEqual({ kind: 'found', user });
  });

  test('that nobody asked for, or a user without an email address', () => {
    const hits = hitsOf([email('ada')], [makeUser(1, { email: undefined })]);
    expect([email('ada'), id(1)].map((term) => hits.resolve(term).kind)).toEqual([
      'not-found',
      'not-found',
    ]);
  });

  test.each([
    [2, ''],
    [3, ''],
    [4, ', …'],
    [30, ', …'],
  ])('that %i users have names the first three', (count, more) => {
    const term = email('Team@example.com');
    const users = range(1, count).map((n) =>
      makeUser(n, { email: 'team@example.com', status: n === 2 ? 'STAGED' : 'ACTIVE' }),
    );
    const named = [`${userId(1)} (ACTIVE)`, `${userId(2)} (STAGED)`, `${userId(3)} (ACTIVE)`].slice(
      0,
      count,
    );
    expect(hitsOf([term], users).resolve(term)).toEqual({
      kind: 'ambiguous',
      detail: `${count} users have this email address: ${named.join(', ')}${more}. Give the id of the right one.`,
    });
  });
});
