import type { Clock } from '../../domain/clock.ts';
import type { Emit } from '../../domain/run/event.ts';
import type {
  AttemptRecord,
  JournalRecord,
  JournalWriter,
  NoteRecord,
  OutcomeRecord,
} from '../../domain/run/journal-record.ts';
import type { Outcome } from '../../domain/row/outcome.ts';
import type { StopReason } from '../../domain/run/stop.ts';
import type { FailureLimit } from './options.ts';
import type { ActiveRow } from '../row/active-row.ts';
import { judgeOutcomes, type Tally } from './stop-rules.ts';
import type { Ending, Settled } from '../row/transition.ts';

export interface LedgerPorts {
  readonly journal: JournalWriter;
  readonly clock: Clock;
  readonly emit: Emit;
  readonly maxFailures: FailureLimit;
  /** What earlier invocations have done. */
  readonly earlier: Tally;
  /** How many outcomes can wait for their sync while rows continue. */
  readonly maxUnsynced: number;
  readonly onStop: (stop: StopReason) => void;
}

/** Describes a disk error for people. */
export function diskDetail(error: unknown): string {
  return error instanceof Error ? error.message : 'it cannot be written';
}

/**
 * What the engine records. An outcome is shown, counted and judged only once it is on disk. After the first disk error,
 * nothing more is written.
 */
export class Ledger {
  readonly #ports: LedgerPorts;
  readonly #counts: Record<Outcome, number> = {
    succeeded: 0,
    skipped: 0,
    failed: 0,
    unknown: 0,
    'not-attempted': 0,
  };
  #notFound = 0;
  #dead = false;
  #closed = false;
  #abandoned = false;
  #unsynced = 0;
  #nowMs = Number.NaN;
  #nowText = '';
  #waiting: (() => void)[] = [];
  /** Called with each row whose end is on disk. */
  onEnded: ((row: ActiveRow, record: OutcomeRecord) => void) | undefined;

  constructor(ports: LedgerPorts) {
    this.#ports = ports;
  }

  get counts(): Readonly<Record<Outcome, number>> {
    return this.#counts;
  }

  /** The disk has failed: what is known is kept, and nothing more can be stored. */
  get dead(): boolean {
    return this.#dead;
  }

  now(): string {
    const nowMs = this.#ports.clock.nowMs();
    // Formatting once per millisecond is enough: many records share one.
    if (nowMs !== this.#nowMs) {
      this.#nowMs = nowMs;
      this.#nowText = new Date(nowMs).toISOString();
    }
    return this.#nowText;
  }

  /** Makes an attempt durable. If it rejects, nothing must be sent. */
  async attempt(record: AttemptRecord): Promise<void> {
    try {
      await this.#append(record);
    } catch (error) {
      this.die(error);
      throw error;
    }
  }

  /** Writes a record that nobody waits for. Every later record is on disk only if this one is. */
  write(record: JournalRecord): void {
    if (this.#dead || this.#closed) return;
    this.#unsynced += 1;
    this.#append(record).then(this.#synced, this.#failed);
  }

  /** Records something that was learned about the org, or that happened in the run. */
  note(note: NoteRecord['note']): void {
    this.write({ kind: 'note', at: this.now(), note });
  }

  /** Records how an attempt ended of a row that continues. */
  settled(row: ActiveRow, settled: Settled): void {
    const { mark, effect, reconciled, facts } = settled;
    this.write({
      kind: 'effect',
      at: this.now(),
      row: row.target.row,
      step: mark.step,
      attempt: mark.attempt,
      effect,
      ...(reconciled ? { reconciled: true } : {}),
      ...facts,
    });
  }

  /** Ends a row. Returns at once; the outcome is shown and counted once it is on disk. */
  end(row: ActiveRow, ending: Ending): void {
    if (this.#dead || this.#closed) return;
    const { outcome, reason, reconciled, facts, step } = ending;
    const record: OutcomeRecord = {
      kind: 'outcome',
      at: this.now(),
      row: row.target.row,
      outcome,
      ...(reason === undefined ? {} : { reason }),
      ...(step === undefined ? {} : { step }),
      attempts: row.attempts,
      ...(row.startedAt === undefined ? {} : { startedAt: row.startedAt }),
      ...(reconciled ? { reconciled: true } : {}),
      ...facts,
    };
    this.#unsynced += 1;
    this.#append(record).then(() => {
      this.#ended(row, record);
      this.#synced();
    }, this.#failed);
  }

  /** Counts a row that was begun and is given back without an end. */
  left(): void {
    this.#counts['not-attempted'] += 1;
  }

  /** Resolves when fewer than `below` records wait for their sync; undefined if that is already true. */
  room(below = this.#ports.maxUnsynced): Promise<void> | undefined {
    if (this.#unsynced < below) return undefined;
    return new Promise((resolve) => {
      const look = () => {
        if (this.#unsynced < below) resolve();
        else this.#waiting.push(look);
      };
      this.#waiting.push(look);
    });
  }

  /** Decides from the outcomes of all invocations whether the run continues. */
  judge(): void {
    const { earlier, maxFailures, onStop } = this.#ports;
    const counts = this.#counts;
    const failed = counts.failed + counts.unknown;
    const tally = {
      ended: earlier.ended + counts.succeeded + failed,
      failed: earlier.failed + failed,
      notFound: earlier.notFound + this.#notFound,
    };
    const stop = judgeOutcomes(tally, maxFailures);
    if (stop !== undefined) onStop(stop);
  }

  /** Stops the run, because the disk cannot be written and nothing more must be sent. */
  die(error: unknown): void {
    if (this.#dead) return;
    this.#dead = true;
    this.#ports.onStop({ kind: 'disk', detail: diskDetail(error) });
  }

  /** Writes the last records. Resolves when everything is on disk, or the disk has failed; later records are dropped. */
  async close(last: readonly JournalRecord[]): Promise<void> {
    for (const record of last) this.write(record);
    this.#closed = true;
    await this.room(1);
  }

  /** After this call, nothing is written, shown or counted. */
  abandon(): void {
    this.#closed = true;
    this.#abandoned = true;
  }

  #append(record: JournalRecord): Promise<void> {
    if (this.#dead || this.#closed) return Promise.reject(new Error('The journal is closed.'));
    return this.#ports.journal.append(record);
  }

  readonly #synced = (): void => {
    this.#unsynced -= 1;
    if (this.#waiting.length === 0) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const look of waiting) look();
  };

  readonly #failed = (error: unknown): void => {
    this.die(error);
    this.#synced();
  };

  #ended(row: ActiveRow, record: OutcomeRecord): void {
    if (this.#abandoned) return;
    const counts = this.#counts;
    counts[record.outcome] += 1;
    if (record.outcome === 'failed' && record.reason === 'not-found') this.#notFound += 1;
    this.#show(row, record);
    this.onEnded?.(row, record);
    if (record.outcome !== 'skipped') this.judge();
  }

  #show({ target }: ActiveRow, record: OutcomeRecord): void {
    try {
      this.#ports.emit({
        type: 'row',
        row: target.row,
        userId: target.userId,
        login: target.login,
        outcome: record.outcome,
        reason: record.reason,
        status: record.status,
        oktaCode: record.oktaCode,
        requestId: record.requestId,
        message: record.message,
      });
    } catch {
      // An error in a face must not stop a run that works.
    }
  }
}
