import { join, resolve } from 'node:path';
import { kindAt } from '../../disk/look.ts';
import { diskAdvice } from '../../disk/disk-error.ts';
import { AppError } from '../../domain/codes/app-error.ts';
import { findErrorEntry } from '../../domain/codes/okta-error.ts';
import { RUN_FILES, type RunFile } from '../../domain/run/run-file.ts';
import type { RunRecords } from '../../domain/run/run-records.ts';
import type { Summary } from '../../domain/run/summary.ts';
import { readPlan, type ReadPlan } from '../../plan/file/read-plan.ts';
import { passOver } from '../../report/results/pass.ts';
import { writeReports } from '../../report/results/write-reports.ts';
import type { AppContext } from '../context.ts';
import { readSeal } from '../evidence/evidence-file.ts';
import { replayJournal, type Replay } from '../../journal/replay.ts';
import type { RunDirectory } from '../../journal/directory/run-directory.ts';
import { WRITE_BUCKET } from '../org/pacings.ts';
import { runName } from '../runs/run-name.ts';

/**
 * Returns what a report needs from a journal. An invocation that was killed did not record the totals of its calls, but it
 * recorded every attempt, so at least that number of calls was sent in the write bucket.
 */
export function recordsOf(replay: Replay): RunRecords {
  const writes = replay.traffic.find(({ bucket }) => bucket === WRITE_BUCKET);
  if ((writes?.calls ?? 0) >= replay.attempts) return replay;
  const others = replay.traffic.filter(({ bucket }) => bucket !== WRITE_BUCKET);
  const told = writes ?? { bucket: WRITE_BUCKET, throttled: 0, waitedMs: 0 };
  return { ...replay, traffic: [...others, { ...told, calls: replay.attempts }] };
}

/** Returns the name, for commands, of the run that has taken up what the run in `dir` left; undefined if none has. */
export function heirOf(
  dir: string,
  records: RunRecords | undefined,
  { host }: AppContext,
): string | undefined {
  return records?.handedOver && runName(resolve(host.cwd, dir, records.handedOver.dir), host.cwd);
}

interface Rebuilding {
  readonly plan?: ReadPlan;
  readonly signal?: AbortSignal | undefined;
  /** The run is being sealed. */
  readonly evenIfSealed?: boolean;
}

/**
 * Tells whether a run is sealed and no process has worked on it since. A file that cannot be read as a seal does not count.
 */
async function standsSealed(dir: string, records: RunRecords | undefined): Promise<boolean> {
  const seal = await readSeal(dir).catch(() => undefined);
  return seal !== undefined && (records?.invocations ?? 0) <= seal.evidence.invocations;
}

/**
 * Writes the report files of a run from its plan (the given one, if any) and from its journal, once there is one. Reports of
 * a sealed run stay as they are until the run continues or is sealed again. Rejects with RUN_*, DISK, and with
 * `signal.reason` after an abort; the files are then unchanged.
 */
export async function rebuildReports(
  dir: string,
  run: RunFile,
  records: RunRecords | undefined,
  context: AppContext,
  { plan: read, signal, evenIfSealed = false }: Rebuilding = {},
): Promise<Summary> {
  const plan = read ?? (await readPlan(join(dir, RUN_FILES.plan), undefined, signal));
  const input = {
    run,
    name: runName(dir, context.host.cwd),
    heir: heirOf(dir, records, context),
    program: context.host.program,
    rows: plan.rows,
    records,
    clock: context.host.clock,
    explain: findErrorEntry,
    signal,
  };
  if (!evenIfSealed && (await standsSealed(dir, records)))
    return (await passOver(input, [])).summary;
  return writeReports({ ...input, dir });
}

/**
 * Writes the report files of a run that has none yet, because its plan is only shown, waits for consent, or is refused. A
 * run that is executed at once writes its own at the end. If the disk refuses them, there is a warning, and the plan stays
 * valid. Rejects with `signal.reason` after an abort.
 */
export async function ensureReports(
  dir: string,
  run: RunFile,
  records: RunRecords | undefined,
  context: AppContext,
  signal?: AbortSignal,
): Promise<void> {
  if ((await kindAt(join(dir, RUN_FILES.resultsCsv))) !== undefined) return;
  await rebuildReports(dir, run, records, context, { signal }).catch((error: unknown) => {
    if (!(error instanceof AppError && error.code === 'DISK')) throw error;
    const hint = `The plan itself is whole. ${diskAdvice(error.cause)}`;
    context.emit({ type: 'message', level: 'warning', text: error.message, hint });
  });
}

/** Writes the reports from the journal on disk, which is read again. Rejects with RUN_*, DISK. */
export async function reportFromDisk(
  place: RunDirectory,
  run: RunFile,
  context: AppContext,
): Promise<void> {
  const replay = await replayJournal(place.path('journal'), run);
  try {
    await rebuildReports(place.dir, run, recordsOf(replay), context);
  } finally {
    await replay.close();
  }
}
