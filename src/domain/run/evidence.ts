import type { ActionSpec } from '../plan/action.ts';
import type { OutcomeCounts } from '../row/outcome.ts';
import type { HandedOver, TakenUp } from './journal-record.ts';
import type { Principal } from './run-file.ts';

/** The content of a file when the run was sealed. For the journal, its complete records. */
export interface FileSeal {
  readonly name: string;
  readonly bytes: number;
  /** Hex. */
  readonly sha256: string;
}

/** evidence.json: the facts of a run when it was sealed, and the digest of each of its files. */
export interface Evidence {
  readonly format: 1;
  readonly toolVersion: string;
  readonly sealedAt: string;
  readonly runId: string;
  readonly host: string;
  readonly orgId: string;
  /** Who planned the run, as Okta identifies them. */
  readonly principal: Principal;
  /** Whose credentials executed the run, each once; empty for a plan, and for invocations of 0.1.0. */
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
  /** How many processes had worked on the run. */
  readonly invocations: number;
  readonly journal: {
    readonly records: number;
    /** The last link of the chain (hex); absent if there were no records. */
    readonly chainHead?: string | undefined;
  };
  readonly files: readonly FileSeal[];
}

/** A difference from the seal. */
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
  /** The journal contradicts itself: `line` is the first wrong line, `row` is the row it is about. */
  | {
      readonly kind: 'chain';
      readonly line: number;
      readonly row?: number | undefined;
      readonly problem: string;
    }
  /** The journal is intact, but it is not the one that was sealed. */
  | { readonly kind: 'rewritten'; readonly records: number; readonly sealedRecords: number }
  /** evidence.json contradicts a file that is unchanged since the seal. */
  | { readonly kind: 'claim'; readonly what: string; readonly name: string };

/** Something that was added after the seal, which is allowed. */
export type SinceSeal =
  | { readonly kind: 'grown'; readonly name: string; readonly bytes: number }
  | { readonly kind: 'new'; readonly name: string }
  /** A file that each follow-up writes from Okta's current answers. It says nothing about what the run did. */
  | { readonly kind: 'replaced'; readonly name: string }
  | {
      readonly kind: 'records';
      readonly records: number;
      /** Counts by kind of record, and of notes by their own kind. */
      readonly byKind: Readonly<Record<string, number>>;
      /** The runs that took rows of this one, but only the first few of them. */
      readonly ties: readonly (HandedOver | TakenUp)[];
    };

/** How much the signature of a seal proves. */
export type SealSignature =
  | { readonly kind: 'unsigned' }
  /** The signer is not named, because no list of trusted signers was given. */
  | { readonly kind: 'sound'; readonly key: string }
  | { readonly kind: 'vouched'; readonly key: string; readonly by: string }
  | { readonly kind: 'stranger'; readonly why: string }
  | { readonly kind: 'bad'; readonly why: string };

/** The result of checking a sealed run. */
export interface EvidenceCheck {
  readonly evidence: Evidence;
  readonly faults: readonly EvidenceFault[];
  readonly since: readonly SinceSeal[];
}
