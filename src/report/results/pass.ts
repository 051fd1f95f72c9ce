import { takenUpOf } from '../../domain/run/journal-record.ts';
import type { Clock } from '../../domain/clock.ts';
import type { PlannedRow } from '../../domain/plan/plan.ts';
import { PROGRAM } from '../../domain/program.ts';
import type { RunFile } from '../../domain/run/run-file.ts';
import type { RunRecords } from '../../domain/run/run-records.ts';
import { standingStop } from '../../domain/run/stop.ts';
import type { Summary } from '../../domain/run/summary.ts';
import { Timeline } from '../../domain/run/timeline.ts';
import { UNSETTLED } from './reasons.ts';
import type { ResultPart } from './result-parts.ts';
import { resultRows } from './result-rows.ts';
import type { Explain, ReportContent } from '../report-content.ts';
import { Tally } from './tally.ts';

/** What a report is made from. */
export interface ReportInput {
  readonly run: RunFile;
  /** The run's name in commands, as a shell word. If undefined, its id. */
  readonly name?: string | undefined;
  /** The name, in commands, of the run that has taken up what this one left. */
  readonly heir?: string | undefined;
  /** How the program is started on the machine that makes the report. If undefined, as if installed. */
  readonly program?: string | undefined;
  /** The rows of plan.jsonl, in order. They are read once. */
  readonly rows: AsyncIterable<PlannedRow>;
  /** The replayed journal; undefined if nothing was run yet. */
  readonly records: RunRecords | undefined;
  readonly explain: Explain;
  readonly clock: Clock;
  /** An abort ends the pass between two batches of rows. The files then stay as they were. */
  readonly signal?: AbortSignal | undefined;
}

/** How many rows pass before the pass waits for a slow disk or reader. */
const BATCH = 64;

/** Passes every row to every part once, and returns the totals. Memory does not grow with the rows. */
export async function passOver(
  input: ReportInput,
  parts: readonly ResultPart[],
): Promise<ReportContent> {
  const { run, records, signal } = input;
  const counted = records?.timeline;
  const own = new Timeline();
  const tally = new Tally(counted === undefined ? own : undefined);
  const flush = async () => {
    signal?.throwIfAborted();
    await Promise.all(parts.map((part) => part.flush()));
  };
  let held = 0;
  for await (const result of resultRows(run, input.rows, records)) {
    tally.add(result);
    for (const part of parts) part.row(result);
    held += 1;
    if (held < BATCH) continue;
    held = 0;
    await flush();
  }
  await flush();
  const counts = tally.counts();
  const left = counts.counts['not-attempted'] + (counts.byError[UNSETTLED] ?? 0);
  const invocations = records?.invocations ?? 0;
  const summary: Summary = {
    format: 1,
    runId: run.runId,
    ...counts,
    startedAt: records?.firstAt,
    finishedAt: records?.lastAt,
    traffic: records?.traffic ?? [],
    stop: standingStop(records?.stop, left),
    invocations,
    sittings: invocations,
    chain: records?.chain ?? 'intact',
    plannedBy: run.principal,
    executedBy: records?.executedBy ?? [],
    estimateMs: run.preview.estimate.durationMs,
    reissued: records?.reissued ?? 0,
  };
  return {
    run,
    summary,
    name: input.name ?? run.runId,
    heir: input.heir,
    takenUp: records === undefined ? 0 : takenUpOf(records),
    program: input.program ?? PROGRAM,
    planned: records === undefined,
    failures: tally.failures(),
    skips: tally.skips(),
    left: tally.left(),
    first: tally.first(),
    timeline: counted ?? own,
    chainHead: records?.chainHead,
    digests: [],
    writtenAt: new Date(input.clock.nowMs()).toISOString(),
  };
}
