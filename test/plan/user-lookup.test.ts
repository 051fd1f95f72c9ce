/** How many users a search asks for, what follows if Okta refuses one, and what is told of each term. */
import { describe, expect, test } from '@jest/globals';
import type { Answer } from '../../src/domain/row/call.ts';
import type { Failure } from '../../src/domain/row/failure.ts';
import type { User } from '../../src/domain/org/user.ts';
import { SearchSize } from '../../src/plan/lookup/search-size.ts';
import { searchTerm, type SearchTerm } from '../../src/plan/lookup/search-term.ts';
import { UserLookup } from '../../src/plan/lookup/user-lookup.ts';
import {
  failed,
  failureError,
  fakeOrg,
  makeUser,
  never,
  ok,
  okta,
  range,
  userId,
  type FakeOrg,
} from './fake-org.ts';

function termOf(kind: string, value: string): SearchTerm {
  const term = searchTerm({ kind, value } as SearchTerm['identifier']);
  if (term === undefined) throw new Error('No URL can contain it.');
  return term;
}
const idOf = (n: number) => termOf('id', userId(n));
const loginOf = (n: number) => termOf('login', `user${n}@example.com`);
const users = range(1, 100).map((n) => makeUser(n));

const lookupIn = ({ reader }: Pick<FakeOrg, 'reader'>, mostTerms = 100) =>
  new UserLookup({ reader, failureError }, new SearchSize(mostTerms), never);

/** How many terms each search had. */
const sizesOf = ({ searches }: FakeOrg) => searches.map((text) => text.split(' or ').length);

const transport = (code: string): Failure => ({
  ...{ kind: 'transport', code, message: 'no', status: undefined, requestId: undefined },
  effect: 'none',
});

describe('a search', () => {
  test('asks for as many users a page as Okta allows, and for the pages that follow', async () => {
    const asked: unknown[] = [];
    const org = fakeOrg(users, { pageSize: 2 });
    const reader: FakeOrg['reader'] = {
      ...org.reader,
      users: (page, signal) => {
        asked.push('query' in page ? page : 'next');
        return org.reader.users(page, signal);
      },
    };
    const found = await lookupIn({ reader }).find([1, 2, 3].map(idOf));
    expect([...found.values()].map(({ kind }) => kind)).toEqual(['found', 'found', 'found']);
    const expression = [1, 2, 3].map((n) => `id eq "${userId(n)}"`).join(' or ');
    expect(asked).toEqual([{ query: { kind: 'search', expression }, limit: 200 }, 'next']);
  });

  test.each([
    ['ids and logins are not read on once each was found', [idOf(1), loginOf(2)], 1],
    ['an id that nobody has is looked for to the end', [idOf(1), idOf(200)], 3],
    ['so is an email address', [idOf(1), termOf('email', 'user2@example.com')], 3],
  ])('%s', async (_, terms, pages) => {
    // What is asked for comes first.
    const uninvited = [97, 98, 99, 100].map((n) => makeUser(n));
    const org = fakeOrg(users, { pageSize: 2, uninvited });
    await lookupIn(org).find(terms);
    expect(org.searches).toHaveLength(pages);
  });
});

describe('a search that is refused', () => {
  test('is halved, the longer half first, until its cause is by itself', async () => {
    const org = fakeOrg(users, { culprits: new Set(['user6@example.com']) });
    const lookup = lookupIn(org);
    const found = await lookup.find(range(1, 7).map(loginOf));
    expect([...found.values()].map(({ kind }) => kind)).toEqual(Array(7).fill('found'));
    expect(org.gets).toEqual(['user6@example.com']);
    expect(sizesOf(org)).toEqual([7, 4, 3, 2, 1, 1, 1]);
    // The cause is known, so nothing is learned about how many terms Okta accepts.
    await lookup.find(range(10, 60).map(loginOf));
    expect(sizesOf(org).slice(7)).toEqual([51]);
  });

  test('for its number of terms is followed by searches of the most that were accepted', async () => {
    const org = fakeOrg(users, { termLimit: 13 });
    const lookup = lookupIn(org);
    await lookup.find(range(1, 25).map(loginOf));
    expect(sizesOf(org)).toEqual([25, 13, 12]);
    await lookup.find(range(1, 30).map(loginOf));
    expect(sizesOf(org).slice(3)).toEqual([13, 13, 4]);
    expect(org.gets).toEqual([]);
  });

  test('ends the lookup once more than twenty terms were refused, and none accepted', async () => {
    const refusing = () => fakeOrg(users, { searchFailure: okta(400, 'E0000031') });
    const org = refusing();
    const found = await lookupIn(org).find(range(1, 20).map(loginOf));
    expect([...found.values()].map(({ kind }) => kind)).toEqual(Array(20).fill('found'));
    const other = refusing();
    await expect(lookupIn(other).find(range(1, 21).map(loginOf))).rejects.toMatchObject({
      message: 'look up the users',
      failure: { status: 400 },
    });
    expect(other.gets).toHaveLength(20);
  });

  test('does not end it after a search that was accepted: its terms are read one by one', async () => {
    const culprits = new Set(range(2, 40).map((n) => `user${n}@example.com`));
    const org = fakeOrg(users, { culprits });
    const found = await lookupIn(org).find(range(1, 40).map(loginOf));
    expect([...found.values()].map(({ kind }) => kind)).toEqual(Array(40).fill('found'));
    expect(org.gets).toHaveLength(39);
  });

  test('ends the lookup if its halves fail for another reason', async () => {
    const org = fakeOrg(users, { termLimit: 5 });
    const reader: FakeOrg['reader'] = {
      ...org.reader,
      users: async (page, signal) =>
        org.searches.length === 1 ? failed(okta(403)) : org.reader.users(page, signal),
    };
    await expect(lookupIn({ reader }).find(range(1, 10).map(loginOf))).rejects.toMatchObject({
      message: 'look up the users',
      failure: { status: 403 },
    });
  });
});

describe('an id that the search does not find', () => {
  const unindexed = new Set([userId(1)]);
  const absent = { kind: 'not-found', detail: 'No user of this org has this id.' };

  const toldAfter = async (answer?: Answer<User>) => {
    const org = fakeOrg(users, { unindexed });
    const reader = answer === undefined ? org.reader : { ...org.reader, user: async () => answer };
    return (await lookupIn({ reader }).find([idOf(1)])).get(userId(1));
  };

  test('is read by id, and found', async () => {
    expect(await toldAfter()).toEqual({ kind: 'found', user: users[0] });
  });

  test.each<[string, Answer<User>]>([
    ['another user is', ok(makeUser(2))],
    ['there is none', failed(okta(404, 'E0000007'))],
    ['it must not be read', failed(okta(403, 'E0000006'))],
    ['the org is out of reach', failed(transport('ECONNREFUSED'))],
  ])('is not there if %s', async (_, answer) => {
    expect(await toldAfter(answer)).toEqual(absent);
  });

  test('is looked for forty times in all, and a login never', async () => {
    const late = new Set(range(1, 100).map(userId));
    const org = fakeOrg(users, { unindexed: late });
    const lookup = lookupIn(org);
    await lookup.find([...range(1, 30).map(idOf), ...range(1, 30).map(loginOf)]);
    const found = await lookup.find(range(31, 60).map(idOf));
    expect(org.gets).toEqual(range(1, 40).map(userId));
    expect([...found.values()].map(({ kind }) => kind)).toEqual([
      ...Array(10).fill('found'),
      ...Array(20).fill('not-found'),
    ]);
  });
});

describe('a term that is read by itself', () => {
  const LOGIN = termOf('login', 'Ada@example.com');
  const ID = idOf(1);
  const EMAIL = termOf('email', 'ada@example.com');
  const unsearchable = (what: string) => ({
    kind: 'invalid',
    detail: `Okta cannot search for this ${what}.`,
  });
  const notFound = (detail: string) => ({ kind: 'not-found', detail });

  const toldAfter = async (term: SearchTerm, answer: Answer<User>) => {
    const { reader } = fakeOrg([], { searchFailure: okta(400, 'E0000031') });
    const lookup = lookupIn({ reader: { ...reader, user: async () => answer } });
    return (await lookup.find([term])).get(term.key);
  };

  const ada = makeUser(1, { login: 'ADA@example.com' });
  const other = makeUser(2, { login: 'ada@example.org' });

  test.each<[string, SearchTerm, Answer<User>, unknown]>([
    ['a login is found', LOGIN, ok(ada), { kind: 'found', user: ada }],
    ['an id is found', ID, ok(ada), { kind: 'found', user: ada }],
    ['a login is another user', LOGIN, ok(other), notFound('No user has exactly this login.')],
    ['an id is another user', ID, ok(other), notFound('No user has exactly this id.')],
    [
      'a login is nobody',
      LOGIN,
      failed(okta(404, 'E0000007')),
      notFound('No user of this org has this login.'),
    ],
    [
      'an id is nobody',
      ID,
      failed(okta(404, 'E0000007')),
      notFound('No user of this org has this id.'),
    ],
    ['an email address is not even asked for', EMAIL, ok(ada), unsearchable('email address')],
    ['a login is refused', LOGIN, failed(okta(400)), unsearchable('login')],
    ['a login is too long', LOGIN, failed(okta(414)), unsearchable('login')],
    ['a login fits in no URL', LOGIN, failed(transport('NOT_ADDRESSABLE')), unsearchable('login')],
  ])('%s', async (_, term, answer, told) => {
    expect(await toldAfter(term, answer)).toEqual(told);
  });

  test.each<[string, SearchTerm, Failure]>([
    ['the org is out of reach', LOGIN, transport('ECONNREFUSED')],
    ['the credential is refused', LOGIN, okta(403, 'E0000006')],
    ['Okta fails', LOGIN, okta(500, 'E0000009')],
    ['another resource is missing', LOGIN, okta(404, 'E0000008')],
    ['an id is refused', ID, okta(400)],
    ['an id fits in no URL', ID, transport('NOT_ADDRESSABLE')],
  ])('is an error if %s', async (_, term, failure) => {
    await expect(toldAfter(term, failed(failure))).rejects.toMatchObject({
      message: 'look up a user',
      failure,
    });
  });
});
