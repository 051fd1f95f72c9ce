import { resolveOrg } from '../../config/org.ts';
import { resolveGuards, resolvePace } from '../../config/pace.ts';
import type { Execute } from '../command.ts';
import { executeAndShow } from '../execute.ts';
import { locate, runReference } from '../run-reference.ts';
import { openSession } from '../session.ts';
import { guardFlags, orgFlags, paceFlags } from '../typed-flags.ts';

export const execute: Execute = async ({ parsed, positional, terminal }) => {
  const reference = runReference('resume', parsed, positional);
  const guards = resolveGuards(guardFlags(parsed));
  const pace = resolvePace(paceFlags(parsed));
  const session = openSession(terminal);
  try {
    const dir = await locate(reference, 'resume', terminal, session);
    const org = await resolveOrg(orgFlags(parsed), session.sources);
    return await executeAndShow(
      { dir, org, pace, guards, parsed, previewed: false },
      terminal,
      session,
    );
  } finally {
    if (reference.kind === 'last') terminal.host.stdin.close();
    await session.close();
  }
};
