import { executeRun } from '../app/run/execute-run.ts';
import type { ExecuteInput } from '../app/run/run-at-work.ts';
import type { ExecutedRun } from '../app/run/settle.ts';
import { runName } from '../app/runs/run-name.ts';
import { declinedByNo } from '../app/runs/declined.ts';
import type { Given } from '../config/flags/flag.ts';
import type { OrgConfig } from '../config/org.ts';
import { resolveSecretsPlace } from '../config/output.ts';
import type { RunFile } from '../domain/run/run-file.ts';
import { counted } from '../domain/counted.ts';
import type { Input } from './line/commands.ts';
import { askConsent, askToGoOn } from './screens/consent.ts';
import { continuationOf, linesAfter } from '../config/continuation.ts';
import { endScreen } from './screens/end-screen.ts';
import { openLineInput, type LineInput } from './terminal/line-input.ts';
import type { Session } from './session.ts';
import { showPreview } from './screens/plan/show-preview.ts';
import { asLines } from '../text/styled.ts';

/** A plan to be executed, with what flags say about how. */
export interface Execution {
  readonly dir: string;
  readonly org: OrgConfig;
  readonly input: Pick<Input<'resume'>, 'guards' | 'pace' | 'secrets' | 'hooks'>;
  readonly given: Given;
  /** The run whose preview was already shown. Nothing else is executed. Undefined if it must be shown before a question. */
  readonly agreed: RunFile | undefined;
  /** Whether only one container at a time can mount the volume that the run is on. If absent, it is not. */
  readonly exclusiveVolume?: boolean;
}

/** Executes the plan in a run directory, and shows how it ended. Returns the exit code. */
export async function executeAndShow(execution: Execution, session: Session): Promise<number> {
  const { dir, org, input, given, agreed, exclusiveVolume = false } = execution;
  const { guards, pace, secrets, hooks } = input;
  const answers = openLineInput(session.terminal.host.stdin);
  const ended = await executeRun(
    {
      ...{ dir, org, pace, guards, agreed, exclusiveVolume },
      hooks: hooks.hook,
      continuation: continuationOf(given),
      secrets: (run, kept) => resolveSecretsPlace(secrets, run.spec, kept),
      ...questionsOf(execution, answers, session),
    },
    session.context,
  ).finally(answers.close);
  await session.settle();
  await showEnd(ended, given, session);
  return ended.exitCode;
}

/** Makes what a person is asked during the run, if there is a person to ask. */
function questionsOf(
  { dir, input, given, agreed }: Execution,
  answers: LineInput,
  session: Session,
): Pick<ExecuteInput, 'ask' | 'askToGoOn'> {
  const { terminal, context } = session;
  if (!terminal.interactive) return { ask: undefined, askToGoOn: undefined };
  const continuation = continuationOf(given);
  const name = runName(dir, terminal.host.cwd);
  return {
    ask: async (question) => {
      await session.settle();
      if (agreed === undefined)
        await showPreview(dir, question.run, session, input.pace.between, true);
      const hint = question.begun
        ? `The run is kept as it is. To continue it after all: ${continuation.resume(name)}`
        : `The plan is kept. To execute it after all: ${continuation.run(name)}`;
      const { drain } = context.interrupt;
      const asked = askConsent(terminal, answers, { ...question, hint }, drain);
      await declinedByNo(asked, dir, terminal.host.clock);
    },
    askToGoOn: (canary, signal) =>
      session.undisturbed(() => askToGoOn(terminal, answers, canary, signal)),
  };
}

async function showEnd(ended: ExecutedRun, given: Given, session: Session): Promise<void> {
  const { terminal } = session;
  const { dir, exitCode, summary, endedBefore } = ended;
  await tellUnheard(ended, given, session);
  if (terminal.json) {
    const before = endedBefore === undefined ? {} : { endedBefore };
    await session.publish({ type: 'summary', dir, exitCode, summary, ...before });
    return;
  }
  const width = terminal.stdout.size().columns;
  const commands = linesAfter(summary.stop, given);
  const lines = endScreen(ended, commands, { width, style: terminal.outStyle });
  await terminal.out(asLines([...lines, '']));
}

/** Says on standard error how to continue if standard output has failed, because nobody would read it there. */
async function tellUnheard(
  { name, summary, left }: ExecutedRun,
  given: Given,
  { terminal }: Session,
): Promise<void> {
  const code = terminal.host.stdout.broken?.();
  if (code === undefined) return;
  const next =
    left > 0
      ? `${counted(left, 'user is', 'users are')} left. To go on: ${linesAfter(summary.stop, given).resume(name)}`
      : `Every row has ended: okta-reset report ${name}`;
  await terminal.err(`Standard output cannot be written (${code}). ${next}\n`);
}
