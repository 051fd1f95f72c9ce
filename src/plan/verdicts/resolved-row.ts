import type { Identifier, Row } from '../../domain/row/row.ts';
import type { UserId } from '../../domain/org/user-id.ts';
import type { User } from '../../domain/org/user.ts';

/** Whom an identifier means, by the org's word. */
export type Resolution =
  | { readonly kind: 'found'; readonly user: User }
  /** A valid id whose user was not read (`--no-lookup`). */
  | { readonly kind: 'unread'; readonly userId: UserId }
  | { readonly kind: 'not-found'; readonly detail: string }
  | { readonly kind: 'ambiguous'; readonly detail: string }
  | { readonly kind: 'invalid'; readonly detail: string };

/** A row and whom it means. */
export interface ResolvedRow {
  readonly row: Row;
  readonly resolution: Resolution;
}

/** Folds a login or an e-mail address as Okta compares them: blind to case, and to how accents are composed. */
export function foldName(text: string): string {
  return text.normalize('NFC').toLowerCase();
}

/** Names what an identifier asks for: two rows with the same key ask for the same user. Ids are case-sensitive. */
export function identifierKey(identifier: Exclude<Identifier, { kind: 'invalid' }>): string {
  return identifier.kind === 'id'
    ? identifier.value
    : `${identifier.kind} ${foldName(identifier.value)}`;
}
