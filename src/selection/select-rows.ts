import type { Row } from '../domain/row/row.ts';
import { invalid, readIdentifier } from './rows/identifier.ts';
import { inputError, printable } from './input-error.ts';
import { listGroup, listUsers } from './rows/listing.ts';
import { listLogPeople } from './log/log-people.ts';
import { openInput } from './rows/open-input.ts';
import { USER_COLUMN } from './rows/results-header.ts';
import type {
  FileOptions,
  FilePorts,
  Selection,
  SelectionPorts,
  SelectionSource,
} from './selection.ts';

function* rowsOfValues(values: readonly string[]): Generator<readonly Row[]> {
  yield values.map((value, index): Row => {
    const found = readIdentifier('any', value);
    return {
      source: '--user',
      line: index + 1,
      identifier: found.kind === 'fault' ? invalid(found) : found,
      columns: { [USER_COLUMN]: value },
    };
  });
}

async function* rowsOfFile(
  path: string,
  options: FileOptions,
  ports: FilePorts,
  signal: AbortSignal,
): AsyncGenerator<readonly Row[]> {
  const file = await openInput(path, options, ports, signal);
  try {
    for await (const { rows } of file.batches()) yield rows;
  } finally {
    await file.close();
  }
}

function batchesOf(
  source: SelectionSource,
  ports: SelectionPorts,
  signal: AbortSignal,
): AsyncIterable<readonly Row[]> | Iterable<readonly Row[]> {
  switch (source.kind) {
    case 'file':
      return rowsOfFile(source.path, source.options, ports, signal);
    case 'users':
      return rowsOfValues(source.values);
    case 'search':
      return listUsers(
        `--search ${printable(source.expression)}`,
        { kind: 'search', expression: source.expression },
        ports,
        signal,
      );
    case 'filter':
      return listUsers(
        `--filter ${printable(source.expression)}`,
        { kind: 'filter', expression: source.expression },
        ports,
        signal,
      );
    case 'group':
      return listGroup(source.group, ports, signal);
    case 'log':
      return listLogPeople(source.query, ports, signal);
    case 'all':
      return listUsers('--all', { kind: 'all' }, ports, signal);
    default: {
      const never: never = source;
      return never;
    }
  }
}

/**
 * Reads the rows of a selection, source after source, as a stream with constant memory. Every line that is a row is passed
 * on, including duplicates, and with an `invalid` identifier if it names nobody. Rejects with INPUT_* for a source that
 * cannot be used, as `failureError` says if the org refuses, and with the signal's reason once it aborts.
 */
export async function* selectRows(
  selection: Selection,
  ports: SelectionPorts,
  signal: AbortSignal,
): AsyncGenerator<Row> {
  const { sources } = selection;
  if (sources.filter((source) => source.kind === 'file' && source.path === '-').length > 1) {
    throw inputError(
      'INPUT_UNREADABLE',
      'Standard input can be read only once.',
      'Give --file - once.',
    );
  }
  for (const source of sources) {
    signal.throwIfAborted();
    for await (const rows of batchesOf(source, ports, signal)) {
      for (const row of rows) yield row;
    }
  }
}
