/**
 * Replay: folding the journal into the state of a run.
 *
 * Invariants:
 * - Each row has exactly one state, by the records before the first fault; replay never guesses past one.
 * - Bytes after the last newline were never durable, so nobody acted on them: the records before them stand
 *   (`torn-tail`). Anything else that is wrong is `broken`: a resume is refused, a report shows what stands before.
 * - Memory: nine bytes per row, an object per row that is open at the moment, and one block of the file.
 */
import { AppError } from '../domain/codes/app-error.ts';
import type {
  ClosedRecord,
  OpenedRecord,
  OutcomeRecord,
  RunState,
  TakenUp,
} from '../domain/run/journal-record.ts';
import type { RunRecords } from '../domain/run/run-records.ts';
import { ChainReader, emptyHead, type JournalHead } from './chain.ts';
import { diskError } from '../disk/disk-error.ts';
import { RunFold, type PauseTotal } from './fold.ts';
import type { OnDurable } from './journal.ts';
import { readLines } from './line-reader.ts';
import { OutcomeReader } from './outcome-reader.ts';
import { parseRecord } from './parse-record.ts';

/** Whether the journal is whole. */
export type ChainState =
  | { readonly kind: 'intact' }
  | { readonly kind: 'torn-tail'; readonly bytes: number }
  /** `line` is the 1-based number of the first line that does not stand. */
  | { readonly kind: 'broken'; readonly line: number; readonly problem: string };

/** A replayed journal: the state of each row, what a report asks, and where writing may go on. */
export interface Replay extends RunState, RunRecords {
  readonly chainState: ChainState;
  readonly records: number;
  /** Ended rows by outcome. */
  readonly counts: Readonly<Record<OutcomeRecord['outcome'], number>>;
  readonly opened: readonly OpenedRecord[];
  /** How the last sitting ended; undefined if it did not end in order. */
  readonly closed: ClosedRecord | undefined;
  readonly notFound: number;
  readonly attempts: number;
  /** The org's clock at the latest attempt (epoch ms); undefined where none was made. */
  readonly lastServerMs: number | undefined;
  readonly blindResends: number;
  readonly canaryVerified: boolean;
  readonly tempPasswordSplit: boolean;
  /** The runs that have taken up rows which had ended in this one. */
  readonly takenUp: readonly TakenUp[];
  /** An earlier invocation had consent to every row, not to the canary alone. */
  readonly consented: boolean;
  /** The canary that an earlier sitting was asked for; undefined where none was. */
  readonly canary: number | undefined;
  /** The recipients that an earlier invocation named to seal to; undefined where run.json says all there is. */
  readonly recipients: readonly string[] | undefined;
  readonly pauses: readonly PauseTotal[];
  /** Where the next record goes. Throws `AppError` RUN_DAMAGED if the journal is broken. */
  readonly head: () => JournalHead;
  /** Folds a record that this process has made durable after the last one, into the states of rows at once. */
  readonly take: OnDurable;
  /** The journal as a replay would read it now; undefined where a record that was taken did not fit. */
  readonly now: () => Replay | undefined;
  /** Lets go of the file that `outcomeOf` reads. */
  readonly close: () => Promise<void>;
}

interface Fault {
  readonly line: number;
  readonly problem: string;
}

function damaged(path: string, fault: Fault): AppError {
  return new AppError(
    'RUN_DAMAGED',
    `${path} is damaged or was edited: line ${fault.line}: ${fault.problem}.`,
    {
      hint: 'This run cannot be resumed: nobody knows what was done after that line. Restore the journal from a copy if you have one. Otherwise `okta-reset report` shows what stands before the damage, and prints the command that plans again over the other users and leaves out those reset since.',
    },
  );
}

/** What another file of the run shows of its journal. */
export interface LostRecords {
  /** The name of the file. */
  readonly sign: string;
  /** Records that the journal must have. */
  readonly records: number;
}

/**
 * Reads the journal of a run. A missing or empty one is a run that was planned and never begun; one that has fewer records
 * than `lost` says is broken.
 * Errors: `AppError` DISK or FILE_NOT_YOURS if it cannot be read at all; rejects with `signal.reason` after an abort.
 */
export async function replayJournal(
  path: string,
  run: { readonly runId: string; readonly rows: number },
  signal?: AbortSignal,
  options: { readonly lost?: LostRecords | undefined } = {},
): Promise<Replay> {
  const fold = new RunFold(run.runId, run.rows);
  const empty = emptyHead(run.runId);
  const chain = new ChainReader(empty.link);
  let records = 0;
  let bytes = 0;
  let { link } = empty;
  let fault: Fault | undefined;

  const problemOf = (line: Buffer, start: number, end: number, offset: number) => {
    if (!chain.accept(line, start, end)) return 'it does not continue the chain of records';
    const parsed = parseRecord(line.toString('utf8', start, end));
    if (parsed === undefined) return 'it is not a record';
    if (parsed.seq !== records + 1) return `its number is not ${records + 1}`;
    return fold.apply(parsed.record, offset);
  };

  const read = await readLines(
    path,
    (line, start, end, offset) => {
      const problem = problemOf(line, start, end, offset);
      if (problem !== undefined) {
        fault = { line: records + 1, problem };
        return false;
      }
      records += 1;
      bytes = offset + end - start + 1;
      link = chain.link;
      return true;
    },
    signal,
  ).catch((error: unknown) => {
    signal?.throwIfAborted();
    throw diskError(`read ${path}`, error);
  });
  if (read.overlong) fault ??= { line: records + 1, problem: 'it is longer than any record' };
  const { lost } = options;
  if (lost !== undefined && records < lost.records)
    fault ??= {
      line: records + 1,
      problem: `it is missing, though ${lost.sign} shows that the run had ${records === 0 ? 'begun' : 'come further'}`,
    };
  return replayOf(path, fold, { runId: run.runId, bytes, records, link }, fault, read.tornBytes);
}

function replayOf(
  path: string,
  fold: RunFold,
  head: JournalHead,
  fault: Fault | undefined,
  tornBytes: number,
): Replay {
  const { table } = fold;
  let { records, bytes, link } = head;
  let fits = fault === undefined;
  const reader = new OutcomeReader(path, head.bytes);
  const chainState: ChainState =
    fault !== undefined
      ? { kind: 'broken', ...fault }
      : tornBytes > 0
        ? { kind: 'torn-tail', bytes: tornBytes }
        : { kind: 'intact' };
  return {
    chainState,
    chain: chainState.kind,
    chainHead: head.records === 0 ? undefined : head.link,
    records: head.records,
    ended: (row) => table.offset(row) !== undefined,
    endedCount: fold.endedCount,
    open: fold.openRows,
    openRow: (row) => fold.openRows.get(row),
    stateOf: (row) => {
      const state = table.state(row);
      return state === 'untouched' || state === 'open' ? state : 'ended';
    },
    outcomeOf: (row) => {
      const offset = table.offset(row);
      return offset === undefined ? undefined : reader.at(offset);
    },
    counts: fold.counts,
    notFound: fold.notFound,
    firstAt: fold.firstAt,
    lastAt: fold.lastAt,
    lastServerMs: fold.lastServerMs,
    opened: fold.sittings,
    sittings: fold.sittings.length,
    closed: fold.closed,
    stop: fold.closed?.stop,
    handedOver: fold.handedOver,
    takenUp: fold.takenUp,
    attempts: fold.attempts,
    reissued: fold.reissued,
    blindResends: fold.blindResends,
    canaryVerified: fold.canaryVerified,
    tempPasswordSplit: fold.tempPasswordSplit,
    consented: fold.consented,
    canary: fold.canary,
    recipients: fold.recipients,
    traffic: [...fold.traffic.values()],
    pauses: [...fold.pauses.values()],
    timeline: fold.timeline,
    head: () => {
      if (fault !== undefined) throw damaged(path, fault);
      return head;
    },
    take: (record, length, after) => {
      fits = fits && fold.apply(record, bytes) === undefined;
      records += 1;
      bytes += length;
      link = after;
    },
    // Bytes of a torn tail are cut off before the first record is written.
    now: () =>
      fits
        ? replayOf(path, fold, { runId: head.runId, bytes, records, link }, undefined, 0)
        : undefined,
    close: () => reader.close(),
  };
}
