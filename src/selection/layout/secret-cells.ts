import { looksLikeFact, secrecyOf } from './secret-columns.ts';
import { FACT, MENTIONS, MENTIONS_PART } from './secret-words.ts';
import { normalizeHeader } from './titles.ts';

const MEMBER = /"((?:[^"\\]|\\.){1,100})"\s*:/g;

/** Tells whether a cell is JSON with a member that contains a secret, like Okta's `credentials` in one cell. */
function hasSecretMember(cell: string): boolean {
  if (!/^\s*[{[]/.test(cell)) return false;
  for (const [, name = ''] of cell.matchAll(MEMBER)) if (secrecyOf(name) === 'secret') return true;
  return false;
}

/** What can be between a label and its value, but not the `://` of a URL. */
const SEPARATORS = /[:：](?!\/\/)|[=＝→]|->|\s[-–—]\s/g;
const MOST_LABEL_CHARACTERS = 40;
const MOST_VALUE_CHARACTERS = 200;
/** Characters that no label contains, so another label or sentence ends there. */
const BREAK = /[^\p{L}\p{M}\p{N}\s_.'’/()"”-]/u;
const MOST_LABEL_WORDS = 3;
/** Words between a label and its value: `password is now set to …`. */
const LINKING: ReadonlySet<string> = new Set(
  'is was now set changed to ist jetzt lautet est es é è'.split(' '),
);
const OPENING = '"\'“”„«‘(';
const CLOSING = ".,;:)]}'’";
const AFTER_VALUE = /^["'”»’) \t]*(?:$|[,;.|\n(])/u;
const CLASSES = [/\p{Ll}/u, /\p{Lu}/u, /\p{N}/u, /[^\p{L}\p{N}]/u];
const ADDRESS = /^[^\s@]+@[\p{L}\p{N}-]+\.[\p{L}\p{N}.-]+$/u;
const NOTHING =
  /^(?:n\/?a|none|null|no|not|yes|ok|unknown|empty|blank|see|tbd|never|ja|nein|keine?s?|unbekannt|oui|non|aucun|s[ií]|ning[uú]n[oa]?|n[aã]o|nessun[oa]?)$/iu;

/** Tells whether a text is what password policies ask for: eight characters or more, of three kinds. */
export function looksLikePassword(text: string): boolean {
  if (text.length < 8 || ADDRESS.test(text) || looksLikeFact(text)) return false;
  return CLASSES.filter((some) => some.test(text)).length >= 3;
}

/** Returns the first word of a text, without quotes and punctuation around it, and what follows it. */
function valueIn(text: string): { readonly value: string; readonly after: string } {
  const begun = text.trimStart();
  let from = 0;
  while (from < begun.length && OPENING.includes(begun.charAt(from))) from += 1;
  const word = /^[^\s"“”]+/u.exec(begun.slice(from))?.[0] ?? '';
  let { length } = word;
  while (length > 0 && CLOSING.includes(word.charAt(length - 1))) length -= 1;
  return { value: word.slice(0, length), after: begun.slice(from + length) };
}

/** Tells whether the text after a label such as `password:` is the secret itself, not a fact about it. */
function isSecretValue(label: string, text: string): boolean {
  const { value, after } = valueIn(text);
  if (value === '' || NOTHING.test(value)) return false;
  const isStrong = MENTIONS_PART.test(normalizeHeader(label));
  if (/^\d{4,}$/.test(value)) return true;
  if (!looksLikeFact(value)) return isStrong || (value.length >= 6 && /\d/.test(value));
  if (!isStrong || !/^[\p{L}\p{M}'’-]+$/u.test(value)) return false;
  return AFTER_VALUE.test(after) && !FACT.test(normalizeHeader(value));
}

/** Returns the words before a separator or a value that say what it is: `Initial password (temporary)`. */
function labelBefore(cell: string, at: number): readonly string[] {
  const before = cell.slice(Math.max(0, at - MOST_LABEL_CHARACTERS), at);
  // Few cells have one of the words, and a closer look at all of them would take longer than everything else.
  if (!MENTIONS.test(normalizeHeader(before))) return [];
  const words = (before.split(BREAK).at(-1) ?? '').split(/[\s()"”]+/u).filter(Boolean);
  while (LINKING.has(words.at(-1)?.toLowerCase() ?? '')) words.pop();
  return words.slice(-MOST_LABEL_WORDS);
}

/** Tells whether a cell has a label, a separator and a secret: `password: …`, `Kennwort = …`. */
function hasLabelledSecret(cell: string): boolean {
  for (const { 0: separator, index } of cell.matchAll(SEPARATORS)) {
    const label = labelBefore(cell, index).join(' ');
    if (label === '' || secrecyOf(label) !== 'secret') continue;
    const from = index + separator.length;
    if (isSecretValue(label, cell.slice(from, from + MOST_VALUE_CHARACTERS))) return true;
  }
  return false;
}

/**
 * Tells whether a secret follows its label without a separator, so that the value must look like one: `new password is
 * Winter!24x`, `password Winter!24x`.
 */
function hasSecretBehind(cell: string): boolean {
  for (const { 0: word, index } of cell.matchAll(/\S+/g)) {
    if (!looksLikePassword(word.slice(0, MOST_VALUE_CHARACTERS))) continue;
    const label = labelBefore(cell, index).at(-1) ?? '';
    if (MENTIONS_PART.test(normalizeHeader(label)) && secrecyOf(label) === 'secret') return true;
  }
  return false;
}

/** Most cells are one word or number without a separator. */
const NO_LABEL = /^[\w.@+'-]*$/;

/** Tells whether a cell says that it contains a secret: as a member of JSON, or after a label such as `password:`. */
export function holdsSecret(cell: string): boolean {
  if (NO_LABEL.test(cell)) return false;
  const isOneWord = !/\s/.test(cell);
  if (isOneWord && cell.search(SEPARATORS) < 0) return false;
  if (hasSecretMember(cell) || hasLabelledSecret(cell)) return true;
  return !isOneWord && hasSecretBehind(cell);
}
