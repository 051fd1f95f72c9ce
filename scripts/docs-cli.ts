import { COMMANDS, type Command } from '../src/cli/line/commands.ts';
import { sections, signature } from '../src/cli/line/help.ts';
import type { Flag } from '../src/config/flags/flag.ts';
import { OUTPUT } from '../src/config/output.ts';
import { EXIT_ENTRIES } from '../src/domain/codes/end-entries.ts';

const HEAD = `<!-- Made by \`npm run docs\` from src/cli/line/commands.ts. Changes by hand are lost. -->

# The command line

For anyone who types commands or writes scripts. \`okta-reset COMMAND [flags]\`: \`okta-reset COMMAND --help\` shows the same on the screen.

- Results go to standard output, everything else to standard error.
- With \`--json\` they are events, one per line: [events.schema.json](../schemas/events.schema.json). If a command does something else, its section says so.
- No command needs a prompt. Without a terminal a command refuses instead of waiting for an answer.
- Times are written \`500ms\`, \`30s\`, \`5m\`, \`2h\`. \`--since\` takes a date or a time: \`2026-11-20\`, \`2026-11-20T03:00:00Z\`.
- A flag marked “repeatable” may be given several times.
- An unknown flag is an error, with the flag that was probably meant.
- A run is named by its directory, by its id under \`reports/\`, or by \`--last\`.
- Exit codes: [below](#exit-codes). Error codes: [errors.md](errors.md).
`;

const EXIT_CODES = `## Exit codes

| code | means |
| --- | --- |
${EXIT_ENTRIES.map(({ code, meaning }) => `| ${code} | ${meaning} |`).join('\n')}

If several apply: 6 before 5 before 130 and 143 before 7 before 4. \`okta-reset explain 7\` says what to do after one.`;

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('<', '&lt;');
}

function flagCell(flag: Flag): string {
  const alias = flag.alias === undefined ? '' : `\`-${flag.alias}\`, `;
  return `${alias}\`${cell(`--${flag.name}${flag.value === undefined ? '' : ` ${flag.value}`}`)}\``;
}

function flagTables(groups: Parameters<typeof sections>[0]): readonly string[] {
  return [...sections(groups)].flatMap(([title, flags]) => [
    '',
    `| ${title} | |`,
    '| --- | --- |',
    ...flags.map((flag) => `| ${flagCell(flag)} | ${cell(flag.describe)} |`),
  ]);
}

function commandSection(command: Command): readonly string[] {
  const { positional, examples } = command;
  return [
    '',
    `## ${signature(command)}`,
    '',
    command.summary,
    ...(positional === undefined ? [] : ['', `\`${positional.name}\`: ${positional.describe}.`]),
    ...(examples.length === 0
      ? []
      : ['', '```sh', ...examples.flatMap(([line, does]) => [`# ${does}`, line]), '```']),
    ...flagTables(Object.values(command.groups)),
    ...(command.json === undefined ? [] : ['', `\`--json\`: ${command.json}.`]),
  ];
}

/** Makes docs/cli.md from the data that the parser and the help are made from. */
export function cliDocument(): string {
  return [
    HEAD,
    '| command | does |',
    '| --- | --- |',
    ...COMMANDS.map((command) => `| \`${signature(command)}\` | ${cell(command.summary)} |`),
    ...COMMANDS.flatMap(commandSection),
    '',
    '## Every command',
    ...flagTables([OUTPUT]),
    '',
    '`okta-reset --version` prints the version. `okta-reset` without a command, in a terminal, asks what you want to do.',
    '',
    EXIT_CODES,
    '',
  ].join('\n');
}
