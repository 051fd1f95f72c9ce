import type { Cursor } from '../../domain/org/org.ts';

/** What came of a `next` link: the end of the listing, where it goes on, or why it must not be followed. */
export type NextPage =
  | { readonly kind: 'end' }
  | { readonly kind: 'next'; readonly cursor: Cursor }
  | { readonly kind: 'refused'; readonly problem: string };

/**
 * Follows listings: always on our own origin, only on the same path, and never to a page it has been on. Of a link only
 * path and query count: Okta's own carry another scheme, the `-admin` host or a custom domain at times, and no call may
 * leave for any of them. Source: recorded answers of real orgs.
 */
export interface Listings {
  /**
   * `from` is the cursor that led to this page, undefined for the first; `path` is the page's own path and query; `link`
   * is null where there is a next page and its link cannot be read.
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
  // Kept beside the cursor, so that a listing nobody follows any more is forgotten with it.
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
