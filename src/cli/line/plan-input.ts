import type { PlanInput } from '../../app/plan/plan-run.ts';
import { resolveAction, resolvePolicy } from '../../config/action.ts';
import { resolveOrg } from '../../config/org.ts';
import { resolvePace } from '../../config/pace.ts';
import { resolveSelection } from '../../config/selection.ts';
import type { Session } from '../session.ts';
import {
  actionFlags,
  list,
  on,
  orgFlags,
  paceFlags,
  policyFlags,
  selectionFlags,
  text,
  type Parsed,
} from './flags/typed-flags.ts';

/** Checks every flag of a plan before anything is asked of the org. */
export async function planInput(parsed: Parsed, session: Session): Promise<PlanInput> {
  const selection = resolveSelection(selectionFlags(parsed));
  const spec = resolveAction(actionFlags(parsed));
  const policy = resolvePolicy(policyFlags(parsed));
  const pace = resolvePace(paceFlags(parsed));
  const org = await resolveOrg(orgFlags(parsed), session.sources);
  return {
    org,
    pace,
    who: { kind: 'selection', selection },
    spec,
    policy,
    out: text(parsed, 'out'),
    secretsPlaintext: on(parsed, 'secrets-plaintext'),
    recipients: list(parsed, 'secrets-recipient'),
  };
}
