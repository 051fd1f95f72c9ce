import yargs from 'yargs';
import { usage } from '../config/option.ts';
import { closest } from './closest.ts';
import type { Command } from './command.ts';
import type { Flag } from './flag.ts';
import { OUTPUT } from './shared-flags.ts';
import type { Parsed } from './typed-flags.ts';

export type Call =
  | { readonly kind: 'help'; readonly text: string }
  | { readonly kind: 'version' }
  | { readonly kind: 'bare' }
  | {
      readonly kind: 'command';
      readonly command: Command;
      readonly parsed: Parsed;
      readonly positional: readonly string[];
    };

const PARSER = {
  'boolean-negation': false,
  'camel-case-expansion': false,
  'dot-notation': false,
  'greedy-arrays': false,
  'parse-numbers': false,
  'parse-positional-numbers': false,
  'duplicate-arguments-array': true,
} as const;

const HELP = 'help';

function withFlags(
  builder: ReturnType<typeof yargs>,
  flags: readonly Flag[],
): ReturnType<typeof yargs> {
  for (const flag of flags) {
    builder.option(flag.name, {
      describe: flag.value === undefined ? flag.describe : `${flag.value}  ${flag.describe}`,
      group: `${flag.group}:`,
      ...(flag.alias === undefined ? {} : { alias: flag.alias }),
      ...(flag.kind === 'switch' ? { boolean: true } : { string: true, requiresArg: true }),
    });
  }
  return builder;
}

function base(argv: readonly string[], columns: number) {
  return yargs([...argv])
    .scriptName('okta-reset')
    .parserConfiguration(PARSER)
    .help(false)
    .version(false)
    .exitProcess(false)
    .wrap(Math.min(100, columns))
    .option(HELP, { boolean: true, alias: 'h', describe: 'show this help', group: 'Output:' });
}

async function helpOf(command: Command, columns: number): Promise<string> {
  const { positional } = command;
  const name =
    positional === undefined
      ? ''
      : positional.required
        ? ` ${positional.name}`
        : ` [${positional.name}]`;
  const builder = withFlags(base([], columns), [...command.flags, ...OUTPUT]).usage(
    `okta-reset ${command.name}${name}\n\n${command.summary}${positional === undefined ? '' : `\n\n${positional.name}: ${positional.describe}`}`,
  );
  for (const [line, does] of command.examples) builder.example(line, does);
  return `${await builder.getHelp()}\n`;
}

async function helpOfAll(commands: readonly Command[], columns: number): Promise<string> {
  const width = Math.max(
    ...commands.map((command) => command.name.length + (command.positional?.name.length ?? -1) + 1),
  );
  const lines = commands.map((command) => {
    const left = `${command.name}${command.positional === undefined ? '' : ` ${command.positional.name}`}`;
    return `  ${left.padEnd(width)}  ${command.summary}`;
  });
  const builder = withFlags(base([], columns), OUTPUT)
    .option('version', { boolean: true, describe: 'show the version', group: 'Output:' })
    .usage(
      [
        'okta-reset <command>',
        '',
        'Make thousands of Okta users set new passwords: at the speed the org allows, exactly once,',
        'with a report that proves it.',
        '',
        'Commands:',
        ...lines,
      ].join('\n'),
    )
    .epilogue('okta-reset <command> --help shows a command’s flags. New here? okta-reset demo');
  return `${await builder.getHelp()}\n`;
}

function refuseUnknown(parsed: Parsed, flags: readonly Flag[]): void {
  const known = flags.flatMap((flag) => [
    flag.name,
    ...(flag.alias === undefined ? [] : [flag.alias]),
  ]);
  for (const name of Object.keys(parsed)) {
    if (['_', '$0', HELP, 'h', ...known].includes(name)) continue;
    const dashes = name.length === 1 ? '-' : '--';
    const near = closest(
      name,
      known.filter((word) => word.length > 1),
    );
    if (name === 'token') {
      throw usage(
        'There is no --token flag: arguments are visible to every process.',
        'Set OKTA_CLIENT_TOKEN, or use --token-file FILE.',
      );
    }
    throw usage(
      `Unknown flag ${dashes}${name}.`,
      near === undefined ? 'See --help for the flags of this command.' : `Did you mean --${near}?`,
    );
  }
}

/** Turns the words of a command line into a call. Rejects with USAGE, with a suggestion where one is close. */
export async function parseCall(
  argv: readonly string[],
  commands: readonly Command[],
  columns: number,
): Promise<Call> {
  const at = argv.findIndex((word) => !word.startsWith('-'));
  const word = at < 0 ? undefined : argv[at];
  if (word === undefined) {
    if (argv.includes('--version')) return { kind: 'version' };
    if (argv.some((flag) => flag === '--help' || flag === '-h'))
      return { kind: 'help', text: await helpOfAll(commands, columns) };
    const first = argv[0];
    if (first !== undefined)
      throw usage(`No command stands before ${first}.`, 'okta-reset --help lists the commands.');
    return { kind: 'bare' };
  }
  const help = word === HELP;
  const name = help ? argv[at + 1] : word;
  if (name === undefined) return { kind: 'help', text: await helpOfAll(commands, columns) };
  const command = commands.find((candidate) => candidate.name === name);
  if (command === undefined) {
    const near = closest(
      name,
      commands.map((candidate) => candidate.name),
    );
    throw usage(
      `Unknown command “${name}”.`,
      near === undefined
        ? 'okta-reset --help lists the commands.'
        : `Did you mean: okta-reset ${near}`,
    );
  }
  const rest = [...argv.slice(0, at), ...argv.slice(at + 1)];
  if (help || rest.includes('--help') || rest.includes('-h'))
    return { kind: 'help', text: await helpOf(command, columns) };
  const flags = [...command.flags, ...OUTPUT];
  const takesText = new Set(
    flags.filter((flag) => flag.kind !== 'switch').map((flag) => `--${flag.name}`),
  );
  const empty = rest.find(
    (flag, index) =>
      takesText.has(flag) &&
      (rest[index + 1] === undefined || /^--[a-z]/.test(rest[index + 1] ?? '')),
  );
  if (empty !== undefined)
    throw usage(`${empty} needs a value.`, `See: okta-reset ${command.name} --help`);
  const parsed: Parsed = await withFlags(base(rest, columns), flags).parseAsync();
  refuseUnknown(parsed, flags);
  const positional = Array.isArray(parsed['_']) ? parsed['_'].map(String) : [];
  const most = command.positional === undefined ? 0 : 1;
  const extra = positional[most];
  if (extra !== undefined) {
    throw usage(
      `“${extra}” is one word too many for ${command.name}.`,
      `See: okta-reset ${command.name} --help`,
    );
  }
  if (command.positional?.required === true && positional.length === 0) {
    throw usage(
      `${command.name} needs ${command.positional.name}.`,
      `See: okta-reset ${command.name} --help`,
    );
  }
  return { kind: 'command', command, parsed, positional };
}
