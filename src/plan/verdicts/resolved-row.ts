import type { Identifier, Row } from '../../domain/row/row.ts';
import type { UserId } from '../../domain/org/user-id.ts';
import type { User } from '../../domain/org/user.ts';

/** Which user an identifier means, according to the org. */
export type Resolution =
  | { readonly kind: 'found'; readonly user: User }
  /** A valid id whose user was not read (`--no-lookup`). */
  | { readonly kind: 'unread'; readonly userId: UserId }
  | { readonly kind: 'not-found'; readonly detail: string }
  | { readonly kind: 'ambiguous'; readonly detail: string }
  | { readonly kind: 'invalid'; readonly detail: string };

/** A row and the user it means. */
export interface ResolvedRow {
  readonly row: Row;
  readonly resolution: Resolution;
}

/** Normalizes a login or email address the way Okta compares them: ignoring case, and how accents are composed. */
export function foldName(text: string): string {
  return text.normalize('NFC').toLowerCase();
}

/**
 * Returns the key of what an identifier asks for. Two rows with the same key ask for the same user. Ids are case-sensitive.
 */
export function identifierKey(identifier: Exclude<Identifier, { kind: 'invalid' }>): string {
  return identifier.kind === 'id'
    ? identifier.value
    : `${identifier.kind} ${foldName(identifier.value)}`;
}
