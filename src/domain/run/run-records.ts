import type { HandedOver, OpenRow, OutcomeRecord, TakenUp } from './journal-record.ts';
import type { Principal } from './run-file.ts';
import type { StopReason } from './stop.ts';
import type { BucketTraffic, Summary } from './summary.ts';
import type { Timeline } from './timeline.ts';

/** What a report reads from a replayed journal. Rows are requested in plan order, each once. */
export interface RunRecords {
  readonly stateOf: (row: number) => 'ended' | 'open' | 'untouched';
  /**
   * The record that ended the row. Returned without a promise if it is in memory, because a million rows should not need a
   * million promises.
   */
  readonly outcomeOf: (
    row: number,
  ) => OutcomeRecord | undefined | Promise<OutcomeRecord | undefined>;
  readonly openRow: (row: number) => OpenRow | undefined;
  /** Times of the first and the last record, ISO 8601. */
  readonly firstAt: string | undefined;
  readonly lastAt: string | undefined;
  readonly invocations: number;
  /**
   * Whose credentials executed the run, each once, in the order of their first invocation; empty for invocations of 0.1.0.
   */
  readonly executedBy?: readonly Principal[] | undefined;
  readonly stop: StopReason | undefined;
  readonly chain: Summary['chain'];
  /** The last link of the hash chain (hex), if there is one. */
  readonly chainHead?: string | undefined;
  /** The run that has taken up what this one left, if one has. */
  readonly handedOver?: HandedOver | undefined;
  /** The runs that have taken up rows that had ended in this one. */
  readonly takenUp?: readonly TakenUp[] | undefined;
  readonly traffic: readonly BucketTraffic[];
  readonly reissued: number;
  /**
   * Calls, 429s, waits and outcomes over time, if the replay counted them. Without it, a report counts the attempts of a row
   * at the time the row ended, and shows no 429s.
   */
  readonly timeline?: Timeline | undefined;
}
