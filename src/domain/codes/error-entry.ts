/**
 * What a run does after a failure:
 * - `wait`: the call had no effect; send it again when the pacing or the throttle allows, as often as needed
 * - `wait-then-fail`: the call had no effect and might succeed in minutes; try for a while, then fail this row
 * - `wait-then-abort`: the call had no effect because the org or the connection is down; try for minutes, then stop
 * - `reconcile`: the call might have had an effect; read Okta before anything else
 * - `reissue`: the call took effect, but the secret was lost with the answer; issue it again under the same rules
 * - `skip`: expected for this user, as the answer shows; this row fails, the run continues
 * - `fail`: this row fails, the run continues
 * - `fail-or-abort`: a problem of one user or of all of them; fail the row, and stop if all of the first rows fail this way
 * - `abort`: every row would fail in the same way; stop
 */
export type Disposition =
  | 'wait'
  | 'wait-then-fail'
  | 'wait-then-abort'
  | 'reconcile'
  | 'reissue'
  | 'skip'
  | 'fail'
  | 'fail-or-abort'
  | 'abort';

/** Who can fix an error. */
export type WhoCanFix =
  'you' | 'a super admin' | 'a directory admin' | 'your network team' | 'Okta' | 'our maintainers';

/** The kind of stop that `abort`, `fail-or-abort` or `wait-then-abort` leads to. */
export type StopKind = 'credentials' | 'permission' | 'our-bug' | 'org-unavailable';

/** What one error code means for the calls of a run, and what to do about it. People read it, and decisions depend on it. */
export interface ErrorEntry {
  /** Okta's code (`E0000007`), an OAuth error (`invalid_client`), or a transport code (`ECONNREFUSED`). */
  readonly code: string;
  /** The HTTP statuses that it comes with; empty for transport codes. */
  readonly statuses: readonly number[];
  /** What it means here, in one or two plain sentences. */
  readonly meaning: string;
  readonly who: WhoCanFix;
  /** What to do, in one or two plain sentences. */
  readonly how: string;
  readonly disposition: Disposition;
  /** Present if the disposition can end the run. */
  readonly stop?: StopKind;
  /** The cause is the directory agent, so other users of the same directory are affected too. */
  readonly agent?: 'directory';
}
