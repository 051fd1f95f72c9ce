import type { UserId } from '../org/user-id.ts';
import type { User } from '../org/user.ts';

/** What a row says about whom it means. */
export type Identifier =
  | { readonly kind: 'id'; readonly value: UserId }
  | { readonly kind: 'login'; readonly value: string }
  | { readonly kind: 'email'; readonly value: string }
  /** The cell cannot name a user; `problem` says why, for the admin. */
  | { readonly kind: 'invalid'; readonly value: string; readonly problem: string };

/** The original cells of a row by column name, in the order of the file. */
export type Columns = Readonly<Record<string, string>>;

/** One line of input: where it stood, its original columns, the identifier in it. */
export interface Row {
  /** Where it came from, as the admin would say it: `users.csv`, `-`, `--search status eq "ACTIVE"`, `--group Sales`. */
  readonly source: string;
  /** 1-based line in a file, or position in a listing. */
  readonly line: number;
  readonly identifier: Identifier;
  readonly columns: Columns;
  /** The live user, where the source already was a listing of the org (saves the lookup). */
  readonly user?: User;
}
