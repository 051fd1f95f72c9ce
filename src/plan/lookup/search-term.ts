import type { Identifier } from '../../domain/row/row.ts';
import { identifierKey } from '../verdicts/resolved-row.ts';

type Named = Exclude<Identifier, { kind: 'invalid' }>;

/** One clause of a search, and its share of the URL. */
export interface SearchTerm {
  readonly identifier: Named;
  readonly key: string;
  /** `profile.login eq "ada@example.com"` */
  readonly clause: string;
  /** Characters of the encoded clause, including the `or` next to it. */
  readonly chars: number;
}

/** What people call an identifier. */
export const CALLED = { id: 'id', login: 'login', email: 'email address' } as const;

const ATTRIBUTE = { id: 'id', login: 'profile.login', email: 'profile.email' } as const;
const OR = ' or ';
const OR_CHARS = encodeURIComponent(OR).length;
const LONE_SURROGATE = /[\ud800-\udfff]/u;

/** Makes the clause that finds an identifier; undefined if the text is malformed and no URL can contain it. */
export function searchTerm(identifier: Named): SearchTerm | undefined {
  if (LONE_SURROGATE.test(identifier.value)) return undefined;
  const value = identifier.value.replace(/["\\]/g, '\\$&');
  const clause = `${ATTRIBUTE[identifier.kind]} eq "${value}"`;
  const chars = encodeURIComponent(clause).length + OR_CHARS;
  return { identifier, key: identifierKey(identifier), clause, chars };
}

/** Joins clauses to a search expression that any of them can match. */
export function searchExpression(terms: readonly SearchTerm[]): string {
  return terms.map((term) => term.clause).join(OR);
}
