import { linesFor } from '../../config/continuation.ts';
import { kindAt } from '../../disk/look.ts';
import { AppError } from '../../domain/codes/app-error.ts';
import { counted } from '../../domain/counted.ts';
import type { SecretMentions } from '../../journal/secret-mentions.ts';
import type { AppContext } from '../context.ts';
import type { OpenRun } from '../runs/open-run.ts';
import { runName } from '../runs/run-name.ts';

/** States of the users who still need what was lost. Those who have set a new password are left out. */
const WHO_NEEDS_ONE = 'waiting,link-dead,link-used';

/**
 * Refuses a run whose journal mentions secrets but which has lost the file that contains them. Rejects with RUN_DAMAGED.
 */
export async function refuseLostSecrets(
  { place, run, replay }: Pick<OpenRun, 'place' | 'run' | 'replay'>,
  { count }: SecretMentions,
  { host }: AppContext,
): Promise<void> {
  const path = place.path('secrets');
  if (count === 0 || (await kindAt(path)) !== undefined) return;
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
