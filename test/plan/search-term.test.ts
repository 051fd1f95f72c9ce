import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import {
  searchExpression,
  searchTerm,
  type SearchTerm,
} from '../../src/plan/lookup/search-term.ts';
import { anyText } from '../any-text.ts';
import { userId } from './fake-org.ts';

const termOf = (kind: string, value: string) =>
  searchTerm({ kind, value } as SearchTerm['identifier']);

test.each([
  ['id', userId(7), `id eq "${userId(7)}"`],
  ['login', 'Ada@example.com', 'profile.login eq "Ada@example.com"'],
  ['email', 'ada@example.com', 'profile.email eq "ada@example.com"'],
  ['login', 'a"b\\c', 'profile.login eq "a\\"b\\\\c"'],
])('%s %s is searched for as %s', (kind, value, clause) => {
  expect(termOf(kind, value)).toMatchObject({ identifier: { kind, value }, clause });
});

test.each(['\ud800', 'a\udfffb', '\udc00\ud800'])('no URL can contain %j', (value) => {
  expect(termOf('login', value)).toBeUndefined();
});

test('the characters of terms are those of their search in a URL, and of one “or” more', () => {
  const named = fc.tuple(fc.constantFrom('id', 'login', 'email'), anyText({ maxLength: 20 }));
  fc.assert(
    fc.property(fc.array(named, { minLength: 1, maxLength: 5 }), (values) => {
      const terms = values.flatMap(([kind, value]) => termOf(kind, value) ?? []);
      expect(terms).toHaveLength(values.length);
      const url = encodeURIComponent(searchExpression(terms));
      const chars = terms.reduce((sum, term) => sum + term.chars, 0);
      expect(chars).toBe(url.length + encodeURIComponent(' or ').length);
    }),
  );
});
