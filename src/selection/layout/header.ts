import { parseUserId } from '../../domain/org/user-id.ts';
import { cleanCell, otherObject } from '../rows/identifier.ts';
import { normalizeHeader, spellingsOf, withoutWrappers } from './titles.ts';
import { logSide, USER_TITLES, type KeyKind } from './user-titles.ts';

type Records = readonly (readonly string[])[];

/** The column that names the users. */
export interface Key {
  readonly index: number;
  readonly name: string;
  readonly kind: KeyKind;
}

/** Somebody else's address: `Manager [mail]` does not name a user of the list. */
const OTHERS =
  /manager|supervisor|vorgesetzt|responsable|gerente|jefe|second|recovery|personal|privat|alternat/;

function kindOfName(name: string): KeyKind | undefined {
  return USER_TITLES.find(([, names]) => names.has(name))?.[0];
}

/** Returns the kind of user that a header names; undefined if it names none. */
export function kindOfHeader(header: string): KeyKind | undefined {
  const { whole, outside, inside } = spellingsOf(header);
  const named = OTHERS.test(outside) ? [] : inside;
  for (const name of [whole, outside, ...named]) {
    const kind = kindOfName(name);
    if (kind !== undefined) return kind;
  }
  return logSide(header) === undefined ? kindOfName(withoutWrappers(header)) : 'login';
}

/** The end of a repeated title. */
const REPEATED = / \(\d+\)$/;

export type KeyChoice =
  | { readonly kind: 'chosen'; readonly key: Key; readonly passedOver: readonly Key[] }
  | { readonly kind: 'ambiguous'; readonly candidates: readonly Key[] }
  /** The columns name who did something, but none names to whom it was done. */
  | { readonly kind: 'actor'; readonly key: Key; readonly passedOver: readonly Key[] }
  | { readonly kind: 'missing' };

/**
 * Keeps, of several columns of ids, those of users: of `id` and `_embedded.user.id`, the first contains the app users' own
 * `0ua…`.
 */
function ofUsers(candidates: readonly Key[], rows: Records): readonly Key[] {
  const texts = (key: Key) => rows.map((cells) => cleanCell(cells[key.index] ?? ''));
  const users = candidates.filter((key) =>
    texts(key).some((text) => parseUserId(text) !== undefined),
  );
  const others = candidates.filter((key) =>
    texts(key).every((text) => text === '' || otherObject('id', text) !== undefined),
  );
  return users.length === 1 && others.length === candidates.length - 1 ? users : candidates;
}

/** How ids of Okta's objects begin, including malformed ones. */
const OKTA_PREFIX = /^0[a-z0][a-z]/i;
const FOREIGN_ID = /^(?:\d{1,19}|\{?[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}\}?)$/i;

/** Tells whether a column has the ids of another system: numbers, GUIDs, and nothing that begins like Okta's. */
function isForeign(key: Key, rows: Records): boolean {
  if (key.kind !== 'id' && key.kind !== 'any') return false;
  const texts = rows.map((cells) => cleanCell(cells[key.index] ?? '')).filter(Boolean);
  return (
    texts.length > 0 &&
    texts.every((text) => (key.kind === 'id' ? !OKTA_PREFIX.test(text) : FOREIGN_ID.test(text)))
  );
}

/**
 * Chooses the column that names the users: id before login before email, and another system's ids last. Two of the same rank
 * are ambiguous, unless the first rows show that only one of them has ids of users.
 */
export function chooseKey(names: readonly (string | undefined)[], rows: Records = []): KeyChoice {
  const candidates = names.flatMap((name, index): Key[] => {
    // A repeated title has become `ID (2)`, and is as good a candidate as the first one.
    const kind = name === undefined ? undefined : kindOfHeader(name.replace(REPEATED, ''));
    return name === undefined || kind === undefined ? [] : [{ index, name, kind }];
  });
  const own = candidates.filter((candidate) => !isForeign(candidate, rows));
  const usable = own.length > 0 ? own : candidates;
  for (const [kind] of USER_TITLES) {
    const all = usable.filter((candidate) => candidate.kind === kind);
    const ofKind = kind === 'id' ? ofUsers(all, rows) : all;
    if (ofKind.length > 1) return { kind: 'ambiguous', candidates: ofKind };
    const [key] = ofKind;
    if (key !== undefined) {
      const kind = logSide(key.name) === 'actor' ? 'actor' : 'chosen';
      return { kind, key, passedOver: candidates.filter((other) => other !== key) };
    }
  }
  return { kind: 'missing' };
}

/**
 * Finds the columns that a flag names: by its exact title if there is one, else ignoring case, spaces and punctuation.
 */
export function findColumns(
  names: readonly (string | undefined)[],
  wanted: string,
): readonly number[] {
  const trimmed = wanted.trim();
  const exact = names.indexOf(trimmed);
  // If a title is repeated, it names no single column, although the first one has it unchanged.
  if (exact >= 0 && !names.includes(`${trimmed} (2)`)) return [exact];
  const blind = normalizeHeader(trimmed);
  const bears = (name: string): boolean => {
    if (blind === '') return name.trim() === trimmed;
    const { outside, inside } = spellingsOf(name);
    return (
      normalizeHeader(name.replace(REPEATED, '')) === blind ||
      outside === blind ||
      inside.includes(blind)
    );
  };
  const found = names.flatMap((name, index) => (name !== undefined && bears(name) ? [index] : []));
  // `id` means the column with that name rather than `Name [id]`.
  const whole = found.filter((index) => normalizeHeader(names[index] ?? '') === blind);
  return whole.length === 1 && !found.some((index) => REPEATED.test(names[index] ?? ''))
    ? whole
    : found;
}

/** Gives each column its own name (`Name`, `Name (2)`). A column without a title has none. */
export function distinctNames(titles: readonly string[]): readonly (string | undefined)[] {
  // `__proto__` as a key would be the prototype of the object, not a column.
  const taken = new Set<string>(['__proto__']);
  const lastNth = new Map<string, number>();
  return titles.map((title) => {
    if (title === '') return undefined;
    let name = title;
    let nth = lastNth.get(title) ?? 1;
    while (taken.has(name)) {
      nth += 1;
      name = `${title} (${nth})`;
    }
    lastNth.set(title, nth);
    taken.add(name);
    return name;
  });
}
