import { Tokenizer } from '@streamparser/json';
import { inputError, sourceName } from '../input-error.ts';
import {
  JsonFlattener,
  JsonFlatteningError,
  type JsonFault,
  type Member,
} from './json-flattener.ts';

export type JsonRecord = readonly Member[];

/** A tokenizer that keeps numbers as they are written, because a number of 20 digits is an id, not a quantity. */
class TextTokenizer extends Tokenizer {
  protected override parseNumber(text: string): number {
    return text as unknown as number;
  }
}

/** After this many bytes without a token, a text is not a list of users. */
const MOST_TOKEN_BYTES = 1024 * 1024;
/** Bytes between two pauses. Ctrl-C and the event loop never wait longer than one of these pieces takes. */
const PIECE_BYTES = 64 * 1024;

const FAULTS: Readonly<Record<JsonFault, readonly [what: string, hint: string]>> = {
  malformed: [
    'is not well-formed JSON',
    'Export it again. A download that was cut off looks like this.',
  ],
  'too-deep': [
    'is nested too deeply for a list of users',
    'Give a list of users: [{"id": "00u…"}, …].',
  ],
  'too-long': [
    'is too long for one user',
    'Give a list of users: [{"id": "00u…"}, …], one object per user.',
  ],
  'no-record': [
    'is neither an object nor a text',
    'Give a list of users: [{"id": "00u…"}, …], or one object per line.',
  ],
  'several-lists': [
    'comes after a second list',
    'Leave one list in the file: jq .users FILE > users.json',
  ],
};

function unusable(path: string, record: number, fault: JsonFault, cause: unknown): Error {
  const [what, hint] = FAULTS[fault];
  return inputError(
    'INPUT_JSON',
    `${sourceName(path)}: the content at position ${record} ${what}.`,
    hint,
    cause,
  );
}

/**
 * Reads records of JSON as they arrive: an array of objects or texts, objects one after another (NDJSON), or the array in an
 * API's answer. Memory is constant whatever the length. Rejects with INPUT_JSON and the position of the record.
 */
export async function* readJsonRecords(
  path: string,
  chunks: AsyncIterable<Buffer>,
): AsyncGenerator<readonly JsonRecord[]> {
  let records: JsonRecord[] = [];
  let position = 1;
  const flattener = new JsonFlattener((members) => {
    records.push(members);
    position += 1;
  });
  let silentBytes = 0;
  const tokenizer = new TextTokenizer({ separator: '' });
  tokenizer.onToken = ({ token, value }) => {
    silentBytes = 0;
    flattener.take({ type: token, text: String(value) });
  };
  tokenizer.onError = (error) => {
    throw error;
  };
  const read = (step: () => void): void => {
    try {
      step();
    } catch (error) {
      const fault = error instanceof JsonFlatteningError ? error.fault : 'malformed';
      throw unusable(path, position, fault, error);
    }
  };
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length; at += PIECE_BYTES) {
      const piece = chunk.subarray(at, at + PIECE_BYTES);
      silentBytes += piece.length;
      read(() => tokenizer.write(piece));
      if (silentBytes > MOST_TOKEN_BYTES) throw unusable(path, position, 'too-long', undefined);
      if (records.length > 0) yield records;
      records = [];
    }
  }
  // It can find a number, which cannot be a record, or a text without an end.
  read(() => tokenizer.end());
  if (!flattener.isComplete) throw unusable(path, position, 'malformed', undefined);
}
