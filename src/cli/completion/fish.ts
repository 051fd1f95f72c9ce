import { families, firstWords, flagHint, quoted, secondWord, type Completed } from './words.ts';
import type { Flag } from '../../config/flags/flag.ts';

const FOLDERS = " -a '(__fish_complete_directories)'";

function flagLine(when: string, flag: Flag): string {
  const hint = flagHint(flag);
  const takes = flag.kind === 'switch' ? '' : hint.kind === 'files' ? ' -r -F' : ' -x';
  const list =
    hint.kind === 'words'
      ? ` -a ${quoted(hint.words.join(' '))}`
      : hint.kind === 'folders'
        ? FOLDERS
        : '';
  const short = flag.alias === undefined ? '' : ` -s ${flag.alias}`;
  return `${when} -l ${flag.name}${short}${takes}${list} -d ${quoted(flag.describe)}`;
}

/** Makes the completion for fish 3.0 and later. */
export function fishCompletion(commands: readonly Completed[]): string {
  const top = 'complete -c okta-reset -n __fish_use_subcommand';
  return [
    '# okta-reset completion for fish: okta-reset completion fish | source',
    // By position, because a run can have the name of a command.
    'function __okta_reset_at',
    '  set -l typed (commandline -opc)',
    '  set -e typed[1]',
    '  set -l length (count $argv)',
    '  test "$typed[1..$length]" = "$argv"',
    'end',
    'complete -c okta-reset -f',
    ...[...firstWords(commands)].map(
      ([name, summary]) => `${top} -a ${name} -d ${quoted(summary)}`,
    ),
    `${top} -l help -s h -d 'show the help'`,
    `${top} -l version -d 'print the version'`,
    ...[...families(commands)].flatMap(([word, members]) => {
      const first = quoted(`__okta_reset_at ${word}; and test (count (commandline -opc)) -eq 2`);
      return members.map(
        (one) =>
          `complete -c okta-reset -n ${first} -a ${secondWord(one)} -d ${quoted(one.summary)}`,
      );
    }),
    ...commands.flatMap(({ name, flags, after }) => {
      const when = `complete -c okta-reset -n ${quoted(`__okta_reset_at ${name}`)}`;
      return [
        ...(after.kind === 'folders' ? [when + FOLDERS] : []),
        ...(after.kind === 'words' ? [`${when} -a ${quoted(after.words.join(' '))}`] : []),
        ...flags.map((flag) => flagLine(when, flag)),
      ];
    }),
    '',
  ].join('\n');
}
