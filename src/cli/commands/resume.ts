import { resolveOrg } from '../../config/org.ts';
import { resolveGuards, resolvePace } from '../../config/pace.ts';
import type { Execute } from '../line/command.ts';
import { executeAndShow } from '../execute-plan.ts';
import { locate, runReference } from '../line/run-reference.ts';
import { openSession } from '../session.ts';
import { guardFlags, orgFlags, paceFlags } from '../line/flags/typed-flags.ts';

export const execute: Execute = async ({ parsed, positional, terminal }) => {
  const reference = runReference('resume', parsed, positional);
  const guards = resolveGuards(guardFlags(parsed));
  const pace = resolvePace(paceFlags(parsed));
  const session = openSession(terminal);
  try {
    const dir = await locate(reference, 'resume', terminal, session);
    const org = await resolveOrg(orgFlags(parsed), session.sources);
    return await executeAndShow(
      { dir, org, pace, guards, parsed, agreed: undefined },
      terminal,
      session,
    );
  } finally {
    if (reference.kind === 'last') terminal.host.stdin.close();
    await session.close();
  }
};
