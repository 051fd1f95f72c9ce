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
    planDigest: run.planDigest,
    confirm: guards.confirm,
    yes: guards.yes,
    maxUsers: guards.maxUsers,
    ...more,
  };
}

/**
 * What the command line names must be right even if the run has finished. Consent is not needed, because nobody is left.
 */
export function checkNamed(run: RunFile, replay: Replay, guards: GuardConfig): void {
  // As if there were somebody to ask: then only what is named wrong is refused, and nobody is asked here.
  checkConsent(termsOf(run, replay, guards, { interactive: true }));
}

/**
 * Tells whether consent to the run was given or must still be asked for. A begun run needs no further consent if there is
 * proof that this user gave the first one on this machine, to more than the canary. What the command line names is checked
 * at every start. Rejects with CONFIRM_*, MAX_USERS_EXCEEDED.
 */
export async function checkRunConsent(
  input: {
    readonly dir: string;
    readonly guards: GuardConfig;
    readonly continuation: CommandLines;
    /** Asks a person, if there is one. */
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
 * Returns how many users to ask for consent for now, and how many later: what is left of the current wave, and the others
 * after it was read back. All of them now if there are no waves, or after the last one.
 */
export function firstOf(
  run: RunFile,
  state: Pick<Replay, 'endedCount' | 'wavesVerified' | 'waveRows'>,
  waves: readonly number[] | undefined,
): { readonly users: number; readonly later: number } {
  const left = run.targets - state.endedCount;
  const size = waves?.[state.wavesVerified];
  const users = size === undefined ? left : Math.max(0, size - state.waveRows.length);
  return { users: Math.min(left, users), later: Math.max(0, left - users) };
}

/** The users of a wave as they were read back, and how many are left. */
export interface CanarySeen {
  readonly run: RunFile;
  readonly users: readonly { readonly login: string; readonly status: string }[];
  /** Which wave, counted from 1, and how many there are before the rest. */
  readonly wave: number;
  readonly waves: number;
  /** How many users a yes continues with: the next wave, or all that are left. */
  readonly next: number;
  readonly left: number;
}

/** Shows how the users of a wave were read back, and asks whether to continue with the next one. */
export type AskToGoOn = (canary: CanarySeen, signal: AbortSignal) => Promise<boolean>;

/**
 * Makes what the engine asks after each wave, if the consent was only to the first. Stores the proof if the answer covers
 * everything that is left.
 */
export function goOnPort(
  {
    ask,
    run,
    replay,
    waves,
  }: {
    readonly ask: AskToGoOn | undefined;
    readonly run: RunFile;
    readonly replay: Pick<Replay, 'endedCount'>;
    readonly waves: readonly number[];
  },
  context: AppContext,
): Pick<EnginePorts, 'goOn'> {
  return {
    goOn: async ({ wave, seen, ended }, signal) => {
      const users = [...seen].sort((a, b) => a.row - b.row);
      const left = run.targets - replay.endedCount - ended;
      const next = Math.min(left, waves[wave] ?? left);
      const about = { run, users, wave, waves: waves.length, next, left };
      const isYes = (await ask?.(about, signal)) ?? false;
      if (!isYes) return 'stop';
      if (next < left) return 'next-wave';
      await keepConsent(run, context);
      return 'to-the-end';
    },
  };
}
