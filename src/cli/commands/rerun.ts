import { ensureReports } from '../../app/reports.ts';
import type { RerunChoice } from '../../app/choice.ts';
import { planRun, type Who } from '../../app/plan-run.ts';
import type { ReadParents } from '../../app/parent-runs.ts';
import { rowsOfResults, rowsOfRun, restingRun } from '../../app/rerun-rows.ts';
import { locateRun } from '../../app/run-location.ts';
import { resolveAction, resolvePolicy } from '../../config/action.ts';
import { DEFAULTS } from '../../config/defaults.ts';
import { usage } from '../../config/option.ts';
import { resolveOrg } from '../../config/org.ts';
import { resolveSecretsPlace } from '../../config/output.ts';
import { resolveGuards, resolvePace } from '../../config/pace.ts';
import { EXIT } from '../../domain/exit-code.ts';
import { OUTCOMES, type Outcome } from '../../domain/outcome.ts';
import type { RunFile } from '../../domain/run-file.ts';
import type { Execute } from '../command.ts';
import { executeAndShow } from '../execute.ts';
import { DRY_RUN } from '../preview-screen.ts';
import { runReference } from '../run-reference.ts';
import { openSession, type Session } from '../session.ts';
import { WHAT } from '../shared-flags.ts';
import { showPreview } from '../show-preview.ts';
import {
  actionFlags,
  guardFlags,
  list,
  on,
  orgFlags,
  outputFlags,
  paceFlags,
  policyFlags,
  text,
  type Parsed,
} from '../typed-flags.ts';

const DEFAULT_OUTCOMES: readonly Outcome[] = ['failed', 'unknown', 'not-attempted'];

function choiceOf(parsed: Parsed): RerunChoice {
  const words = list(parsed, 'only')
    .flatMap((word) => word.split(','))
    .map((word) => word.trim());
  const outcomes = words.map((word) => {
    const outcome = OUTCOMES.find((known) => known === word);
    if (outcome === undefined)
      throw usage(`--only does not know “${word}”.`, `It is one of ${OUTCOMES.join(', ')}.`);
    return outcome;
  });
  const errors = list(parsed, 'error')
    .flatMap((word) => word.split(','))
    .map((word) => word.trim());
  return {
    outcomes: new Set(outcomes.length > 0 ? outcomes : DEFAULT_OUTCOMES),
    errors: errors.length > 0 ? new Set(errors) : undefined,
  };
}

interface Earlier {
  readonly who: Who;
  readonly run: RunFile | undefined;
}

async function earlierOf(
  parsed: Parsed,
  positional: readonly string[],
  session: Session,
): Promise<Earlier> {
  const choice = choiceOf(parsed);
  const name = positional[0];
  const typed = ['rerun', ...positional, ...(on(parsed, 'last') ? ['--last'] : [])];
  const { host } = session.context;
  const parents: ReadParents = new Map();
  if (name?.toLowerCase().endsWith('.csv') === true) {
    return {
      run: undefined,
      who: {
        kind: 'rows',
        rows: () => rowsOfResults(name, choice, parents, session.context),
        asTyped: typed,
        parents,
      },
    };
  }
  const dir = await locateRun(
    runReference('rerun', parsed, positional),
    host.cwd,
    DEFAULTS.reportsDir,
  );
  const run = await restingRun(dir, on(parsed, 'force-unlock'), session.context);
  return {
    run,
    who: {
      kind: 'rows',
      rows: () => rowsOfRun(dir, choice, parents, session.context),
      asTyped: typed,
      parents,
    },
  };
}

export const execute: Execute = async ({ parsed, positional, terminal }) => {
  const guards = resolveGuards(guardFlags(parsed));
  const pace = resolvePace(paceFlags(parsed));
  const dryRun = on(parsed, 'dry-run');
  const session = openSession(terminal);
  try {
    const { who, run } = await earlierOf(parsed, positional, session);
    // A rerun does what the earlier run did, unless it is told an action of its own.
    const ownAction = WHAT.some((flag) => parsed[flag.name] !== undefined);
    const spec = run === undefined || ownAction ? resolveAction(actionFlags(parsed)) : run.spec;
    const asked = resolvePolicy(policyFlags(parsed));
    const policy =
      run === undefined
        ? asked
        : {
            ...run.policy,
            ...asked,
            includeStatus: [...run.policy.includeStatus, ...asked.includeStatus],
            includeProvider: [...run.policy.includeProvider, ...asked.includeProvider],
            includeAdmins: run.policy.includeAdmins || asked.includeAdmins,
            resend: run.policy.resend,
            sinceMs: asked.sinceMs ?? run.policy.sinceMs,
          };
    if (!dryRun) resolveSecretsPlace(outputFlags(parsed), spec);
    const org = await resolveOrg(orgFlags(parsed), session.sources);
    if (dryRun && !terminal.json) await terminal.out(`${terminal.outStyle.cyan(DRY_RUN)}\n\n`);
    const planned = await planRun(
      { org, pace, who, spec, policy, out: text(parsed, 'out') },
      session.context,
    );
    await session.settle();
    await showPreview(planned.dir, planned.run, terminal, session, pace.between);
    if (dryRun) {
      await ensureReports(planned.dir, planned.run, undefined, session.context);
      if (!terminal.json)
        await terminal.out(`\nPlan    ${planned.name}\n\n${terminal.outStyle.cyan(DRY_RUN)}\n`);
      return EXIT.ok;
    }
    return await executeAndShow(
      { dir: planned.dir, org, pace, guards, parsed, previewed: true },
      terminal,
      session,
    );
  } finally {
    await session.close();
  }
};
