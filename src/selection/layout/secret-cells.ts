import { looksLikeFact, secrecyOf } from './secret-columns.ts';
import { FACT, MENTIONS, MENTIONS_PART } from './secret-words.ts';
import { normalizeHeader } from './titles.ts';

const MEMBER = /"((?:[^"\\]|\\.){1,100})"\s*:/g;

/** Tells whether a cell is JSON with a member that contains a secret, as Okta’s `credentials` in one cell is. */
function hasSecretMember(cell: string): boolean {
  if (!/^\s*[{[]/.test(cell)) return false;
  for (const [, name = ''] of cell.matchAll(MEMBER)) if (secrecyOf(name) === 'secret') return true;
  return false;
}

/** What stands between a label and its value; of a URL, `://` does not. */
const SEPARATOR = /[:：](?!\/\/)|[=＝→]|->|\s[-–—]\s/;
const SEPARATORS = new RegExp(SEPARATOR, 'g');
const MOST_LABEL_CHARACTERS = 40;
const MOST_VALUE_CHARACTERS = 200;
/** The words before a separator or a value, without those of another sentence. */
const WORDS = /(?:[\p{L}\p{M}\p{N}_.'’/-]+[\s()"”]*){1,7}$/u;
/** A label is the last of them: `Initial password (temporary)`. */
const LABEL = /(?:\S+\s*){1,3}$/u;
/** Words between a label and its value: `password is now set to …`. */
const LINKING = /(?:\s(?:is|was|now|set|changed|to|ist|jetzt|lautet|est|es|é|è))+$/iu;
const VALUE = /^[\s"'“”„«‘(]*([^\s"“”]+)/u;
const AFTER_VALUE = /^["'”»’)\s]*(?:$|[,;.|\n(])/u;
const CLASSES = [/\p{Ll}/u, /\p{Lu}/u, /\p{N}/u, /[^\p{L}\p{N}]/u];
const ADDRESS = /^\S+@[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)+$/u;
const NOTHING =
  /^(?:n\/?a|none|null|no|not|yes|ok|unknown|empty|blank|see|tbd|never|ja|nein|keine?s?|unbekannt|oui|non|aucun|s[ií]|ning[uú]n[oa]?|n[aã]o|nessun[oa]?)$/iu;

/** As policies ask for passwords: eight characters or more, of three kinds. */
export function looksLikePassword(text: string): boolean {
  if (text.length < 8 || ADDRESS.test(text) || looksLikeFact(text)) return false;
  return CLASSES.filter((some) => some.test(text)).length >= 3;
}

/** Tells whether what stands behind a label such as `password:` is the secret itself, and no fact about it. */
function isSecretValue(label: string, text: string): boolean {
  const found = VALUE.exec(text);
  const value = found?.[1]?.replace(/[.,;:)\]}'’]+$/u, '') ?? '';
  if (value === '' || NOTHING.test(value)) return false;
  const isStrong = MENTIONS_PART.test(normalizeHeader(label));
  if (/^\d{4,}$/.test(value)) return true;
  if (!looksLikeFact(value)) return isStrong || (value.length >= 6 && /\d/.test(value));
  if (!isStrong || !/^[\p{L}\p{M}'’-]+$/u.test(value)) return false;
  const isWhole = AFTER_VALUE.test(text.slice(found?.[0].length ?? 0));
  return isWhole && !FACT.test(normalizeHeader(value));
}

function labelBefore(cell: string, at: number): string {
  const before = cell.slice(Math.max(0, at - MOST_LABEL_CHARACTERS), at).trimEnd();
  // Nearly none has one of the words: the closer look would take longer than all else of the file.
  if (!MENTIONS.test(normalizeHeader(before))) return '';
  return LABEL.exec(WORDS.exec(before)?.[0].replace(LINKING, '') ?? '')?.[0] ?? '';
}

/** `password: …`, `Kennwort = …`: a label, what separates it, and a secret. */
function hasLabelledSecret(cell: string): boolean {
  for (const { 0: separator, index } of cell.matchAll(SEPARATORS)) {
    const label = labelBefore(cell, index);
    if (label === '' || secrecyOf(label) !== 'secret') continue;
    const from = index + separator.length;
    if (isSecretValue(label, cell.slice(from, from + MOST_VALUE_CHARACTERS))) return true;
  }
  return false;
}

/** `new password is Winter!24x`, `password Winter!24x`: nothing separates them, so the value must look like one. */
function hasSecretBehind(cell: string): boolean {
  for (const { 0: word, index } of cell.matchAll(/\S{8,}/g)) {
    if (!looksLikePassword(word.slice(0, MOST_VALUE_CHARACTERS))) continue;
    const label = /\S+$/.exec(labelBefore(cell, index))?.[0] ?? '';
    if (MENTIONS_PART.test(normalizeHeader(label)) && secrecyOf(label) === 'secret') return true;
  }
  return false;
}

/** Tells whether a cell says that it holds a secret: as a member of JSON, or behind a label such as `password:`. */
export function holdsSecret(cell: string): boolean {
  const isOneWord = !/\s/.test(cell);
  if (isOneWord && !SEPARATOR.test(cell)) return false;
  if (hasSecretMember(cell) || hasLabelledSecret(cell)) return true;
  return !isOneWord && hasSecretBehind(cell);
}
