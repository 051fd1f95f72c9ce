import { dirname, join, resolve } from 'node:path';
import { namesIn } from '../../disk/own-folder.ts';
import { takenUpOf, type OutcomeRecord } from '../../domain/run/journal-record.ts';
import type { RunStanding } from '../../domain/run/next-commands.ts';
import { isTarget, type Target } from '../../domain/plan/plan.ts';
import { isDone } from '../../domain/row/partly-done.ts';
import type { RunFile } from '../../domain/run/run-file.ts';
import type { UserId } from '../../domain/org/user-id.ts';
import type { Replay } from '../../journal/replay.ts';
import { KeySet } from '../../plan/verdicts/key-set.ts';
import type { AppContext } from '../context.ts';
import { findReadableRun, findRun, openRun } from '../runs/open-run.ts';
import { runName } from '../runs/run-name.ts';

/** A run of a chain: a run, its reruns and resends, and the runs it came from. */
export interface ChainRun {
  readonly dir: string;
  readonly run: RunFile;
  /** When its first and last record were written, by this machine's clock. */
  readonly firstMs: number;
  readonly lastMs: number;
  /** How many records its journal has. */
  readonly records: number;
  readonly standing: RunStanding;
}

/** A reset that a run recorded, the newest one of its user. */
export interface Claim {
  readonly run: RunFile;
  readonly row: Target;
  /** When the row was begun, by this machine's clock. */
  readonly startedMs: number;
}

/** The claims of a chain, each user once. Each iteration opens the files again. */
export interface Claims extends AsyncIterable<Claim> {
  /** How many users some run of the chain should have acted on and none did. Complete when the iteration has ended. */
  readonly neverReset: () => number;
  /** For how many users a damaged journal no longer shows whether they were reset. Complete when the iteration has ended. */
  readonly unreadable: () => number;
  /** Tells whether a run has reset the user. Complete when the iteration has ended. */
  readonly has: (userId: UserId) => boolean;
}

/**
 * Returns the folders of runs next to `dir` that belong together. If a run was copied, it counts once, and the folder that
 * was named is preferred.
 */
async function neighbours(
  dir: string,
  named: RunFile,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, RunFile>> {
  const dirs = new Map([[named.runId, dir]]);
  const runs = new Map([[named.runId, named]]);
  const parent = dirname(dir);
  for (const name of await namesIn(parent)) {
    const path = join(parent, name);
    if (path === dir) continue;
    signal.throwIfAborted();
    // A folder next to the run that is not a run of this version is ignored.
    const run = (await findReadableRun(path))?.run;
    if (run === undefined || runs.has(run.runId) || run.host !== named.host) continue;
    dirs.set(run.runId, path);
    runs.set(run.runId, run);
  }
  const members = new Set([named.runId]);
  for (let size = 0; size !== members.size;) {
    size = members.size;
    for (const { runId, parentRunId, parentRunIds = [parentRunId] } of runs.values()) {
      if (parentRunIds.some((id) => id !== undefined && members.has(id))) members.add(runId);
      if (!members.has(runId)) continue;
      for (const id of parentRunIds) if (id !== undefined && runs.has(id)) members.add(id);
    }
  }
  return new Map(
    [...runs].flatMap(([runId, run]) =>
      members.has(runId) ? [[dirs.get(runId) ?? dir, run] as const] : [],
    ),
  );
}

/**
 * Finds the begun runs of a chain, newest first, among the run directories next to `dir`. Rejects with RUN_*, and after
 * an abort.
 */
export async function findChain(dir: string, context: AppContext): Promise<readonly ChainRun[]> {
  const absolute = resolve(context.host.cwd, dir);
  const { run: named } = await findRun(absolute);
  const chain: ChainRun[] = [];
  for (const [path, run] of await neighbours(absolute, named, context.interrupt.drain)) {
    await using opened = await openRun(path, context, run);
    const { replay } = opened;
    const { chainState, records } = replay;
    // A missing journal proves nothing, so this must not be treated like a plan that nobody executed.
    if (path === absolute && records === 0) replay.head();
    if (chainState.kind === 'broken') {
      context.emit({
        type: 'message',
        level: 'warning',
        text: `The journal of ${runName(path, context.host.cwd)} is damaged or was edited. What comes before line ${chainState.line} counts.`,
      });
      // A run that acts on nobody has no records, but users whom it skipped can come back.
    } else if (records === 0 && run.targets > 0) continue;
    const { firstAt = run.createdAt, lastAt = run.createdAt } = replay;
    chain.push({
      dir: path,
      run,
      firstMs: Date.parse(firstAt),
      lastMs: Date.parse(lastAt),
      records,
      standing: standingOf(path, run, replay, context),
    });
  }
  return chain.sort((a, b) => b.firstMs - a.firstMs);
}

/** Returns the state of a run, from its journal. */
function standingOf(dir: string, run: RunFile, replay: Replay, { host }: AppContext): RunStanding {
  const { handedOver, endedCount, open } = replay;
  const unsettled = [...open.values()].filter(({ pending }) => pending !== undefined).length;
  const left = Math.max(0, run.targets - endedCount - unsettled);
  return {
    planned: false,
    counts: { ...replay.counts, 'not-attempted': left, unknown: replay.counts.unknown + unsettled },
    unsettled,
    broken: replay.chainState.kind === 'broken',
    heir: handedOver && runName(resolve(dir, handedOver.dir), host.cwd),
    takenUp: takenUpOf(replay),
  };
}

/** Returns the users whom the runs of a chain have reset, each once, with their newest reset. */
export function claimsOf(chain: readonly ChainRun[], context: AppContext): Claims {
  let targets = new KeySet();
  let claimed = new KeySet();
  /** The users of rows that are missing in a damaged journal, and those of them whom another run has reset. */
  let lost = new KeySet();
  let found = 0;
  const unreadable = () => lost.size - found;
  return {
    neverReset: () => targets.size - claimed.size - unreadable(),
    unreadable,
    has: (userId) => claimed.has(userId),
    async *[Symbol.asyncIterator]() {
      targets = new KeySet();
      claimed = new KeySet();
      lost = new KeySet();
      found = 0;
      for (const { dir, run } of chain) {
        await using opened = await openRun(dir, context, run);
        const { replay } = opened;
        const plan = await opened.plan();
        for await (const row of plan.rows) {
          context.interrupt.drain.throwIfAborted();
          if (!isTarget(row)) continue;
          targets.add(row.userId);
          if (replay.stateOf(row.row) !== 'ended') {
            const isLost = replay.chainState.kind === 'broken' && lost.add(row.userId);
            if (isLost && claimed.has(row.userId)) found += 1;
            continue;
          }
          const ended = replay.outcomeOf(row.row);
          const record: OutcomeRecord | undefined = ended instanceof Promise ? await ended : ended;
          if (record === undefined || !isDone(record) || !claimed.add(row.userId)) continue;
          if (lost.has(row.userId)) found += 1;
          yield { run, row, startedMs: Date.parse(record.startedAt ?? record.at) };
        }
      }
    },
  };
}
