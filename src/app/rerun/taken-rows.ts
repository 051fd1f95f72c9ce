/** Rows of a run that other runs have taken up: no third run takes them. */
import { resolve } from 'node:path';
import { AppError } from '../../domain/codes/app-error.ts';
import { isSameAction, type ActionSpec } from '../../domain/plan/action.ts';
import type { TakenUp } from '../../domain/run/journal-record.ts';
import { KeySet } from '../../plan/verdicts/key-set.ts';
import { readAgreedPlan } from '../../plan/file/binding.ts';
import type { AppContext } from '../context.ts';
import { findRunIfAny } from '../runs/open-run.ts';
import { runName } from '../runs/run-name.ts';

export interface TakenRows {
  /** Tells whether another run has the user, and counts them if so. */
  readonly has: (userId: string | undefined) => boolean;
  /** Reports which rows were left out, after all were checked. Throws RUN_HANDED_OVER if no other row was `chosen`. */
  readonly end: (chosen: number) => void;
}

const NONE: TakenRows = { has: () => false, end: () => undefined };

function gone({ runId, rows }: TakenUp, dir: string): AppError {
  return new AppError(
    'RUN_HANDED_OVER',
    `Run ${runId} has taken up ${rows === 1 ? 'a row' : `${rows} rows`} of this run, and is no longer in ${dir} , so it is not known whom it acted on. Nothing was sent.`,
    {
      hint: 'Put that run back there. --again takes the rows anyway, and might act on people twice.',
    },
  );
}

async function usersOf(
  tie: TakenUp,
  {
    dir,
    spec,
    signal,
  }: { readonly dir: string; readonly spec: ActionSpec; readonly signal: AbortSignal },
  users: KeySet,
): Promise<void> {
  const where = resolve(dir, tie.dir);
  const found = await findRunIfAny(where);
  if (found?.run.runId !== tie.runId) throw gone(tie, where);
  const { place, run } = found;
  // It did something else to them.
  if (!isSameAction(run.spec, spec)) return;
  const plan = await readAgreedPlan(run, place.path('plan'), signal);
  for await (const { userId } of plan.targets(() => false)) {
    signal.throwIfAborted();
    users.add(userId);
  }
}

/**
 * Reads which users are acted on by the runs that took up rows of the run in `dir`. Takes about 20 bytes each. Rejects with
 * RUN_HANDED_OVER if one of those runs is missing, with RUN_*, DISK, and with the reason of `interrupt.drain` after its
 * abort.
 */
export async function takenRows(
  dir: string,
  { ties, spec }: { readonly ties: readonly TakenUp[]; readonly spec: ActionSpec },
  { host, emit, interrupt }: AppContext,
): Promise<TakenRows> {
  const last = ties.at(-1);
  if (last === undefined) return NONE;
  const users = new KeySet();
  for (const tie of ties) await usersOf(tie, { dir, spec, signal: interrupt.drain }, users);
  const name = runName(resolve(dir, last.dir), host.cwd);
  let rows = 0;
  return {
    has: (userId) => {
      const isTaken = userId !== undefined && users.has(userId);
      if (isTaken) rows += 1;
      return isTaken;
    },
    end: (chosen) => {
      if (rows === 0) return;
      const what = rows === 1 ? 'this row' : `these ${rows} rows`;
      if (chosen === 0)
        throw new AppError(
          'RUN_HANDED_OVER',
          `Run ${last.runId} has taken up ${what} already, so that nobody is acted on twice. Nothing was sent.`,
          {
            hint: `For the rows that are left: okta-reset rerun ${name}. For all of them again: --again`,
          },
        );
      emit({
        type: 'message',
        level: 'info',
        text: `${rows === 1 ? '1 row that another run has' : `${rows} rows that other runs have`} taken up already ${rows === 1 ? 'stays' : 'stay'} out (${name}). --again takes them too.`,
      });
    },
  };
}
