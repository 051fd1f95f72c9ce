import fc from 'fast-check';

const SURROGATES = { from: 0xd800, to: 0xdfff };
const codePoint = fc
  .nat(0x10ffff)
  .filter((code) => code < SURROGATES.from || code > SURROGATES.to)
  .map((code) => String.fromCodePoint(code));

/**
 * Texts of any characters, including those that cause trouble in JavaScript, such as `__proto__`. As fast as fast-check's
 * strings of unit `binary`, without the table of a million characters that those make first.
 */
export function anyText(length: fc.ArrayConstraints = {}): fc.Arbitrary<string> {
  return fc.oneof(
    fc.array(codePoint, length).map((signs) => signs.join('')),
    fc.string({ unit: 'grapheme', ...length }),
  );
}
