import { usage } from '../../domain/codes/app-error.ts';
import { shownWord } from '../../domain/credential-shape.ts';
import { closest } from '../../domain/closest.ts';
import type { Command } from './commands.ts';

/** A command, found by its words (`secrets open` has two), or several that begin with the same word. */
export type FoundCommand =
  | { readonly kind: 'command'; readonly command: Command; readonly words: number }
  | { readonly kind: 'family'; readonly name: string; readonly members: readonly Command[] };

function unknown(typed: string, known: readonly string[]): never {
  const near = closest(typed, known);
  throw usage(
    `Unknown command “${shownWord(typed)}”.`,
    near === undefined
      ? 'okta-reset --help lists the commands.'
      : `Did you mean: okta-reset ${near}`,
  );
}

/** Finds the command at the beginning of a line. Rejects with USAGE if there is none. */
export function findCommand(
  first: string,
  second: string | undefined,
  commands: readonly Command[],
): FoundCommand {
  const single = commands.find((command) => command.name === first);
  if (single !== undefined) return { kind: 'command', command: single, words: 1 };
  const members = commands.filter((command) => command.name.startsWith(`${first} `));
  if (members.length === 0) {
    return unknown(first, [
      ...new Set(commands.map((command) => command.name.split(' ')[0] ?? '')),
    ]);
  }
  if (second === undefined || second.startsWith('-'))
    return { kind: 'family', name: first, members };
  const command = members.find((member) => member.name === `${first} ${second}`);
  if (command !== undefined) return { kind: 'command', command, words: 2 };
  return unknown(
    `${first} ${second}`,
    members.map((member) => member.name),
  );
}

/** Makes the error if a family is named without one of its members. */
export function familyAlone(name: string, members: readonly Command[]): Error {
  const words = members.map((member) => member.name.slice(name.length + 1));
  return usage(
    `${name} needs one of these words after it: ${words.join(' or ')}.`,
    `okta-reset ${name} --help explains each.`,
  );
}
