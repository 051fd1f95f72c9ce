/**
 * Folds journal records into the state of a run.
 *
 * Invariants (a record that violates one is refused, and the state does not change):
 * - The first record opens the run. Rows change only while a process has it open.
 * - A row ends at most once, and nothing follows its end.
 * - Attempts of a row are numbered from 1 without gaps. An effect belongs to the row's latest attempt.
 * - `succeeded` and `unknown` need an attempt.
 * - An attempt is pending until an effect says applied or not-applied, or the row ends.
 */
import { STEPS, type Step } from '../domain/plan/step.ts';
import type {
  AnswerFacts,
  AttemptRecord,
  ClosedRecord,
  EffectRecord,
  HandedOver,
  JournalRecord,
  OpenedRecord,
  OpenRow,
  OutcomeRecord,
  TakenUp,
} from '../domain/run/journal-record.ts';
import { appliedByMs, isTie } from '../domain/run/journal-record.ts';
import type { BucketTraffic } from '../domain/run/summary.ts';
import { Timeline } from '../domain/run/timeline.ts';
import { RowTable } from './row-table.ts';
import { WaveFold } from './wave-fold.ts';

interface Progress {
  attempts: number;
  readonly startedAt: string;
  readonly stepsApplied: Step[];
  lastStep: Step;
  pending: AttemptRecord | undefined;
  secretKept: boolean;
  answer: AnswerFacts | undefined;
  mark: AttemptRecord;
  latest: AttemptRecord;
  appliedByMs: number | undefined;
}

/** Waits of a bucket for one cause, as a total of the run. */
export interface PauseTotal {
  readonly bucket: string;
  readonly cause: string;
  readonly count: number;
  readonly waitedMs: number;
}

/** The state of a run while its journal is read. */
export class RunFold {
  readonly table: RowTable;
  readonly openRows = new Map<number, OpenRow>();
  readonly invocations: OpenedRecord[] = [];
  readonly timeline = new Timeline();
  readonly traffic = new Map<string, BucketTraffic>();
  readonly pauses = new Map<string, PauseTotal>();
  readonly counts: Record<OutcomeRecord['outcome'], number> = {
    succeeded: 0,
    skipped: 0,
    failed: 0,
    unknown: 0,
  };
  handedOver: HandedOver | undefined;
  readonly takenUp: TakenUp[] = [];
  firstAt: string | undefined;
  lastAt: string | undefined;
  /** The org's clock at the latest attempt (epoch ms). */
  lastServerMs: number | undefined;
  /** How the last invocation ended; undefined while it is open or was killed. */
  closed: ClosedRecord | undefined;
  attempts = 0;
  endedCount = 0;
  /** How many rows failed because Okta has no such user. */
  notFound = 0;
  /** How many attempts were of a step that had already taken effect, so that a password or link was issued again. */
  reissued = 0;
  /**
   * How many attempts of a step that changes a password were made while the effect of the one before was unknown. A correct
   * run has none.
   */
  blindResends = 0;
  tempPasswordSplit = false;
  /** Somebody consented to every row, not only to the first waves. */
  consented = false;
  readonly waves = new WaveFold();
  /** The recipients that were named by the last process which executed the run. */
  recipients: readonly string[] | undefined;
  readonly #runId: string;

  constructor(runId: string, rows: number) {
    this.#runId = runId;
    this.table = new RowTable(rows);
  }

  /** Applies a record at byte `offset`. Returns what is wrong with it; undefined if nothing is. */
  apply(record: JournalRecord, offset: number): string | undefined {
    const problem = this.#step(record, offset);
    if (problem === undefined) {
      this.firstAt ??= record.at;
      // Another run wrote it, after this one had ended.
      if (record.kind !== 'note' || !isTie(record.note)) this.lastAt = record.at;
    }
    return problem;
  }

  #step(record: JournalRecord, offset: number): string | undefined {
    if (record.kind !== 'opened' && this.invocations.length === 0) {
      return 'the first record does not open the run';
    }
    switch (record.kind) {
      case 'opened':
        if (record.runId !== this.#runId) return 'it belongs to another run';
        if (this.lastAt !== undefined) this.timeline.end(Date.parse(this.lastAt));
        this.invocations.push(record);
        this.waves.opened(record);
        if (record.canaryOnly !== true) this.consented = true;
        this.recipients = record.recipients ?? this.recipients;
        this.closed = undefined;
        return undefined;
      case 'attempt':
        return this.#attempt(record);
      case 'effect':
        return this.#effect(record);
      case 'outcome':
        return this.#outcome(record, offset);
      case 'closed':
        this.timeline.end(Date.parse(record.at));
        this.closed = record;
        this.waves.closed(record);
        return undefined;
      case 'note':
        this.#note(record.note, Date.parse(record.at));
        return undefined;
      default: {
        const never: never = record;
        return never;
      }
    }
  }

  #refuse(row: number): string | undefined {
    if (this.closed !== undefined) return 'the run was closed';
    if (!this.table.has(row)) return `the plan has no row ${row}`;
    const state = this.table.state(row);
    return state === 'untouched' || state === 'open' ? undefined : `row ${row} has ended before`;
  }

  #attempt(record: AttemptRecord): string | undefined {
    const { row, step, attempt } = record;
    const refusal = this.#refuse(row);
    if (refusal !== undefined) return refusal;
    const open = this.openRows.get(row) as Progress | undefined;
    if (attempt !== (open?.attempts ?? 0) + 1) {
      return `row ${row} has attempt ${attempt} after ${open?.attempts ?? 0}`;
    }
    this.attempts += 1;
    this.lastServerMs = Math.max(this.lastServerMs ?? -Infinity, record.serverTimeMs);
    this.timeline.add('calls', Date.parse(record.at));
    if (open === undefined) {
      const begun: Progress & OpenRow = {
        row,
        attempts: 1,
        startedAt: record.at,
        stepsApplied: [],
        lastStep: step,
        pending: record,
        secretKept: false,
        answer: undefined,
        mark: record,
        latest: record,
        appliedByMs: undefined,
      };
      this.openRows.set(row, begun);
      this.table.set(row, 'open');
      return undefined;
    }
    if (open.pending !== undefined && !STEPS[step].repeatable) this.blindResends += 1;
    if (open.stepsApplied.includes(step)) {
      this.reissued += 1;
      open.secretKept = false;
    }
    if (STEPS[step].touchesPassword && !STEPS[open.mark.step].touchesPassword) open.mark = record;
    open.attempts = attempt;
    open.lastStep = step;
    open.latest = record;
    open.pending = record;
    open.answer = undefined;
    return undefined;
  }

  #effect(record: EffectRecord): string | undefined {
    const { row, step, attempt } = record;
    const refusal = this.#refuse(row);
    if (refusal !== undefined) return refusal;
    const open = this.openRows.get(row) as Progress | undefined;
    if (attempt !== open?.attempts || step !== open.lastStep) {
      return `row ${row} has an effect of an attempt that is not its latest`;
    }
    if (record.status === 429) this.timeline.add('throttled', Date.parse(record.at));
    const applied = open.stepsApplied.indexOf(step);
    switch (record.effect) {
      case 'applied':
        if (applied < 0) open.stepsApplied.push(step);
        if (record.secret !== undefined) open.secretKept = true;
        open.pending = undefined;
        open.appliedByMs = appliedByMs(open.latest, record);
        return undefined;
      case 'not-applied':
        open.pending = undefined;
        return undefined;
      case 'unknown': {
        const { status, oktaCode, message, requestId } = record;
        open.answer = {
          ...(status === undefined ? {} : { status }),
          ...(oktaCode === undefined ? {} : { oktaCode }),
          ...(message === undefined ? {} : { message }),
          ...(requestId === undefined ? {} : { requestId }),
        };
        return undefined;
      }
      default: {
        const never: never = record.effect;
        return never;
      }
    }
  }

  #outcome(record: OutcomeRecord, offset: number): string | undefined {
    const { row, outcome } = record;
    const refusal = this.#refuse(row);
    if (refusal !== undefined) return refusal;
    const open = this.openRows.get(row);
    if (open === undefined && (outcome === 'succeeded' || outcome === 'unknown')) {
      return `row ${row} is ${outcome} without an attempt`;
    }
    this.openRows.delete(row);
    this.waves.ended(record, open);
    this.table.set(row, outcome, offset);
    this.counts[outcome] += 1;
    this.endedCount += 1;
    if (outcome === 'failed' && record.reason === 'not-found') this.notFound += 1;
    if (outcome !== 'skipped') this.timeline.add(outcome, Date.parse(record.at));
    return undefined;
  }

  #note(note: Extract<JournalRecord, { kind: 'note' }>['note'], atMs: number): void {
    switch (note.kind) {
      case 'canary-verified':
        this.waves.isVerified();
        return;
      case 'wave-consented':
        return;
      case 'temp-password-split':
        this.tempPasswordSplit = true;
        return;
      case 'consented':
        this.consented = true;
        return;
      case 'traffic': {
        const sum = this.traffic.get(note.bucket);
        this.traffic.set(note.bucket, {
          bucket: note.bucket,
          calls: (sum?.calls ?? 0) + note.calls,
          throttled: (sum?.throttled ?? 0) + note.throttled,
          waitedMs: (sum?.waitedMs ?? 0) + note.waitedMs,
        });
        return;
      }
      case 'pause': {
        const key = `${note.cause} ${note.bucket}`;
        const sum = this.pauses.get(key);
        this.pauses.set(key, {
          bucket: note.bucket,
          cause: note.cause,
          count: (sum?.count ?? 0) + 1,
          waitedMs: (sum?.waitedMs ?? 0) + note.waitMs,
        });
        this.timeline.wait(note.cause, atMs, note.waitMs);
        return;
      }
      case 'handed-over':
        this.handedOver = note;
        return;
      case 'taken-up':
        this.takenUp.push(note);
        return;
      default: {
        // A kind that a later version writes does not change the state and is ignored.
        note satisfies never;
      }
    }
  }
}
