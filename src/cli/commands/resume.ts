import { resolveOrg } from '../../config/org.ts';
import type { Execute } from '../line/commands.ts';
import { executeAndShow } from '../execute-plan.ts';
import { locate, runReference } from '../line/run-reference.ts';
import { withSession } from '../session.ts';

export const execute: Execute<'resume'> = async ({ input, given, word, terminal }) => {
  const reference = runReference('resume', word, input.run);
  const { guards, pace, secrets } = input;
  return withSession(terminal, async (session) => {
    const dir = await locate(reference, 'resume', terminal, session);
    const org = await resolveOrg(input.org, session.sources);
    return await executeAndShow(
      { dir, org, pace, guards, secrets, given, agreed: undefined },
      terminal,
      session,
    );
  });
};
