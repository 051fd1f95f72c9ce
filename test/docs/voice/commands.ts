import { COMMANDS } from '../../../src/cli/line/commands.ts';
import { parseCall } from '../../../src/cli/line/parse.ts';
import { OUTPUT } from '../../../src/config/output.ts';

const FLAGS = new Set(
  [...COMMANDS.flatMap(({ flags }) => flags), ...Object.values(OUTPUT.flags)].map(
    ({ name }) => name,
  ),
);
const OTHERS = ['help', 'version'];

/** The flags of a text that no command has. */
export function unknownFlags(text: string): readonly string[] {
  return [...text.matchAll(/(?<![\w-])--([a-z][a-z-]*)/g)]
    .map(([, name = '']) => name)
    .filter((name) => !FLAGS.has(name) && !OTHERS.includes(name));
}

/** What a word stands for: a value that the reader fills in, or one that the program puts in. */
function filledIn(word: string): string | undefined {
  const bare = word.replace(/[.,:;)”"`’]+$/, '');
  if (/^-/.test(bare)) return bare;
  if (/\{\}/.test(bare)) return bare.replaceAll('{}', 'x');
  return /^(?:[A-Z_|]{2,}|[\w./-]*[.\d@=/][\w./@-]*|unknown|failed|succeeded|[a-z]+-[a-z-]+)$/.test(
    bare,
  )
    ? bare
    : undefined;
}

/** The command lines that a text names, each with what stands for a value replaced. */
export function commandsIn(text: string): readonly (readonly string[])[] {
  return text
    .split(/(?<![\w/-])okta-reset /)
    .slice(1)
    .flatMap((after) => {
      const words = after.split(/\s+/);
      const family = words[0] === 'secrets' ? 2 : 1;
      const name = words.slice(0, family).map((word) => word.replace(/[.,:;)”"`’]+$/, ''));
      if (!/^[a-z]+$/.test(name[0] ?? '')) return [];
      const rest: string[] = [];
      for (const word of words.slice(family)) {
        const filled = filledIn(word);
        // A value of a flag may be any word.
        if (filled === undefined && !isFlagWithValue(rest.at(-1))) break;
        rest.push(filled ?? word.replace(/[.,:;)”"`’]+$/, ''));
        if (/[.,:;)”"`’]$/.test(word)) break;
      }
      const known = COMMANDS.find((command) => command.name === name.join(' '));
      // Prose about the program, unless flags follow: then it means a command that there is not.
      if (known === undefined) return rest[0]?.startsWith('-') === true ? [[...name, ...rest]] : [];
      // What the program puts in may be flags as well.
      const [first, ...others] = rest;
      const run = first === undefined || known.positional === undefined ? [] : [first];
      return [
        [
          ...name,
          ...run,
          ...(run.length === 0 ? rest : others).filter(
            (word, at, all) => word !== 'x' || isFlagWithValue(all[at - 1]),
          ),
        ],
      ];
    });
}

function isFlagWithValue(word: string | undefined): boolean {
  const flag = COMMANDS.flatMap(({ flags }) => flags).find(({ name }) => `--${name}` === word);
  return flag !== undefined && flag.kind !== 'switch';
}

/** Why the parser refuses a command line; undefined where it takes it. A value that is still to come is no fault. */
export async function refusal(words: readonly string[]): Promise<string | undefined> {
  try {
    await parseCall(words, COMMANDS, 100);
    return undefined;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return / needs |Not enough arguments/.test(message) ? undefined : message;
  }
}
