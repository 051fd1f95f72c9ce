import type { Cursor } from '../../domain/org/org.ts';

/** What a `next` link means: the listing ends, it continues here, or the link must not be followed for this reason. */
export type NextPage =
  | { readonly kind: 'end' }
  | { readonly kind: 'next'; readonly cursor: Cursor }
  | { readonly kind: 'refused'; readonly problem: string };

/**
 * Follows listings: always on our own origin, only on the same path, and never to a page that was already read. Only the
 * path and query of a link count, because Okta's own links sometimes have another scheme, the `-admin` host or a custom
 * domain, and no call must go there. Source: recorded answers of real orgs.
 */
export interface Listings {
  /**
   * `from` is the cursor that led to this page, undefined for the first one. `path` is the page's own path and query. `link`
   * is null if there is a next page but its link cannot be read.
   */
  readonly next: (
    from: Cursor | undefined,
    path: string,
    link: string | null | undefined,
  ) => NextPage;
}

function pathnameOf(path: string): string {
  const query = path.indexOf('?');
  return query < 0 ? path : path.slice(0, query);
}

export function createListings(origin: string): Listings {
  // Keyed by the cursor, so that a listing which nobody follows any longer is forgotten with it.
  const visited = new WeakMap<Cursor, Set<string>>();
  return {
    next: (from, path, link) => {
      if (link === undefined) return { kind: 'end' };
      if (link === null) {
        return { kind: 'refused', problem: 'its link to the next page cannot be read' };
      }
      if (!URL.canParse(link, origin)) {
        return { kind: 'refused', problem: 'its link to the next page is not a URL' };
      }
      const url = new URL(link, origin);
      if (url.pathname !== new URL(pathnameOf(path), origin).pathname) {
        return { kind: 'refused', problem: 'its link to the next page leads to another endpoint' };
      }
      const next = url.pathname + url.search;
      const seen = (from === undefined ? undefined : visited.get(from)) ?? new Set([path]);
      if (seen.has(next)) {
        return { kind: 'refused', problem: 'its pages link to each other in a circle' };
      }
      seen.add(next);
      const cursor: Cursor = { next };
      visited.set(cursor, seen);
      return { kind: 'next', cursor };
    },
  };
}
