import type { WantedRows } from '../../app/rerun/wanted-rows.ts';
import type { ReadParents } from '../../app/rerun/parent-runs.ts';
import type { Who } from '../../app/plan/plan-input.ts';
import {
  rowsOfResults,
  surveyResults,
  type EarlierResults,
} from '../../app/rerun/rerun-results.ts';
import { rerunSpec } from '../../app/rerun/rerun-terms.ts';
import { restingRun, rowsOfRun } from '../../app/rerun/rerun-rows.ts';
import { isRowsFile } from '../../app/runs/run-location.ts';
import { bareAction } from '../../config/action.ts';
import { usage } from '../../domain/codes/app-error.ts';
import { ACTION_NAMES, type ActionSpec } from '../../domain/plan/action.ts';
import type { PolicyOptions } from '../../domain/run/run-file.ts';
import { locate, runReference } from './run-reference.ts';
import type { Session } from '../session.ts';
import type { Input } from './commands.ts';

/** Whose rows are taken up, and what is done to them. */
export interface RerunSource {
  readonly who: Who;
  readonly spec: ActionSpec;
  /** The policy of their run; undefined if not known. */
  readonly policy: PolicyOptions | undefined;
  /** The folder of that run; undefined if not known. */
  readonly dir: string | undefined;
}

/**
 * Returns what was done to the rows of a file, as far as the file says. Rejects with USAGE if that is more than one action.
 */
function specInFile(name: string, { actions }: EarlierResults): ActionSpec {
  const known = ACTION_NAMES.filter((action) => actions.has(action));
  const [action] = known;
  if (action === undefined || actions.size > 1) {
    const what =
      known.length > 1
        ? `Different actions were run on these rows of ${name}: ${known.join(', ')}.`
        : `${name} does not say for each of these rows which action was run (_action).`;
    throw usage(what, `Name the action: --action ${action ?? ACTION_NAMES[0]}`);
  }
  return bareAction(action);
}

function warnOfUnknown(name: string, { context }: Session): void {
  context.emit({
    type: 'message',
    level: 'warning',
    text: `${name} is not in the folder of the run that its rows are from. So that run’s policy and revoke flags are not known, and it may have continued since. Users that it has reset meanwhile could be reset again.`,
    hint: 'Give the flags again (--revoke-sessions, --revoke-tokens, --no-send-email, --include-status, --since), or name the run itself: okta-reset rerun RUN',
  });
}

async function fileSource(
  name: string,
  wanted: WantedRows,
  input: Input<'rerun'>,
  session: Session,
): Promise<RerunSource> {
  const { context } = session;
  const earlier = await surveyResults(name, wanted, input.guards.forceUnlock, context);
  const run = earlier.isWhole ? earlier.home?.run : undefined;
  const spec = rerunSpec(input.what, () => run?.spec ?? specInFile(name, earlier));
  if (run === undefined) warnOfUnknown(name, session);
  const parents: ReadParents = new Map();
  return {
    spec,
    policy: run?.policy,
    dir: run === undefined ? undefined : earlier.home?.dir,
    who: {
      kind: 'rows',
      rows: () => rowsOfResults(name, earlier, { wanted, spec }, parents, context),
      asTyped: ['rerun', name],
      parents,
      dirs: earlier.home === undefined ? [] : [earlier.home.dir],
    },
  };
}

/** Finds what a rerun is about: a run, or a file of rows. Rejects with USAGE, RUN_NOT_FOUND, RUN_LOCKED, INPUT_*. */
export async function rerunSource(
  input: Input<'rerun'>,
  word: string | undefined,
  wanted: WantedRows,
  session: Session,
): Promise<RerunSource> {
  const { context } = session;
  const { cwd } = context.host;
  const reference = runReference('rerun', word, input.run);
  if (reference.kind === 'named' && (await isRowsFile(reference.name, cwd)))
    return fileSource(reference.name, wanted, input, session);
  const dir = await locate(reference, 'rerun', session);
  const run = await restingRun(dir, input.guards.forceUnlock, context);
  const parents: ReadParents = new Map();
  const spec = rerunSpec(input.what, () => run.spec);
  return {
    spec,
    policy: run.policy,
    dir,
    who: {
      kind: 'rows',
      rows: () => rowsOfRun(dir, { wanted, spec }, parents, context),
      asTyped: ['rerun', word ?? '--last'],
      parents,
      dirs: [dir],
    },
  };
}
