/** What a column's cells are: ids, logins, e-mail addresses, or (a column named by flag) told apart by value. */
export type KeyKind = 'id' | 'login' | 'email' | 'any';

/** The column that names the users. */
export interface Key {
  readonly index: number;
  readonly name: string;
  readonly kind: KeyKind;
}

/** Headers that name users, by rank. Anything else (`User Type ID`, `externalId`, `User`, `groupId`) is never chosen. */
const ALIASES: readonly (readonly [Exclude<KeyKind, 'any'>, ReadonlySet<string>])[] = [
  ['id', new Set(['userid', 'id', 'oktaid', 'oktauserid'])],
  [
    'login',
    new Set([
      'login',
      'username',
      'userlogin',
      'oktausername',
      'oktalogin',
      'profilelogin',
      'userprofilelogin',
      'userprincipalname',
      'upn',
      'targetalternateid',
      'actoralternateid',
      'alternateid',
    ]),
  ],
  [
    'email',
    new Set([
      'email',
      'emailaddress',
      'primaryemail',
      'mail',
      'profileemail',
      'useremail',
      'userprofileemail',
    ]),
  ],
];

/** Returns a header's name as it is compared: letters and digits alone, in lower case. */
export function normalizeHeader(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '');
}

/** Returns the kind of user that a header names; undefined if it names none. */
export function kindOfHeader(header: string): Exclude<KeyKind, 'any'> | undefined {
  const name = normalizeHeader(header);
  return ALIASES.find(([, names]) => names.has(name))?.[0];
}

export type KeyChoice =
  | { readonly kind: 'chosen'; readonly key: Key; readonly passedOver: readonly Key[] }
  | { readonly kind: 'ambiguous'; readonly candidates: readonly Key[] }
  | { readonly kind: 'missing' };

/** Chooses the column that names the users: id before login before e-mail; two of the same rank are ambiguous. */
export function chooseKey(names: readonly (string | undefined)[]): KeyChoice {
  const candidates = names.flatMap((name, index): Key[] => {
    // A repeated title has become `ID (2)`; it is as good a candidate as the first.
    const kind = name === undefined ? undefined : kindOfHeader(name.replace(/ \(\d+\)$/, ''));
    return name === undefined || kind === undefined ? [] : [{ index, name, kind }];
  });
  for (const [kind] of ALIASES) {
    const ofKind = candidates.filter((candidate) => candidate.kind === kind);
    if (ofKind.length > 1) return { kind: 'ambiguous', candidates: ofKind };
    const [key] = ofKind;
    if (key !== undefined) {
      return { kind: 'chosen', key, passedOver: candidates.filter((other) => other !== key) };
    }
  }
  return { kind: 'missing' };
}

/** Finds the columns that a flag names: its exact title alone where there is one, else blind to case, space and punctuation. */
export function findColumns(
  names: readonly (string | undefined)[],
  wanted: string,
): readonly number[] {
  const trimmed = wanted.trim();
  const exact = names.indexOf(trimmed);
  // A repeated title stands for no single column, even where the first bears it unchanged.
  if (exact >= 0 && !names.includes(`${trimmed} (2)`)) return [exact];
  const blind = normalizeHeader(trimmed);
  return names.flatMap((name, index) =>
    name !== undefined &&
    (blind === ''
      ? name.trim() === trimmed
      : normalizeHeader(name) === blind || normalizeHeader(name.replace(/ \(\d+\)$/, '')) === blind)
      ? [index]
      : [],
  );
}

/** Gives each column a name of its own: `Name`, `Name (2)`; a column without a title has none. */
export function distinctNames(titles: readonly string[]): readonly (string | undefined)[] {
  // `__proto__` as a key would be no column but the object's prototype.
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
