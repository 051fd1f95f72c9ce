/**
 * Hashes a text to 64 bits in two words, which are never both 0. Two lanes of 32 bits are each rotated after every
 * character, so that no bit depends only on the low bits of the text, and are mixed with each other at the end.
 */
export function hashKey(text: string, into: Uint32Array): void {
  let a = 0x9e37_79b9 ^ text.length;
  let b = 0x85eb_ca6b;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    a = Math.imul(a ^ unit, 0xcc9e_2d51);
    a = (a << 13) | (a >>> 19);
    b = Math.imul(b ^ unit, 0x1b87_3593);
    b = (b << 17) | (b >>> 15);
  }
  a = Math.imul(a ^ (a >>> 16), 0x85eb_ca6b) ^ Math.imul(b ^ (b >>> 15), 0xc2b2_ae35);
  b = Math.imul(b ^ (b >>> 16), 0x85eb_ca6b) ^ Math.imul(a ^ (a >>> 13), 0xc2b2_ae35);
  const high = (a ^ (a >>> 16)) >>> 0;
  const low = (b ^ (b >>> 16)) >>> 0;
  into[0] = high;
  into[1] = high === 0 && low === 0 ? 1 : low;
}
