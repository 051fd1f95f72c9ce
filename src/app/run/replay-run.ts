/**
 * A run's journal, checked against its folder. If a run acts, the first record is on disk before anything else. So a folder
 * with secrets or outcomes but without a journal has lost it: the run is damaged, not “never begun”. The same is true for a
 * journal that ends before a record which the index has read from it.
 */
import { kindAt, sizeOf } from '../../disk/look.ts';
import { openOwnFile } from '../../disk/own-file.ts';
import type { RunFile } from '../../domain/run/run-file.ts';
import { RUN_FILES } from '../../domain/run/run-file.ts';
import { replayJournal, type Replay } from '../../journal/replay.ts';
import type { RunDirectory } from '../../journal/directory/run-directory.ts';
import { readResults } from '../../selection/rows/read-results.ts';
import type { AppContext } from '../context.ts';
import { filePorts } from '../plan/select-rows.ts';
import { rowOfLatestSecret } from '../../secrets/latest-secret.ts';
import { indexedRecords } from '../runs/index/run-index.ts';

/** A file that has none of these words contains no outcome, and need not be parsed. */
const WORDS = ['succeeded', 'failed', 'unknown'];
const LONGEST_WORD = 9;

async function hasWord(path: string, signal: AbortSignal): Promise<boolean> {
  let tail = '';
  const file = await openOwnFile(path, 'read');
  const stream = file.createReadStream({ encoding: 'latin1' }) as AsyncIterable<string>;
  for await (const piece of stream) {
    signal.throwIfAborted();
    const text = tail + piece;
    if (WORDS.some((word) => text.includes(word))) return true;
    tail = text.slice(-LONGEST_WORD);
  }
  return false;
}

/** Tells whether results.csv contains an outcome. A plan writes the file too. */
async function hasOutcomes(path: string, context: AppContext): Promise<boolean> {
  const { drain } = context.interrupt;
  if (!(await hasWord(path, drain).catch(() => false))) {
    drain.throwIfAborted();
    return false;
  }
  const ports = { ...filePorts(context), onNotice: () => undefined };
  try {
    for await (const { outcome } of readResults(path, ports, drain))
      if (outcome !== 'skipped' && outcome !== 'not-attempted') return true;
    return false;
  } catch {
    drain.throwIfAborted();
    // Results that can no longer be read prove nothing.
    return false;
  }
}

/**
 * Returns the file whose existence shows that a run was begun; undefined if there is none. Files that `plan` writes do not
 * count.
 */
export async function fileOfBegun({ path }: RunDirectory): Promise<string | undefined> {
  if (((await sizeOf(path('secrets'))) ?? 0) > 0) return RUN_FILES.secrets;
  for (const file of ['summary', 'resultsJson', 'failedCsv', 'notAttemptedCsv'] as const)
    if ((await kindAt(path(file))) !== undefined) return RUN_FILES[file];
  return undefined;
}

/** Returns the file that shows that a run was begun; undefined if none does. */
async function signOfBegun(place: RunDirectory, context: AppContext): Promise<string | undefined> {
  const sign = await fileOfBegun(place);
  if (sign !== undefined) return sign;
  return (await hasOutcomes(place.path('resultsCsv'), context)) ? RUN_FILES.resultsCsv : undefined;
}

/**
 * Replays the journal of a run. If it is missing, empty or cut off, it counts as broken if the folder shows that the run had
 * got further. Rejects with RUN_DAMAGED or DISK if it cannot be read at all, and with `signal.reason` after an abort.
 */
export async function replayRun(
  place: RunDirectory,
  run: RunFile,
  context: AppContext,
  signal?: AbortSignal,
): Promise<Replay> {
  const journal = place.path('journal');
  // The index is never ahead of its journal, so it is read first.
  const records = await indexedRecords(place, run.runId);
  const lost = records > 0 ? { sign: RUN_FILES.index, records } : undefined;
  // Before the journal too, because an attempt is on disk before its secret.
  const latest = await rowOfLatestSecret(place.path('secrets'));
  const replay = await replayJournal(journal, run, signal, { lost });
  if (replay.chainState.kind === 'broken') return replay;
  if (replay.records > 0) {
    const isKnown =
      latest === undefined || latest > run.rows || replay.stateOf(latest) !== 'untouched';
    if (isKnown) return replay;
    await replay.close();
    const cut = { sign: RUN_FILES.secrets, records: replay.records + 1 };
    return replayJournal(journal, run, signal, { lost: cut });
  }
  // A run that acts on nobody writes its reports, but no record.
  const sign = run.targets === 0 ? undefined : await signOfBegun(place, context);
  if (sign === undefined) return replay;
  await replay.close();
  // Read again, because another process might have begun the run in between.
  return replayJournal(journal, run, signal, { lost: { sign, records: 1 } });
}
