/** Which users another run in the same folder has acted on in the same way, so that nobody is acted on twice by mistake. */
import { dirname, resolve } from 'node:path';
import { DEFAULTS } from '../../../config/defaults.ts';
import { isSameAction, type ActionSpec } from '../../../domain/plan/action.ts';
import type { RunFile } from '../../../domain/run/run-file.ts';
import { CLOCK_GRAIN_MS, type Repeat, type Repeats } from '../../../plan/verdicts/repeats.ts';
import type { AppContext } from '../../context.ts';
import { withRunLock } from '../../run/run-lock.ts';
import { runName } from '../run-name.ts';
import type { Success } from './index-fold.ts';
import { openRunIndex } from './index-writer.ts';
import { runsIn, type FoundRun } from '../run-folder.ts';
import { readRunIndex } from './run-index.ts';

export interface RepeatTerms {
  readonly orgId: string;
  readonly host: string;
  readonly origin: string;
  readonly spec: ActionSpec;
  /** The run directory that is planned or executed, which does not count itself. */
  readonly dir: string;
  /** Folders whose runs count. */
  readonly folders: readonly string[];
  /**
   * Only successes after the plan was made count, by this machine's clock, or by Okta's if this machine's clock was changed
   * in between.
   */
  readonly after?: { readonly atMs: number; readonly serverMs: number | undefined };
}

/** An index that is this far behind its journal is updated, so that the next plan reads less. */
const MOST_BEHIND_BYTES = 4 * 1024 * 1024;

/** Tells whether two runs are on one org. The org's id decides, even if the host differs; but sandboxes share ids. */
export function isSameOrg(
  a: Pick<RunFile, 'orgId' | 'host' | 'origin'>,
  b: Pick<RunFile, 'orgId' | 'host' | 'origin'>,
): boolean {
  const isKnown = a.orgId !== '' && b.orgId !== '';
  if (a.host.toLowerCase() === b.host.toLowerCase()) return !isKnown || a.orgId === b.orgId;
  return isKnown && a.orgId === b.orgId && !a.origin.startsWith('http:');
}

function isAfter({ doneMs, atMs }: Success, plan: NonNullable<RepeatTerms['after']>): boolean {
  if (atMs > plan.atMs) return true;
  return plan.serverMs !== undefined && doneMs > plan.serverMs + CLOCK_GRAIN_MS;
}

/** Updates the index of another run from its journal, if no process is working on that run and the file can be written. */
async function catchUp(
  { place, run }: Extract<FoundRun, { kind: 'run' }>,
  context: AppContext,
): Promise<void> {
  const silent = { ...context, emit: () => undefined };
  await withRunLock(place, silent, async () => {
    const index = await openRunIndex(place, run.runId);
    await index.close();
  }).catch(() => {
    // The journal was read anyway, so only the next plan takes longer.
  });
}

function warnOfUnread(dirs: readonly string[], { host, emit }: AppContext): void {
  const [first, ...others] = dirs;
  if (first === undefined) return;
  const more = others.length === 0 ? '' : ` and ${others.length} more`;
  emit({
    type: 'message',
    level: 'warning',
    text: `${runName(first, host.cwd)}${more} cannot be read completely: it is not known whom that run acted on, so nobody is left out because of it.`,
  });
}

/**
 * Returns the folders whose runs count for a run in `dir`: its own, those of the runs whose rows it takes, and the default
 * folder.
 */
export function foldersOf(dir: string, parents: readonly string[], cwd: string): readonly string[] {
  return [...new Set([...[dir, ...parents].map(dirname), resolve(cwd, DEFAULTS.reportsDir)])];
}

/**
 * Reads the indexes of the runs next to a run. Takes about 150 bytes per user whom one of them has acted on in the same way.
 * A run that cannot be read is ignored. Rejects with `signal.reason` after an abort.
 */
export async function findRepeats(terms: RepeatTerms, context: AppContext): Promise<Repeats> {
  const signal = context.interrupt.drain;
  const { dir, folders, spec, after } = terms;
  const newest = new Map<string, Repeat>();
  const unknown: string[] = [];
  for (const folder of folders) {
    for await (const found of runsIn(folder)) {
      signal.throwIfAborted();
      if (found.kind === 'unreadable') {
        unknown.push(found.dir);
        continue;
      }
      const { run, place } = found;
      if (place.dir === dir || !isSameOrg(run, terms) || !isSameAction(run.spec, spec)) continue;
      const by = { runId: run.runId, name: runName(place.dir, context.host.cwd) };
      const onSuccess = (success: Success) => {
        if (after !== undefined && !isAfter(success, after)) return;
        const { userId } = success;
        // Okta's clock is known to the second.
        const doneMs = Math.ceil(success.doneMs / 1000) * 1000;
        if (doneMs >= (newest.get(userId)?.doneMs ?? 0)) newest.set(userId, { ...by, doneMs });
      };
      const read = await readRunIndex(place, run.runId, { onSuccess, signal }).catch(() => {
        signal.throwIfAborted();
        return undefined;
      });
      if (read === undefined || read.isBroken) unknown.push(place.dir);
      else if (read.behindBytes > MOST_BEHIND_BYTES) await catchUp(found, context);
    }
  }
  warnOfUnread(unknown, context);
  return { of: (userId) => newest.get(userId) };
}

/** Returns what other runs have done since the plan of a run was made. Rejects with `signal.reason` after an abort. */
export function repeatsSincePlan(run: RunFile, dir: string, context: AppContext): Promise<Repeats> {
  const parents = (run.parents ?? []).map((parent) => resolve(dir, parent.dir));
  const folders = foldersOf(dir, parents, context.host.cwd);
  const after = { atMs: Date.parse(run.createdAt), serverMs: run.serverTimeMs };
  return findRepeats({ ...run, dir, folders, after }, context);
}
