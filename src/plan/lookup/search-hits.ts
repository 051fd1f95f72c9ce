import type { User } from '../../domain/org/user.ts';
import { foldName, type Resolution } from '../verdicts/resolved-row.ts';
import { CALLED, type SearchTerm } from './search-term.ts';

/** How many users the detail of an ambiguous row names. */
const MOST_NAMED = 3;

interface Hit {
  readonly users: User[];
  count: number;
}

/** Collects what a search returned, by the term that asked for it. A user whom no term asked for is dropped. */
export class SearchHits {
  readonly #hits = new Map<string, Hit>();
  readonly #unique: boolean;
  #missing: number;

  constructor(terms: readonly SearchTerm[]) {
    for (const term of terms) this.#hits.set(term.key, { users: [], count: 0 });
    this.#unique = terms.every((term) => term.identifier.kind !== 'email');
    this.#missing = this.#hits.size;
  }

  /** Nothing more can come, because ids and logins are unique and each has been found. */
  get complete(): boolean {
    return this.#unique && this.#missing === 0;
  }

  add(user: User): void {
    this.#addUnder(user.id, user);
    this.#addUnder(`login ${foldName(user.login)}`, user);
    if (user.email !== undefined) this.#addUnder(`email ${foldName(user.email)}`, user);
  }

  #addUnder(key: string, user: User): void {
    const hit = this.#hits.get(key);
    if (hit === undefined || hit.users.some((known) => known.id === user.id)) return;
    if (hit.count === 0) this.#missing -= 1;
    hit.count += 1;
    if (hit.users.length < MOST_NAMED) hit.users.push(user);
  }

  resolve(term: SearchTerm): Resolution {
    const what = CALLED[term.identifier.kind];
    const hit = this.#hits.get(term.key);
    const [user] = hit?.users ?? [];
    if (hit === undefined || user === undefined) {
      return { kind: 'not-found', detail: `No user of this org has this ${what}.` };
    }
    if (hit.count === 1) return { kind: 'found', user };
    const named = hit.users.map((each) => `${each.id} (${each.status})`).join(', ');
    const more = hit.count > hit.users.length ? ', …' : '';
    return {
      kind: 'ambiguous',
      detail: `${hit.count} users have this ${what}: ${named}${more}. Give the id of the right one.`,
    };
  }
}
