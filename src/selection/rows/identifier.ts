import type { Identifier } from '../../domain/row/row.ts';
import { looksLikeOktaId, parseUserId } from '../../domain/org/user-id.ts';
import { holdsSecret } from '../layout/secret-cells.ts';
import type { KeyKind } from '../layout/user-titles.ts';
import { printable, quoted } from '../input-error.ts';
import { moreThanAddress } from './more-than-address.ts';

/** Why a cell cannot name a user. */
export type FaultCode =
  | 'empty'
  | 'wrong-object'
  | 'login-in-id'
  | 'e-notation'
  | 'formula-error'
  | 'case-changed'
  | 'not-an-id'
  | 'not-an-email'
  | 'several'
  | 'more-than-login'
  | 'more-than-address'
  | 'example'
  | 'unsearchable'
  | 'damaged-text'
  | 'too-long';

export interface Fault {
  readonly kind: 'fault';
  readonly code: FaultCode;
  readonly value: string;
  /** One sentence for the admin. */
  readonly problem: string;
}

export type UsableIdentifier = Exclude<Identifier, { readonly kind: 'invalid' }>;

const PLAIN = /^[!#$%&()+-9;-~:*]+$/;
/** An id, a login or an address, without a character that separates it from something else. */
const ONE_WORD = /^[\w.+'@-]+$/;
/** Characters that Unicode says to show as nothing: joiners, marks of direction, fillers, soft hyphens. */
const INVISIBLE = /\p{Default_Ignorable_Code_Point}/gu;
/** Quotes around a cell. `="…"` keeps a spreadsheet from changing what is in it. */
const OUTER_QUOTES = /^(?:=?"(.*)"|“(.*)”|„(.*)[“”]|«(.*)»|‘(.*)’|'(.*)')$/;
const E_NOTATION = /^[+-]?\d(?:[.,]\d+)?E[+-]?\d+$/i;
/** What spreadsheets write if a formula has no value, in several languages: `#N/A`, `#REF!`, `#WERT!`, `Err:502`. */
const FORMULA_ERROR = /^(?:#[\p{L}\d/¡¿]{2,20}[!?]|#(?:N\/A|N\/D|NV|I\/T|Н\/Д)|Err:\d{3})$/iu;
const CONTROL = /[\p{Cc}\uFFFD]/u;
const SEPARATOR = /[\s,;|]/;
const WITH_NAME = /[<>]/;
/** A login with something after it, as in lists of leaked passwords: `ada@acme.example:secret`, `ada:secret`. */
const WITH_MORE =
  /^(?:(00u[A-Za-z0-9]{17}|[^\s@:;,|/]+@[^\s@:;,|/]+)(?:\s+(?:[:;,|/]\s*)?|[:;,|/]\s*)|([^\s@:;,|/]+)[:;|](?!\/\/)(?=[^@]*$))(?=[^\s@:;,|/])/;
/** Another address after a space or a comma, so the cell is a list of users. */
const ANOTHER_ADDRESS = /^(?:\s+|\s*[,;]\s*)[^\s@]+@[^\s@]+\.[^\s@]+/;
/** The longest login that Okta allows. */
const MOST_LOGIN_CHARACTERS = 100;

const OBJECTS: Readonly<Record<string, string>> = {
  '00g': 'a group',
  '0oa': 'an app',
  '0ua': 'an app user (an assignment to an app)',
  guo: 'a device',
  '00o': 'an org',
  '00p': 'a policy',
  '0pr': 'a policy rule',
  '00T': 'an API token',
  '00t': 'an API token',
  oty: 'a user type',
};

/** Returns the text that a cell means: without spaces and invisible characters around it, and without one pair of quotes. */
export function cleanCell(cell: string): string {
  if (PLAIN.test(cell)) return cell;
  const text = cell.replace(INVISIBLE, '').trim();
  const inner = OUTER_QUOTES.exec(text);
  return inner === null ? text : inner.slice(1).join('').trim();
}

function fault(code: FaultCode, value: string, problem: string): Fault {
  return { kind: 'fault', code, value: printable(value), problem };
}

/** Tells which object an id of another kind belongs to; undefined for ids of users, logins, and texts that are not ids. */
export function otherObject(kind: KeyKind, text: string): string | undefined {
  if (!looksLikeOktaId(text) || text.startsWith('00u')) return undefined;
  // A login can look like an id by chance, so only a known prefix proves otherwise.
  return OBJECTS[text.slice(0, 3)] ?? (kind === 'id' ? 'something else in Okta' : undefined);
}

function wrongObject(text: string, object: string): Fault {
  return fault(
    'wrong-object',
    text,
    `${quoted(text)} is the id of ${object}, not of a user (00u…).`,
  );
}

/**
 * Finds a login after a URL, because lists of stolen credentials also have the page first:
 * `https://acme.example/login:ada@acme.example:secret`.
 */
function loginBehindUrl(text: string): string | undefined {
  const scheme = text.length > 1000 ? -1 : text.indexOf('://');
  if (scheme < 0) return undefined;
  return /[^\s@:;,|/]{1,100}@[^\s@:;,|/]+/.exec(text)?.[0] ?? text.slice(0, scheme);
}

/** Finds a login before a labeled secret: `ada password: secret`, `ada (pwd=secret)`. */
function loginBeforeSecret(text: string): string | undefined {
  return holdsSecret(text) ? /^[^\s,;:=(]*/.exec(text)?.[0] : undefined;
}

function moreThanLogin(text: string): Fault | undefined {
  const match = text.length > 1000 ? null : WITH_MORE.exec(text);
  const login = match?.[1] ?? match?.[2] ?? loginBehindUrl(text) ?? loginBeforeSecret(text);
  if (login === undefined || ANOTHER_ADDRESS.test(text.slice(login.length))) return undefined;
  // What follows might be a password, so it is not repeated.
  return fault(
    'more-than-login',
    login,
    `The cell has more than ${quoted(login)}; what follows is left out, since it may be a password.`,
  );
}

function diagnoseId(text: string): Fault {
  const more = moreThanLogin(text);
  if (more !== undefined) return more;
  const object = otherObject('id', text);
  if (object !== undefined) return wrongObject(text, object);
  if (text.includes('@')) {
    return fault(
      'login-in-id',
      text,
      `${quoted(text)} is a login or email address in a column of ids.`,
    );
  }
  if (E_NOTATION.test(text)) return eNotation(text);
  if (/^00U[A-Z0-9]{17}$/.test(text)) {
    return fault(
      'case-changed',
      text,
      `${quoted(text)} was changed to capitals; ids are case-sensitive.`,
    );
  }
  if (text.startsWith('00u') && text.length !== 20) {
    return fault(
      'not-an-id',
      text,
      `${quoted(text)} has ${text.length} characters; a user id has 20.`,
    );
  }
  return fault(
    'not-an-id',
    text,
    `${quoted(text)} is not an Okta user id (00u and 17 letters or digits).`,
  );
}

function eNotation(text: string): Fault {
  return fault(
    'e-notation',
    text,
    `${quoted(text)} is a number that a spreadsheet shortened; its digits are lost.`,
  );
}

function namesSeveral(text: string): boolean {
  return SEPARATOR.test(text.slice(text.indexOf('@'), text.lastIndexOf('@')));
}

/** Reports what is around the only address of a cell. What follows the address might be a password, and is judged first. */
function aroundAddress(text: string): Fault | undefined {
  const found = moreThanAddress(text);
  if (found === undefined || namesSeveral(found.address)) return undefined;
  return moreThanLogin(found.address) ?? fault('more-than-address', text, found.problem);
}

function readLogin(kind: 'login' | 'email', text: string): UsableIdentifier | Fault {
  const id = parseUserId(text);
  if (id !== undefined) return { kind: 'id', value: id };
  if (text.length > MOST_LOGIN_CHARACTERS) {
    return fault(
      'too-long',
      text,
      `${quoted(text)} has ${text.length} characters; an Okta login has at most ${MOST_LOGIN_CHARACTERS}.`,
    );
  }
  const object = otherObject(kind, text);
  if (object !== undefined) return wrongObject(text, object);
  if (E_NOTATION.test(text)) return eNotation(text);
  if (namesSeveral(text)) {
    return fault(
      'several',
      text,
      `${quoted(text)} names several users. Put each in a separate row.`,
    );
  }
  if (WITH_NAME.test(text)) {
    return fault(
      'more-than-address',
      text,
      `${quoted(text)} contains more than an address. Keep only the address, without < and >.`,
    );
  }
  if (/["\\]/.test(text)) {
    return fault(
      'unsearchable',
      text,
      `${quoted(text)} has a quote or a backslash, which cannot be looked up safely. Give the user’s id.`,
    );
  }
  if (kind === 'email' && !/^[^@\s]+@[^@\s]+$/.test(text)) {
    return fault('not-an-email', text, `${quoted(text)} is not an email address.`);
  }
  return { kind, value: text };
}

/** Finds what is wrong with a text that may be more than one word. */
function problemAround(kind: KeyKind, text: string): Fault | undefined {
  if (FORMULA_ERROR.test(text)) {
    return fault(
      'formula-error',
      text,
      `${quoted(text)} is what a spreadsheet writes if a formula has no value.`,
    );
  }
  const around = aroundAddress(text);
  // In a column of ids, an address is wrong whatever is around it, but a password after it is never shown.
  const isAddress = kind === 'id' && around?.code === 'more-than-address';
  const more = (isAddress ? undefined : around) ?? moreThanLogin(text);
  if (more !== undefined) return more;
  if (!CONTROL.test(text)) return undefined;
  return fault(
    'damaged-text',
    text,
    `${quoted(text)} contains bytes that are not text in this encoding.`,
  );
}

/**
 * Reads which user a cell names. In a column of ids, a cell must have the exact shape of a user id. In any other column, a
 * cell of that shape is an id too, and everything else is a login or email address, to be looked up unchanged.
 */
export function readIdentifier(kind: KeyKind, cell: string): UsableIdentifier | Fault {
  const text = cleanCell(cell);
  if (kind === 'id' || kind === 'any') {
    const id = parseUserId(text);
    if (id !== undefined) return { kind: 'id', value: id };
  }
  if (text === '') return fault('empty', '', 'The cell for the user is empty.');
  const problem = ONE_WORD.test(text) ? undefined : problemAround(kind, text);
  if (problem !== undefined) return problem;
  switch (kind) {
    case 'id':
      return diagnoseId(text);
    case 'any':
      return readLogin('login', text);
    case 'login':
    case 'email':
      return readLogin(kind, text);
    default: {
      const never: never = kind;
      return never;
    }
  }
}

/** Makes the identifier of a row that is reported but never sent, from its fault. */
export function invalid(found: Fault): Extract<Identifier, { readonly kind: 'invalid' }> {
  return { kind: 'invalid', value: found.value, problem: found.problem };
}
