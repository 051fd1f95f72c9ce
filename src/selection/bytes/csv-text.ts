import { chooseDecoder, type EncodingFacts } from './encoding.ts';
import { gunzip, isGzip } from './gunzip.ts';
import { inputError, sourceName } from '../input-error.ts';
import { readBytes } from './input-file.ts';
import type { FilePorts } from '../selection.ts';
import { utf8Decoder } from './utf8.ts';

const HEAD_BYTES = 64 * 1024;

/** A file as UTF-8: its beginning, to recognise it by, and all of it as a stream. */
export interface CsvText {
  readonly head: string;
  /** Whether the head is the whole file. */
  readonly complete: boolean;
  readonly facts: EncodingFacts;
  readonly format: 'delimited' | 'json';
  /** The whole file, the head included; can be read once. */
  readonly chunks: AsyncIterable<Buffer>;
  /** Lets go of the file unread. */
  readonly close: () => Promise<void>;
}

const PAGE = /^\s*<(!doctype|html|\?xml)/i;
const JSON_TEXT = /^\s*(?:\[\s*(?:[[{"]|\]\s*$)|\{\s*["}])/;

function formatOf(path: string, head: string): CsvText['format'] {
  if (PAGE.test(head)) {
    throw inputError(
      'INPUT_CSV',
      `${sourceName(path)} is a web page or XML, not a list of users.`,
      'Is it a sign-in page that was saved in place of the export? Export it again.',
    );
  }
  return JSON_TEXT.test(head) ? 'json' : 'delimited';
}

/** Cuts what a stream hands over at once, so that the rows in memory are few whatever its chunks. */
function* pieces(bytes: Buffer): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += HEAD_BYTES) yield bytes.subarray(at, at + HEAD_BYTES);
}

/** A file's bytes, unpacked where they are gzip: told by the first bytes, never by the name. */
async function openBytes(
  path: string,
  ports: FilePorts,
  signal: AbortSignal,
): Promise<AsyncGenerator<Uint8Array>> {
  const bytes = readBytes(path, ports, signal);
  const head: Uint8Array[] = [];
  for (let size = 0; size < 3;) {
    const step = await bytes.next();
    if (step.done === true) break;
    // A copy: the reader may use the chunk's memory again.
    head.push(Uint8Array.from(step.value));
    size += step.value.length;
  }
  const whole = async function* (): AsyncGenerator<Uint8Array> {
    try {
      yield* head;
      yield* bytes;
    } finally {
      await bytes.return(undefined);
    }
  };
  return isGzip(Buffer.concat(head)) ? gunzip(path, whole()) : whole();
}

/**
 * Opens a file or standard input (`-`) as text. The caller must read `chunks` or call `close`. Rejects with
 * INPUT_UNREADABLE, INPUT_ENCODING, INPUT_CSV for what is no text, INPUT_EMPTY, and with the signal's reason.
 */
export async function openCsvText(
  path: string,
  encoding: string | undefined,
  ports: FilePorts,
  signal: AbortSignal,
): Promise<CsvText> {
  const bytes = await openBytes(path, ports, signal);
  const parts: Uint8Array[] = [];
  let size = 0;
  let complete = false;
  while (size < HEAD_BYTES && !complete) {
    const step = await bytes.next();
    if (step.done === true) complete = true;
    else {
      // A copy: the reader may use the chunk's memory again.
      parts.push(Uint8Array.from(step.value));
      size += step.value.length;
    }
  }
  const close = async (): Promise<void> => {
    await bytes.return(undefined);
  };
  try {
    const first = Buffer.concat(parts);
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
