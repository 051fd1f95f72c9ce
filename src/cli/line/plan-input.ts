import type { PlanInput } from '../../app/plan/plan-input.ts';
import { recipientsFor } from '../../app/secrets/recipients-for.ts';
import { resolveOrg } from '../../config/org.ts';
import { resolveSecretsPlace } from '../../config/output.ts';
import type { Session } from '../session.ts';
import type { Input } from './commands.ts';

/** Which users a plan is about, and what is done to them. */
export interface Planned extends Pick<PlanInput, 'who' | 'spec' | 'policy' | 'followsUp'> {
  /** The folder of the run whose rows are taken up, if there is one and it is known. */
  readonly dir?: string | undefined;
}

/**
 * Returns what is planned, with the other flags, and the org. `executes`: the plan will be executed at once, so there must
 * be a place for its secrets before anything is read. Rejects with USAGE, SECRETS_NO_PLACE, RUN_*, CONFIG_*.
 */
export async function planInput(
  { dir, ...planned }: Planned,
  { pace, org, folder, secrets }: Pick<Input<'plan'>, 'pace' | 'org' | 'folder' | 'secrets'>,
  session: Session,
  executes?: 'executes',
): Promise<PlanInput> {
  const recipients = await recipientsFor(planned.spec, secrets, dir, session.context);
  if (executes !== undefined) resolveSecretsPlace(secrets, planned.spec, recipients);
  return {
    ...planned,
    ...{ pace, out: folder.out, secrets: { ...secrets, recipients } },
    org: await resolveOrg(org, session.sources),
  };
}
