import type { ConsoleInput } from '../../app/console/console-port.ts';
import { newId, type ConsoleContext } from './console-context.ts';
import { OrgConnection } from './connection.ts';
import { RunFolder } from './run-folder.ts';
import type { Uploads } from './uploads.ts';

/** All that the console knows while it is open. */
export interface ConsoleState {
  readonly console: ConsoleContext;
  /** Names this process: a page that finds another one begins again. */
  readonly instance: string;
  readonly uploads: Uploads;
  readonly connection: OrgConnection;
  readonly runs: RunFolder;
  /** How many runs are under way in this process. */
  readonly busyRuns: () => number;
  /** Lets go of everything, once nothing is under way. */
  readonly close: () => Promise<void>;
}

export function openState(
  console: ConsoleContext,
  uploads: Uploads,
  { org }: Pick<ConsoleInput, 'org'>,
): ConsoleState {
  const connection = new OrgConnection(console, uploads, org);
  return {
    console,
    instance: newId(),
    uploads,
    connection,
    runs: new RunFolder(console),
    busyRuns: () => 0,
    close: async () => {
      await connection.close();
      await uploads.close();
    },
  };
}
