/**
 * What a run does about a failure:
 * - `wait`: it did not happen; send it again when the pacing or the throttle allows, as often as it takes
 * - `wait-then-fail`: it did not happen and may in minutes; try for a while, then fail this row
 * - `wait-then-abort`: it did not happen because the org or the way to it is down; try for minutes, then stop
 * - `reconcile`: it may have happened; read Okta before anything else
 * - `reissue`: it happened, but the secret was lost with the answer; issue it again under the same rules
 * - `skip`: expected for this user, whose state the answer tells of; this row fails, the run goes on
 * - `fail`: this row fails, the run goes on
 * - `fail-or-abort`: one user's matter or everybody's; fail the row, stop when the first rows all say so
 * - `abort`: the same would happen to every row; stop
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
export type Mender =
  'you' | 'a super admin' | 'a directory admin' | 'your network team' | 'Okta' | 'our maintainers';

/** The kind of stop that an `abort`, `fail-or-abort` or `wait-then-abort` ends in. */
export type StopKind = 'credentials' | 'permission' | 'our-bug' | 'org-unavailable';

/** What one error code means on the calls of a run, and what to do about it. For people and for decisions. */
export interface ErrorEntry {
  /** Okta's code (`E0000007`), an OAuth error (`invalid_client`), or a transport code (`ECONNREFUSED`). */
  readonly code: string;
  /** HTTP statuses it comes with; empty for transport codes. */
  readonly statuses: readonly number[];
  /** One or two plain sentences: what it means here. */
  readonly meaning: string;
  readonly who: Mender;
  /** One or two plain sentences: what to do. */
  readonly how: string;
  readonly disposition: Disposition;
  /** Present where the disposition can end the run. */
  readonly stop?: StopKind;
  /** The cause is the directory agent: other users of the same directory will meet it too. */
  readonly agent?: 'directory';
}
