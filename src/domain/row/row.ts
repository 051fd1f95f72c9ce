import type { UserId } from '../org/user-id.ts';
import type { User } from '../org/user.ts';

/** Which user a row means, as the row says it. */
export type Identifier =
  | { readonly kind: 'id'; readonly value: UserId }
  | { readonly kind: 'login'; readonly value: string }
  | { readonly kind: 'email'; readonly value: string }
  /** The cell does not name a user; `problem` tells the admin why. */
  | { readonly kind: 'invalid'; readonly value: string; readonly problem: string };

/** The original cells of a row by column name, in the order of the file. */
export type Columns = Readonly<Record<string, string>>;

/** One line of input: its source and line number, its original columns, the identifier in it. */
export interface Row {
  /** Its source in the admin's words: `users.csv`, `-`, `--search status eq "ACTIVE"`, `--group Sales`. */
  readonly source: string;
  /** The 1-based line in a file, or the position in a listing. */
  readonly line: number;
  readonly identifier: Identifier;
  readonly columns: Columns;
  /** The live user, if the source is a listing of the org, which saves the lookup. */
  readonly user?: User;
}
