import { EXIT } from '../domain/codes/exit-code.ts';
import type { Host } from '../domain/host.ts';
import type { ShownPlan } from './line/command.ts';
import { COMMANDS } from './line/commands.ts';
import { explainError } from './screens/explain-error.ts';
import { parseCall } from './line/parse.ts';
import { openTerminal } from './terminal/terminal.ts';
import { list, on } from './line/flags/typed-flags.ts';

/** Runs one command line in a host and returns its exit code; never rejects. */
export async function runCli(
  argv: readonly string[],
  host: Host,
  version: string,
  shown: ShownPlan = {},
): Promise<number> {
  const asked = (...names: readonly string[]) => names.some((name) => argv.includes(name));
  let terminal = openTerminal(host, {
    json: asked('--json'),
    quiet: asked('-q', '--quiet'),
    verbose: asked('-v', '--verbose'),
    noColor: asked('--no-color'),
    noInput: asked('--no-input'),
  });
  const runAnother = (words: readonly string[], elsewhere: Host, seen?: ShownPlan) =>
    runCli(words, elsewhere, version, seen);
  try {
    const call = await parseCall(argv, COMMANDS, host.stdout.size().columns);
    switch (call.kind) {
      case 'help':
        await terminal.out(call.text);
        return EXIT.ok;
      case 'version':
        await terminal.out(`${version}\n`);
        return EXIT.ok;
      case 'bare': {
        const { execute } = await import('./commands/guide.ts');
        return await execute({
          parsed: {},
          positional: [],
          terminal,
          commands: COMMANDS,
          call: runAnother,
        });
      }
      case 'command': {
        terminal = openTerminal(host, {
          json: on(call.parsed, 'json'),
          quiet: on(call.parsed, 'quiet'),
          verbose: on(call.parsed, 'verbose'),
          noColor: on(call.parsed, 'no-color'),
          noInput: on(call.parsed, 'no-input'),
        });
        // Also with an action that brings no secrets: nobody else would ever say so.
        const recipients = list(call.parsed, 'secrets-recipient');
        if (recipients.length > 0) {
          const { checkRecipients } = await import('../app/secrets/secret-sink.ts');
          await checkRecipients(recipients);
        }
        const { execute } = await call.command.load();
        return await execute({
          parsed: call.parsed,
          positional: call.positional,
          shown,
          terminal,
          commands: COMMANDS,
          call: runAnother,
        });
      }
      default: {
        const never: never = call;
        return never;
      }
    }
  } catch (error) {
    return explainError(error, terminal, argv);
  }
}
