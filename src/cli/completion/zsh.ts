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
import type { Flag } from '../../config/flags/flag.ts';

/** What `_arguments` does for a value. A space means that nothing can be offered. */
const ZSH: Spelling = {
  files: '_files',
  folders: '_path_files -/',
  nothing: ' ',
  words: (words) => `(${words})`,
};

const escaped = (text: string) => text.replace(/[\\[\]:]/g, '\\$&');

/** Formats a flag for `_arguments`: the flags it excludes, name, meaning, value. */
function spec(flag: Flag): string {
  const meaning = `[${escaped(flag.describe)}]`;
  const value =
    flag.kind === 'switch' ? '' : `:${escaped(flag.value ?? '')}:${spelled(flagHint(flag), ZSH)}`;
  const long = `--${flag.name}${flag.kind === 'switch' ? '' : '='}`;
  if (flag.kind === 'list') return quoted(`*${long}${meaning}${value}`);
  if (flag.alias === undefined) return quoted(`${long}${meaning}${value}`);
  const short = `-${flag.alias}`;
  return `'(${short} --${flag.name})'{${short},${long}}${quoted(meaning + value)}`;
}

const described = (name: string, summary: string) => quoted(`${name}:${escaped(summary)}`);

/** Makes the completion for zsh, to be sourced or put on the fpath as `_okta-reset`. */
export function zshCompletion(commands: readonly Completed[]): string {
  const perCommand = commands.flatMap(({ name, flags, after }) => [
    `    ${quoted(name)})`,
    '      _arguments -S : \\',
    ...flags.map((flag) => `        ${spec(flag)} \\`),
    `        ${after.kind === 'nothing' ? "'*: : '" : quoted(`1:${name}:${spelled(after, ZSH)}`)} ;;`,
  ]);
  const perFamily = [...families(commands)].flatMap(([word, members]) => [
    `    ${word})`,
    '      if ((CURRENT == 3)); then',
    `        local -a members=(${members.map((one) => described(secondWord(one), one.summary)).join(' ')})`,
    "        _describe -t commands 'command' members; return",
    '      fi',
    '      command="$words[2] $words[3]"; shift words; ((CURRENT -= 1)) ;;',
  ]);
  return [
    '#compdef okta-reset',
    '# okta-reset completion for zsh: source <(okta-reset completion zsh)',
    '_okta_reset() {',
    '  if ((CURRENT == 2)); then',
    '    local -a commands=(',
    ...[...firstWords(commands)].map(([name, summary]) => `      ${described(name, summary)}`),
    '    )',
    "    _describe -t commands 'command' commands",
    `    compadd -- ${BESIDE_COMMANDS.join(' ')}`,
    '    return',
    '  fi',
    '  local command="$words[2]"',
    '  case "$command" in',
    ...perFamily,
    '  esac',
    '  shift words; ((CURRENT -= 1))',
    '  case "$command" in',
    ...perCommand,
    '  esac',
    '}',
    'if [[ $zsh_eval_context[-1] == loadautofunc ]]; then',
    '  _okta_reset "$@"',
    'else',
    '  (($+functions[compdef])) || { autoload -U +X compinit && compinit -i }',
    '  compdef _okta_reset okta-reset',
    'fi',
    '',
  ].join('\n');
}
