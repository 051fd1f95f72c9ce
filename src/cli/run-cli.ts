import { wordsFor, type Given } from '../config/flags/flag.ts';
import { OUTPUT, SECRETS } from '../config/output.ts';
import { EXIT } from '../domain/codes/exit-code.ts';
import type { Host } from '../domain/host.ts';
import {
  COMMANDS,
  inputOf,
  type CommandName,
  type Execute,
  type Faces,
  type RunLine,
  type ShownPlan,
} from './line/commands.ts';
import { LAST } from './line/own-flags.ts';
import { parseCall } from './line/parse.ts';
import { codeOfOutput, explainError } from './screens/explain-error.ts';
import { openTerminal, type Terminal } from './terminal/terminal.ts';

/** The code of each command, which is loaded only when it is called, so that help is fast. */
const CODE: { readonly [C in CommandName]: () => Promise<{ readonly execute: Execute<C> }> } = {
  plan: () => import('./commands/plan.ts'),
  run: () => import('./commands/run.ts'),
  resume: () => import('./commands/resume.ts'),
  rerun: () => import('./commands/rerun.ts'),
  runs: () => import('./commands/runs.ts'),
  report: () => import('./commands/report.ts'),
  followup: () => import('./commands/followup.ts'),
  users: () => import('./commands/users.ts'),
  console: () => import('./commands/console.ts'),
  doctor: () => import('./commands/doctor.ts'),
  sandbox: () => import('./commands/sandbox.ts'),
  demo: () => import('./commands/demo.ts'),
  'secrets keygen': () => import('./commands/secrets/keygen.ts'),
  'secrets open': () => import('./commands/secrets/open.ts'),
  completion: () => import('./commands/completion.ts'),
  explain: () => import('./commands/explain.ts'),
};

// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- it ties the input of a command to its code
async function perform<C extends CommandName>(
  name: C,
  typed: { readonly given: Given; readonly word: string | undefined },
  around: {
    readonly terminal: Terminal;
    readonly call: RunLine;
    readonly shown: ShownPlan;
    readonly faces: Faces;
  },
): Promise<number> {
  const input = inputOf(name, typed.given);
  // Also for an action that returns no secrets, because nothing else would report it.
  const recipients = SECRETS.flags.recipients.read(typed.given);
  if (recipients.length > 0) {
    const { checkRecipients } = await import('../app/secrets/secret-sink.ts');
    await checkRecipients(recipients);
  }
  const { execute } = await CODE[name]();
  return execute({ input, ...typed, ...around }).finally(() => {
    // The person was asked about a run that --last found.
    if (LAST.read(typed.given).last) around.terminal.host.stdin.close();
  });
}

/** Returns the output flags, wherever they are, because an error of the command line is shown in the way they say. */
function outputOf(argv: readonly string[]): Given {
  const found = Object.values(OUTPUT.flags).filter((flag) =>
    wordsFor(flag).some((word) => argv.includes(word)),
  );
  return new Map(found.map(({ name }) => [name, []]));
}

/** The faces of a program that has only a terminal. */
const NO_FACES: Faces = {
  openConsole: () => Promise.reject(new Error('This program has no console.')),
};

/** Runs one command line on a host and returns its exit code. Never rejects. */
export async function runCli(
  argv: readonly string[],
  host: Host,
  version: string,
  shown: ShownPlan = {},
  faces: Faces = NO_FACES,
): Promise<number> {
  let terminal = openTerminal(host, OUTPUT.read(outputOf(argv)));
  const runLine: RunLine = (words, elsewhere, seen) =>
    runCli(words, elsewhere, version, seen, faces);
  try {
    const call = await parseCall(argv, COMMANDS, host.stdout.size().columns);
    switch (call.kind) {
      case 'help':
        await terminal.out(call.text);
        return await codeOfOutput(EXIT.ok, terminal);
      case 'version':
        await terminal.out(`${version}\n`);
        return await codeOfOutput(EXIT.ok, terminal);
      case 'bare': {
        const { startGuide } = await import('./commands/guide.ts');
        return await startGuide(terminal, runLine);
      }
      case 'command':
        terminal = openTerminal(host, OUTPUT.read(call.given));
        return await codeOfOutput(
          await perform(call.command.name, call, { terminal, call: runLine, shown, faces }),
          terminal,
        );
      default: {
        const never: never = call;
        return never;
      }
    }
  } catch (error) {
    return explainError(error, terminal, argv);
  }
}
