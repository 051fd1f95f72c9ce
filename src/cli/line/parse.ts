import { wordsFor, type Flag, type Given } from '../../config/flags/flag.ts';
import { OUTPUT } from '../../config/output.ts';
import { usage } from '../../domain/codes/app-error.ts';
import { shownWord } from '../../domain/credential-shape.ts';
import { shellWord } from '../../domain/shell-word.ts';
import { closest } from '../../domain/closest.ts';
import type { Command } from './commands.ts';
import { familyAlone, findCommand } from './find-command.ts';
import { commandHelp, programHelp } from './help.ts';

export type Call =
  | { readonly kind: 'help'; readonly text: string }
  | { readonly kind: 'version' }
  | { readonly kind: 'bare' }
  | {
      readonly kind: 'command';
      readonly command: Command;
      readonly given: Given;
      /** The word after the command's name. */
      readonly word: string | undefined;
    };

const PARSER = {
  'boolean-negation': false,
  'camel-case-expansion': false,
  'dot-notation': false,
  'greedy-arrays': false,
  'parse-numbers': false,
  'parse-positional-numbers': false,
  'duplicate-arguments-array': true,
} as const;

const HELP = 'help';

/** Returns what yargs found for one flag: one text, several, or true for a switch; undefined if it was not given. */
function valuesOf(found: unknown): readonly string[] | undefined {
  const all: readonly unknown[] = Array.isArray(found) ? found : [found];
  const texts = all.filter((value) => typeof value === 'string');
  return texts.length > 0 || all.includes(true) ? texts : undefined;
}

/** Separates flags from other words. yargs is loaded only if there is something to parse, because help must be fast. */
async function parseWords(
  words: readonly string[],
  flags: readonly Flag[],
): Promise<{ readonly given: Given; readonly others: readonly string[] }> {
  const { Parser } = await import('yargs/helpers');
  const named = (wanted: readonly Flag[]) => wanted.map(({ name }) => name);
  const valued = named(flags.filter(({ kind }) => kind !== 'switch'));
  // Only the parser of yargs: the rest of it is for help and commands, which are made from our own tables.
  const { argv, error } = Parser.detailed([...words], {
    boolean: named(flags.filter(({ kind }) => kind === 'switch')),
    string: valued,
    narg: Object.fromEntries(valued.map((name) => [name, 1])),
    alias: Object.fromEntries(flags.map(({ name, alias }) => [name, alias ?? []])),
    configuration: PARSER,
  });
  if (error !== null) throw usage(error.message, 'See --help for the flags of this command.');
  const { _: others, ...found } = argv;
  const given = Object.entries(found).flatMap(([name, value]) => {
    const values = valuesOf(value);
    return values === undefined ? [] : [[name, values] as const];
  });
  return { given: new Map(given), others: others.map(String) };
}

function refuseUnknown(given: Given, flags: readonly Flag[]): void {
  const known = flags.flatMap((flag) => [
    flag.name,
    ...(flag.alias === undefined ? [] : [flag.alias]),
  ]);
  const words = new Map(
    flags.flatMap(({ name, formerName = name }) => [[name, name] as const, [formerName, name]]),
  );
  for (const name of given.keys()) {
    if ([HELP, 'h', ...known].includes(name)) continue;
    const dashes = name.length === 1 ? '-' : '--';
    const near = closest(name, [...words.keys()]);
    if (name === 'token') {
      throw usage(
        'There is no --token flag: every process on this machine can read arguments.',
        'Set OKTA_CLIENT_TOKEN, or use --token-file FILE.',
      );
    }
    throw usage(
      `Unknown flag ${dashes}${name}.`,
      near === undefined
        ? 'See --help for the flags of this command.'
        : `Did you mean --${words.get(near) ?? near}?`,
    );
  }
}

/** Combines the value of a flag with the second word that the flag can take. */
function joinTails(words: readonly string[], flags: readonly Flag[]): readonly string[] {
  const tails = new Map(flags.map((flag) => [`--${flag.name}`, flag.tail]));
  const joined: string[] = [];
  for (const [index, word] of words.entries()) {
    const isTail = tails.get(words[index - 2] ?? '')?.(word) === true;
    if (isTail) joined.push(`${joined.pop() ?? ''} ${word}`);
    else joined.push(word);
  }
  return joined;
}

/** Replaces old names of flags by the current ones. */
function renamed(words: readonly string[], flags: readonly Flag[]): readonly string[] {
  const names = new Map<string, string>(
    flags.flatMap(({ name, formerName }) =>
      formerName === undefined ? [] : [[`--${formerName}`, `--${name}`] as const],
    ),
  );
  return words.map((word) => {
    const at = word.indexOf('=');
    const flag = at < 0 ? word : word.slice(0, at);
    return `${names.get(flag) ?? flag}${word.slice(flag.length)}`;
  });
}

/** Words that begin with a dash but are values: standard input, and numbers, which are refused as numbers. */
const VALUE = /^-(?:\d+(?:\.\d+)?)?$/;

/** Refuses a flag without its value. A word that begins with a dash is a flag and never a value, unless it follows `=`. */
function refuseEmpty(words: readonly string[], flags: readonly Flag[], seeHelp: string): void {
  const valued = new Map<string, Flag>(
    flags.flatMap((flag) => (flag.kind === 'switch' ? [] : [[`--${flag.name}`, flag] as const])),
  );
  const names = flags.flatMap(wordsFor);
  for (const [index, word] of words.entries()) {
    const flag = valued.get(word);
    if (flag === undefined) continue;
    const next = words[index + 1];
    if (next !== undefined && (!next.startsWith('-') || VALUE.test(next))) continue;
    const isFlag = next === undefined || names.includes(next.split('=', 1)[0] ?? '');
    const path = flag.value === 'FILE' || flag.value === 'DIR' ? './' : '';
    throw usage(
      `${word} needs a value.`,
      isFlag ? seeHelp : `If ${next} is meant, write ${shellWord(`${word}=${path}${next}`)}`,
    );
  }
}

/** Parses the words of a command line. Rejects with USAGE, with a suggestion if a known word is close. */
export async function parseCall(
  argv: readonly string[],
  commands: readonly Command[],
  columns: number,
): Promise<Call> {
  const at = argv.findIndex((word) => !word.startsWith('-'));
  const word = at < 0 ? undefined : argv[at];
  if (word === undefined) {
    if (argv.includes('--version')) return { kind: 'version' };
    if (argv.some((flag) => flag === '--help' || flag === '-h'))
      return { kind: 'help', text: programHelp(commands, columns) };
    const first = argv[0];
    if (first !== undefined)
      throw usage(`There is no command before ${first}.`, 'okta-reset --help lists the commands.');
    return { kind: 'bare' };
  }
  const help = word === HELP;
  const name = help ? argv[at + 1] : word;
  if (name === undefined) return { kind: 'help', text: programHelp(commands, columns) };
  const found = findCommand(name, argv[at + (help ? 2 : 1)], commands);
  const asked = help || argv.includes('--help') || argv.includes('-h');
  if (found.kind === 'family') {
    if (!asked) throw familyAlone(found.name, found.members);
    const texts = found.members.map((member) => commandHelp(member, columns));
    return { kind: 'help', text: texts.join('\n') };
  }
  const { command } = found;
  if (asked) return { kind: 'help', text: commandHelp(command, columns) };
  const flags = [...command.flags, ...Object.values(OUTPUT.flags)];
  const typed = [...argv.slice(0, at), ...argv.slice(at + found.words)];
  const rest = joinTails(renamed(typed, flags), flags);
  refuseEmpty(rest, flags, `See: okta-reset ${command.name} --help`);
  const { given, others } = await parseWords(rest, flags);
  refuseUnknown(given, flags);
  const most = command.positional === undefined ? 0 : 1;
  const extra = others[most];
  if (extra !== undefined) {
    const shown = shownWord(extra);
    const isFile = shown === extra && most === 0 && flags.some((flag) => flag.name === 'file');
    throw usage(
      `“${shown}” is not expected by ${command.name}.`,
      isFile
        ? `Did you mean: okta-reset ${command.name} --file ${shellWord(extra)}`
        : `See: okta-reset ${command.name} --help`,
    );
  }
  if (command.positional?.required === true && others.length === 0) {
    throw usage(
      `${command.name} needs ${command.positional.name}.`,
      `See: okta-reset ${command.name} --help`,
    );
  }
  return { kind: 'command', command, given, word: others[0] };
}
