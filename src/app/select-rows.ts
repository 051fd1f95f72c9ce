import { createReadStream } from 'node:fs';
import { resolve } from 'node:path';
import type { SelectionConfig } from '../config/selection.ts';
import type { OrgReader } from '../domain/org.ts';
import type { Row } from '../domain/row.ts';
import type { Notice } from '../selection/notice.ts';
import { readIdentifiers } from '../selection/read-identifiers.ts';
import { selectRows } from '../selection/select-rows.ts';
import type { FilePorts, SelectionSource } from '../selection/selection.ts';
import type { AppContext } from './context.ts';
import { failureError } from './failure-error.ts';

function noticeText(notice: Notice): string {
  const lines =
    notice.lines === undefined || notice.lines.length === 0
      ? ''
      : ` (line ${notice.lines.join(', ')}${(notice.count ?? 0) > notice.lines.length ? ', …' : ''})`;
  return `${notice.source}: ${notice.text}${lines}`;
}

/** What reading input files needs of the world; the CSV doctor's remarks become messages. */
export function filePorts(context: AppContext): FilePorts {
  const { host } = context;
  return {
    openFile: (path, signal) => createReadStream(resolve(host.cwd, path), { signal }),
    stdin: host.stdin,
    nowMs: host.clock.nowMs,
    onNotice: (notice) =>
      context.emit({
        type: 'message',
        level: notice.level,
        text: noticeText(notice),
        ...(notice.hint === undefined ? {} : { hint: notice.hint }),
      }),
  };
}

function sourcesOf(selection: SelectionConfig): readonly SelectionSource[] {
  const { column, delimiter, encoding, where, keepColumns: keep } = selection;
  return [
    ...selection.files.map(
      (path) =>
        ({ kind: 'file', path, options: { column, delimiter, encoding, where, keep } }) as const,
    ),
    ...(selection.users.length === 0 ? [] : [{ kind: 'users', values: selection.users } as const]),
    ...(selection.search === undefined
      ? []
      : [{ kind: 'search', expression: selection.search } as const]),
    ...(selection.filter === undefined
      ? []
      : [{ kind: 'filter', expression: selection.filter } as const]),
    ...selection.groups.map((group) => ({ kind: 'group', group }) as const),
    ...(selection.all ? [{ kind: 'all' } as const] : []),
  ];
}

/** The rows of a selection, source after source, as they are read. */
export function rowsOf(
  selection: SelectionConfig,
  reader: OrgReader,
  context: AppContext,
): AsyncIterable<Row> {
  return selectRows(
    { sources: sourcesOf(selection) },
    {
      ...filePorts(context),
      reader,
      failureError: (failure, tried) => failureError(failure, tried, reader.host),
    },
    context.interrupt.drain,
  );
}

/** The rows of `--exclude` files and `--exclude-group` groups. A group is always listed live. */
export async function* excludedRows(
  selection: SelectionConfig,
  reader: OrgReader,
  context: AppContext,
): AsyncIterable<Row> {
  const ports = filePorts(context);
  const signal = context.interrupt.drain;
  for (const path of selection.excludeFiles) yield* readIdentifiers(path, ports, signal);
  if (selection.excludeGroups.length === 0) return;
  yield* selectRows(
    { sources: selection.excludeGroups.map((group) => ({ kind: 'group', group }) as const) },
    {
      ...ports,
      reader,
      failureError: (failure, tried) => failureError(failure, tried, reader.host),
    },
    signal,
  );
}
