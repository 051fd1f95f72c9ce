import { parseUserId } from '../../domain/org/user-id.ts';
import { cleanCell } from '../rows/identifier.ts';
import { normalizeHeader } from './titles.ts';
import { logSide, type KeyKind } from './user-titles.ts';

type Records = readonly (readonly string[])[];

/** What the cells of a column look like. */
export type Look = 'id' | 'login';

const LOGIN = /^[^\s@:;,/"<>]{1,100}@[^\s@:;,|/"<>^~，；]{1,200}$/;

/** Titles of columns that say to whom something was done, in the languages of directories. */
const TARGET =
  /target|victim|affected|subject(?!user)|dest|^dst|ziel|betroffen|opfer|cible|affecte|concerne|victime|objetivo|afectad|destin|alvo|afetad|bersaglio|interessat|doel|getroffen|drabbad|対象|目标|目標|대상/;
/** Titles of columns that say who did something. Windows events call them `SubjectUserName`. */
const ACTOR =
  /actor|subjectuser|initiat|request|perform|admin|operator|caller|source|^src|approver|reporter|grant|akteur|ausgefuhrt|ausloser|acteur|auteur|attore|autore|実行者|执行者/;
/** Other addresses of the same person, or their manager's. It is normal that they differ from the login. */
const RELATED =
  /second|altern|personal|privat|private|home|recovery|backup|other|previous|former|^old|manager|supervisor|superior|boss|vorgesetz|gerente|jefe|responsable|superieur|assistant|sponsor|reportsto|createdby|modifiedby|updatedby|proxyaddress|alias|managedby/;
const MAIL = /mail|courriel|correo|correio|posta|epost|メール|邮箱|郵件/;

function looksLike(text: string, isSide: boolean): Look | undefined {
  if (parseUserId(text) !== undefined) return 'id';
  // A login needs no dot, but `r&d@home` might be a department.
  const isLogin =
    text.length <= 301 && LOGIN.test(text) && (isSide || text.lastIndexOf('.') > text.indexOf('@'));
  return isLogin ? 'login' : undefined;
}

function isSideName(name: string): boolean {
  return TARGET.test(name) || ACTOR.test(name);
}

/** Tells which side of an event a title names; undefined if it names neither. */
export function sideOf(title: string): 'actor' | 'target' | undefined {
  const name = normalizeHeader(title);
  const side = logSide(title);
  if (side !== undefined) return side;
  if (TARGET.test(name)) return 'target';
  return ACTOR.test(name) ? 'actor' : undefined;
}

/**
 * Tells what the cells of a column look like in the first rows. All of them must, but only a few if the title names a side
 * of an event, because other objects are between the users there.
 */
export function lookOf(title: string | undefined, index: number, rows: Records): Look | undefined {
  const isSide = title !== undefined && isSideName(normalizeHeader(title));
  const looks = rows.flatMap((cells) => {
    const text = cleanCell(cells[index] ?? '');
    return text === '' ? [] : [looksLike(text, isSide)];
  });
  const some = looks.find((look) => look !== undefined);
  if (some === undefined) return undefined;
  if (looks.every((look) => look === some)) return some;
  return isSide ? some : undefined;
}

function isRelated(title: string, kind: KeyKind): boolean {
  const name = normalizeHeader(title);
  if (logSide(title) !== undefined) return false;
  if (RELATED.test(name)) return true;
  if (isSideName(name)) return false;
  return kind !== 'email' && MAIL.test(name);
}

/** Returns the columns, apart from the chosen one, that also look as if they name the users. */
export function rivalsOf(
  names: readonly (string | undefined)[],
  rows: Records,
  key: { readonly index: number; readonly kind: KeyKind },
): readonly number[] {
  const own = lookOf(names[key.index], key.index, rows);
  const ids = rows.some((cells) => parseUserId(cleanCell(cells[key.index] ?? '')) !== undefined);
  // A column of ids that has no user's id is refused for that reason.
  if (own === undefined && key.kind === 'id' && !ids) return [];
  const look: Look = own ?? (key.kind === 'id' ? 'id' : 'login');
  return names.flatMap((name, index) => {
    if (index === key.index || isRelated(name ?? '', key.kind)) return [];
    const found = lookOf(name, index, rows);
    // An id and a login cannot be compared, so a single column of those to whom something was done is enough to ask.
    const isOther =
      found !== undefined &&
      sideOf(name ?? '') === 'target' &&
      sideOf(names[key.index] ?? '') !== 'target';
    return found === look || isOther ? [index] : [];
  });
}

/** Tells whether two cells name different users. An empty cell names nobody, so it contradicts nothing. */
export function disagree(cells: readonly string[], one: number, other: number): boolean {
  const a = cells[one] ?? '';
  const b = cells[other] ?? '';
  if (a === b || a === '' || b === '') return false;
  const [cleanA, cleanB] = [cleanCell(a), cleanCell(b)];
  if (cleanA === '' || cleanB === '' || cleanA === cleanB) return false;
  return parseUserId(cleanA) !== undefined || cleanA.toLowerCase() !== cleanB.toLowerCase();
}
