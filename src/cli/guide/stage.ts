import { AppError } from '../../domain/codes/app-error.ts';
import type { RunLine } from '../line/commands.ts';
import type { Prompter } from '../terminal/prompter.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** What each step of the guide gets. */
export interface GuideStage {
  readonly prompter: Prompter;
  readonly terminal: Terminal;
  /** Runs another command line, in a host that the caller makes. */
  readonly call: RunLine;
}

/** Runs something that can be refused. Tells the person about a refusal, and then returns undefined. */
export async function orProblem<T>(
  prompter: Prompter,
  work: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    prompter.problem([error.message, error.hint]);
    return undefined;
  }
}
