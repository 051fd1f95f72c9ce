import type { ActionSpec } from '../../domain/plan/action.ts';
import type { PolicyOptions } from '../../domain/run/run-file.ts';
import type { RepeatCounts } from '../verdicts/repeats.ts';
import type { TargetCounts } from './plan-tally.ts';
import type { ProtectedUsers } from '../verdicts/protected-users.ts';

/** What the warnings are based on. */
export interface WarningTerms {
  readonly spec: ActionSpec;
  readonly policy: PolicyOptions;
  readonly protectedUsers: ProtectedUsers;
  /** Undefined if the org's password policies could not be read. */
  readonly linkLifetime: { readonly minMinutes: number; readonly maxMinutes: number } | undefined;
  readonly engine: 'classic' | 'oie' | 'unknown';
  /** Temporary passwords or links will be written unsealed. */
  readonly secretsPlaintext?: boolean;
  /** Which users another run has already acted on. */
  readonly repeats?: RepeatCounts;
  readonly rows: number;
  readonly targets: number;
  /** Rows that name somebody, targets or not. */
  readonly found: number;
  readonly counts: TargetCounts;
}
