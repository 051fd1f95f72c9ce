/** A longer title is not a name, and to examine it would only take time. */
const MOST_TITLE_CHARACTERS = 200;

const MARK =
  '(?:required|optional|mandatory|upload only|read[- ]?only|unique|erforderlich|pflichtfeld|optionnel|obligatoire|obligatorio|opcional|obrigatorio|obbligatorio|verplicht|必須|任意)';
const BRACKETS = /[[［]([^[\]［］]*)[\]］]/gu;
const MARK_IN_PARENTHESES = new RegExp(`[(（]\\s*${MARK}\\s*[)）]`, 'giu');
const MARK_AT_END = new RegExp(`[\\s*:]${MARK}\\s*$`, 'iu');
const ONLY_MARK = new RegExp(`^\\s*${MARK}\\s*$`, 'iu');

/** Returns a title in the form in which titles are compared: only letters and digits, in lower case and without accents. */
export function normalizeHeader(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '');
}

/** The names that a title contains. */
export interface Spellings {
  /** The whole title. */
  readonly whole: string;
  /**
   * The title without the part in brackets and without “Required”: `User name` of `User name [userPrincipalName] Required`.
   */
  readonly outside: string;
  /** The part in brackets: `userPrincipalName`. */
  readonly inside: readonly string[];
}

/** Returns the names of a title, normalized. */
export function spellingsOf(title: string): Spellings {
  const whole = normalizeHeader(title);
  if (title.length > MOST_TITLE_CHARACTERS) return { whole, outside: whole, inside: [] };
  const inside = [...title.matchAll(BRACKETS)]
    .map(([, name = '']) => name)
    .filter((name) => !ONLY_MARK.test(name))
    .map(normalizeHeader)
    .filter((name) => name !== '');
  // `[0].id` is a member of the first user, not a title with something in brackets.
  if (inside.some((name) => /^\d+$/.test(name))) return { whole, outside: whole, inside: [] };
  const outside = title
    .replace(BRACKETS, ' ')
    .replace(MARK_IN_PARENTHESES, ' ')
    .trim()
    .replace(MARK_AT_END, '');
  return { whole, outside: normalizeHeader(outside), inside };
}

/** Parts that converters put before a member's own path, and that mean nothing. */
const WRAPPERS: ReadonlySet<string> = new Set(
  'embedded data value values user users result results response body items records rows row root payload content node edges'.split(
    ' ',
  ),
);

/** Returns a flattened member’s name without its wrapping: `profilelogin` of `_embedded.user.profile.login`. */
export function withoutWrappers(title: string): string {
  if (title.length > MOST_TITLE_CHARACTERS) return normalizeHeader(title);
  const parts = title
    .split(/[./>:|]+|__/u)
    .map(normalizeHeader)
    .filter((part) => part !== '');
  const first = parts.findIndex((part) => !WRAPPERS.has(part));
  return parts.slice(Math.max(first, 0)).join('');
}

/**
 * Returns the member that a title such as `0/id`, `users.12.profile.login` or `[3].id` names for the user with that number.
 */
export function numberedMember(title: string): string | undefined {
  if (title.length > MOST_TITLE_CHARACTERS) return undefined;
  return /^(?:[^\d]*[./_>[\]:|$])?\d+[./_>\]:|]+([^./_>\]:|].*)$/u.exec(title.trim())?.[1];
}

/**
 * Returns the member that several titles have in common apart from their number, such as `id_0` and `id.1`, or `0 id` and `1
 * id`.
 */
export function memberOfSeveral(title: string): string | undefined {
  if (title.length > MOST_TITLE_CHARACTERS) return undefined;
  const text = title.trim();
  const member =
    /^\d+ +(\S.*)$/u.exec(text)?.[1] ?? /^(.*?\D)[ ._/-]?[[(]?\d+[\])]?$/u.exec(text)?.[1];
  return member === undefined ? undefined : normalizeHeader(member);
}
