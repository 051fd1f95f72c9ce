import type { GuardConfig } from '../../config/guards.ts';
import type { OrgConfig } from '../../config/org.ts';
import type { SecretsPlace } from '../../config/output.ts';
import type { PaceConfig } from '../../config/pace.ts';
import type { CommandLines } from '../../domain/run/next-commands.ts';
import type { RunFile } from '../../domain/run/run-file.ts';
import type { Replay } from '../../journal/replay.ts';
import type { RunDirectory } from '../../journal/directory/run-directory.ts';
import type { ReadPlan } from '../../plan/file/read-plan.ts';
import type { AskedOf } from './consent/protection.ts';
import type { AskToGoOn } from './consent/run-consent.ts';

export interface ExecuteInput {
  readonly dir: string;
  readonly org: OrgConfig;
  readonly pace: PaceConfig;
  readonly guards: GuardConfig;
  /** Whether only one container at a time can mount the volume that the run is on, according to the person who starts it. */
  readonly exclusiveVolume?: boolean;
  /** The run as it was shown to the person who consents. Nothing else is executed. Undefined if nothing was shown yet. */
  readonly agreed: RunFile | undefined;
  /** Returns where to store secrets. `kept` has the recipients that the run recorded. Throws USAGE, SECRETS_NO_PLACE. */
  readonly secrets: (run: RunFile, kept: readonly string[]) => SecretsPlace;
  /** Asks a person, if there is one; undefined if there is nobody to ask. Rejects on a no. */
  readonly ask: ((asked: AskedOf) => Promise<void>) | undefined;
  readonly askToGoOn: AskToGoOn | undefined;
  readonly continuation: CommandLines;
  /** Commands for the system's shell that are told about the run. */
  readonly hooks: readonly string[];
}

/** A run that only this process is working on. */
export interface RunAtWork {
  readonly input: ExecuteInput;
  readonly place: RunDirectory;
  readonly run: RunFile;
  readonly plan: ReadPlan;
  readonly replay: Replay;
}
