import { resolve } from 'node:path';
import { readNamedFile } from '../../disk/named-file.ts';
import type { SelectionConfig } from '../../config/selection.ts';
import type { OrgReader } from '../../domain/org/org.ts';
import type { Row } from '../../domain/row/row.ts';
import type { Notice } from '../../selection/remarks/notice.ts';
import { findGroup } from '../../selection/rows/listing.ts';
import { readIdentifiers } from '../../selection/rows/read-identifiers.ts';
import { selectRows } from '../../selection/select-rows.ts';
import type {
  FilePorts,
  LogQuery,
  SelectionPorts,
  SelectionSource,
} from '../../selection/selection.ts';
import type { AppContext } from '../context.ts';
import { readPorts } from '../org/failure-error.ts';

function noticeText(notice: Notice): string {
  const lines =
    notice.lines === undefined || notice.lines.length === 0
      ? ''
      : ` (line ${notice.lines.join(', ')}${(notice.count ?? 0) > notice.lines.length ? ', …' : ''})`;
  return `${notice.source}: ${notice.text}${lines}`;
}

/** Makes what reading input files requires. Notices about them become messages. */
export function filePorts(context: AppContext): FilePorts {
  const { host } = context;
  return {
    openFile:
      context.openFile ??
      ((path, signal) =>
        readNamedFile(resolve(host.cwd, path), { sleep: host.clock.sleep, signal })),
    stdin: host.stdin,
    askSheet: context.askSheet,
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

function selectionPorts(reader: OrgReader, context: AppContext): SelectionPorts {
  return {
    ...filePorts(context),
    ...readPorts(reader),
  };
}

function logQuery(selection: SelectionConfig, expression: string): LogQuery {
  const { logSince: sinceMs, logUntil: untilMs, logWho: who, where } = selection;
  return { expression, sinceMs, untilMs, who, where };
}

function sourcesOf(selection: SelectionConfig): readonly SelectionSource[] {
  const { sheet, column, delimiter, encoding, where, keepColumns: keep } = selection;
  return [
    ...selection.files.map(
      (path) =>
        ({
          kind: 'file',
          path,
          options: { sheet, column, delimiter, encoding, where, keep },
        }) as const,
    ),
    ...(selection.users.length === 0 ? [] : [{ kind: 'users', values: selection.users } as const]),
    ...(selection.search === undefined
      ? []
      : [{ kind: 'search', expression: selection.search } as const]),
    ...(selection.filter === undefined
      ? []
      : [{ kind: 'filter', expression: selection.filter } as const]),
    ...selection.groups.map((group) => ({ kind: 'group', group }) as const),
    ...(selection.log === undefined
      ? []
      : [{ kind: 'log', query: logQuery(selection, selection.log) } as const]),
    ...(selection.all ? [{ kind: 'all' } as const] : []),
  ];
}

/** Returns the rows of a selection, source after source, as they are read. */
export function rowsOf(
  selection: SelectionConfig,
  reader: OrgReader,
  context: AppContext,
): AsyncIterable<Row> {
  return selectRows(
    { sources: sourcesOf(selection) },
    selectionPorts(reader, context),
    context.interrupt.drain,
  );
}

/** Returns the rows of `--exclude` files. */
export async function* excludedRows(
  selection: SelectionConfig,
  context: AppContext,
): AsyncIterable<Row> {
  const ports = filePorts(context);
  for (const path of selection.excludeFiles)
    yield* readIdentifiers(path, ports, context.interrupt.drain);
}

/** Returns the ids of `--exclude-group` groups. Rejects with INPUT_GROUP for a name that fits no group, or more than one. */
export async function excludedGroupsOf(
  selection: SelectionConfig,
  reader: OrgReader,
  context: AppContext,
): Promise<readonly string[]> {
  const ports = selectionPorts(reader, context);
  const ids: string[] = [];
  for (const group of selection.excludeGroups)
    ids.push((await findGroup(group, ports, context.interrupt.drain)).id);
  return ids;
}
