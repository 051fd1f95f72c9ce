import { chooseDecoder, type EncodingFacts } from './encoding.ts';
import { inputError, sourceName } from './input-error.ts';
import { readBytes } from './input-file.ts';
import type { FilePorts } from './selection.ts';
import { utf8Decoder } from './utf8.ts';

const HEAD_BYTES = 128 * 1024;

/** A file as UTF-8: its beginning, to recognise it by, and all of it as a stream. */
export interface CsvText {
  readonly head: string;
  /** Whether the head is the whole file. */
  readonly complete: boolean;
  readonly facts: EncodingFacts;
  /** The whole file, the head included; can be read once. */
  readonly chunks: AsyncIterable<Buffer>;
  /** Lets go of the file unread. */
  readonly close: () => Promise<void>;
}

const PAGE = /^\s*<(!doctype|html|\?xml)/i;
const JSON_TEXT = /^\s*(\[\s*[[{"]|\{\s*")/;

function refuseOtherFormats(path: string, head: string): void {
  if (head.trim() === '') return;
  const format = PAGE.test(head) ? 'a web page or XML' : JSON_TEXT.test(head) ? 'JSON' : undefined;
  if (format === undefined) return;
  throw inputError(
    'INPUT_CSV',
    `${sourceName(path)} is ${format}, not CSV.`,
    format === 'JSON'
      ? 'Give a CSV file with a column of user ids or logins; okta-reset users writes one.'
      : 'A sign-in page saved in place of the export? Export it again.',
  );
}

/** Cuts what a stream hands over at once, so that the rows in memory are few whatever its chunks. */
function* pieces(bytes: Buffer): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += HEAD_BYTES) yield bytes.subarray(at, at + HEAD_BYTES);
}

/**
 * Opens a file or standard input (`-`) as text. Whoever opens it must read `chunks` or call `close`. Rejects with
 * INPUT_UNREADABLE, INPUT_ENCODING, INPUT_CSV for what is no text, INPUT_EMPTY, and with the signal's reason.
 */
export async function openCsvText(
  path: string,
  encoding: string | undefined,
  ports: FilePorts,
  signal: AbortSignal,
): Promise<CsvText> {
  const bytes = readBytes(path, ports, signal);
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
    refuseOtherFormats(path, head);
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
    return { head, complete, facts: decoder.facts, chunks: chunks(), close };
  } catch (error) {
    await close();
    throw error;
  }
}
