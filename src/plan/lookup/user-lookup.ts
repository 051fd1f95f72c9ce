import type { Answer } from '../../domain/row/call.ts';
import type { Failure } from '../../domain/row/failure.ts';
import type { Cursor, OrgReader, Page } from '../../domain/org/org.ts';
import type { User } from '../../domain/org/user.ts';
import { lengthRefused, searchRefused, isMissing } from './read-refusal.ts';
import { foldName, type Resolution } from '../verdicts/resolved-row.ts';
import { CALLED, searchExpression, type SearchTerm } from './search-term.ts';
import type { SearchSize } from './search-size.ts';
import { SearchHits } from './search-hits.ts';

const PAGE_USERS = 200;
/** If this many terms were refused one by one before any search succeeded, the terms are not the cause. */
const MOST_REFUSALS_AT_FIRST = 20;
/** How many ids that the search did not find are read by id, because the search lags behind new users by seconds. */
const MOST_CONFIRMATIONS = 40;

export interface LookupPorts {
  readonly reader: Pick<OrgReader, 'users' | 'user'>;
  /** Makes the error of a failed read; `tried` completes “Could not …”. */
  readonly failureError: (failure: Failure, tried: string) => Error;
}

type Found = Map<string, Resolution>;

/**
 * Finds users by id, login and email address in few calls. Okta's search is eventually consistent, usually within a second,
 * so it can miss a new user or show an earlier state. Okta itself reads the user again when the write arrives.
 */
export class UserLookup {
  readonly #ports: LookupPorts;
  readonly #size: SearchSize;
  readonly #signal: AbortSignal;
  #searched = false;
  #refusals = 0;
  #confirmations = MOST_CONFIRMATIONS;

  constructor(ports: LookupPorts, size: SearchSize, signal: AbortSignal) {
    this.#ports = ports;
    this.#size = size;
    this.#signal = signal;
  }

  /** Resolves each term, by its key. Rejects with the `failureError` of a read that failed for good, and on abort. */
  async find(terms: readonly SearchTerm[]): Promise<ReadonlyMap<string, Resolution>> {
    const found: Found = new Map();
    await this.#findAll(terms, found);
    return found;
  }

  async #findAll(terms: readonly SearchTerm[], found: Found): Promise<void> {
    let start = 0;
    while (start < terms.length) {
      const portion = this.#size.portion(terms, start);
      const part = terms.slice(start, start + portion.count);
      const failure = await this.#search(part, found);
      if (failure === undefined) {
        this.#size.take(portion);
        start += portion.count;
      } else if (lengthRefused(failure) && part.length > 1) {
        this.#size.refuseLength(portion);
      } else if (lengthRefused(failure) || searchRefused(failure)) {
        await this.#divide(part, failure, found);
        start += portion.count;
      } else {
        throw this.#ports.failureError(failure, 'look up the users');
      }
    }
  }

  /** Halves a refused search until each term that Okta does not accept is in a search by itself. */
  async #divide(terms: readonly SearchTerm[], failure: Failure, found: Found): Promise<void> {
    let largest = 0;
    let culprits = 0;
    const halve = async (part: readonly SearchTerm[], refusal: Failure): Promise<void> => {
      const [first] = part;
      if (part.length === 1 && first !== undefined) {
        culprits += 1;
        await this.#readAlone(first, refusal, found);
        return;
      }
      const middle = Math.ceil(part.length / 2);
      for (const half of [part.slice(0, middle), part.slice(middle)]) {
        const again = await this.#search(half, found);
        if (again === undefined) largest = Math.max(largest, half.length);
        else if (lengthRefused(again) || searchRefused(again)) await halve(half, again);
        else throw this.#ports.failureError(again, 'look up the users');
      }
    };
    await halve(terms, failure);
    // A term that is refused by itself says nothing about how many are accepted.
    if (culprits === 0) this.#size.refuseCount(largest);
  }

  /** Sends one search and reads all its pages. Returns the failure, if there is one. */
  async #search(terms: readonly SearchTerm[], found: Found): Promise<Failure | undefined> {
    const { reader } = this.#ports;
    const hits = new SearchHits(terms);
    const query = { kind: 'search', expression: searchExpression(terms) } as const;
    let page: Parameters<OrgReader['users']>[0] | undefined = { query, limit: PAGE_USERS };
    while (page !== undefined) {
      const answer: Answer<Page<User>> = await reader.users(page, this.#signal);
      if (answer.kind === 'failed') return answer.failure;
      for (const user of answer.value.items) hits.add(user);
      const next: Cursor | undefined = answer.value.next;
      page = hits.complete ? undefined : next;
    }
    this.#searched = true;
    for (const term of terms) {
      const resolution = hits.resolve(term);
      const late = resolution.kind === 'not-found' && term.identifier.kind === 'id';
      found.set(term.key, late ? await this.#confirm(term, resolution) : resolution);
    }
    return undefined;
  }

  /** Reads the first few ids that the search did not find by id. */
  async #confirm(term: SearchTerm, absent: Resolution): Promise<Resolution> {
    if (this.#confirmations <= 0) return absent;
    this.#confirmations -= 1;
    const answer = await this.#ports.reader.user(term.identifier.value, this.#signal);
    if (answer.kind === 'ok') {
      return answer.value.id === term.identifier.value
        ? { kind: 'found', user: answer.value }
        : absent;
    }
    // The search has already answered. A read that is not allowed, or fails, does not change that.
    return absent;
  }

  /** Reads the user of a term that Okta's search refuses, as a last resort. */
  async #readAlone(term: SearchTerm, refusal: Failure, found: Found): Promise<void> {
    const { identifier } = term;
    const what = CALLED[identifier.kind];
    this.#refusals += 1;
    if (!this.#searched && this.#refusals > MOST_REFUSALS_AT_FIRST) {
      throw this.#ports.failureError(refusal, 'look up the users');
    }
    const unsearchable: Resolution = {
      kind: 'invalid',
      detail: `Okta cannot search for this ${what}.`,
    };
    if (identifier.kind === 'email') {
      found.set(term.key, unsearchable);
      return;
    }
    const answer = await this.#ports.reader.user(identifier.value, this.#signal);
    if (answer.kind === 'ok') {
      const user = answer.value;
      const meant =
        identifier.kind === 'id'
          ? user.id === identifier.value
          : foldName(user.login) === foldName(identifier.value);
      // Okta also finds a login by its part before the @, but nobody asked for that user.
      found.set(
        term.key,
        meant
          ? { kind: 'found', user }
          : { kind: 'not-found', detail: `No user has exactly this ${what}.` },
      );
    } else if (isMissing(answer.failure)) {
      found.set(term.key, {
        kind: 'not-found',
        detail: `No user of this org has this ${what}.`,
      });
    } else if (identifier.kind === 'login' && unaddressable(answer.failure)) {
      found.set(term.key, unsearchable);
    } else {
      throw this.#ports.failureError(answer.failure, 'look up a user');
    }
  }
}

/** Tells whether no URL can contain this login, such as `a/b` or one that is too long. */
function unaddressable(failure: Failure): boolean {
  if (failure.kind === 'transport') return failure.code === 'NOT_ADDRESSABLE';
  return lengthRefused(failure) || failure.status === 400;
}
