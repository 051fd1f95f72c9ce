import type { Command } from '../line/commands.ts';
import type { Flag } from '../../config/flags/flag.ts';
import { OUTPUT } from '../../config/output.ts';
import { HELP } from '../line/help.ts';

/** What can follow a flag or a command: files, folders, words of a list, or anything. */
export type Hint =
  | { readonly kind: 'files' }
  | { readonly kind: 'folders' }
  | { readonly kind: 'words'; readonly words: readonly string[] }
  | { readonly kind: 'nothing' };

/** What a shell does for each kind of hint. */
export interface Spelling {
  readonly files: string;
  readonly folders: string;
  readonly nothing: string;
  readonly words: (words: string) => string;
}

export const spelled = (hint: Hint, spelling: Spelling): string =>
  hint.kind === 'words' ? spelling.words(hint.words.join(' ')) : spelling[hint.kind];

/** A command for completion; `after` is what its positional word can be. */
export interface Completed {
  readonly name: string;
  readonly summary: string;
  readonly flags: readonly Flag[];
  readonly after: Hint;
}

/** Words that can be used instead of a command. */
export const BESIDE_COMMANDS = ['help', '--help', '--version'] as const;

function hintOf(value: string | undefined, choices: readonly string[] | undefined): Hint {
  if (choices !== undefined) return { kind: 'words', words: choices };
  if (value === 'FILE') return { kind: 'files' };
  if (value === 'DIR' || value === 'RUN') return { kind: 'folders' };
  return { kind: 'nothing' };
}

export const flagHint = (flag: Flag): Hint => hintOf(flag.value, flag.choices);

/** Every command with all its flags, including the common ones. */
export function completed(commands: readonly Command[]): readonly Completed[] {
  return commands.map((command) => ({
    name: command.name,
    summary: command.summary,
    flags: [...command.flags, ...Object.values(OUTPUT.flags), HELP],
    after: hintOf(command.positional?.name, command.positional?.choices),
  }));
}

/** The members of each family of commands, by its first word: `secrets` has `keygen` and `open`. */
export function families(
  commands: readonly Completed[],
): ReadonlyMap<string, readonly Completed[]> {
  const found = new Map<string, Completed[]>();
  for (const command of commands) {
    const [first = '', second] = command.name.split(' ');
    if (second !== undefined) found.set(first, [...(found.get(first) ?? []), command]);
  }
  return found;
}

export const secondWord = ({ name }: Completed): string => name.split(' ')[1] ?? '';

/** The first words of all commands, each once, with what they do; for a family, its members. */
export function firstWords(commands: readonly Completed[]): ReadonlyMap<string, string> {
  const members = families(commands);
  return new Map(
    commands.map(({ name, summary }) => {
      const first = name.split(' ')[0] ?? '';
      return [first, members.get(first)?.map(secondWord).join(', ') ?? summary];
    }),
  );
}

/** A text in single quotes, for sh, zsh and fish alike, if it contains no quote itself. */
export const quoted = (text: string): string => `'${text.replaceAll("'", '’')}'`;
