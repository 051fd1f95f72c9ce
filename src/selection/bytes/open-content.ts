import { chooseDecoder, type EncodingFacts } from './encoding.ts';
import { gunzip, isGzip } from './gunzip.ts';
import { inputError, sourceName } from '../input-error.ts';
import { readBytes } from './input-file.ts';
import type { FilePorts } from '../selection.ts';
import { oversizedWorkbook } from '../workbook/workbook-error.ts';
import { utf8Decoder } from './utf8.ts';

const HEAD_BYTES = 64 * 1024;

/** A file as UTF-8: its beginning, to recognize it, and all of it as a stream. */
export interface TextContent {
  readonly head: string;
  /** Whether the head is the whole file. */
  readonly complete: boolean;
  readonly facts: EncodingFacts;
  readonly format: 'delimited' | 'json';
  /** The whole file, including the head. It can be read once. */
  readonly chunks: AsyncIterable<Buffer>;
  /** Closes the file unread. */
  readonly close: () => Promise<void>;
}

const PAGE = /^\s*<(!doctype|html|\?xml)/i;
const JSON_TEXT = /^\s*(?:\[\s*(?:[[{"]|\]\s*$)|\{\s*["}])/;

function formatOf(path: string, head: string): TextContent['format'] {
  if (PAGE.test(head)) {
    throw inputError(
      'INPUT_CSV',
      `${sourceName(path)} is a web page or XML, not a list of users.`,
      'It may be a sign-in page that was saved instead of the export. Export it again.',
    );
  }
  return JSON_TEXT.test(head) ? 'json' : 'delimited';
}

/** A file in a packed format: a workbook, or a file that looks like one. */
export interface PackedContent {
  /** A zip archive, or Microsoft's compound file, which is an old or a protected workbook. */
  readonly format: 'zip' | 'compound';
  readonly facts: EncodingFacts;
  /**
   * Reads the whole file into memory, and returns its length before unpacking too. Rejects with INPUT_WORKBOOK if it is too
   * long.
   */
  readonly whole: () => Promise<{ readonly bytes: Buffer; readonly packedBytes: number }>;
  /** Closes the file unread. */
  readonly close: () => Promise<void>;
}

const PACKED: readonly (readonly [PackedContent['format'], Buffer])[] = [
  ['zip', Buffer.from('PK\x03\x04', 'latin1')],
  ['zip', Buffer.from('PK\x05\x06', 'latin1')],
  ['compound', Buffer.from('\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1', 'latin1')],
];
const WORKBOOK: EncodingFacts = { name: 'XLSX', source: 'recognised', badBytes: false };
/** A workbook is read into memory. A million rows of six columns take about 50 MB. */
const MOST_WORKBOOK_BYTES = 128 * 1024 * 1024;
/** Workbooks are already packed, so gzip gains nothing. */
const MOST_GZIP_GROWTH = 10;
const HARMLESS_BYTES = 8 * 1024 * 1024;

interface InputBytes {
  readonly bytes: AsyncGenerator<Uint8Array>;
  /** How many bytes came from the file itself, packed or not. */
  readonly sourceBytes: () => number;
}

function packedContent(
  path: string,
  format: PackedContent['format'],
  parts: readonly Uint8Array[],
  { bytes, sourceBytes }: InputBytes,
): PackedContent {
  const isTooLong = (size: number): boolean =>
    size > MOST_WORKBOOK_BYTES || size > Math.max(HARMLESS_BYTES, sourceBytes() * MOST_GZIP_GROWTH);
  return {
    format,
    facts: WORKBOOK,
    whole: async () => {
      const all = [...parts];
      let size = all.reduce((sum, { length }) => sum + length, 0);
      for await (const chunk of bytes) {
        all.push(Uint8Array.from(chunk));
        size += chunk.length;
        if (isTooLong(size)) throw oversizedWorkbook(path);
      }
      return { bytes: Buffer.concat(all), packedBytes: sourceBytes() };
    },
    close: async () => {
      await bytes.return(undefined);
    },
  };
}

/** Cuts large chunks into pieces, so that few rows are in memory whatever a stream delivers at once. */
function* pieces(bytes: Buffer): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += HEAD_BYTES) yield bytes.subarray(at, at + HEAD_BYTES);
}

/** Opens a file's bytes and unpacks them if they are gzip, which is recognized by the first bytes and never by the name. */
async function openBytes(path: string, ports: FilePorts, signal: AbortSignal): Promise<InputBytes> {
  let sourceBytes = 0;
  const bytes = readBytes(path, ports, signal);
  const head: Uint8Array[] = [];
  let size = 0;
  while (size < 3) {
    const step = await bytes.next();
    if (step.done === true) break;
    // A copy, because the reader might reuse the memory of the chunk.
    head.push(Uint8Array.from(step.value));
    size += step.value.length;
  }
  sourceBytes = size;
  const whole = async function* (): AsyncGenerator<Uint8Array> {
    try {
      yield* head;
      for await (const chunk of bytes) {
        sourceBytes += chunk.length;
        yield chunk;
      }
    } finally {
      await bytes.return(undefined);
    }
  };
  return {
    bytes: isGzip(Buffer.concat(head)) ? gunzip(path, whole()) : whole(),
    sourceBytes: () => sourceBytes,
  };
}

/**
 * Opens a file or standard input (`-`), as text unless it is packed. The caller must read it or call `close`. Rejects with
 * INPUT_UNREADABLE, INPUT_ENCODING, INPUT_CSV if it is not text, INPUT_EMPTY, and with the signal's reason.
 */
export async function openContent(
  path: string,
  encoding: string | undefined,
  ports: FilePorts,
  signal: AbortSignal,
): Promise<TextContent | PackedContent> {
  const input = await openBytes(path, ports, signal);
  const { bytes } = input;
  const parts: Uint8Array[] = [];
  let size = 0;
  let complete = false;
  while (size < HEAD_BYTES && !complete) {
    const step = await bytes.next();
    if (step.done === true) complete = true;
    else {
      // A copy, because the reader might reuse the memory of the chunk.
      parts.push(Uint8Array.from(step.value));
      size += step.value.length;
    }
  }
  const close = async (): Promise<void> => {
    await bytes.return(undefined);
  };
  try {
    const first = Buffer.concat(parts);
    const packed = PACKED.find(([, mark]) => first.subarray(0, mark.length).equals(mark));
    if (packed !== undefined) return packedContent(path, packed[0], parts, input);
    const decoder = chooseDecoder(path, first, encoding, utf8Decoder);
    const decoded = decoder.push(first);
    const headBytes = complete ? Buffer.concat([decoded, decoder.end()]) : decoded;
    const head = headBytes.toString('utf8');
    const format = formatOf(path, head);
    const chunks = async function* (): AsyncGenerator<Buffer> {
      try {
        yield* pieces(headBytes);
        if (complete) return;
        for await (const chunk of bytes) yield* pieces(decoder.push(chunk));
        yield decoder.end();
      } finally {
        await close();
      }
    };
    return { head, complete, facts: decoder.facts, format, chunks: chunks(), close };
  } catch (error) {
    await close();
    throw error;
  }
}
