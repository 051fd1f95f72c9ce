/**
 * Who owns a file.
 *
 * What okta-reset writes, and what it acts on, must belong to this account: a plain file with one name, which nobody else
 * owns or can write to. The checks are made on an open descriptor, because a path could lead to another file by the time it
 * is opened.
 */
import type { Stats } from 'node:fs';
import { lstat, mkdtemp, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../domain/codes/app-error.ts';
import { ROOT, type AccountId } from './account.ts';

/** The part of `Stats` that is checked. */
export type Facts = Pick<Stats, 'mode' | 'uid' | 'nlink' | 'isFile' | 'isDirectory' | 'isFIFO'>;

/** What a file or folder must be. */
export interface Terms {
  readonly kind: 'file' | 'folder';
  readonly owner: AccountId;
  /** A file that the administrator owns is accepted too. */
  readonly orRoot?: boolean;
  /** A pipe is accepted too. */
  readonly orPipe?: boolean;
  /** It can have other names, which this account does not know. */
  readonly manyNames?: boolean;
  /** Nobody else must be able to read it. */
  readonly secret?: boolean;
}

/** What is wrong with a file that should belong to us. */
export type Fault =
  | { readonly kind: 'link' }
  | { readonly kind: 'other-kind'; readonly found: string; readonly wanted: Terms['kind'] }
  | { readonly kind: 'other-names'; readonly names: number }
  | { readonly kind: 'owner'; readonly uid: number }
  | { readonly kind: 'writable'; readonly mode: number }
  | { readonly kind: 'readable'; readonly mode: number };

const OTHERS_WRITE = 0o022;
const OTHERS_ANY = 0o077;

function kindOf(facts: Facts): string {
  if (facts.isDirectory()) return 'a folder';
  if (facts.isFile()) return 'a file';
  return facts.isFIFO() ? 'a pipe' : 'a device';
}

/** Checks what a descriptor shows about its file. Returns what is wrong; undefined if nothing is. */
export function faultOf(facts: Facts, terms: Terms): Fault | undefined {
  const { kind: wanted, owner } = terms;
  const isKind = wanted === 'file' ? facts.isFile() : facts.isDirectory();
  const isPipe = terms.orPipe === true && facts.isFIFO();
  if (!isKind && !isPipe) return { kind: 'other-kind', found: kindOf(facts), wanted };
  // Windows stores permissions elsewhere, and shows none of them here.
  if (owner === undefined) return undefined;
  const isOwn = facts.uid === owner || (terms.orRoot === true && facts.uid === ROOT);
  if (!isOwn) return { kind: 'owner', uid: facts.uid };
  if (wanted === 'file' && terms.manyNames !== true && facts.nlink > 1)
    return { kind: 'other-names', names: facts.nlink };
  const mode = facts.mode & 0o777;
  if ((mode & OTHERS_WRITE) !== 0) return { kind: 'writable', mode };
  if (terms.secret === true && (mode & OTHERS_ANY) !== 0) return { kind: 'readable', mode };
  return undefined;
}

const octal = (mode: number) => mode.toString(8).padStart(4, '0');

/** Says what is wrong, as the rest of a sentence about the file. */
export function faultText(fault: Fault): string {
  switch (fault.kind) {
    case 'link':
      return 'it is a symbolic link';
    case 'other-kind':
      return `it is ${fault.found}, not a ${fault.wanted}`;
    case 'other-names':
      return `it has ${fault.names} names (hard links), so that writing to it changes another file too`;
    case 'owner':
      return `it belongs to another user (uid ${fault.uid})`;
    case 'writable':
      return `other users can write to it (mode ${octal(fault.mode)})`;
    case 'readable':
      return `other users can read it (mode ${octal(fault.mode)})`;
    default: {
      const never: never = fault;
      return never;
    }
  }
}

function hintOf(path: string, fault: Fault): string {
  switch (fault.kind) {
    case 'link':
      return 'Nothing was read or written through it. Name the target itself, or remove the link.';
    case 'other-kind':
      return 'Nothing was read or written there. Move it away, or choose another place.';
    case 'other-names':
      return `Copy the folder and continue with the copy, whose files have one name each (cp -r ${path.replace(/\/[^/]*$/, '')} COPY).`;
    case 'owner':
      return 'Only your own files are used. To continue a colleague’s run, copy its folder (cp -r THEIRS YOURS) and continue with the copy.';
    case 'writable':
      return `Somebody else may have changed it. If you are sure that nobody did: chmod go-w ${path}`;
    case 'readable':
      return `chmod 600 ${path}`;
    default: {
      const never: never = fault;
      return never;
    }
  }
}

/** Makes the error of a file that should belong to this account and does not. */
export function notYours(path: string, fault: Fault): AppError {
  return new AppError('FILE_NOT_YOURS', `${path} is not used: ${faultText(fault)}.`, {
    hint: hintOf(path, fault),
  });
}

/**
 * Some file systems store neither owner nor mode (FAT, Windows drives under Linux), or assign all files to one account
 * (squashed network shares). A new folder of ours shows how: on any other file system, it would be ours and private. Never
 * rejects.
 */
async function ownMarksIn(dir: string): Promise<Pick<Stats, 'mode' | 'uid'> | undefined> {
  try {
    const made = await mkdtemp(join(dir, '.okta-reset-'));
    try {
      return await lstat(made);
    } finally {
      await rmdir(made);
    }
  } catch {
    return undefined;
  }
}

/** Like `faultOf`, but checks only what the file system can show. `dir` is the folder of the file. */
export async function faultIn(dir: string, facts: Facts, terms: Terms): Promise<Fault | undefined> {
  const fault = faultOf(facts, terms);
  if (fault?.kind !== 'owner' && fault?.kind !== 'writable' && fault?.kind !== 'readable')
    return fault;
  const marks = await ownMarksIn(dir);
  if (marks === undefined) return fault;
  const told = Object.assign(Object.create(facts) as Facts, {
    uid: facts.uid === marks.uid ? terms.owner : facts.uid,
    mode: facts.mode & ~(marks.mode & OTHERS_ANY),
  });
  return faultOf(told, terms);
}
