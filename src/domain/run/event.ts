import type { OutcomeCounts } from '../row/outcome.ts';
import type { OutcomeRecord } from './journal-record.ts';
import type { StopReason } from './stop.ts';
import type { WaitCause } from './wait.ts';

/**
 * What happens while okta-reset works. The app emits events, a face shows them, and `--json` prints one per line. Changes
 * are additive only: a consumer must ignore types and fields that it does not know.
 */
export type AppEvent =
  | {
      readonly type: 'message';
      readonly level: 'info' | 'warning' | 'error';
      readonly text: string;
      readonly hint?: string;
    }
  /** A long read continues: rows read, resolved, or exported so far. */
  | {
      readonly type: 'reading';
      readonly what: 'selection' | 'lookup' | 'export' | 'admins' | 'results';
      readonly done: number;
    }
  | {
      readonly type: 'run-started';
      readonly runId: string;
      readonly dir: string;
      readonly total: number;
      /** Rows that ended in earlier invocations. */
      readonly resumedFrom: number;
      readonly earlier: Readonly<Record<OutcomeRecord['outcome'], number>>;
      /** The number of calls per window that the org allowed when the run was planned; undefined if not known. */
      readonly limitPerWindow: number | undefined;
      /** The length of such a window. */
      readonly windowMs: number;
      /** How many calls one row takes, without repeats. */
      readonly callsPerRow: number;
    }
  /** A row ended, and its record is durable. */
  | {
      readonly type: 'row';
      readonly row: number;
      readonly userId: string | undefined;
      readonly login: string | undefined;
      readonly outcome: OutcomeRecord['outcome'];
      readonly reason: string | undefined;
      readonly status: number | undefined;
      readonly oktaCode: string | undefined;
      readonly requestId: string | undefined;
      readonly message: string | undefined;
    }
  /** A bucket waits for its window to open, for a slot, or for our own pace; or the run waits after its canary. */
  | {
      readonly type: 'pause';
      readonly bucket: string;
      readonly waitMs: number;
      readonly cause: WaitCause;
    }
  /** Rows wait to see whether a call without an answer took effect: how many there are now, and until when at most. */
  | {
      readonly type: 'settling';
      readonly rows: number;
      /** Epoch ms by the org's clock; 0 if no row waits. */
      readonly untilMs: number;
    }
  | {
      readonly type: 'canary';
      readonly phase: 'started' | 'verified' | 'failed';
      readonly rows: number;
      /** Which wave, counted from 1, and how many waves there are before the rest. */
      readonly wave: number;
      readonly waves: number;
    }
  | { readonly type: 'stopping'; readonly stop: StopReason; readonly inFlight: number }
  | {
      readonly type: 'run-ended';
      readonly runId: string;
      readonly counts: OutcomeCounts;
      readonly stop: StopReason | undefined;
    };

export type Emit = (event: AppEvent) => void;
