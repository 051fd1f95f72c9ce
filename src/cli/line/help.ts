import { wrap } from '../../text/layout.ts';
import type { Command } from './command.ts';
import type { Flag, FlagGroup } from './flags/flag.ts';
import { HELP, OUTPUT, outputOf } from './flags/shared-flags.ts';

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

function flagSections(flags: readonly Flag[], columns: number): readonly string[] {
  const groups = new Map<FlagGroup, Flag[]>();
  for (const flag of flags) groups.set(flag.group, [...(groups.get(flag.group) ?? []), flag]);
  return [...groups].flatMap(([group, members]) => [
    '',
    `${group}:`,
    ...twoColumns(
      members.map((flag) => [flagName(flag), flag.describe] as const),
      columns,
    ),
  ]);
}

/** What stands after a command's name. */
export function signature(command: Command): string {
  const { positional } = command;
  if (positional === undefined) return command.name;
  return `${command.name} ${positional.required ? positional.name : `[${positional.name}]`}`;
}

const VERSION: Flag = {
  name: 'version',
  kind: 'switch',
  group: 'Output',
  describe: 'show the version',
};

/** The help of one command. */
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
    ...flagSections([...command.flags, ...outputOf(command.json), HELP], columns),
    '',
  ].join('\n');
}

/** The help of the program: every command in one line. */
export function programHelp(commands: readonly Command[], columns: number): string {
  return [
    'okta-reset <command>',
    '',
    ...wrap(
      'Makes thousands of Okta users set new passwords: at the speed the org allows, exactly once, with a report that proves it.',
      Math.min(columns, WIDEST),
    ),
    '',
    'Commands:',
    ...twoColumns(
      commands.map((command) => [signature(command), command.summary] as const),
      columns,
    ),
    ...flagSections([...OUTPUT, HELP, VERSION], columns),
    '',
    'okta-reset alone, in a terminal, is a guide that asks its way through the job.',
    'okta-reset <command> --help shows a command’s flags. New here? okta-reset demo',
    '',
  ].join('\n');
}
