import { AppError } from '../../domain/codes/app-error.ts';
import type { RunLine } from '../line/commands.ts';
import type { Prompter } from '../terminal/prompter.ts';
import { openSession, type Session } from '../session.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** What each step of the guided start is given. */
export interface GuideStage {
  readonly prompter: Prompter;
  readonly terminal: Terminal;
  /** Runs another command line, in a host of the caller's making. */
  readonly call: RunLine;
}

/** Does a piece of work as one command would: with signals watched, and its display removed at the end. */
export async function withSession<T>(
  terminal: Terminal,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  const session = openSession(terminal);
  try {
    return await work(session);
  } finally {
    await session.close();
  }
}

/** Does what may be refused; a refusal is told to the person, and undefined comes back. */
export async function orProblem<T>(
  prompter: Prompter,
  work: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    prompter.problem(`${error.message}\n${error.hint}`);
    return undefined;
  }
}
