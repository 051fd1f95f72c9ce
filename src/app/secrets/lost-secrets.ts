import { linesFor } from '../../config/continuation.ts';
import { kindAt } from '../../disk/look.ts';
import { producesSecrets } from '../../domain/plan/action.ts';
import { AppError } from '../../domain/codes/app-error.ts';
import { counted } from '../../domain/counted.ts';
import type { SecretMentions } from '../../journal/secret-mentions.ts';
import type { AppContext } from '../context.ts';
import type { OpenRun } from '../runs/open-run.ts';
import { runName } from '../runs/run-name.ts';

/** States of the users who still need what was lost. Those who have set a new password are left out. */
const WHO_NEEDS_ONE = 'waiting,link-dead,link-used';

/** Says why a run that lost nothing has no file of secrets. */
function noSecretsYet(
  { place, run, replay }: Pick<OpenRun, 'place' | 'run' | 'replay'>,
  { host }: AppContext,
): AppError {
  if (!producesSecrets(run.spec))
    return new AppError(
      'RUN_NOT_FOUND',
      `This run has no temporary passwords or links: its action is ${run.spec.action}.`,
      { hint: 'Runs with --action temp-password or --no-send-email have them.' },
    );
  const what = run.spec.action === 'temp-password' ? 'temporary passwords' : 'reset links';
  const lines = linesFor(run.origin, host.env['OKTA_CLIENT_ORGURL']);
  const name = runName(place.dir, host.cwd);
  return replay.opened.length === 0
    ? new AppError('RUN_NOT_FOUND', `This plan was not executed, so it has no ${what} yet.`, {
        hint: `Execute it first: ${lines.run(name)}`,
      })
    : new AppError('RUN_NOT_FOUND', `Okta has returned no ${what} in this run yet.`, {
        hint: `See how far it is: okta-reset report ${name}`,
      });
}

/**
 * Refuses a run without a file of secrets: with RUN_DAMAGED if its journal mentions some, else with RUN_NOT_FOUND.
 */
export async function requireSecretsFile(
  found: Pick<OpenRun, 'place' | 'run' | 'replay'>,
  { count }: SecretMentions,
  context: AppContext,
): Promise<void> {
  const { place, run, replay } = found;
  const { host } = context;
  const path = place.path('secrets');
  if ((await kindAt(path)) !== undefined) return;
  if (count === 0) throw noSecretsYet(found, context);
  const { followup } = linesFor(run.origin, host.env['OKTA_CLIENT_ORGURL']);
  const recipients = replay.recipients ?? run.recipients ?? [];
  const seal =
    recipients.length === 0
      ? ' --secrets-plaintext'
      : recipients.map((recipient) => ` --secrets-recipient ${recipient}`).join('');
  const again = `${followup(runName(place.dir, host.cwd))} --resend --only ${WHO_NEEDS_ONE} --again${seal}`;
  const what = counted(count, 'temporary password or link', 'temporary passwords or links');
  throw new AppError(
    'RUN_DAMAGED',
    `The journal of this run mentions ${what}, but ${path} is missing.`,
    {
      hint: `Restore secrets.jsonl from a copy of the run directory. If there is none, they are lost. Then issue new ones to the users who have not set a new password yet; the lost ones stop working: ${again}`,
    },
  );
}
