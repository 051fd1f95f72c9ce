import type { PlanInput } from '../../app/plan/plan-run.ts';
import type { Given } from '../../config/flags/flag.ts';
import { resolveOrg } from '../../config/org.ts';
import { refuseNobody } from '../../config/selection.ts';
import type { Session } from '../session.ts';
import type { Input } from './commands.ts';

/** What is planned, as flags say it, and the org it is planned on. Rejects with USAGE where nobody is named, CONFIG_*. */
export async function planInput(
  { who, spec, policy, pace, org, folder, secrets }: Input<'plan'>,
  given: Given,
  session: Session,
): Promise<PlanInput> {
  refuseNobody(given);
  return {
    org: await resolveOrg(org, session.sources),
    pace,
    who: { kind: 'selection', selection: who },
    spec,
    policy,
    out: folder.out,
    secretsPlaintext: secrets.plaintext,
    recipients: secrets.recipients,
  };
}
