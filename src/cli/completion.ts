import type { Command } from './command.ts';
import type { Flag } from './flag.ts';
import { OUTPUT } from './shared-flags.ts';

export const SHELLS = ['bash', 'zsh', 'fish', 'powershell'] as const;

export type Shell = (typeof SHELLS)[number];

/** What may stand after a flag or a command: files, folders, words of a list, or anything. */
type Hint =
  | { readonly kind: 'files' }
  | { readonly kind: 'folders' }
  | { readonly kind: 'words'; readonly words: readonly string[] }
  | { readonly kind: 'nothing' };

interface Completed {
  readonly name: string;
  readonly summary: string;
  readonly flags: readonly Flag[];
  readonly after: Hint;
}

const HELP: Flag = {
  name: 'help',
  alias: 'h',
  kind: 'switch',
  group: 'Output',
  describe: 'show this help',
};

function hintOf(value: string | undefined, choices: readonly string[] | undefined): Hint {
  if (choices !== undefined) return { kind: 'words', words: choices };
  if (value === 'FILE') return { kind: 'files' };
  if (value === 'DIR' || value === 'RUN') return { kind: 'folders' };
  return { kind: 'nothing' };
}

const flagHint = (flag: Flag) => hintOf(flag.value, flag.choices);

/** Every command by its words; the first word of a family completes to the second ones. */
function completed(commands: readonly Command[]): readonly Completed[] {
  return commands.map((command) => ({
    name: command.name,
    summary: command.summary,
    flags: [...command.flags, ...OUTPUT, HELP],
    after: hintOf(command.positional?.name, command.positional?.choices),
  }));
}

function families(commands: readonly Completed[]): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const { name } of commands) {
    const [first = '', second] = name.split(' ');
    if (second !== undefined) found.set(first, [...(found.get(first) ?? []), second]);
  }
  return found;
}

function firstWords(commands: readonly Completed[]): readonly string[] {
  return [...new Set(commands.map(({ name }) => name.split(' ')[0] ?? ''))];
}

/** A text in single quotes, for sh, fish and PowerShell alike where it holds no quote itself. */
const quoted = (text: string) => `'${text.replaceAll("'", '’')}'`;

const words = (flags: readonly Flag[]) =>
  flags.flatMap((flag) => [
    `--${flag.name}`,
    ...(flag.alias === undefined ? [] : [`-${flag.alias}`]),
  ]);

function bashHint(hint: Hint): string {
  switch (hint.kind) {
    case 'files':
      return 'COMPREPLY=($(compgen -f -- "$cur")); compopt -o filenames 2>/dev/null';
    case 'folders':
      return 'COMPREPLY=($(compgen -d -- "$cur")); compopt -o filenames 2>/dev/null';
    case 'words':
      return `COMPREPLY=($(compgen -W '${hint.words.join(' ')}' -- "$cur"))`;
    case 'nothing':
      return 'COMPREPLY=()';
    default: {
      const never: never = hint;
      return never;
    }
  }
}

function bash(commands: readonly Completed[]): string {
  const members = [...families(commands)];
  const perCommand = commands.flatMap(({ name, flags, after }) => [
    `    ${quoted(name)})`,
    '      case "$prev" in',
    ...flags
      .filter((flag) => flag.kind !== 'switch')
      .map((flag) => `        --${flag.name}) ${bashHint(flagHint(flag))}; return ;;`),
    '      esac',
    `      if [[ $cur == -* ]]; then COMPREPLY=($(compgen -W '${words(flags).join(' ')}' -- "$cur"))`,
    `      else ${bashHint(after)}; fi ;;`,
  ]);
  return [
    '# okta-reset completion for bash: eval "$(okta-reset completion bash)"',
    '_okta_reset() {',
    '  local cur="${COMP_WORDS[COMP_CWORD]}" prev="${COMP_WORDS[COMP_CWORD-1]}" command="${COMP_WORDS[1]}"',
    '  COMPREPLY=()',
    `  if ((COMP_CWORD == 1)); then COMPREPLY=($(compgen -W '${[...firstWords(commands), 'help', '--help', '--version'].join(' ')}' -- "$cur")); return; fi`,
    ...members.map(
      ([first, seconds]) =>
        `  if [[ $command == ${first} ]]; then if ((COMP_CWORD == 2)); then COMPREPLY=($(compgen -W '${seconds.join(' ')} --help' -- "$cur")); return; fi; command="${first} \${COMP_WORDS[2]}"; fi`,
    ),
    '  case "$command" in',
    ...perCommand,
    '  esac',
    '}',
    'complete -F _okta_reset okta-reset',
    '',
  ].join('\n');
}

/** zsh takes the bash script as it is, by its own compatibility layer. */
function zsh(commands: readonly Completed[]): string {
  return [
    '# okta-reset completion for zsh: source <(okta-reset completion zsh)',
    'autoload -U +X compinit && compinit -u',
    'autoload -U +X bashcompinit && bashcompinit',
    bash(commands),
  ].join('\n');
}

function fish(commands: readonly Completed[]): string {
  const lines = ['# okta-reset completion for fish: okta-reset completion fish | source'];
  lines.push('complete -c okta-reset -f');
  const alone = families(commands);
  for (const first of firstWords(commands)) {
    const summary = commands.find(({ name }) => name.split(' ')[0] === first)?.summary ?? '';
    lines.push(`complete -c okta-reset -n __fish_use_subcommand -a ${first} -d ${quoted(summary)}`);
  }
  for (const [first, seconds] of alone) {
    const unseen = `__fish_seen_subcommand_from ${first}; and not __fish_seen_subcommand_from ${seconds.join(' ')}`;
    lines.push(`complete -c okta-reset -n ${quoted(unseen)} -a ${quoted(seconds.join(' '))}`);
  }
  for (const { name, flags, after } of commands) {
    const seen = name
      .split(' ')
      .map((word) => `__fish_seen_subcommand_from ${word}`)
      .join('; and ');
    const when = `complete -c okta-reset -n ${quoted(seen)}`;
    if (after.kind === 'folders') lines.push(`${when} -a '(__fish_complete_directories)'`);
    if (after.kind === 'words') lines.push(`${when} -a ${quoted(after.words.join(' '))}`);
    for (const flag of flags) {
      const hint = flagHint(flag);
      const takes = flag.kind === 'switch' ? '' : hint.kind === 'files' ? ' -r -F' : ' -x';
      const list =
        hint.kind === 'words'
          ? ` -a ${quoted(hint.words.join(' '))}`
          : hint.kind === 'folders'
            ? " -a '(__fish_complete_directories)'"
            : '';
      const short = flag.alias === undefined ? '' : ` -s ${flag.alias}`;
      lines.push(`${when} -l ${flag.name}${short}${takes}${list} -d ${quoted(flag.describe)}`);
    }
  }
  return `${lines.join('\n')}\n`;
}

function powershell(commands: readonly Completed[]): string {
  const table = commands.map(
    ({ name, flags }) => `    ${quoted(name)} = @(${words(flags).map(quoted).join(', ')})`,
  );
  const second = [...families(commands)].map(
    ([first, seconds]) => `    ${quoted(first)} = @(${seconds.map(quoted).join(', ')})`,
  );
  const choices = new Map(
    commands.flatMap(({ flags }) =>
      flags.flatMap((flag) =>
        flag.choices === undefined ? [] : [[`--${flag.name}`, flag.choices] as const],
      ),
    ),
  );
  return [
    '# okta-reset completion for PowerShell: okta-reset completion powershell | Out-String | Invoke-Expression',
    'Register-ArgumentCompleter -Native -CommandName okta-reset -ScriptBlock {',
    '  param($wordToComplete, $commandAst, $cursorPosition)',
    '  $flags = @{',
    ...table,
    '  }',
    '  $families = @{',
    ...second,
    '  }',
    '  $choices = @{',
    ...[...choices].map(
      ([name, list]) => `    ${quoted(name)} = @(${list.map(quoted).join(', ')})`,
    ),
    '  }',
    `  $first = @(${firstWords(commands).map(quoted).join(', ')})`,
    '  $typed = @($commandAst.CommandElements | Select-Object -Skip 1 | ForEach-Object { $_.ToString() })',
    "  if ($wordToComplete -ne '' -and $typed.Count -gt 0) { $typed = @($typed | Select-Object -SkipLast 1) }",
    '  $offer = if ($typed.Count -eq 0) { $first }',
    '    elseif ($choices.ContainsKey($typed[-1])) { $choices[$typed[-1]] }',
    '    elseif ($families.ContainsKey($typed[0])) {',
    '      if ($typed.Count -eq 1) { $families[$typed[0]] } else { $flags["$($typed[0]) $($typed[1])"] }',
    '    } else { $flags[$typed[0]] }',
    '  $offer | Where-Object { $_ -like "$wordToComplete*" } | ForEach-Object {',
    "    [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_)",
    '  }',
    '}',
    '',
  ].join('\n');
}

/** The script that teaches a shell to complete the commands and flags, made from the same data as the help. */
export function completionScript(shell: Shell, commands: readonly Command[]): string {
  const all = completed(commands);
  switch (shell) {
    case 'bash':
      return bash(all);
    case 'zsh':
      return zsh(all);
    case 'fish':
      return fish(all);
    case 'powershell':
      return powershell(all);
    default: {
      const never: never = shell;
      return never;
    }
  }
}
