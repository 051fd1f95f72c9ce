import { setMaxListeners } from 'node:events';
import type { Row } from '../../domain/row/row.ts';
import type { ResolvedRow, Resolution } from '../verdicts/resolved-row.ts';
import { SearchSize } from './search-size.ts';
import { searchTerm, type SearchTerm } from './search-term.ts';
import { UserLookup, type LookupPorts } from './user-lookup.ts';

export interface ResolveOptions {
  /** If false, nothing is read (`--no-lookup`), and only rows with an id can be resolved. */
  readonly lookup: boolean;
  /** How many terms a search has at the beginning. Default 100, which is about 4,400 characters of URL. */
  readonly termsPerSearch?: number;
  /** The most searches in flight, once the size of a search is known. Default 8. */
  readonly searchesInFlight?: number;
}

const TERMS_PER_SEARCH = 100;
const SEARCHES_IN_FLIGHT = 8;
/** How many rows wait for one search, including those that need none. This limits how far is read ahead. */
const ROWS_PER_BLOCK = 200;

/** Rows in order, and the search that resolves them. */
interface Block {
  readonly rows: readonly { readonly row: Row; readonly known: Resolution | SearchTerm }[];
  readonly found: Promise<ReadonlyMap<string, Resolution>>;
}

const NEEDS_LOOKUP =
  'With --no-lookup, a login or email address cannot be turned into an id. Give ids, or leave --no-lookup out.';

function resolveAtOnce(row: Row, lookup: boolean): Resolution | SearchTerm {
  if (row.user !== undefined) return { kind: 'found', user: row.user };
  const { identifier } = row;
  if (identifier.kind === 'invalid') return { kind: 'invalid', detail: identifier.problem };
  if (!lookup) {
    return identifier.kind === 'id'
      ? { kind: 'unread', userId: identifier.value }
      : { kind: 'invalid', detail: NEEDS_LOOKUP };
  }
  return searchTerm(identifier) ?? { kind: 'invalid', detail: 'It contains malformed characters.' };
}

/** Reads rows up to the size of one search, and keeps a row that does not fit for the next block. */
class BlockReader {
  readonly #rows: AsyncIterator<Row>;
  readonly #lookup: boolean;
  readonly #size: SearchSize;
  #kept: Row | undefined;
  #ended = false;

  constructor(rows: AsyncIterator<Row>, lookup: boolean, size: SearchSize) {
    this.#rows = rows;
    this.#lookup = lookup;
    this.#size = size;
  }

  /** Returns the next block; undefined at the end of the rows, as often as it is asked. */
  async next(): Promise<{ rows: Block['rows']; terms: readonly SearchTerm[] } | undefined> {
    const rows: { row: Row; known: Resolution | SearchTerm }[] = [];
    const terms = new Map<string, SearchTerm>();
    let chars = 0;
    while (!this.#ended && rows.length < ROWS_PER_BLOCK) {
      const row = this.#kept ?? (await this.#read());
      this.#kept = undefined;
      if (row === undefined) break;
      const known = resolveAtOnce(row, this.#lookup);
      if ('clause' in known && !terms.has(known.key)) {
        if (!this.#size.fits(terms.size, chars, known)) {
          this.#kept = row;
          break;
        }
        terms.set(known.key, known);
        chars += known.chars;
      }
      rows.push({ row, known });
    }
    return rows.length === 0 ? undefined : { rows, terms: [...terms.values()] };
  }

  async #read(): Promise<Row | undefined> {
    const step = await this.#rows.next();
    if (step.done !== true) return step.value;
    this.#ended = true;
    return undefined;
  }
}

const NOTHING: ReadonlyMap<string, Resolution> = new Map();

/**
 * Resolves rows to live users, in order: many per search (ids, logins and email addresses mixed), with a few searches in
 * flight, and never one read per row. Every row comes out exactly once. A login is looked up only as a login, an email
 * address only as an email address. Reads no further ahead than a few searches, and stops when the consumer stops. Rejects
 * with the `failureError` of a read that failed for good, and with the signal's reason on abort.
 */
export async function* resolveRows(
  rows: AsyncIterable<Row>,
  ports: LookupPorts,
  options: ResolveOptions,
  signal: AbortSignal,
): AsyncGenerator<ResolvedRow, void, undefined> {
  const size = new SearchSize(options.termsPerSearch ?? TERMS_PER_SEARCH);
  const inFlight = options.searchesInFlight ?? SEARCHES_IN_FLIGHT;
  const ended = new AbortController();
  const either = AbortSignal.any([signal, ended.signal]);
  // One listener per search in flight. Each is removed when its wait ends.
  setMaxListeners(0, either);
  const lookup = new UserLookup(ports, size, either);
  const source = rows[Symbol.asyncIterator]();
  const reader = new BlockReader(source, options.lookup, size);
  const blocks: Block[] = [];
  try {
    for (;;) {
      // Until the first searches have shown how large one can be, a second one at the same time would only repeat their
      // mistakes.
      while (blocks.length < (size.settled ? inFlight : 1)) {
        signal.throwIfAborted();
        const block = await reader.next();
        if (block === undefined) break;
        const found =
          block.terms.length === 0 ? Promise.resolve(NOTHING) : lookup.find(block.terms);
        // It is awaited later, and a rejection needs a listener until then.
        found.catch(() => undefined);
        blocks.push({ rows: block.rows, found });
      }
      const block = blocks.shift();
      if (block === undefined) return;
      const found = await block.found;
      for (const { row, known } of block.rows) {
        const resolution = 'clause' in known ? found.get(known.key) : known;
        if (resolution === undefined) throw new Error('A term was left without an answer.');
        yield { row, resolution };
      }
    }
  } finally {
    ended.abort();
    await Promise.allSettled(blocks.map((block) => block.found));
    await source.return?.();
  }
}
