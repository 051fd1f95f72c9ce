import type {
  ClosedRecord,
  OpenedRecord,
  OpenRow,
  OutcomeRecord,
  WaveRow,
} from '../domain/run/journal-record.ts';

/** After these stops a wave begins again, because it could never be verified with the rows that failed in it. */
const FAILED: ReadonlySet<string> = new Set(['canary', 'failure-share', 'all-not-found']);

/** Folds how far the waves of a run are. Stores the rows of one wave at most, and none if there are no waves. */
export class WaveFold {
  /** How many rows each wave has, as last requested; undefined if never. */
  sizes: readonly number[] | undefined;
  verified = 0;
  rows: WaveRow[] = [];

  opened({ canary, waves }: OpenedRecord): void {
    this.sizes = waves ?? (canary === undefined ? this.sizes : canary === 0 ? [] : [canary]);
  }

  ended({ row, outcome, reason }: OutcomeRecord, open: OpenRow | undefined): void {
    if (outcome === 'skipped' || this.verified >= (this.sizes?.length ?? 0)) return;
    this.rows.push({ row, outcome, reason, mark: open?.mark });
  }

  isVerified(): void {
    this.verified += 1;
    this.rows = [];
  }

  closed({ stop }: ClosedRecord): void {
    if (stop !== undefined && FAILED.has(stop.kind)) this.rows = [];
  }
}
