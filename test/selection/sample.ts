import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../../src/domain/codes/app-error.ts';
import type { OrgReader } from '../../src/domain/org/org.ts';
import { parseWhere, type Where } from '../../src/domain/row/where.ts';
import type { Row } from '../../src/domain/row/row.ts';
import type { Notice } from '../../src/selection/remarks/notice.ts';
import { selectRows } from '../../src/selection/select-rows.ts';
import {
  RECOGNISE_ALL,
  type FileOptions,
  type FilePorts,
  type SelectionSource,
} from '../../src/selection/selection.ts';

export const FIXTURES = join(import.meta.dirname, '../../fixtures');

export const ADA = '00u1k2mQw8Zr4TnXb0h7';
export const GRACE = '00u1k2mR3vYc9LpKd5h7';
export const JOSE = '00u1k2mSjH6eWq2Fz8h7';
export const LINUS = '00u1k2mTb5Ux7GmNa1h7';
export const MEI = '00u1k2mU0dKs3RvJy6h7';

export const never = new AbortController().signal;

/** A condition as `--where` reads it. */
export function whereOf(text: string): Where {
  const where = parseWhere(text);
  if (where === undefined) throw new Error(`not a condition: ${text}`);
  return where;
}

type Content = string | Uint8Array | AsyncIterable<Uint8Array>;

async function* inChunks(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

function isStream(content: Content): content is AsyncIterable<Uint8Array> {
  return typeof content === 'object' && Symbol.asyncIterator in content;
}

/** Ports over contents by path, in chunks of a size. */
export function portsOf(
  contents: Readonly<Record<string, Content>>,
  notices: Notice[] = [],
  chunk = 64 * 1024,
): FilePorts {
  return {
    openFile: (path) => {
      const content = contents[path];
      if (content === undefined) {
        throw Object.assign(new Error('no such file'), { code: 'ENOENT' });
      }
      if (isStream(content)) return content;
      return inChunks(typeof content === 'string' ? Buffer.from(content) : content, chunk);
    },
    stdin: undefined,
    onNotice: (notice) => notices.push(notice),
  };
}

export interface Selected {
  readonly rows: readonly Row[];
  readonly notices: readonly Notice[];
}

export async function collect<T>(values: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const value of values) all.push(value);
  return all;
}

/** A content that begins with `start`, and counts how often it is closed. */
export function watched(start: string, piece: string, pieces: number) {
  let closed = 0;
  const bytes = (async function* () {
    try {
      yield Buffer.from(start);
      for (let at = 0; at < pieces; at += 1) yield Buffer.from(piece);
    } finally {
      closed += 1;
    }
  })();
  return { bytes, closed: () => closed };
}

/** Selects from sources over ports. */
export function select(
  sources: readonly SelectionSource[],
  ports: FilePorts,
  reader?: OrgReader,
  signal: AbortSignal = never,
): AsyncIterable<Row> {
  return selectRows(
    { sources },
    { ...ports, reader, failureError: (failure, tried) => new Error(`${tried}: ${failure.kind}`) },
    signal,
  );
}

/** Selects the rows of one CSV text. */
export async function selectCsv(
  content: Content,
  options: Partial<FileOptions> = {},
  chunk?: number,
): Promise<Selected> {
  const notices: Notice[] = [];
  const rows = await collect(
    select(
      [{ kind: 'file', path: 'users.csv', options: { ...RECOGNISE_ALL, ...options } }],
      portsOf({ 'users.csv': content }, notices, chunk),
    ),
  );
  return { rows, notices };
}

export async function fixture(name: string): Promise<Buffer> {
  return readFile(join(FIXTURES, name));
}

/** A row as `12 id 00u…`, invalid ones without their value. */
export function brief(row: Row): string {
  const { identifier } = row;
  return identifier.kind === 'invalid'
    ? `${row.line} invalid`
    : `${row.line} ${identifier.kind} ${identifier.value}`;
}

export function codesOf(notices: readonly Notice[]): readonly string[] {
  return notices.map(({ code }) => code).filter((code) => code !== 'column');
}

/** The AppError that a promise rejects with. */
export async function errorOf(promise: Promise<unknown>): Promise<AppError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof AppError) return error;
  throw new Error('expected an AppError', { cause: error });
}
