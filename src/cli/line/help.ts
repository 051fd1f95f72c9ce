import { wrap } from '../../text/layout.ts';
import { on, type Flag, type Group } from '../../config/flags/flag.ts';
import { OUTPUT } from '../../config/output.ts';
import type { Command } from './commands.ts';

const WIDEST = 100;

function twoColumns(
  rows: readonly (readonly [left: string, right: string])[],
  columns: number,
): readonly string[] {
  const width = Math.min(columns, WIDEST);
  const left = Math.max(...rows.map(([text]) => text.length));
  const room = Math.max(20, width - left - 4);
  const indent = ' '.repeat(left + 4);
  return rows.map(
    ([name, text]) => `  ${name.padEnd(left)}  ${wrap(text, room, indent).join('\n')}`,
  );
}

function flagName(flag: Flag): string {
  const alias = flag.alias === undefined ? '    ' : `-${flag.alias}, `;
  return `${alias}--${flag.name}${flag.value === undefined ? '' : ` ${flag.value}`}`;
}

type Titled = Pick<Group, 'title' | 'flags'>;

/** Returns the flags of groups under their titles. Groups with the same title are combined. */
export function sections(groups: readonly Titled[]): ReadonlyMap<string, readonly Flag[]> {
  const found = new Map<string, readonly Flag[]>();
  for (const { title, flags } of groups)
    found.set(title, [...(found.get(title) ?? []), ...Object.values(flags)]);
  return found;
}

function flagSections(groups: readonly Titled[], columns: number): readonly string[] {
  return [...sections(groups)].flatMap(([title, flags]) => [
    '',
    `${title}:`,
    ...twoColumns(
      flags.map((flag) => [flagName(flag), flag.describe] as const),
      columns,
    ),
  ]);
}

export const HELP = on('help', 'show this help', 'h');

/** Returns the flags that every command has, with what `--json` means for this one. */
function outputOf(json = OUTPUT.flags.json.describe): Titled {
  const { title, flags } = OUTPUT;
  return { title, flags: { ...flags, json: { ...flags.json, describe: json }, help: HELP } };
}

/** Returns what can follow the name of a command. */
export function signature(command: Command): string {
  const { positional } = command;
  if (positional === undefined) return command.name;
  return `${command.name} ${positional.required ? positional.name : `[${positional.name}]`}`;
}

/** Makes the help of one command. */
export function commandHelp(command: Command, columns: number): string {
  const width = Math.min(columns, WIDEST);
  const examples = command.examples.flatMap(([line, does]) => [`  $ ${line}`, `      ${does}`]);
  return [
    `okta-reset ${signature(command)}`,
    '',
    ...wrap(command.summary, width),
    ...(command.positional === undefined
      ? []
      : ['', ...wrap(`${command.positional.name}: ${command.positional.describe}`, width)]),
    ...(examples.length === 0 ? [] : ['', 'Examples:', ...examples]),
    ...flagSections([...Object.values(command.groups), outputOf(command.json)], columns),
    '',
  ].join('\n');
}

/** Makes the help of the program, with every command in one line. */
export function programHelp(commands: readonly Command[], columns: number): string {
  return [
    'okta-reset <command>',
    '',
    ...wrap(
      'Makes thousands of Okta users set a new password: within the org’s rate limits, each user exactly once, with a report that proves it.',
      Math.min(columns, WIDEST),
    ),
    '',
    'Commands:',
    ...twoColumns(
      commands.map((command) => [signature(command), command.summary] as const),
      columns,
    ),
    ...flagSections(
      [outputOf(), { title: OUTPUT.title, flags: { version: on('version', 'show the version') } }],
      columns,
    ),
    '',
    'okta-reset without a command, in a terminal, asks you what to do step by step.',
    'okta-reset <command> --help shows a command’s flags. New here? okta-reset demo',
    '',
  ].join('\n');
}
