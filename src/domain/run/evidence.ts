import type { ActionSpec } from '../plan/action.ts';
import type { OutcomeCounts } from '../row/outcome.ts';
import type { HandedOver, TakenUp } from './journal-record.ts';
import type { Principal } from './run-file.ts';

/** The content of a file when the run was sealed. Of the journal: its complete records. */
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
  /** Whose credentials executed it, each once; empty for a plan, and for invocations of 0.1.0. */
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
    /** Last link of the chain (hex); absent if there were no records. */
    readonly chainHead?: string | undefined;
  };
  readonly files: readonly FileSeal[];
}

/** What differs from the seal. */
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
  /** The journal is intact, but it is not the sealed one. */
  | { readonly kind: 'rewritten'; readonly records: number; readonly sealedRecords: number }
  /** evidence.json contradicts a file that is still as it was sealed. */
  | { readonly kind: 'claim'; readonly what: string; readonly name: string };

/** What was added after the seal, as is allowed. */
export type SinceSeal =
  | { readonly kind: 'grown'; readonly name: string; readonly bytes: number }
  | { readonly kind: 'new'; readonly name: string }
  /** A file that each follow-up writes from Okta's current answers; it says nothing about what the run did. */
  | { readonly kind: 'replaced'; readonly name: string }
  | {
      readonly kind: 'records';
      readonly records: number;
      /** By kind of record; notes by their own kind. */
      readonly byKind: Readonly<Record<string, number>>;
      /** The runs that took rows of this one; only the first of them. */
      readonly ties: readonly (HandedOver | TakenUp)[];
    };

/** What the signature of a seal is worth. */
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
