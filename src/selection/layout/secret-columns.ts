import { normalizeHeader } from './titles.ts';
import {
  FACT,
  FACT_BEFORE,
  MENTIONS,
  NO_FACT,
  SECRET_NAMES,
  SECRET_PARTS,
  SECRET_WORDS,
} from './secret-words.ts';

/** A longer text is not a title. Its end was not read, so the column is dropped. */
const MOST_TITLE_CHARACTERS = 500;

function wordsOf(title: string): readonly string[] {
  return title
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .replace(/(?<=[\p{Ll}\p{N}])(?=\p{Lu})|(?<=\p{Lu})(?=\p{Lu}\p{Ll})/gu, ' ')
    .toLowerCase()
    .split(/[^\p{L}]+/u)
    .filter((word) => word !== '')
    .map(normalizeHeader);
}

/** What a title says about its cells: that they contain secrets, or facts about secrets, or neither. */
export type Secrecy = 'secret' | 'fact' | 'none';

function isFact(before: string, after: string): boolean {
  if (NO_FACT.test(after)) return false;
  return FACT.test(after) || FACT_BEFORE.test(before);
}

/** Finds each place in which a name mentions a secret, and whether a fact about it follows. */
function* mentions(name: string, words: readonly string[]): Generator<boolean> {
  for (const part of SECRET_PARTS) {
    for (let at = name.indexOf(part); at >= 0; at = name.indexOf(part, at + 1))
      yield isFact(name.slice(0, at), name.slice(at + part.length));
  }
  for (const [at, word] of words.entries()) {
    if (SECRET_WORDS.has(word))
      yield isFact(words.slice(0, at).join(''), words.slice(at + 1).join(''));
  }
}

/**
 * Tells what the title of a column, or the dotted name of a member, says about its cells. Passwords, tokens and codes are
 * secrets; `Password Changed` means facts; `credentials.provider.type` means neither.
 */
export function secrecyOf(title: string): Secrecy {
  if (title.length > MOST_TITLE_CHARACTERS) return 'secret';
  const name = normalizeHeader(title);
  if (SECRET_NAMES.has(name)) return 'secret';
  if (!MENTIONS.test(name)) return 'none';
  let secrecy: Secrecy = 'none';
  for (const isAFact of mentions(name, wordsOf(title))) {
    if (!isAFact) return 'secret';
    secrecy = 'fact';
  }
  return secrecy;
}

const FACT_WORD =
  /^(?:[\p{L}_.,:;()'’-]+|[\d.,:/+-]+Z?|\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-][\d:]+)?|\d+(?:st|nd|rd|th|d|h|m|s|min|days?))$/u;
const MOST_FACT_CHARACTERS = 80;

/**
 * Tells whether a cell in a column of facts is one: a time, a number, words. `Xk3!9` under `Password (change it)` is not.
 */
export function looksLikeFact(cell: string): boolean {
  const text = cell.trim();
  if (text.length > MOST_FACT_CHARACTERS) return false;
  if (text === '' || FACT_WORD.test(text)) return true;
  return text.split(/\s+/u).every((word) => FACT_WORD.test(word));
}
