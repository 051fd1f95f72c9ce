import { wordsFor } from '../../config/flags/flag.ts';
import {
  BESIDE_COMMANDS,
  families,
  firstWords,
  flagHint,
  quoted,
  secondWord,
  type Completed,
  spelled,
  type Spelling,
} from './words.ts';

const BASH: Spelling = {
  files: '_okta_reset_paths -f',
  folders: '_okta_reset_paths -d',
  nothing: 'COMPREPLY=()',
  words: (words) => `COMPREPLY=($(compgen -W '${words}' -- "$cur"))`,
};

/** Makes the completion for bash 3.2 and later. */
export function bashCompletion(commands: readonly Completed[]): string {
  const perCommand = commands.flatMap(({ name, flags, after }) => [
    `    ${quoted(name)})`,
    '      case "$prev" in',
    ...flags
      .filter((flag) => flag.kind !== 'switch')
      .map((flag) => `        --${flag.name}) ${spelled(flagHint(flag), BASH)}; return ;;`),
    '      esac',
    `      if [[ $cur == -* ]]; then COMPREPLY=($(compgen -W '${flags.flatMap(wordsFor).join(' ')}' -- "$cur"))`,
    `      else ${spelled(after, BASH)}; fi ;;`,
  ]);
  const first = [...firstWords(commands).keys(), ...BESIDE_COMMANDS].join(' ');
  return [
    '# okta-reset completion for bash: eval "$(okta-reset completion bash)"',
    '_okta_reset_paths() {',
    // One name per line, so that spaces in names are kept.
    "  local IFS=$'\\n'",
    '  COMPREPLY=($(compgen "$1" -- "$cur")); compopt -o filenames 2>/dev/null',
    '}',
    '_okta_reset() {',
    '  local cur="${COMP_WORDS[COMP_CWORD]}" prev="${COMP_WORDS[COMP_CWORD-1]}" command="${COMP_WORDS[1]}"',
    // bash splits `--file=users` into three words.
    '  if [[ $cur == = ]]; then cur=; elif [[ $prev == = ]]; then prev="${COMP_WORDS[COMP_CWORD-2]}"; fi',
    '  COMPREPLY=()',
    `  if ((COMP_CWORD == 1)); then COMPREPLY=($(compgen -W '${first}' -- "$cur")); return; fi`,
    ...[...families(commands)].map(
      ([word, members]) =>
        `  if [[ $command == ${word} ]]; then if ((COMP_CWORD == 2)); then COMPREPLY=($(compgen -W '${members.map(secondWord).join(' ')} --help' -- "$cur")); return; fi; command="${word} \${COMP_WORDS[2]}"; fi`,
    ),
    '  case "$command" in',
    ...perCommand,
    '  esac',
    '}',
    'complete -F _okta_reset okta-reset',
    '',
  ].join('\n');
}
