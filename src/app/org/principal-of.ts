import type { OrgConfig } from '../../config/org.ts';
import { NOTHING_GIVEN } from '../../config/flags/flag.ts';
import { PACE } from '../../config/pace.ts';
import type { Principal } from '../../domain/run/run-file.ts';
import type { AppContext } from '../context.ts';
import { openReading } from './connection.ts';
import { identify } from './org-identity.ts';

/** Asks the org who owns the credential. Rejects with AUTH_*, ORG_*. */
export async function principalOf(org: OrgConfig, context: AppContext): Promise<Principal> {
  const pace = PACE.read(NOTHING_GIVEN);
  const connection = openReading({ org, pace, runId: undefined }, context);
  try {
    return (await identify(connection.reader, org.credentials, context.interrupt.drain)).principal;
  } finally {
    await connection.close();
  }
}
