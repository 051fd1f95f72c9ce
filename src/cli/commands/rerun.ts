import { ensureReports } from '../../app/report/reports.ts';
import type { RerunChoice } from '../../app/rerun/wanted-rows.ts';
import { planRun } from '../../app/plan/plan-run.ts';
import { resolvePolicy } from '../../config/action.ts';
import { usage } from '../../config/option.ts';
import { resolveOrg } from '../../config/org.ts';
import { resolveSecretsPlace } from '../../config/output.ts';
import { resolveGuards, resolvePace } from '../../config/pace.ts';
import { EXIT } from '../../domain/codes/exit-code.ts';
import { OUTCOMES, type Outcome } from '../../domain/row/outcome.ts';
import type { Execute } from '../line/command.ts';
import { continuationOf } from '../screens/continuation.ts';
import { executeAndShow } from '../execute-plan.ts';
import { planEnd } from '../screens/plan-end.ts';
import { DRY_RUN } from '../screens/preview-screen.ts';
import { recipientsFor } from '../line/recipients-for.ts';
import { rerunSource } from '../line/rerun-source.ts';
import { openSession } from '../session.ts';
import { showPreview } from '../screens/show-preview.ts';
import {
  guardFlags,
  list,
  on,
  orgFlags,
  outputFlags,
  paceFlags,
  policyFlags,
  text,
  type Parsed,
} from '../line/flags/typed-flags.ts';
import { asLines, styled } from '../../text/styled.ts';

/** Rows whose outcome is unknown may have taken effect: they are taken by name only. */
const DEFAULT_OUTCOMES: readonly Outcome[] = ['failed', 'not-attempted'];

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
    again: on(parsed, 'again'),
  };
}

export const execute: Execute = async ({ parsed, positional, terminal }) => {
  const guards = resolveGuards(guardFlags(parsed));
  const pace = resolvePace(paceFlags(parsed));
  const dryRun = on(parsed, 'dry-run');
  const session = openSession(terminal);
  try {
    const asked = resolvePolicy(policyFlags(parsed));
    const source = await rerunSource(parsed, positional, choiceOf(parsed), terminal, session);
    const { who, spec, policy: earlier } = source;
    const policy =
      earlier === undefined
        ? asked
        : {
            ...earlier,
            ...asked,
            includeStatus: [...earlier.includeStatus, ...asked.includeStatus],
            includeProvider: [...earlier.includeProvider, ...asked.includeProvider],
            includeAdmins: earlier.includeAdmins || asked.includeAdmins,
            resend: earlier.resend,
            again: asked.again,
            sinceMs: asked.sinceMs ?? earlier.sinceMs,
          };
    if (!policy.lookup && policy.sinceMs !== undefined)
      throw usage(
        '--no-lookup and the --since of the earlier run do not go together.',
        'Only live state tells who has changed the password since. Leave --no-lookup out.',
      );
    const recipients = await recipientsFor({ parsed, spec, dir: source.dir }, session.context);
    if (!dryRun) resolveSecretsPlace(outputFlags(parsed), spec, recipients);
    const org = await resolveOrg(orgFlags(parsed), session.sources);
    if (dryRun && !terminal.json)
      await terminal.out(styled`${terminal.outStyle.cyan(DRY_RUN)}\n\n`);
    const planned = await planRun(
      {
        org,
        pace,
        who,
        spec,
        policy,
        out: text(parsed, 'out'),
        secretsPlaintext: on(parsed, 'secrets-plaintext'),
        recipients,
      },
      session.context,
    );
    await session.settle();
    await showPreview(planned.dir, planned.run, terminal, session, pace.between);
    if (dryRun) {
      await ensureReports(planned.dir, planned.run, undefined, session.context);
      if (!terminal.json)
        await terminal.out(asLines(planEnd(planned, continuationOf(parsed), terminal.outStyle)));
      return EXIT.ok;
    }
    return await executeAndShow(
      { dir: planned.dir, org, pace, guards, parsed, agreed: planned.run },
      terminal,
      session,
    );
  } finally {
    if (on(parsed, 'last')) terminal.host.stdin.close();
    await session.close();
  }
};
