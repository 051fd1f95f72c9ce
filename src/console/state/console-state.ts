import type { ConsoleInput } from '../../app/console/console-port.ts';
import { RunTables } from '../../app/runs/run-tables.ts';
import { newId, type ConsoleContext } from './console-context.ts';
import { OrgConnection } from './connection.ts';
import { Drafts } from './draft/drafts.ts';
import { Followups } from './runs/followups.ts';
import { Keys } from './keys.ts';
import { LiveRuns } from './runs/live-runs.ts';
import { Plannings } from './draft/plannings.ts';
import { RunFolder } from './runs/run-folder.ts';
import type { Uploads } from './draft/uploads.ts';

/** Everything that the console knows while it is open. */
export interface ConsoleState {
  readonly console: ConsoleContext;
  /** Identifies this process. A page that finds a different one begins again. */
  readonly instance: string;
  readonly uploads: Uploads;
  readonly connection: OrgConnection;
  readonly keys: Keys;
  readonly drafts: Drafts;
  readonly plannings: Plannings;
  readonly runs: RunFolder;
  readonly tables: RunTables;
  readonly live: LiveRuns;
  readonly followups: Followups;
  /** Releases everything, once nothing is in progress. */
  readonly close: () => Promise<void>;
}

export function openState(
  console: ConsoleContext,
  uploads: Uploads,
  { org, identities }: Pick<ConsoleInput, 'org' | 'identities'>,
): ConsoleState {
  const connection = new OrgConnection(console, uploads, org);
  const runs = new RunFolder(console);
  const tables = new RunTables();
  return {
    console,
    instance: newId(),
    ...{ uploads, connection, runs, tables },
    keys: new Keys(console, identities),
    drafts: new Drafts(console, uploads),
    plannings: new Plannings(console, runs, tables),
    live: new LiveRuns(console, (dir) => tables.forget(dir)),
    followups: new Followups(console, runs),
    close: async () => {
      await tables.close();
      await connection.close();
      await uploads.close();
    },
  };
}
