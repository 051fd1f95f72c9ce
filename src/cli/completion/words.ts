import type { Command } from '../line/commands.ts';
import type { Flag } from '../../config/flags/flag.ts';
import { OUTPUT } from '../../config/output.ts';
import { HELP } from '../line/help.ts';

/** What can follow a flag or a command: files, folders, one of a list of words, or anything. */
export type Hint =
  | { readonly kind: 'files' }
  | { readonly kind: 'folders' }
  | { readonly kind: 'words'; readonly words: readonly string[] }
  | { readonly kind: 'nothing' };

/** How a shell completes each kind of hint. */
export interface Spelling {
  readonly files: string;
  readonly folders: string;
  readonly nothing: string;
  readonly words: (words: string) => string;
}

export const spelled = (hint: Hint, spelling: Spelling): string =>
  hint.kind === 'words' ? spelling.words(hint.words.join(' ')) : spelling[hint.kind];

/** A command for completion. `after` is what its positional word can be. */
export interface Completed {
  readonly name: string;
  readonly summary: string;
  readonly flags: readonly Flag[];
  readonly after: Hint;
}

/** Words that can be used in place of a command. */
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

/** Returns the members of each family of commands by its first word: `secrets` has `keygen` and `open`. */
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

/** Returns the first words of all commands, each once, with what they do, or for a family with its members. */
export function firstWords(commands: readonly Completed[]): ReadonlyMap<string, string> {
  const members = families(commands);
  return new Map(
    commands.map(({ name, summary }) => {
      const first = name.split(' ')[0] ?? '';
      return [first, members.get(first)?.map(secondWord).join(', ') ?? summary];
    }),
  );
}

/** Quotes a text that contains no single quote, for sh, zsh and fish. */
export const quoted = (text: string): string => `'${text.replaceAll("'", '’')}'`;
