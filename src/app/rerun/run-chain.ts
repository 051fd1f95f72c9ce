import { readdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { AppError } from '../../domain/codes/app-error.ts';
import type { OutcomeRecord } from '../../domain/run/journal-record.ts';
import { isTarget, type Target } from '../../domain/plan/plan.ts';
import type { RunFile } from '../../domain/run/run-file.ts';
import type { UserId } from '../../domain/org/user-id.ts';
import { openRunDirectory } from '../../journal/run-directory.ts';
import { readRunFile } from '../../journal/run-file.ts';
import { KeySet } from '../../plan/verdicts/key-set.ts';
import { readPlan } from '../../plan/file/read-plan.ts';
import type { AppContext } from '../context.ts';
import { replayRun } from '../run/replay-run.ts';

/** A run of a chain: a run, its reruns and re-sends, and the runs it came from. */
export interface ChainRun {
  readonly dir: string;
  readonly run: RunFile;
  /** When its first and last record were written, by this machine's clock. */
  readonly firstMs: number;
  readonly lastMs: number;
  /** Records of its journal. */
  readonly records: number;
}

/** A reset that a run says it did: the newest for its user. */
export interface Claim {
  readonly run: RunFile;
  readonly row: Target;
  /** When the row was begun, by this machine's clock. */
  readonly startedMs: number;
}

/** The claims of a chain, each user once. Each read opens the files anew. */
export interface Claims extends AsyncIterable<Claim> {
  /** Users that some run of the chain was to act on and none did; complete when the iteration has ended. */
  readonly neverReset: () => number;
  /** Tells whether a run has reset the user; complete when the iteration has ended. */
  readonly has: (userId: UserId) => boolean;
}

async function readRunIn(dir: string): Promise<RunFile | undefined> {
  try {
    const place = await openRunDirectory(dir);
    return await readRunFile(place.path('run'));
  } catch (error) {
    // A folder beside the run that is no run, or none of this version, has no part in it.
    if (error instanceof AppError) return undefined;
    throw error;
  }
}

/** Runs beside `dir`, by id; a copy of a run counts once, and the one that was named counts most. */
async function neighbours(dir: string, named: RunFile): Promise<ReadonlyMap<string, string>> {
  const dirs = new Map([[named.runId, dir]]);
  const runs = new Map([[named.runId, named]]);
  const parent = dirname(dir);
  for (const name of (await readdir(parent).catch(() => [])).sort()) {
    const path = join(parent, name);
    if (path === dir) continue;
    const run = await readRunIn(path);
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
  return new Map([...dirs].filter(([runId]) => members.has(runId)));
}

/** Finds the runs of a chain that were begun, newest first, by the run directories beside `dir`. Rejects with RUN_*. */
export async function findChain(dir: string, context: AppContext): Promise<readonly ChainRun[]> {
  const absolute = resolve(context.host.cwd, dir);
  const place = await openRunDirectory(absolute);
  const named = await readRunFile(place.path('run'));
  const chain: ChainRun[] = [];
  for (const path of (await neighbours(absolute, named)).values()) {
    const run = path === absolute ? named : await readRunIn(path);
    if (run === undefined) continue;
    const place = await openRunDirectory(path);
    const replay = await replayRun(place, run, context, context.interrupt.drain);
    const { firstAt, lastAt, records } = replay;
    await replay.close();
    if (firstAt === undefined || lastAt === undefined) {
      // A journal that is gone says nothing: it must not pass for a plan that nobody executed.
      if (path === absolute) replay.head();
      continue;
    }
    if (replay.chainState.kind === 'broken') {
      context.emit({
        type: 'message',
        level: 'warning',
        text: `The journal of ${path} is damaged or was edited; what stands before line ${replay.chainState.line} counts.`,
      });
    }
    chain.push({
      dir: path,
      run,
      firstMs: Date.parse(firstAt),
      lastMs: Date.parse(lastAt),
      records,
    });
  }
  return chain.sort((a, b) => b.firstMs - a.firstMs);
}

/** The users that the runs of a chain have reset, each once, by its newest reset. */
export function claimsOf(chain: readonly ChainRun[], context: AppContext): Claims {
  let targets = new KeySet();
  let claimed = new KeySet();
  return {
    neverReset: () => targets.size - claimed.size,
    has: (userId) => claimed.has(userId),
    async *[Symbol.asyncIterator]() {
      targets = new KeySet();
      claimed = new KeySet();
      for (const { dir, run } of chain) {
        const place = await openRunDirectory(dir);
        const replay = await replayRun(place, run, context, context.interrupt.drain);
        try {
          const plan = await readPlan(place.path('plan'), run);
          for await (const row of plan.rows) {
            if (!isTarget(row)) continue;
            targets.add(row.userId);
            if (replay.stateOf(row.row) !== 'ended') continue;
            const found = replay.outcomeOf(row.row);
            const record: OutcomeRecord | undefined =
              found instanceof Promise ? await found : found;
            if (record?.outcome !== 'succeeded' || !claimed.add(row.userId)) continue;
            yield { run, row, startedMs: Date.parse(record.startedAt ?? record.at) };
          }
        } finally {
          await replay.close();
        }
      }
    },
  };
}
