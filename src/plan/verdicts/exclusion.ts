import { AppError } from '../../domain/codes/app-error.ts';
import type { Row } from '../../domain/row/row.ts';
import { KeySet } from './key-set.ts';
import { foldName, type ResolvedRow } from './resolved-row.ts';

/** Which users the files of `--exclude` remove. */
export interface Exclusion {
  readonly has: (resolved: ResolvedRow) => boolean;
}

export const NOBODY_EXCLUDED: Exclusion = { has: () => false };

function refuse(row: Row, message: string, hint: string): AppError {
  return new AppError('INPUT_CSV', `${row.source}, line ${row.line}: ${message}`, {
    hint,
  });
}

/**
 * Reads who is excluded. A name excludes every user whose id, login or email address it is, because users are protected in
 * case of doubt. It takes no lookup. A row that names nobody is refused with INPUT_CSV (exit 3), because the user it means
 * would not be protected. So is a login if users are not read (`lookup` false), because it could not be compared with ids.
 */
export async function readExclusion(
  rows: AsyncIterable<Row>,
  options: { readonly lookup: boolean },
): Promise<Exclusion> {
  const ids = new KeySet();
  const names = new KeySet();
  for await (const row of rows) {
    const { identifier, user } = row;
    if (user !== undefined) {
      ids.add(user.id);
      continue;
    }
    switch (identifier.kind) {
      case 'id':
        ids.add(identifier.value);
        break;
      case 'login':
      case 'email':
        if (!options.lookup) {
          throw refuse(
            row,
            `${identifier.kind === 'login' ? 'a login' : 'an email address'} cannot be excluded without a lookup.`,
            'Exclude by id, or leave --no-lookup out.',
          );
        }
        names.add(foldName(identifier.value));
        break;
      case 'invalid':
        throw refuse(
          row,
          `this row of the exclude list names no user (${identifier.problem}).`,
          'Correct or remove the line: otherwise that person would not be protected.',
        );
      default: {
        const never: never = identifier;
        return never;
      }
    }
  }
  return {
    has: ({ row: { identifier }, resolution }) => {
      if (resolution.kind === 'found') {
        const { id, login, email } = resolution.user;
        return (
          ids.has(id) ||
          names.has(foldName(login)) ||
          (email !== undefined && names.has(foldName(email)))
        );
      }
      return identifier.kind === 'id'
        ? ids.has(identifier.value)
        : identifier.kind !== 'invalid' && names.has(foldName(identifier.value));
    },
  };
}
