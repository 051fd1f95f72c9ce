import { inputError, quoted, sourceName } from '../input-error.ts';

/** What is known about a file's encoding. `badBytes` becomes true if some bytes are not text in it. */
export interface EncodingFacts {
  /** `UTF-8`, `UTF-16LE`, `windows-1252`, … */
  name: string;
  /**
   * `mark`: a byte order mark; `declared`: by flag; `guessed`: the bytes were not UTF-8, so cells beyond ASCII are
   * uncertain.
   */
  source: 'mark' | 'declared' | 'recognised' | 'guessed';
  badBytes: boolean;
}

/** Converts the bytes of a file to UTF-8, chunk by chunk. */
export interface Decoder {
  readonly facts: EncodingFacts;
  readonly push: (chunk: Uint8Array) => Buffer;
  readonly end: () => Buffer;
}

/** The first bytes of formats that are often mistaken for CSV. */
const FORMATS: readonly (readonly [readonly number[], string])[] = [
  [[0x1f, 0x8b], 'a gzip archive'],
  [[0x25, 0x50, 0x44, 0x46], 'a PDF'],
  [[0x00, 0x00, 0xfe, 0xff], 'UTF-32 text'],
  [[0xff, 0xfe, 0x00, 0x00], 'UTF-32 text'],
];

function startsWith(bytes: Uint8Array, prefix: readonly number[]): boolean {
  return bytes.length >= prefix.length && prefix.every((byte, at) => bytes[at] === byte);
}

/** Finds the byte order of UTF-16 without a mark, from the zero bytes of ASCII text. */
function byZeroBytes(head: Uint8Array): 'utf-16le' | 'utf-16be' | 'binary' | undefined {
  const sample = head.subarray(0, 1024);
  const pairs = Math.floor(sample.length / 2);
  if (pairs < 2) return undefined;
  let even = 0;
  let odd = 0;
  for (let at = 0; at < pairs * 2; at += 2) {
    if (sample[at] === 0) even += 1;
    if (sample[at + 1] === 0) odd += 1;
  }
  if (odd > pairs * 0.3 && even < pairs * 0.05) return 'utf-16le';
  if (even > pairs * 0.3 && odd < pairs * 0.05) return 'utf-16be';
  return even + odd > pairs * 0.2 ? 'binary' : undefined;
}

function textDecoder(path: string, label: string): TextDecoder {
  try {
    return new TextDecoder(label);
  } catch (cause) {
    throw inputError(
      'INPUT_ENCODING',
      `The encoding ${quoted(label)} of ${sourceName(path)} is not known.`,
      'Give --encoding utf-8, utf-16le, utf-16be or windows-1252.',
      cause,
    );
  }
}

function labelDecoder(path: string, label: string, source: EncodingFacts['source']): Decoder {
  const decoder = textDecoder(path, label);
  const facts: EncodingFacts = { name: displayName(decoder.encoding), source, badBytes: false };
  const toUtf8 = (text: string): Buffer => {
    if (!facts.badBytes && text.includes('\uFFFD')) facts.badBytes = true;
    return Buffer.from(text);
  };
  return {
    facts,
    push: (chunk) => toUtf8(decoder.decode(chunk, { stream: true })),
    end: () => toUtf8(decoder.decode()),
  };
}

function displayName(label: string): string {
  return label.startsWith('utf-') ? label.toUpperCase() : label;
}

/** Chooses the decoder of a file from its first bytes and the declared label. Rejects with INPUT_ENCODING. */
export function chooseDecoder(
  path: string,
  head: Uint8Array,
  declared: string | undefined,
  utf8Decoder: (source: EncodingFacts['source'], markBytes: number) => Decoder,
): Decoder {
  const format = FORMATS.find(([prefix]) => startsWith(head, prefix));
  if (format !== undefined) {
    throw inputError(
      'INPUT_ENCODING',
      `${sourceName(path)} is ${format[1]}, not CSV.`,
      'Open it and save it as “CSV UTF-8 (comma delimited)”.',
    );
  }
  if (startsWith(head, [0xef, 0xbb, 0xbf])) return utf8Decoder('mark', 3);
  if (startsWith(head, [0xff, 0xfe])) return labelDecoder(path, 'utf-16le', 'mark');
  if (startsWith(head, [0xfe, 0xff])) return labelDecoder(path, 'utf-16be', 'mark');
  if (declared !== undefined) {
    return textDecoder(path, declared).encoding === 'utf-8'
      ? utf8Decoder('declared', 0)
      : labelDecoder(path, declared, 'declared');
  }
  const byZeros = byZeroBytes(head);
  if (byZeros === 'binary') {
    throw inputError(
      'INPUT_ENCODING',
      `${sourceName(path)} is not text: it is full of zero bytes.`,
      'Save it as “CSV UTF-8 (comma delimited)”, or name its --encoding.',
    );
  }
  if (byZeros !== undefined) return labelDecoder(path, byZeros, 'recognised');
  return utf8Decoder('recognised', 0);
}
