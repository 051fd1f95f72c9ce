/**
 * The flags of the command line are data. Each is declared once, in its group. The parser, help, completion, docs/cli.md and
 * the types that commands use are made from the declaration.
 */
import { usage } from '../../domain/codes/app-error.ts';
import type { Kind } from './kinds.ts';

/** The typed values of each flag that was given. A switch has none. */
export type Given = ReadonlyMap<string, readonly string[]>;

export const NOTHING_GIVEN: Given = new Map();

/** Parses what was typed. Throws USAGE. */
export interface Readable<T = unknown> {
  readonly read: (given: Given) => T;
}

/** One flag, and the meaning of its value. */
export interface Flag<T = unknown> extends Readable<T> {
  readonly name: string;
  readonly kind: 'text' | 'list' | 'switch';
  /** The name of its value in help: FILE, N, TIME. */
  readonly value?: string;
  readonly alias?: string;
  /** The earlier name of the flag, which still works but is not shown anywhere. */
  readonly formerName?: string;
  readonly describe: string;
  /** Tells whether the next word also belongs to the value, such as a time zone after hours. */
  readonly tail?: (word: string) => boolean;
  /** The possible words of its value, for completion. */
  readonly choices?: readonly string[] | undefined;
}

export type Flags = Readonly<Record<string, Flag>>;

/** Flags that help shows under one title. */
export interface Group<T = unknown, F extends Flags = Flags> extends Readable<T> {
  readonly title: string;
  readonly flags: F;
}

/** The result of reading each part of a declaration. */
export type Values<P> = {
  readonly [K in keyof P]: P[K] extends Readable<infer T> ? T : never;
};

/** Reads every part of a declaration: the flags of a group, or the groups of a command. Throws USAGE. */
export function readAll<P extends Readonly<Record<string, Readable>>>(
  parts: P,
  given: Given,
): Values<P> {
  const values = Object.entries(parts).map(([key, part]) => [key, part.read(given)] as const);
  // The keys are always those of `parts`, which the type of `fromEntries` cannot express.
  return Object.fromEntries(values) as Values<P>;
}

/** Declares the flags under one title. */
export function group<F extends Flags>(title: string, flags: F): Group<Values<F>, F> {
  return { title, flags, read: (given) => readAll(flags, given) };
}

/** Declares a group whose flags are also checked together. `check` throws USAGE, and converts the values. */
export function checked<T, U, F extends Flags>(
  of: Group<T, F>,
  check: (values: T, given: Given) => U,
): Group<U, F> {
  return { ...of, read: (given) => check(of.read(given), given) };
}

/**
 * Declares a flag with one value. It is refused if it is given twice, because otherwise the last value would silently win.
 */
export function one<T>(
  name: string,
  value: string,
  describe: string,
  kind: Kind<T>,
): Flag<T | undefined>;
export function one<T, D>(
  name: string,
  value: string,
  describe: string,
  kind: Kind<T>,
  otherwise: D,
): Flag<T | D>;
export function one<T, D>(
  name: string,
  value: string,
  describe: string,
  { parse, choices }: Kind<T>,
  otherwise?: D,
): Flag<T | D | undefined> {
  const read = (given: Given) => {
    const [text, ...more] = given.get(name) ?? [];
    if (more.length > 0)
      throw usage(`--${name} is given ${more.length + 1} times.`, 'Give it once.');
    return text === undefined ? otherwise : parse(text, name);
  };
  return { name, kind: 'text', value, describe, choices, read };
}

/** Declares a flag that can be given several times. */
export function many<T>(
  name: string,
  value: string,
  describe: string,
  { parse, choices }: Kind<T | readonly T[]>,
): Flag<readonly T[]> {
  const read = (given: Given) => (given.get(name) ?? []).flatMap((text) => parse(text, name));
  return { name, kind: 'list', value, describe, choices, read };
}

/** Declares a flag without a value. */
export function on(name: string, describe: string, alias?: string): Flag<boolean> {
  const read = (given: Given) => given.has(name);
  return { name, kind: 'switch', describe, ...(alias === undefined ? {} : { alias }), read };
}

/** Declares a flag that switches off something that is on by default. */
export function off(name: string, describe: string): Flag<boolean> {
  return { name, kind: 'switch', describe, read: (given) => !given.has(name) };
}

/** Returns the ways to write a flag: `--quiet`, `-q`. */
export const wordsFor = ({ name, alias }: Flag): readonly string[] =>
  alias === undefined ? [`--${name}`] : [`--${name}`, `-${alias}`];

/** Returns the flags as a person would type them. */
export function typed(flags: readonly Flag[], given: Given): readonly string[] {
  return flags.flatMap(({ name }) => {
    const values = given.get(name);
    if (values === undefined) return [];
    return values.length === 0 ? [`--${name}`] : values.flatMap((value) => [`--${name}`, value]);
  });
}
