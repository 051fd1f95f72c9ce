import type { Buffer } from 'node:buffer';
import {
  brotliDecompressSync,
  constants,
  gunzipSync,
  inflateRawSync,
  inflateSync,
  type BrotliOptions,
  type ZlibOptions,
} from 'node:zlib';
import { headerOf } from './answer-headers.ts';
import { errorCodeOf } from './transport-failure.ts';
import type { Headers } from './transport.ts';

type Unpack = (packed: Buffer, maxBytes: number, whole: boolean) => Buffer;

const zlib = (maxBytes: number, whole: boolean): ZlibOptions => ({
  maxOutputLength: maxBytes,
  finishFlush: whole ? constants.Z_FINISH : constants.Z_SYNC_FLUSH,
});
const brotli = (maxBytes: number, whole: boolean): BrotliOptions => ({
  maxOutputLength: maxBytes,
  finishFlush: whole ? constants.BROTLI_OPERATION_FINISH : constants.BROTLI_OPERATION_FLUSH,
});

/** Only gzip is requested, but proxies also send the others. */
const UNPACK: Readonly<Record<string, Unpack>> = {
  gzip: (packed, most, whole) => gunzipSync(packed, zlib(most, whole)),
  'x-gzip': (packed, most, whole) => gunzipSync(packed, zlib(most, whole)),
  deflate: (packed, most, whole) =>
    // Some servers leave out the frame of zlib, which begins with these four bits.
    ((packed[0] ?? 0) & 0x0f) === 8
      ? inflateSync(packed, zlib(most, whole))
      : inflateRawSync(packed, zlib(most, whole)),
  br: (packed, most, whole) => brotliDecompressSync(packed, brotli(most, whole)),
};

export type Unpacked =
  | { readonly kind: 'text'; readonly text: string }
  /** `code` is one of `TRANSPORT_ERROR_CODES`. */
  | { readonly kind: 'broken'; readonly code: string };

/** Names that are also found there, although they mean that nothing is packed. */
const UNPACKED: ReadonlySet<string> = new Set(['', 'identity', 'none', 'utf-8', 'binary']);
const MOST_LAYERS = 2;

/** Returns how the body is packed, outermost last; undefined if an encoding is unknown. */
function layersOf(headers: Headers): readonly Unpack[] | undefined {
  const names = (headerOf(headers, 'content-encoding') ?? '')
    .split(',')
    .map((name) => name.trim().toLowerCase())
    .filter((name) => !UNPACKED.has(name));
  const layers = names.flatMap((name) => (Object.hasOwn(UNPACK, name) ? (UNPACK[name] ?? []) : []));
  return layers.length < names.length || layers.length > MOST_LAYERS ? undefined : layers;
}

/** Tells whether a body that cannot be unpacked already is JSON, because a proxy unpacked it and left the header. */
function isJson(body: Buffer): boolean {
  return body[0] === 0x7b || body[0] === 0x5b;
}

/**
 * Reads a body as text, and unpacks it if the answer says that it is packed. Returns at most `maxBytes`. A body that is not
 * `whole` is read as far as possible.
 */
export function unpackBody(
  body: Buffer,
  headers: Headers,
  { maxBytes, whole }: { readonly maxBytes: number; readonly whole: boolean },
): Unpacked {
  const layers = body.length === 0 ? [] : layersOf(headers);
  if (layers === undefined) return { kind: 'broken', code: 'BODY_ENCODING' };
  try {
    const unpacked = layers.reduceRight((packed, unpack) => unpack(packed, maxBytes, whole), body);
    return { kind: 'text', text: unpacked.toString('utf8') };
  } catch (error) {
    if (errorCodeOf(error) === 'ERR_BUFFER_TOO_LARGE')
      return { kind: 'broken', code: 'BODY_TOO_LARGE' };
    return isJson(body)
      ? { kind: 'text', text: body.toString('utf8') }
      : { kind: 'broken', code: 'BODY_ENCODING' };
  }
}
