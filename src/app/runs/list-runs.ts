/** The runs of a folder for a list, read quickly from their indexes and the ends of their journals. */
import { isCanaryStuck } from '../../domain/run/stop.ts';
import { takenUpOf } from '../../domain/run/journal-record.ts';
import { basename, resolve } from 'node:path';
import { kindAt, sizeOf } from '../../disk/look.ts';
import type { ActionSpec } from '../../domain/plan/action.ts';
import { AppError } from '../../domain/codes/app-error.ts';
import {
  BARE_LINES,
  nextCommands,
  type CommandLines,
  type NextCommand,
} from '../../domain/run/next-commands.ts';
import type { OutcomeCounts } from '../../domain/row/outcome.ts';
import { RUN_FILES, type RunFile } from '../../domain/run/run-file.ts';
import type { RunPhase } from '../../domain/run/run-phase.ts';
import { openRunDirectory, type RunDirectory } from '../../journal/directory/run-directory.ts';
import { kindOfSecrets, type SecretsKind } from '../../secrets/read-sealed.ts';
import type { AppContext } from '../context.ts';
import { fileOfBegun } from '../run/replay-run.ts';
import { refuseRunning } from '../run/run-lock.ts';
import { runName } from './run-name.ts';
import type { Checkpoint } from './index/index-fold.ts';
import { runsIn } from './run-folder.ts';
import { readRunIndex } from './index/run-index.ts';

/** A run as a list shows it. */
export interface ListedRun {
  readonly dir: string;
  /** Its name in a command line. */
  readonly name: string;
  readonly runId: string;
  readonly state: RunPhase;
  readonly createdAt: string;
  /** When its last record was written; undefined if it was never begun. */
  readonly lastAt: string | undefined;
  readonly ageMs: number;
  readonly spec: ActionSpec;
  readonly host: string;
  readonly origin: string;
  /** Empty if Okta did not return it. */
  readonly orgId: string;
  readonly rows: number;
  readonly targets: number;
  readonly counts: OutcomeCounts;
  /** How many of the unknown rows a resume would settle. */
  readonly unsettled: number;
  readonly secrets: SecretsKind;
  readonly parentRunIds: readonly string[];
  /** How many rows had ended and were taken up by other runs. */
  readonly takenUp: number;
  readonly next: readonly NextCommand[];
}

/** A folder that looks like a run but cannot be read as one. */
export interface UnreadableRun {
  readonly dir: string;
  readonly name: string;
  readonly problem: string;
}

async function isRunning(place: RunDirectory, context: AppContext): Promise<boolean> {
  // Anything else at this path is not a lock, and reading it might never end.
  if ((await kindAt(place.path('lock'))) !== 'file') return false;
  try {
    await refuseRunning(place, context, false);
    return false;
  } catch (error) {
    if (error instanceof AppError) return error.code === 'RUN_LOCKED';
    throw error;
  }
}

/** Tells whether a run whose rows a plan takes has continued since the plan was made. */
async function isOvertaken(place: RunDirectory, run: RunFile): Promise<boolean> {
  for (const parent of run.parents ?? []) {
    const read = await openRunDirectory(resolve(place.dir, parent.dir))
      .then((where) => readRunIndex(where, parent.runId))
      .then(({ checkpoint }) => checkpoint)
      .catch(() => undefined);
    if (read !== undefined && read.records !== parent.records) return true;
  }
  return false;
}

async function stateOf(
  place: RunDirectory,
  run: RunFile,
  read: { readonly checkpoint: Checkpoint; readonly isBroken: boolean; readonly planLost: boolean },
  context: AppContext,
): Promise<RunPhase> {
  const { checkpoint, isBroken, planLost } = read;
  if (await isRunning(place, context)) return 'running';
  if (isBroken || planLost) return 'damaged';
  if (checkpoint.records === 0) {
    // A run that acts on nobody writes its reports, but no record.
    if ((await fileOfBegun(place)) !== undefined) return run.targets === 0 ? 'finished' : 'damaged';
    if (await isOvertaken(place, run)) return 'overtaken';
    return (await kindAt(place.path('declined'))) !== undefined ? 'declined' : 'planned';
  }
  if (checkpoint.handedOver !== undefined) return 'handed-over';
  const { succeeded, skipped, failed, unknown } = checkpoint.counts;
  return succeeded + skipped + failed + unknown < run.targets ? 'stopped' : 'finished';
}

/** Runs in these states are not continued by a command. */
const NOBODYS: ReadonlySet<RunPhase> = new Set(['running', 'overtaken'] as const);

/** Tells whether a plan that nobody has executed is missing. Nothing was sent, and nothing can be executed. */
async function isEmptied(place: RunDirectory): Promise<boolean> {
  if ((await kindAt(place.path('plan'))) !== undefined) return false;
  return ((await sizeOf(place.path('journal'))) ?? 0) === 0 && !(await fileOfBegun(place));
}

async function listed(
  place: RunDirectory,
  run: RunFile,
  lines: (run: RunFile) => CommandLines,
  context: AppContext,
): Promise<ListedRun> {
  const { cwd, clock } = context.host;
  const read = await readRunIndex(place, run.runId, { signal: context.interrupt.drain });
  const { checkpoint } = read;
  const planLost = (await kindAt(place.path('plan'))) === undefined;
  const state = await stateOf(place, run, { ...read, planLost }, context);
  const journalLost = state === 'damaged' && (read.isBroken || checkpoint.records === 0);
  const unsettled = checkpoint.begun.filter(([, , , , undone]) => !undone).length;
  const { succeeded, skipped, failed, unknown } = checkpoint.counts;
  const left = Math.max(0, run.targets - succeeded - skipped - failed - unknown - unsettled);
  const counts = {
    succeeded,
    skipped: skipped + Math.max(0, run.rows - run.targets),
    failed,
    // What a damaged journal no longer shows might have been done.
    unknown: unknown + unsettled + (journalLost ? left : 0),
    'not-attempted': journalLost ? 0 : left,
  };
  const name = runName(place.dir, cwd);
  const heir = checkpoint.handedOver && runName(resolve(place.dir, checkpoint.handedOver.dir), cwd);
  const secrets = await kindOfSecrets(place.path('secrets')).catch(() => 'none' as const);
  const takenUp = takenUpOf(checkpoint);
  const isPlan = state === 'planned' || state === 'declined' || state === 'overtaken';
  const standing = {
    planned: isPlan,
    counts,
    unsettled,
    broken: journalLost,
    ...{ planLost, action: run.spec.action },
    heir,
    takenUp,
    secrets,
    canaryStopped: isCanaryStuck(checkpoint.stop, { failed, unknown: unknown + unsettled }),
  };
  return {
    dir: place.dir,
    name,
    runId: run.runId,
    state,
    createdAt: run.createdAt,
    lastAt: checkpoint.lastAt,
    ageMs: Math.max(0, clock.nowMs() - Date.parse(checkpoint.lastAt ?? run.createdAt)),
    spec: run.spec,
    host: run.host,
    origin: run.origin,
    orgId: run.orgId,
    rows: run.rows,
    targets: run.targets,
    counts,
    unsettled,
    secrets,
    parentRunIds: run.parentRunIds ?? (run.parentRunId === undefined ? [] : [run.parentRunId]),
    takenUp,
    next: NOBODYS.has(state) ? [] : nextCommands(name, standing, lines(run)),
  };
}

/**
 * Lists the runs of some folders, newest first, and what cannot be read as a run. `lines` makes the commands that continue
 * them. Reads the whole journal of a run only if it has no index. Rejects with `signal.reason` after an abort.
 */
export async function listRuns(
  folders: readonly string[],
  context: AppContext,
  lines: (run: RunFile) => CommandLines = () => BARE_LINES,
): Promise<{ readonly runs: readonly ListedRun[]; readonly unreadable: readonly UnreadableRun[] }> {
  const runs: ListedRun[] = [];
  const unreadable: UnreadableRun[] = [];
  const { cwd } = context.host;
  const bad = (dir: string, problem: string) =>
    unreadable.push({ dir, name: runName(dir, cwd), problem });
  for (const folder of new Set(folders)) {
    for await (const found of runsIn(folder)) {
      context.interrupt.drain.throwIfAborted();
      if (found.kind === 'unreadable') {
        bad(found.dir, found.problem);
        continue;
      }
      const { place, run } = found;
      if (await isEmptied(place)) {
        bad(place.dir, `${RUN_FILES.plan} is missing`);
        continue;
      }
      try {
        runs.push(await listed(place, run, lines, context));
      } catch {
        context.interrupt.drain.throwIfAborted();
        bad(place.dir, `${basename(place.path('journal'))} cannot be read`);
      }
    }
  }
  runs.sort((a, b) => (a.createdAt < b.createdAt ? 1 : a.createdAt > b.createdAt ? -1 : 0));
  return { runs, unreadable };
}
