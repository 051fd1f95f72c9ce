import { isAscii, isUtf8 } from 'node:buffer';
import type { Decoder, EncodingFacts } from './encoding.ts';

const EMPTY = Buffer.alloc(0);

/** Returns the length of the bytes without an incomplete character at their end. */
function wholeCharacters(bytes: Buffer): number {
  for (let back = 1; back <= 3 && back <= bytes.length; back += 1) {
    const byte = bytes[bytes.length - back] ?? 0;
    if ((byte & 0xc0) === 0x80) continue;
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    return length > back ? bytes.length - back : bytes.length;
  }
  return bytes.length;
}

/** Tells whether malformed UTF-8 is UTF-8 with a few bad bytes, not another encoding. */
function mostlyUtf8(text: string): boolean {
  let bad = 0;
  let good = 0;
  for (const character of text) {
    if (character === '\uFFFD') bad += 1;
    else if (character > '\u007F') good += 1;
  }
  return good >= bad;
}

/**
 * Checks UTF-8 as it passes, without copying valid bytes. If only ASCII came before the first bytes that are not UTF-8, and
 * neither a mark nor a flag says otherwise, the rest is read as windows-1252, which is then also right for what came before.
 * Otherwise, bad bytes become U+FFFD.
 */
export function utf8Decoder(source: EncodingFacts['source'], markBytes: number): Decoder {
  const facts: EncodingFacts = { name: 'UTF-8', source, badBytes: false };
  let carry = EMPTY;
  let skip = markBytes;
  let settled = source === 'mark' || source === 'declared';
  let fallback: TextDecoder | undefined;

  function decode(part: Buffer): Buffer {
    if (fallback !== undefined) return Buffer.from(fallback.decode(part, { stream: true }));
    if (isAscii(part)) return part;
    if (isUtf8(part)) {
      settled = true;
      return part;
    }
    const text = part.toString('utf8');
    if (settled || mostlyUtf8(text)) {
      settled = true;
      facts.badBytes = true;
      return Buffer.from(text);
    }
    facts.name = 'windows-1252';
    facts.source = 'guessed';
    fallback = new TextDecoder('windows-1252');
    return Buffer.from(fallback.decode(part, { stream: true }));
  }

  return {
    facts,
    push: (chunk) => {
      let bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
      if (carry.length > 0) bytes = Buffer.concat([carry, bytes]);
      if (skip > 0) {
        const skipped = Math.min(skip, bytes.length);
        bytes = bytes.subarray(skipped);
        skip -= skipped;
      }
      const whole = wholeCharacters(bytes);
      // A copy, because the reader might reuse the memory of the chunk.
      carry = Buffer.from(bytes.subarray(whole));
      return decode(bytes.subarray(0, whole));
    },
    end: () => (carry.length === 0 ? EMPTY : decode(carry)),
  };
}
