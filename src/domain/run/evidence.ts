import type { ActionSpec } from '../plan/action.ts';
import type { OutcomeCounts } from '../row/outcome.ts';
import type { HandedOver, TakenUp } from './journal-record.ts';
import type { Principal } from './run-file.ts';

/** What a file held when the run was sealed. Of the journal: its whole records. */
export interface FileSeal {
  readonly name: string;
  readonly bytes: number;
  /** Hex. */
  readonly sha256: string;
}

/** evidence.json: what a run was when it was sealed, and the digest of each of its files. */
export interface Evidence {
  readonly format: 1;
  readonly toolVersion: string;
  readonly sealedAt: string;
  readonly runId: string;
  readonly host: string;
  readonly orgId: string;
  /** Who planned the run, as Okta knows them. */
  readonly principal: Principal;
  /** Whose credentials executed it, each once; none for a plan, and for invocations of 0.1.0. */
  readonly executedBy: readonly Principal[];
  readonly spec: ActionSpec;
  /** SHA-256 (hex) of plan.jsonl. */
  readonly planDigest: string;
  readonly createdAt: string;
  /** Times of the first and the last record of the journal. */
  readonly startedAt?: string | undefined;
  readonly finishedAt?: string | undefined;
  readonly rows: number;
  readonly targets: number;
  readonly counts: OutcomeCounts;
  /** How many processes had been at work on the run. */
  readonly invocations: number;
  readonly journal: {
    readonly records: number;
    /** Link of the last record (hex); absent where there was none. */
    readonly chainHead?: string | undefined;
  };
  readonly files: readonly FileSeal[];
}

/** What is not as it was sealed. */
export type EvidenceFault =
  | {
      readonly kind: 'differs';
      readonly name: string;
      readonly bytes: number;
      readonly sealedBytes: number;
    }
  | { readonly kind: 'missing'; readonly name: string }
  | { readonly kind: 'new'; readonly name: string }
  | { readonly kind: 'unusable'; readonly name: string; readonly why: string }
  /** The journal contradicts itself: `line` is the first line that does not stand, `row` the row it speaks of. */
  | {
      readonly kind: 'chain';
      readonly line: number;
      readonly row?: number | undefined;
      readonly problem: string;
    }
  /** The journal is whole, and another than the sealed one. */
  | { readonly kind: 'rewritten'; readonly records: number; readonly sealedRecords: number }
  /** evidence.json says something else of the run than a file that is as it was sealed. */
  | { readonly kind: 'claim'; readonly what: string; readonly name: string };

/** What came after the seal, as it may. */
export type SinceSeal =
  | { readonly kind: 'grown'; readonly name: string; readonly bytes: number }
  | { readonly kind: 'new'; readonly name: string }
  /** A file that each follow-up writes from what Okta says then: it tells nothing of what the run did. */
  | { readonly kind: 'replaced'; readonly name: string }
  | {
      readonly kind: 'records';
      readonly records: number;
      /** By kind of record; notes by their own kind. */
      readonly byKind: Readonly<Record<string, number>>;
      /** Runs that took rows of this one, the first of them. */
      readonly ties: readonly (HandedOver | TakenUp)[];
    };

/** What the signature of a seal is worth. */
export type SealSignature =
  | { readonly kind: 'unsigned' }
  /** By whom is not said, as nobody was named whose word counts. */
  | { readonly kind: 'sound'; readonly key: string }
  | { readonly kind: 'vouched'; readonly key: string; readonly by: string }
  | { readonly kind: 'stranger'; readonly why: string }
  | { readonly kind: 'bad'; readonly why: string };

/** What a check of a sealed run came to. */
export interface EvidenceCheck {
  readonly evidence: Evidence;
  readonly faults: readonly EvidenceFault[];
  readonly since: readonly SinceSeal[];
}
