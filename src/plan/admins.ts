import type { Failure } from '../domain/failure.ts';
import type { Cursor, OrgReader } from '../domain/org.ts';
import type { Principal } from '../domain/run-file.ts';

/** Users that hold an admin role. Where the credential may not read them, `ids` has those that could be read. */
export type Admins =
  | { readonly kind: 'known'; readonly ids: ReadonlySet<string> }
  | { readonly kind: 'unreadable'; readonly ids: ReadonlySet<string>; readonly why: string };

/** Whom a run must not lock out. */
export interface ProtectedUsers {
  /** Who the credential acts as; a user is never acted on by his own run. */
  readonly principal: Principal;
  readonly admins: Admins;
}

/** Returns why the list is closed to us; undefined where the failure is not the list's but the way's. */
function whyClosed(failure: Failure): string | undefined {
  if (failure.kind === 'answer') return 'the answer makes no sense';
  if (failure.kind === 'transport') return undefined;
  if (failure.status === 401 || failure.status === 429 || failure.status >= 500) return undefined;
  const code = failure.oktaCode === undefined ? '' : ` ${failure.oktaCode}`;
  const said = `HTTP ${failure.status}${code}`;
  if (failure.status === 403) return `the credential may not read role assignments (${said})`;
  if (failure.status === 404) return `this org has no list of role assignments (${said})`;
  return `Okta refused (${said})`;
}

/**
 * Reads who holds an admin role, over all pages. A credential that may not read it (403, 404, …) is no error: the
 * preview says so. Rejects with the `failureError` of a 401, 429, 5xx and of a broken connection, and on abort.
 */
export async function readAdmins(
  ports: {
    readonly reader: Pick<OrgReader, 'admins'>;
    readonly failureError: (failure: Failure, tried: string) => Error;
  },
  signal: AbortSignal,
): Promise<Admins> {
  const ids = new Set<string>();
  let page: Cursor | undefined;
  do {
    const answer = await ports.reader.admins(page, signal);
    if (answer.kind === 'failed') {
      const why = whyClosed(answer.failure);
      if (why === undefined) throw ports.failureError(answer.failure, 'read who is an admin');
      return { kind: 'unreadable', ids, why };
    }
    for (const id of answer.value.items) ids.add(id);
    page = answer.value.next;
  } while (page !== undefined);
  return { kind: 'known', ids };
}
