/**
 * Replay: folding the journal into the state of a run.
 *
 * Invariants:
 * - Each row has exactly one state, which the records before the first fault decide. Replay never guesses past a fault.
 * - Bytes after the last newline were never durable, so nobody acted on them: the records before them are valid
 *   (`torn-tail`). Anything else that is wrong is `broken`: a resume is refused, a report shows what comes before.
 * - Memory: nine bytes per row, an object for each row that is currently open, and one block of the file.
 */
import { dirname } from 'node:path';
import { AppError } from '../domain/codes/app-error.ts';
import type {
  ClosedRecord,
  OpenedRecord,
  OutcomeRecord,
  RunState,
  TakenUp,
  WaveRow,
} from '../domain/run/journal-record.ts';
import { distinctPrincipals } from '../domain/run/principal.ts';
import type { RunRecords } from '../domain/run/run-records.ts';
import { shellWord } from '../domain/shell-word.ts';
import { emptyHead, type JournalHead } from './chain.ts';
import { diskError } from '../disk/disk-error.ts';
import { RunFold, type PauseTotal } from './fold.ts';
import type { OnDurable } from './journal.ts';
import { ChainMarks, OutcomeReader } from './outcome-reader.ts';
import { readRecords } from './read-records.ts';

/** Whether the journal is intact. */
export type ChainState =
  | { readonly kind: 'intact' }
  | { readonly kind: 'torn-tail'; readonly bytes: number }
  /** `line` is the 1-based number of the first wrong line. */
  | { readonly kind: 'broken'; readonly line: number; readonly problem: string };

/** A replayed journal: the state of each row, what a report reads, and where writing can continue. */
export interface Replay extends RunState, RunRecords {
  readonly chainState: ChainState;
  readonly records: number;
  /** Ended rows by outcome. */
  readonly counts: Readonly<Record<OutcomeRecord['outcome'], number>>;
  readonly opened: readonly OpenedRecord[];
  /** How the last invocation ended; undefined if it did not end in an orderly way. */
  readonly closed: ClosedRecord | undefined;
  readonly notFound: number;
  readonly attempts: number;
  /** The org's clock at the latest attempt (epoch ms); undefined if there was none. */
  readonly lastServerMs: number | undefined;
  readonly blindResends: number;
  readonly wavesVerified: number;
  readonly waveRows: readonly WaveRow[];
  readonly tempPasswordSplit: boolean;
  /** The runs that have taken up rows which had ended in this one. */
  readonly takenUp: readonly TakenUp[];
  /** An earlier invocation had consent to every row, not only to the first waves. */
  readonly consented: boolean;
  /** How many rows each wave has, as an earlier invocation was told; undefined if none was. */
  readonly waves: readonly number[] | undefined;
  /** The recipients that an earlier invocation sealed to; undefined if run.json names them. */
  readonly recipients: readonly string[] | undefined;
  readonly pauses: readonly PauseTotal[];
  /** Where the next record goes. Throws `AppError` RUN_DAMAGED if the journal is broken. */
  readonly head: () => JournalHead;
  /** Folds a record that this process has just made durable into the states of rows. */
  readonly take: OnDurable;
  /** The journal as a replay would read it now; undefined if a record did not fit. */
  readonly now: () => Replay | undefined;
  /** Closes the file that `outcomeOf` reads. */
  readonly close: () => Promise<void>;
}

interface Fault {
  readonly line: number;
  readonly problem: string;
}

function damaged(path: string, fault: Fault): AppError {
  const report = `okta-reset report ${shellWord(dirname(path))}`;
  return new AppError(
    'RUN_DAMAGED',
    `${path} is damaged or was edited: line ${fault.line}: ${fault.problem}.`,
    {
      hint: `This run cannot be resumed: it is not known what was done after that line. Restore the journal from a copy if you have one. Otherwise this shows what comes before the damage, and prints the command for a new plan over the other users, without those who were reset since: ${report}`,
    },
  );
}

/** What another file of the run proves about its journal. */
export interface LostRecords {
  /** The name of the file. */
  readonly sign: string;
  /** How many records the journal must contain. */
  readonly records: number;
}

/**
 * Reads the journal of a run. If it is missing or empty, the run was planned and never begun. If it has fewer records than
 * `lost` says, it is broken. Errors: `AppError` DISK or FILE_NOT_YOURS if it cannot be read at all. Rejects with
 * `signal.reason` after an abort.
 */
export async function replayJournal(
  path: string,
  run: { readonly runId: string; readonly rows: number },
  signal?: AbortSignal,
  options: { readonly lost?: LostRecords | undefined } = {},
): Promise<Replay> {
  const fold = new RunFold(run.runId, run.rows);
  const marks = new ChainMarks(emptyHead(run.runId));
  const { head, problem, tornBytes } = await readRecords(
    path,
    emptyHead(run.runId),
    (record, after, offset) => {
      const refusal = fold.apply(record, offset);
      if (refusal === undefined) marks.advance(after);
      return refusal;
    },
    { signal },
  ).catch((error: unknown) => {
    signal?.throwIfAborted();
    throw diskError(`read ${path}`, error);
  });
  const { records } = head;
  let fault = problem === undefined ? undefined : { line: records + 1, problem };
  const { lost } = options;
  if (lost !== undefined && records < lost.records)
    fault ??= {
      line: records + 1,
      problem: `it is missing, though ${lost.sign} shows that the run had ${records === 0 ? 'begun' : 'got further'}`,
    };
  return replayOf(path, { fold, marks, head }, fault, tornBytes);
}

/** Returns what the records say about the run as a whole. */
function factsOf(fold: RunFold) {
  return {
    counts: fold.counts,
    notFound: fold.notFound,
    firstAt: fold.firstAt,
    lastAt: fold.lastAt,
    lastServerMs: fold.lastServerMs,
    opened: fold.invocations,
    invocations: fold.invocations.length,
    executedBy: distinctPrincipals(fold.invocations.flatMap(({ principal }) => principal ?? [])),
    closed: fold.closed,
    stop: fold.closed?.stop,
    handedOver: fold.handedOver,
    takenUp: fold.takenUp,
    attempts: fold.attempts,
    reissued: fold.reissued,
    blindResends: fold.blindResends,
    wavesVerified: fold.waves.verified,
    waveRows: [...fold.waves.rows],
    tempPasswordSplit: fold.tempPasswordSplit,
    consented: fold.consented,
    waves: fold.waves.sizes,
    recipients: fold.recipients,
    traffic: [...fold.traffic.values()],
    pauses: [...fold.pauses.values()],
    timeline: fold.timeline,
  };
}

function replayOf(
  path: string,
  {
    fold,
    marks,
    head,
  }: { readonly fold: RunFold; readonly marks: ChainMarks; readonly head: JournalHead },
  fault: Fault | undefined,
  tornBytes: number,
): Replay {
  const { table } = fold;
  let last = head;
  let fits = fault === undefined;
  const reader = new OutcomeReader(path, marks);
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
    ...factsOf(fold),
    head: () => {
      if (fault !== undefined) throw damaged(path, fault);
      return head;
    },
    take: (record, length, after) => {
      fits = fits && fold.apply(record, last.bytes) === undefined;
      last = {
        runId: head.runId,
        bytes: last.bytes + length,
        records: last.records + 1,
        link: after,
      };
      marks.advance(last);
    },
    // The bytes of a torn tail are removed before the first record is written.
    now: () => (fits ? replayOf(path, { fold, marks, head: last }, undefined, 0) : undefined),
    close: () => reader.close(),
  };
}
