import { STEPS, type Step } from '../plan/step.ts';
import type { Principal } from './run-file.ts';
import type { StopReason } from './stop.ts';

/** What the journal records of an Okta answer. */
export interface AnswerFacts {
  readonly status?: number;
  readonly oktaCode?: string;
  readonly message?: string;
  readonly requestId?: string;
  /**
   * How the secret in the answer is stored: the SHA-256 (hex) of its sealed bytes, or `plaintext`; absent if there was none.
   */
  readonly secret?: string;
}

/** A process opened the run to execute it. */
export interface OpenedRecord {
  readonly kind: 'opened';
  readonly at: string;
  readonly runId: string;
  readonly planDigest: string;
  readonly toolVersion: string;
  readonly pid: number;
  readonly hostname: string;
  /** How many rows to act on and read back before the others; absent if not requested. */
  readonly canary?: number;
  /** If there is more than one wave: how many rows each one has, in order. The first is `canary`. */
  readonly waves?: readonly number[];
  /** The consent was to the first wave only. A note `consented` records the consent to the rest. */
  readonly canaryOnly?: true;
  /** The age recipients that secrets are sealed to from here on; absent if run.json names them or there are none. */
  readonly recipients?: readonly string[];
  /** Whose credential this invocation uses; absent in journals of 0.1.0. */
  readonly principal?: Principal;
}

/** An attempt is about to be sent. Durable before its request can leave. */
export interface AttemptRecord {
  readonly kind: 'attempt';
  readonly at: string;
  readonly row: number;
  readonly userId: string;
  readonly step: Step;
  /** 1-based, over all steps of the row and all processes of the run. */
  readonly attempt: number;
  /** Okta's clock just before sending (epoch ms). Reconcile compares with it. */
  readonly serverTimeMs: number;
  /** What reconcile must know about the user before the call: the status and times as planned. */
  readonly before: {
    readonly status: string | undefined;
    readonly statusChangedMs: number | undefined;
    readonly passwordChangedMs: number | undefined;
  };
}

/** How an attempt ended that does not end the row: one of several steps is done, or one will be tried again. */
export interface EffectRecord extends AnswerFacts {
  readonly kind: 'effect';
  readonly at: string;
  readonly row: number;
  readonly step: Step;
  readonly attempt: number;
  readonly effect: 'applied' | 'not-applied' | 'unknown';
  /** The effect was read from Okta afterwards, because the answer did not show it. */
  readonly reconciled?: true;
}

/**
 * How a row ended in this run. It also settles the last attempt of the row. Durable before it is shown, counted or acted on.
 */
export interface OutcomeRecord extends AnswerFacts {
  readonly kind: 'outcome';
  readonly at: string;
  readonly row: number;
  readonly outcome: 'succeeded' | 'failed' | 'unknown' | 'skipped';
  readonly reason?: string;
  readonly step?: Step;
  readonly attempts: number;
  readonly startedAt?: string;
  readonly reconciled?: true;
}

/** A process closed the run in an orderly way: all rows have ended, or it was stopped. */
export interface ClosedRecord {
  readonly kind: 'closed';
  readonly at: string;
  readonly stop?: StopReason;
}

/** Another run has taken up rows that this one left open or not attempted, and this one must not continue with them. */
export interface HandedOver {
  readonly kind: 'handed-over';
  /** The run that has them now. */
  readonly runId: string;
  /** Its folder, relative to this run's. */
  readonly dir: string;
  /** How many rows it took. */
  readonly rows: number;
}

/** Another run has taken up rows that had ended in this one. No third run can take them, and this one can continue. */
export interface TakenUp {
  readonly kind: 'taken-up';
  /** The run that has them now. */
  readonly runId: string;
  /** Its folder, relative to this run's. */
  readonly dir: string;
  /** How many rows it took. */
  readonly rows: number;
}

/** Returns how many ended rows of a run other runs have taken up. */
export function takenUpOf({
  takenUp = [],
}: {
  readonly takenUp?: readonly TakenUp[] | undefined;
}): number {
  return takenUp.reduce((sum, { rows }) => sum + rows, 0);
}

/** A note that changes no row: a bucket was paused, a canary was verified, limits were learned, rows were handed over. */
export interface NoteRecord {
  readonly kind: 'note';
  readonly at: string;
  readonly note:
    /** A wave was read back; `wave` counts from 1. */
    | { readonly kind: 'canary-verified'; readonly rows: number; readonly wave?: number }
    /** Somebody consented to the next wave. */
    | { readonly kind: 'wave-consented'; readonly wave: number }
    /** Somebody consented to everything that is left. */
    | { readonly kind: 'consented'; readonly rows: number }
    | {
        readonly kind: 'pause';
        readonly bucket: string;
        readonly waitMs: number;
        readonly cause: string;
      }
    | {
        readonly kind: 'traffic';
        readonly bucket: string;
        readonly calls: number;
        readonly throttled: number;
        readonly waitedMs: number;
      }
    /** The org returns no password for `expire_password?tempPassword=true`, so the split endpoint is used from here on. */
    | { readonly kind: 'temp-password-split' }
    | HandedOver
    | TakenUp;
}

/** Tells whether a note was written by another run that takes up rows of this one. */
export function isTie(note: NoteRecord['note']): note is HandedOver | TakenUp {
  return note.kind === 'handed-over' || note.kind === 'taken-up';
}

export type JournalRecord =
  OpenedRecord | AttemptRecord | EffectRecord | OutcomeRecord | ClosedRecord | NoteRecord;

/** A row that was begun and has not ended. A resumed run must settle it before it continues. */
export interface OpenRow {
  readonly row: number;
  readonly attempts: number;
  readonly startedAt: string;
  readonly stepsApplied: readonly Step[];
  /** The attempt whose end is not recorded; undefined if the last one is settled. */
  readonly pending: AttemptRecord | undefined;
  /** The secret of an applied step is on disk. */
  readonly secretKept?: boolean | undefined;
  /** Okta's answer to the pending attempt, if it does not show the effect. */
  readonly answer?: AnswerFacts | undefined;
  /** The first attempt of the password call, or of another step if there is none. A wave is read back by it. */
  readonly mark?: AttemptRecord | undefined;
  /** When the latest attempt that took effect was known to have, by the org's clock, in epoch milliseconds. */
  readonly appliedByMs?: number | undefined;
}

/** A row that ended in a wave; skipped rows are not included. */
export interface WaveRow {
  readonly row: number;
  readonly outcome: OutcomeRecord['outcome'];
  readonly reason: string | undefined;
  /** As in `OpenRow`; undefined if there was no attempt. */
  readonly mark: AttemptRecord | undefined;
}

/**
 * Returns the org's time at which an attempt was known to have taken effect; undefined if our clock was set back in between,
 * because the records then do not show it.
 */
export function appliedByMs(
  { at, serverTimeMs }: AttemptRecord,
  effect: EffectRecord,
): number | undefined {
  const passedMs = Date.parse(effect.at) - Date.parse(at);
  return passedMs < 0 ? undefined : serverTimeMs + passedMs;
}

/** Tells whether a row has an attempt whose effect must be read. An attempt that can be repeated is sent again instead. */
export function isInDoubt(row: OpenRow | undefined): boolean {
  return row?.pending !== undefined && !STEPS[row.pending.step].repeatable;
}

/** Writes the journal. An append resolves when its record is on disk; records keep the order of the calls. */
export interface JournalWriter {
  readonly append: (record: JournalRecord) => Promise<void>;
}

/** What replay knows: the state of each row, in a few bytes per row. */
export interface RunState {
  readonly ended: (row: number) => boolean;
  readonly open: ReadonlyMap<number, OpenRow>;
  readonly endedCount: number;
  /** Rows that ended in earlier invocations; absent if there were none. */
  readonly counts?: Readonly<Record<OutcomeRecord['outcome'], number>>;
  /** How many of the failed rows failed because Okta has no such user. */
  readonly notFound?: number;
  /** How many waves earlier invocations acted on and read back, and found that every row took effect. */
  readonly wavesVerified?: number;
  /** The rows of the next wave that have ended. A wave that failed begins again with none. */
  readonly waveRows?: readonly WaveRow[];
  /** An earlier invocation learned that the org returns temporary passwords only on the split endpoint. */
  readonly tempPasswordSplit?: boolean;
}
