/** Which run `--last` means, for each command that takes it. */
import { AppError } from '../../domain/codes/app-error.ts';
import { formatDuration } from '../../domain/duration.ts';
import type { AppContext } from '../context.ts';
import { listRuns, type ListedRun } from './list-runs.ts';

/** What a command does with the run: `resume`, `rerun` and `resend` act, the others only read. */
export type LastFor = 'resume' | 'rerun' | 'resend' | 'followup' | 'report' | 'secrets';

const ACTING: ReadonlySet<LastFor> = new Set(['resume', 'rerun', 'resend']);

/**
 * Tells whether a run was begun. A plan that nobody has executed, or that was declined or overtaken, is continued only by
 * its name.
 */
const isBegun = ({ lastAt }: ListedRun) => lastAt !== undefined;

/** Leaves out the runs that others continued from, because a follow-up reads the whole chain. */
function newestOfChains(runs: readonly ListedRun[]): readonly ListedRun[] {
  const parents = new Set(runs.flatMap(({ parentRunIds }) => parentRunIds));
  return runs.filter(({ runId }) => !parents.has(runId));
}

/** The runs that a command can mean, newest first. */
export function meantBy(what: LastFor, runs: readonly ListedRun[]): readonly ListedRun[] {
  const begun = runs.filter(isBegun);
  switch (what) {
    case 'resume':
      return begun.filter(({ state }) => state === 'stopped');
    case 'rerun':
      return begun.filter(
        ({ state, counts, takenUp }) =>
          (state === 'stopped' || state === 'finished') &&
          counts.failed + counts['not-attempted'] - takenUp > 0,
      );
    case 'resend':
    case 'followup':
      return newestOfChains(begun.filter(({ counts }) => counts.succeeded > 0));
    case 'report':
      return runs.filter(({ state }) => state !== 'declined' && state !== 'overtaken');
    case 'secrets':
      return begun.filter(({ secrets }) => secrets !== 'none');
    default: {
      const never: never = what;
      return never;
    }
  }
}

/** Describes a run so that an admin recognizes it: folder, age, action, org, and how far it is. */
export function runInWords({ name, ageMs, spec, host, counts, targets }: ListedRun): string {
  return `${name} (${spec.action} on ${host}, ${formatDuration(ageMs)} old, ${counts.succeeded} of ${targets} done)`;
}

function severalMeant(runs: readonly ListedRun[]): AppError {
  const named = runs.slice(0, 5).map(runInWords).join('; ');
  const more = runs.length > 5 ? `; and ${runs.length - 5} more` : '';
  return new AppError('RUN_AMBIGUOUS', `--last could mean ${runs.length} runs: ${named}${more}.`, {
    hint: 'Name the run instead of --last. okta-reset runs lists all of them.',
  });
}

function noneMeant(folder: string): AppError {
  return new AppError('RUN_NOT_FOUND', `No run in ${folder} fits --last.`, {
    hint: 'okta-reset runs lists the runs. --last never means a plan that was not executed: name it.',
  });
}

/**
 * Finds the run that `--last` means under `folder`, and names it. Before a command that acts, a person is asked; if there is
 * nobody to ask (`ask` undefined), exactly one run must be possible. If nothing is left to act on, the newest begun run is
 * returned, and the command says that it has ended. Rejects with RUN_NOT_FOUND, RUN_AMBIGUOUS, or like `ask` after a no.
 */
export async function findLast(
  what: LastFor,
  folder: string,
  ask: ((run: ListedRun) => Promise<void>) | undefined,
  context: AppContext,
): Promise<string> {
  const { runs } = await listRuns([folder], context);
  const meant = meantBy(what, runs);
  const [last] = meant;
  const acts = ACTING.has(what);
  if (last !== undefined && acts) {
    if (ask !== undefined) await ask(last);
    else if (meant.length > 1) throw severalMeant(meant);
  }
  const run = last ?? (acts ? runs.find(isBegun) : undefined);
  if (run === undefined) throw noneMeant(folder);
  if (ask === undefined || !acts || last === undefined)
    context.emit({ type: 'message', level: 'info', text: `--last is ${runInWords(run)}.` });
  return run.dir;
}
