import type { Buffer } from 'node:buffer';
import {
  brotliDecompressSync,
  constants,
  gunzipSync,
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

/** Only gzip is requested; proxies also send the others. */
const UNPACK: Readonly<Record<string, Unpack>> = {
  gzip: (packed, most, whole) => gunzipSync(packed, zlib(most, whole)),
  'x-gzip': (packed, most, whole) => gunzipSync(packed, zlib(most, whole)),
  deflate: (packed, most, whole) => inflateSync(packed, zlib(most, whole)),
  br: (packed, most, whole) => brotliDecompressSync(packed, brotli(most, whole)),
};

export type Unpacked =
  | { readonly kind: 'text'; readonly text: string }
  /** `code` is one of `TRANSPORT_ERROR_CODES`. */
  | { readonly kind: 'broken'; readonly code: string };

/**
 * Reads a body as text, and unpacks it if the answer says that it is packed. At most `maxBytes` come out. A body that
 * is not `whole` is read as far as possible.
 */
export function unpackBody(
  body: Buffer,
  headers: Headers,
  { maxBytes, whole }: { readonly maxBytes: number; readonly whole: boolean },
): Unpacked {
  const encoding = (headerOf(headers, 'content-encoding') ?? '').trim().toLowerCase();
  if (encoding === '' || encoding === 'identity' || body.length === 0)
    return { kind: 'text', text: body.toString('utf8') };
  const unpack = Object.hasOwn(UNPACK, encoding) ? UNPACK[encoding] : undefined;
  if (unpack === undefined) return { kind: 'broken', code: 'BODY_ENCODING' };
  try {
    return { kind: 'text', text: unpack(body, maxBytes, whole).toString('utf8') };
  } catch (error) {
    const tooLarge = errorCodeOf(error) === 'ERR_BUFFER_TOO_LARGE';
    return { kind: 'broken', code: tooLarge ? 'BODY_TOO_LARGE' : 'BODY_ENCODING' };
  }
}
