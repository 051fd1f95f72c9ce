import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AppendFile } from '../../src/domain/append-file.ts';
import type {
  AttemptRecord,
  EffectRecord,
  JournalRecord,
  OpenedRecord,
  OutcomeRecord,
} from '../../src/domain/run/journal-record.ts';
import { chainLine, emptyHead } from '../../src/journal/chain.ts';

export const RUN_ID = '20261122T031502Z-k7m2';

const AT = '2026-11-22T03:15:02.000Z';

export const opened = (over: Partial<OpenedRecord> = {}): OpenedRecord => ({
  kind: 'opened',
  at: AT,
  runId: RUN_ID,
  planDigest: 'ab'.repeat(32),
  toolVersion: '0.1.0',
  pid: 4711,
  hostname: 'ops',
  ...over,
});

export const attempt = (row: number, over: Partial<AttemptRecord> = {}): AttemptRecord => ({
  kind: 'attempt',
  at: AT,
  row,
  userId: `00u${String(row).padStart(17, '0')}`,
  step: 'reset-password',
  attempt: 1,
  serverTimeMs: 1_763_780_000_000,
  before: { status: 'ACTIVE', statusChangedMs: 1, passwordChangedMs: undefined },
  ...over,
});

export const effect = (row: number, over: Partial<EffectRecord> = {}): EffectRecord => ({
  kind: 'effect',
  at: AT,
  row,
  step: 'reset-password',
  attempt: 1,
  effect: 'not-applied',
  status: 429,
  ...over,
});

export const outcome = (row: number, over: Partial<OutcomeRecord> = {}): OutcomeRecord => ({
  kind: 'outcome',
  at: AT,
  row,
  outcome: 'succeeded',
  step: 'reset-password',
  attempts: 1,
  status: 200,
  requestId: `req-${row}-ü`,
  ...over,
});

/** The text of a journal that holds these records. */
export function journalText(records: readonly JournalRecord[], runId = RUN_ID): string {
  let { link } = emptyHead(runId);
  let text = '';
  records.forEach((record, at) => {
    const next = chainLine(link, at + 1, record);
    text += next.line;
    link = next.link;
  });
  return text;
}

export const newFolder = () => mkdtemp(join(tmpdir(), 'okta-reset-'));

export const linesOf = async (path: string) =>
  (await readFile(path, 'utf8')).split('\n').slice(0, -1);

/** A file in memory that counts its calls and fails, or accepts fewer bytes, when told to. */
export class MemoryFile implements AppendFile {
  written = Buffer.alloc(0);
  /** Bytes that a sync covered. */
  durable = 0;
  calls: string[] = [];
  /** The number of the call (from 1, writes and syncs together) that fails. */
  failAt = Infinity;
  code = 'ENOSPC';
  /** The most bytes that a write accepts. */
  most = Infinity;
  closed = false;

  get size(): number {
    return this.written.length;
  }

  async readAt(start: number, length: number): Promise<Uint8Array> {
    return this.written.subarray(start, start + length);
  }

  async write(bytes: Uint8Array): Promise<number> {
    this.#call('write');
    const taken = bytes.subarray(0, this.most);
    this.written = Buffer.concat([this.written, taken]);
    return taken.length;
  }

  async sync(): Promise<void> {
    this.#call('sync');
    await new Promise((resolve) => void setImmediate(resolve));
    this.durable = this.written.length;
  }

  async truncate(length: number): Promise<void> {
    this.#call('truncate');
    this.written = this.written.subarray(0, length);
  }

  async close(): Promise<void> {
    this.closed = true;
  }

  #call(name: string): void {
    this.calls.push(name);
    if (this.calls.length === this.failAt) {
      throw Object.assign(new Error(`${this.code}: injected`), { code: this.code });
    }
  }
}
