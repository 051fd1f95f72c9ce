import type { GuardConfig } from '../../../config/guards.ts';
import type { RunFile } from '../../../domain/run/run-file.ts';
import type { EnginePorts } from '../../../engine/run/options.ts';
import type { Replay } from '../../../journal/replay.ts';
import { checkConsent, type ConsentTerms } from '../../../plan/guards.ts';
import type { AppContext } from '../../context.ts';
import type { CommandLines } from '../../../domain/run/next-commands.ts';
import { isConsentProved, keepConsent } from './consent-proof.ts';
import { runName } from '../../runs/run-name.ts';

function termsOf(
  run: RunFile,
  replay: Replay,
  guards: GuardConfig,
  more: Pick<ConsentTerms, 'interactive' | 'command' | 'proved'>,
): ConsentTerms {
  return {
    targets: run.targets,
    remaining: run.targets - replay.endedCount,
    begun: replay.opened.length > 0 && replay.consented,
    host: run.host,
    confirm: guards.confirm,
    yes: guards.yes,
    maxUsers: guards.maxUsers,
    ...more,
  };
}

/** What was named on the command line must hold of a finished run too, though nothing is left to do. */
export function checkNamed(run: RunFile, replay: Replay, guards: GuardConfig): void {
  checkConsent(termsOf(run, replay, guards, { interactive: false, proved: true }));
}

/**
 * Says whether a yes to the run was given or is still to be asked for. A run that was begun needs no other yes where it
 * is proved that this user on this machine gave the first, and gave it to more than the canary. What the command line
 * names is checked at every start. Rejects with CONFIRM_*, MAX_USERS_EXCEEDED.
 */
export async function checkRunConsent(
  input: {
    readonly dir: string;
    readonly guards: GuardConfig;
    readonly continuation: CommandLines;
    /** Asks a person, where there is one. */
    readonly ask: unknown;
  },
  run: RunFile,
  replay: Replay,
  context: AppContext,
): Promise<'given' | 'ask'> {
  const proved = await isConsentProved(run, context.host);
  const name = runName(input.dir, context.host.cwd);
  const { resume, run: execute } = input.continuation;
  return checkConsent(
    termsOf(run, replay, input.guards, {
      interactive: input.ask !== undefined,
      proved,
      command: replay.opened.length > 0 ? resume(name) : execute(name),
    }),
  );
}

/**
 * How many users a yes is asked for first, and how many later: the canary, and the rest once that was read back. All at once
 * without a canary, or after it.
 */
export function firstOf(
  run: RunFile,
  state: Pick<Replay, 'endedCount' | 'canaryVerified'>,
  canary: number | undefined,
): { readonly users: number; readonly later: number } {
  const left = run.targets - state.endedCount;
  const users = canary === undefined || state.canaryVerified ? left : Math.min(left, canary);
  return { users, later: left - users };
}

/** The canary users as they were read back, and how many users are left. */
export interface CanarySeen {
  readonly run: RunFile;
  readonly users: readonly { readonly login: string; readonly status: string }[];
  readonly left: number;
}

/** Shows how the canary users were read back, and asks whether to go on with those that are left. */
export type AskToGoOn = (canary: CanarySeen, signal: AbortSignal) => Promise<boolean>;

/** What the engine asks after the canary, where consent was to that alone. The proof of a yes is kept. */
export function goOnPort(
  ask: AskToGoOn | undefined,
  run: RunFile,
  left: number,
  context: AppContext,
): Pick<EnginePorts, 'goOn'> {
  return {
    goOn: async (seen, signal) => {
      const users = [...seen].sort((a, b) => a.row - b.row);
      const isYes = (await ask?.({ run, users, left }, signal)) ?? false;
      if (isYes) await keepConsent(run, context);
      return isYes;
    },
  };
}
