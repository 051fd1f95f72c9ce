import { resolveOrg } from '../../config/org.ts';
import type { Execute } from '../line/commands.ts';
import { executeAndShow } from '../execute-plan.ts';
import { locate, runReference } from '../line/run-reference.ts';
import { withSession } from '../session.ts';

export const execute: Execute<'resume'> = async ({ input, given, word, terminal }) => {
  const reference = runReference('resume', word, input.run);
  return withSession(terminal, async (session) => {
    const dir = await locate(reference, 'resume', session);
    const org = await resolveOrg(input.org, session.sources);
    const { exclusive: exclusiveVolume } = input.volume;
    return executeAndShow({ dir, org, input, given, agreed: undefined, exclusiveVolume }, session);
  });
};
