import type { OrgConfig } from '../config/org.ts';
import type { PaceConfig } from '../config/pace.ts';
import type { SelectionConfig } from '../config/selection.ts';
import type { Output } from '../domain/host.ts';
import type { User } from '../domain/org/user.ts';
import { openTable, type CellValue, type TableFormat } from '../report/table.ts';
import { openReading } from './org/connection.ts';
import type { AppContext } from './context.ts';
import { identify } from './org/org-identity.ts';
import { selectUsers } from './plan/select-users.ts';

export interface ExportInput {
  readonly org: OrgConfig;
  readonly pace: PaceConfig;
  readonly selection: SelectionConfig;
  readonly columns: readonly ExportColumn[];
  readonly format: TableFormat;
}

/** A column of the export: its header, and the path of its value in the user. */
export interface ExportColumn {
  readonly header: string;
  readonly field: string;
}

const PROGRESS_EVERY = 200;

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function cell(value: unknown): CellValue {
  if (
    value === undefined ||
    value === null ||
    typeof value === 'string' ||
    typeof value === 'number' ||
    typeof value === 'boolean'
  )
    return value;
  return JSON.stringify(value);
}

/**
 * Reads a field of a user: `id`, `status`, `provider`, a profile attribute with or without `profile.`, or any dotted
 * path.
 */
export function fieldOf(user: User, field: string): CellValue {
  switch (field) {
    case 'id':
      return user.id;
    case 'status':
      return user.status;
    case 'provider':
    case 'credentials.provider.type':
      return user.providerType;
    case 'credentials.provider.name':
      return user.providerName;
    default: {
      let value: unknown = user.raw;
      for (const part of field.split('.'))
        value = isRecord(value) && Object.hasOwn(value, part) ? value[part] : undefined;
      if (value !== undefined) return cell(value);
      const { profile } = user.raw;
      return isRecord(profile) && Object.hasOwn(profile, field) ? cell(profile[field]) : undefined;
    }
  }
}

/** How many users were written, and which columns had a value for none of them. */
export interface Exported {
  readonly users: number;
  readonly emptyColumns: readonly string[];
}

/** Writes the selected users to an output as they arrive, each user once. */
export async function exportUsers(
  input: ExportInput,
  output: Output,
  context: AppContext,
): Promise<Exported> {
  const { drain } = context.interrupt;
  const connection = openReading({ org: input.org, pace: input.pace, runId: undefined }, context);
  try {
    await identify(connection.reader, input.org.credentials, drain);
    const table = openTable(
      output,
      input.format,
      input.columns.map((column) => column.header),
    );
    const empty = new Set(input.columns);
    let done = 0;
    for await (const user of selectUsers(input.selection, connection.reader, context)) {
      const cells = input.columns.map((column) => fieldOf(user, column.field));
      for (const column of empty)
        if (cells[input.columns.indexOf(column)] !== undefined) empty.delete(column);
      await table.row(cells);
      done += 1;
      if (done % PROGRESS_EVERY === 0) context.emit({ type: 'reading', what: 'export', done });
    }
    await table.end();
    return { users: done, emptyColumns: [...empty].map(({ header }) => header) };
  } finally {
    await connection.close();
  }
}
