/** Reasons to skip a row that do not include a value of Okta's. */
export const PLAIN_SKIP_REASONS = [
  'already-in-recovery',
  'protected:self',
  'protected:admin',
  'excluded',
  'duplicate',
  'not-found',
  'ambiguous',
  'invalid-id',
  'changed-since',
  'already-done',
  'already-suspended',
  'already-activated',
  'not-suspended',
  'not-locked-out',
] as const;

/** Why a row is skipped. `status:…` and `provider:…` include Okta's own value. */
export type SkipReason =
  `status:${string}` | `provider:${string}` | (typeof PLAIN_SKIP_REASONS)[number];

/** What will happen to a row, and why. `detail` is one plain sentence for the admin. */
export type Verdict =
  | { readonly kind: 'act' }
  | { readonly kind: 'skip'; readonly reason: SkipReason; readonly detail?: string };
