/**
 * handed-out.jsonl: which temporary passwords and links were shown in a console, and which were passed on to their users.
 */
import { systemCode } from '../../disk/disk-error.ts';
import { openLines } from '../../disk/append/append-file.ts';
import { readOwnText } from '../../disk/own-file.ts';
import { openRunDirectory } from '../../journal/directory/run-directory.ts';
import type { AppContext } from '../context.ts';

const MOST_BYTES = 64 * 1024 * 1024;

type Kind = 'shown' | 'handed-over' | 'taken-back';

const KINDS: readonly string[] = ['shown', 'handed-over', 'taken-back'] satisfies readonly Kind[];

/** What is known about how one row's secret was handed out. Times are ISO 8601. */
export interface HandOut {
  readonly shown: number;
  readonly lastShownAt: string | undefined;
  readonly handedOverAt: string | undefined;
}

export const NOT_HANDED_OUT: HandOut = {
  shown: 0,
  lastShownAt: undefined,
  handedOverAt: undefined,
};

function parse(
  line: string,
): { readonly row: number; readonly kind: Kind; readonly at: string } | undefined {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value !== 'object' || value === null) return undefined;
    const { row, kind, at } = value as Readonly<Record<string, unknown>>;
    if (typeof row !== 'number' || typeof at !== 'string' || Number.isNaN(Date.parse(at)))
      return undefined;
    return typeof kind === 'string' && KINDS.includes(kind)
      ? { row, kind: kind as Kind, at }
      : undefined;
  } catch {
    return undefined;
  }
}

function after(
  before: HandOut,
  { kind, at }: { readonly kind: Kind; readonly at: string },
): HandOut {
  switch (kind) {
    case 'shown':
      return { ...before, shown: before.shown + 1, lastShownAt: at };
    case 'handed-over':
      return { ...before, handedOverAt: at };
    case 'taken-back':
      return { ...before, handedOverAt: undefined };
    default: {
      const never: never = kind;
      return never;
    }
  }
}

/**
 * Reads what is known about each row of a run, and ignores lines of a different form. Rejects with FILE_NOT_YOURS,
 * RUN_NOT_FOUND.
 */
export async function readHandOuts(dir: string): Promise<ReadonlyMap<number, HandOut>> {
  const place = await openRunDirectory(dir);
  const text = await readOwnText(place.path('handedOut'), MOST_BYTES).catch((error: unknown) => {
    if (systemCode(error) === 'ENOENT') return '';
    throw error;
  });
  const rows = new Map<number, HandOut>();
  for (const line of text.split('\n')) {
    const told = parse(line);
    if (told !== undefined) rows.set(told.row, after(rows.get(told.row) ?? NOT_HANDED_OUT, told));
  }
  return rows;
}

/** Records what happened to a row's secret. When it resolves, that is on disk. Rejects with FILE_NOT_YOURS, DISK. */
export async function noteHandOut(
  dir: string,
  {
    row,
    userId,
    kind,
  }: { readonly row: number; readonly userId: string | undefined; readonly kind: Kind },
  { host }: AppContext,
): Promise<void> {
  const place = await openRunDirectory(dir);
  const at = new Date(host.clock.nowMs()).toISOString();
  const { pid, hostname } = host;
  const file = await openLines(place.path('handedOut'));
  try {
    await file.append(`${JSON.stringify({ at, kind, row, userId, pid, hostname })}\n`);
  } finally {
    await file.close();
  }
}
