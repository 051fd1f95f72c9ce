import { executeRun } from '../app/run/execute-run.ts';
import type { ExecutedRun } from '../app/run/settle.ts';
import { runName } from '../app/runs/run-name.ts';
import { declinedByNo } from '../app/runs/declined.ts';
import type { Given } from '../config/flags/flag.ts';
import type { GuardConfig } from '../config/guards.ts';
import type { PaceConfig } from '../config/pace.ts';
import type { OrgConfig } from '../config/org.ts';
import { resolveSecretsPlace, type SecretsFlags } from '../config/output.ts';
import type { RunFile } from '../domain/run/run-file.ts';
import { findErrorEntry } from '../domain/codes/okta-error.ts';
import { askConsent, askToGoOn } from './screens/consent.ts';
import { continuationOf, linesAfter } from './screens/continuation.ts';
import { endScreen } from './screens/end-screen.ts';
import { openLineInput } from './terminal/line-input.ts';
import type { Session } from './session.ts';
import { showPreview } from './screens/show-preview.ts';
import { plural } from './screens/words.ts';
import type { Terminal } from './terminal/terminal.ts';
import { asLines } from '../text/styled.ts';

/** Says on standard error how to go on where standard output takes nothing any more: nobody would read it there. */
async function tellUnheard(
  { name, summary, left }: Pick<ExecutedRun, 'name' | 'summary' | 'left'>,
  given: Given,
  terminal: Terminal,
): Promise<void> {
  const code = terminal.host.stdout.broken?.();
  if (code === undefined) return;
  const lines = linesAfter(summary.stop, given);
  const next =
    left > 0
      ? `${plural(left, 'user is', 'users are')} left. To go on: ${lines.resume(name)}`
      : `Every row has ended: okta-reset report ${name}`;
  await terminal.err(`Standard output cannot be written (${code}). ${next}\n`);
}

/** Executes a plan that lies in a run directory, and shows how it ended. Returns the exit code. */
export async function executeAndShow(
  input: {
    readonly dir: string;
    readonly org: OrgConfig;
    readonly pace: PaceConfig;
    readonly guards: GuardConfig;
    readonly secrets: SecretsFlags;
    readonly given: Given;
    /** The run whose preview was shown already: only that is executed. Undefined: it is shown before a question. */
    readonly agreed: RunFile | undefined;
  },
  terminal: Terminal,
  session: Session,
): Promise<number> {
  const continuation = continuationOf(input.given);
  const answers = openLineInput(terminal.host.stdin);
  const ended = await executeRun(
    {
      dir: input.dir,
      org: input.org,
      pace: input.pace,
      guards: input.guards,
      agreed: input.agreed,
      continuation,
      secrets: (run, kept) => resolveSecretsPlace(input.secrets, run.spec, kept),
      ask: terminal.interactive
        ? async (question) => {
            await session.settle();
            if (input.agreed === undefined)
              await showPreview(input.dir, question.run, terminal, session, input.pace.between);
            const name = runName(input.dir, terminal.host.cwd);
            const hint = question.begun
              ? `The run is kept as it is. To go on with it after all: ${continuation.resume(name)}`
              : `The plan is kept. To execute it after all: ${continuation.run(name)}`;
            const { drain } = session.context.interrupt;
            const asked = askConsent(terminal, answers, { ...question, hint }, drain);
            await declinedByNo(asked, input.dir, terminal.host.clock);
          }
        : undefined,
      askToGoOn: terminal.interactive
        ? (canary, signal) =>
            session.undisturbed(() => askToGoOn(terminal, answers, canary, signal))
        : undefined,
    },
    session.context,
  ).finally(answers.close);
  await session.settle();
  await tellUnheard(ended, input.given, terminal);
  if (terminal.json) {
    await session.publish({
      type: 'summary',
      dir: ended.dir,
      exitCode: ended.exitCode,
      summary: ended.summary,
      ...(ended.endedBefore === undefined ? {} : { endedBefore: ended.endedBefore }),
    });
    return ended.exitCode;
  }
  const lines = endScreen(
    {
      name: ended.name,
      summary: ended.summary,
      left: ended.left,
      takenUp: ended.takenUp,
      lines: linesAfter(ended.summary.stop, input.given),
      secrets: ended.secrets,
      endedBefore: ended.endedBefore,
      explain: (code) => findErrorEntry(code)?.meaning,
    },
    { width: terminal.stdout.size().columns, style: terminal.outStyle },
  );
  await terminal.out(asLines([...lines, '']));
  return ended.exitCode;
}
