import { ensureReports } from '../../app/report/reports.ts';
import type { WantedRows } from '../../app/rerun/wanted-rows.ts';
import { planRun } from '../../app/plan/plan-run.ts';
import { usage } from '../../domain/codes/app-error.ts';
import { resolveOrg } from '../../config/org.ts';
import { resolveSecretsPlace } from '../../config/output.ts';
import { EXIT } from '../../domain/codes/exit-code.ts';
import type { Outcome } from '../../domain/row/outcome.ts';
import type { Execute, Input } from '../line/commands.ts';
import { continuationOf } from '../screens/continuation.ts';
import { executeAndShow } from '../execute-plan.ts';
import { planEnd } from '../screens/plan-end.ts';
import { DRY_RUN } from '../screens/preview-screen.ts';
import { recipientsFor } from '../line/recipients-for.ts';
import { rerunSource } from '../line/rerun-source.ts';
import { withSession } from '../session.ts';
import { showPreview } from '../screens/show-preview.ts';
import { asLines, styled } from '../../text/styled.ts';

/** Rows whose outcome is unknown may have taken effect: they are taken by name only. */
const DEFAULT_OUTCOMES: readonly Outcome[] = ['failed', 'not-attempted'];

function choiceOf({ rows: { outcomes, errors }, policy }: Input<'rerun'>): WantedRows {
  return {
    outcomes: new Set(outcomes.length > 0 ? outcomes : DEFAULT_OUTCOMES),
    errors: errors.length > 0 ? new Set(errors) : undefined,
    again: policy.again === true,
  };
}

export const execute: Execute<'rerun'> = async ({ input, given, word, terminal }) => {
  const {
    policy: asked,
    guards,
    pace,
    secrets,
    preview: { dryRun },
  } = input;
  return withSession(terminal, async (session) => {
    const source = await rerunSource(input, word, choiceOf(input), terminal, session);
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
    const recipients = await recipientsFor(spec, secrets, source.dir, session.context);
    if (!dryRun) resolveSecretsPlace(secrets, spec, recipients);
    const org = await resolveOrg(input.org, session.sources);
    if (dryRun && !terminal.json)
      await terminal.out(styled`${terminal.outStyle.cyan(DRY_RUN)}\n\n`);
    const planned = await planRun(
      {
        org,
        pace,
        who,
        spec,
        policy,
        out: input.folder.out,
        secretsPlaintext: secrets.plaintext,
        recipients,
      },
      session.context,
    );
    await session.settle();
    await showPreview(planned.dir, planned.run, terminal, session, pace.between);
    if (dryRun) {
      await ensureReports(planned.dir, planned.run, undefined, session.context);
      if (!terminal.json)
        await terminal.out(asLines(planEnd(planned, continuationOf(given), terminal.outStyle)));
      return EXIT.ok;
    }
    return await executeAndShow(
      { dir: planned.dir, org, pace, guards, secrets, given, agreed: planned.run },
      terminal,
      session,
    );
  });
};
