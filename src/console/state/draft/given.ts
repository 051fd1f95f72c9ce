import { flagsAsTyped } from '../../../config/continuation.ts';
import type { Flag, Given } from '../../../config/flags/flag.ts';
import { ORG } from '../../../config/org.ts';
import { badRequest } from '../../refusal.ts';

/** Flags by name, as a draft stores them. */
export type FlagValues = ReadonlyMap<string, readonly string[]>;

/**
 * Applies the changes of a page to flags. Null removes a flag. Throws BAD_REQUEST for a flag that is not accepted here,
 * because it names a path, a command or a credential.
 */
export function changed(
  flags: FlagValues,
  changes: Readonly<Record<string, readonly string[] | null>>,
  taken: ReadonlySet<string>,
): FlagValues {
  const next = new Map(flags);
  for (const [name, values] of Object.entries(changes)) {
    if (!taken.has(name)) throw badRequest(`The flag “${name.slice(0, 40)}” is not accepted here.`);
    if (values === null) next.delete(name);
    else next.set(name, values);
  }
  return next;
}

/** Returns those of the flags that are in `taken`. */
export function only(flags: FlagValues, taken: ReadonlySet<string>): FlagValues {
  return new Map([...flags].filter(([name]) => taken.has(name)));
}

/** Returns the flags, with the org if the environment does not name it. */
export function withOrg(
  given: Given,
  origin: string | undefined,
  orgUrl: string | undefined,
): Given {
  const named = orgUrl?.replace(/(?<!\/)\/+$/, '').toLowerCase() === origin?.toLowerCase();
  return origin === undefined || named
    ? given
    : new Map([...given, [ORG.flags.org.name, [origin]]]);
}

/** Formats a command line with all the flags that were given, quoted for a shell. */
export function commandLine(words: string, given: Given, flags: readonly Flag[]): string {
  return `okta-reset ${words}${flagsAsTyped(given, flags)}`;
}
