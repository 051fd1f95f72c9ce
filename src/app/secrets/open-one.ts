import type { SecretKind } from '../../domain/plan/step.ts';
import { AppError } from '../../domain/codes/app-error.ts';
import { readSecretMentions } from '../../journal/secret-mentions.ts';
import { readSealed } from '../../secrets/read-sealed.ts';
import type { Secret } from '../../secrets/secret.ts';
import type { AppContext } from '../context.ts';
import { openRun } from '../runs/open-run.ts';
import { noteHandOut } from './hand-outs.ts';
import { requireSecretsFile } from './lost-secrets.ts';
import { readIdentity } from './open-secrets.ts';

/** The temporary password or link of one row. */
export interface OpenedSecret {
  readonly userId: string;
  readonly login: string | undefined;
  readonly what: SecretKind;
  readonly secret: Secret;
}

function notOpened(row: number, message: string): AppError {
  return new AppError('SECRETS_IDENTITY', `Row ${row}: ${message}`, {
    hint: 'Start the console with the key file of the run: okta-reset console --identity FILE',
  });
}

/**
 * Opens the temporary password or link of one row. Before anybody sees it, records next to the journal that it was shown.
 * Rejects with SECRETS_IDENTITY if no identity opens it or there is none, RUN_*, DISK.
 */
export async function openOneSecret(
  input: { readonly dir: string; readonly row: number; readonly identities: readonly string[] },
  context: AppContext,
): Promise<OpenedSecret> {
  const { dir, row } = input;
  const { drain } = context.interrupt;
  await using found = await openRun(dir, context);
  const { place, run, replay } = found;
  const { spec, runId } = run;
  const told = { runId, spec, head: replay };
  const mentions = await readSecretMentions(place.path('journal'), told, drain);
  await requireSecretsFile(found, mentions, context);
  const keys = await Promise.all(input.identities.map((path) => readIdentity(path, context)));
  const recipients = replay.recipients ?? run.recipients ?? [];
  const sealed = {
    ...{ runId, recipients, only: row },
    isOld: run.format === 1,
    mentionOf: mentions.of.bind(mentions),
  };
  let why = 'it has no temporary password or link.';
  for await (const finding of readSealed(place.path('secrets'), sealed, keys)) {
    if (finding.kind === 'closed')
      why = `it is encrypted to ${finding.recipients.join(' and ')}, and this console does not have that key.`;
    else if (finding.kind === 'refused' && finding.row === row)
      why = `its record is not handed out (${finding.why}).`;
    else if (finding.kind === 'opened') {
      const { userId, login, what, secret } = finding;
      await noteHandOut(dir, { row, userId, kind: 'shown' }, context);
      return { userId, login, what, secret };
    }
  }
  throw notOpened(row, why);
}
