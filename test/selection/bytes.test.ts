/** The bytes of a file before anything is known of its rows: encodings, archives, dates and numbers of a workbook. */
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { chooseDecoder } from '../../src/selection/bytes/encoding.ts';
import { gunzip, isGzip } from '../../src/selection/bytes/gunzip.ts';
import { openContent } from '../../src/selection/bytes/open-content.ts';
import { utf8Decoder } from '../../src/selection/bytes/utf8.ts';
import { disagree } from '../../src/selection/layout/rivals.ts';
import { holdsSecret, looksLikePassword } from '../../src/selection/layout/secret-cells.ts';
import { looksLikeFact, secrecyOf } from '../../src/selection/layout/secret-columns.ts';
import { dateText, numberText, unescaped } from '../../src/selection/workbook/cell-text.ts';
import { collect, never, portsOf } from './sample.ts';

const choose = (head: Uint8Array, declared?: string) =>
  chooseDecoder('users.csv', head, declared, utf8Decoder);

function decoded(bytes: Buffer, cuts: readonly number[] = [], declared?: string) {
  const decoder = choose(bytes, declared);
  const parts: Buffer[] = [];
  let at = 0;
  for (const cut of [...cuts, bytes.length]) {
    parts.push(Buffer.from(decoder.push(bytes.subarray(at, cut))));
    at = Math.max(at, cut);
  }
  parts.push(decoder.end());
  return { text: Buffer.concat(parts).toString('utf8'), ...decoder.facts };
}

const utf16be = (text: string) => Buffer.from(text, 'utf16le').swap16();

describe('a text', () => {
  const TEXT = 'login,name\nada@acme.example,Ada Löwe 🙂 株式\n';

  test.each<[string, Buffer, string | undefined, string, string]>([
    ['UTF-8', Buffer.from(TEXT), undefined, 'UTF-8', 'recognised'],
    ['UTF-8 with its mark', Buffer.from(`\ufeff${TEXT}`), undefined, 'UTF-8', 'mark'],
    ['UTF-8 that is declared', Buffer.from(TEXT), 'utf8', 'UTF-8', 'declared'],
    [
      'UTF-16 with its mark',
      Buffer.from(`\ufeff${TEXT}`, 'utf16le'),
      undefined,
      'UTF-16LE',
      'mark',
    ],
    ['the other UTF-16 with its mark', utf16be(`\ufeff${TEXT}`), undefined, 'UTF-16BE', 'mark'],
    ['UTF-16 without a mark', Buffer.from(TEXT, 'utf16le'), undefined, 'UTF-16LE', 'recognised'],
    ['the other UTF-16 without a mark', utf16be(TEXT), undefined, 'UTF-16BE', 'recognised'],
    ['UTF-16 that is declared', utf16be(TEXT), 'utf-16be', 'UTF-16BE', 'declared'],
  ])('in %s is read, wherever its bytes are cut', (_, bytes, declared, name, source) => {
    const whole = { text: TEXT, name, source, badBytes: false };
    expect(decoded(bytes, [], declared)).toEqual(whole);
    for (let cut = 1; cut < bytes.length; cut += 1)
      expect(decoded(bytes, [cut, Math.min(cut + 1, bytes.length)], declared)).toEqual(whole);
  });

  test('in UTF-8 is read whatever it contains, in pieces of any length', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme' }).map((text) => `a,b\n${text.replaceAll('\0', '')}`),
        fc.array(fc.nat({ max: 40 })),
        (text, cuts) => {
          const bytes = Buffer.from(text);
          const sorted = cuts.filter((cut) => cut <= bytes.length).sort((a, b) => a - b);
          expect(decoded(bytes, sorted)).toMatchObject({ text: bytes.toString(), badBytes: false });
        },
      ),
    );
  });

  test('of Windows is guessed where only ASCII came before; UTF-8 with a bad byte stays UTF-8', () => {
    const latin = Buffer.from('name\nL\u00f6we \u00e9\n', 'latin1');
    const guessed = { name: 'windows-1252', source: 'guessed', text: 'name\nLöwe é\n' };
    expect(decoded(latin)).toMatchObject(guessed);
    expect(decoded(latin, [3])).toMatchObject(guessed);
    const half = Buffer.concat([Buffer.from('ä ö ü\n'), Buffer.from([0xe4, 0x0a])]);
    const bad = { name: 'UTF-8', badBytes: true, text: 'ä ö ü\n\ufffd\n' };
    expect(decoded(half)).toMatchObject(bad);
    expect(decoded(half, [9])).toMatchObject(bad);
    expect(decoded(latin, [], 'utf-8')).toMatchObject({ name: 'UTF-8', badBytes: true });
    expect(decoded(Buffer.from('a\nb')).badBytes).toBe(false);
  });

  test.each<[string, readonly number[], string]>([
    ['a gzip archive', [0x1f, 0x8b, 0x00, 0x61], 'a gzip archive, not CSV'],
    ['a PDF', [0x25, 0x50, 0x44, 0x46, 0x2d], 'a PDF, not CSV'],
    ['UTF-32', [0xff, 0xfe, 0x00, 0x00, 0x61], 'UTF-32 text, not CSV'],
    ['the other UTF-32', [0x00, 0x00, 0xfe, 0xff, 0x00], 'UTF-32 text, not CSV'],
    ['zero bytes', Array.from({ length: 64 }, (_, at) => (at % 3 === 0 ? 0x61 : 0)), 'is not text'],
  ])('is not %s', (_, head, message) => {
    expect(() => choose(Uint8Array.from(head))).toThrow(
      expect.objectContaining({
        code: 'INPUT_ENCODING',
        message: expect.stringContaining(message),
      }),
    );
  });

  /** Pairs of bytes: of ASCII in both kinds of UTF-16, and of text without zeros. */
  const PAIRS = { l: [0x61, 0], b: [0, 0x61], t: [0x61, 0x61] } as const;
  const inPairs = (kinds: string) =>
    Uint8Array.from(kinds.split('').flatMap((kind) => [...PAIRS[kind as keyof typeof PAIRS]]));
  const many = (kind: string, count: number) => kind.repeat(count);

  test.each([
    ['ll', 'UTF-16LE'],
    ['bb', 'UTF-16BE'],
    [many('l', 4) + many('t', 6), 'UTF-16LE'],
    [many('b', 4) + many('t', 6), 'UTF-16BE'],
    [`${many('l', 40)}b`, 'UTF-16LE'],
    [`${many('b', 40)}l`, 'UTF-16BE'],
    ['l', 'UTF-8'],
    [many('l', 2) + many('t', 8), 'UTF-8'],
    [many('l', 1) + many('b', 1) + many('t', 8), 'UTF-8'],
    // Only the first 1024 bytes are looked at.
    [many('t', 512) + many('l', 5000), 'UTF-8'],
  ])('%s in pairs is %s by its zero bytes', (kinds, name) => {
    expect(choose(inPairs(kinds)).facts.name).toBe(name);
  });

  test.each([
    many('l', 3) + many('t', 7),
    many('b', 3) + many('t', 7),
    `${many('l', 19)}b`,
    `${many('b', 19)}l`,
  ])('%s in pairs is not text', (kinds) => {
    expect(() => choose(inPairs(kinds))).toThrow(/is not text/);
  });

  test('that ends within a character shows that something is missing', () => {
    for (const cut of [1, 2, 3])
      expect(decoded(Buffer.from('ä 🙂').subarray(0, 3 + cut))).toMatchObject({
        text: 'ä \ufffd',
        badBytes: true,
      });
    expect(decoded(Buffer.from('a\u00e4', 'latin1'))).toMatchObject({ text: 'aä' });
  });

  test('that only begins like such a format is read', () => {
    for (const head of ['\u001f,a', '%PD,a', 'a', '']) {
      expect(choose(Buffer.from(head)).facts.name).toBe('UTF-8');
    }
    expect(() => choose(Buffer.from('a'), 'klingon')).toThrow(/“klingon”.* is not known/);
  });
});

describe('a gzip archive', () => {
  const MIB = 1024 * 1024;
  async function unpacked(bytes: Buffer) {
    let length = 0;
    const pieces = (async function* () {
      yield bytes;
    })();
    for await (const chunk of gunzip('users.csv.gz', pieces)) length += chunk.length;
    return length;
  }

  test('is known by its first three bytes', () => {
    const head = gzipSync('a').subarray(0, 3);
    expect(isGzip(head)).toBe(true);
    for (let at = 0; at < 3; at += 1)
      expect(isGzip(head.map((byte, i) => (i === at ? 1 : byte)))).toBe(false);
  });

  test('can grow any number of times up to a MiB, and a hundred times beyond', async () => {
    expect(await unpacked(gzipSync(Buffer.alloc(MIB - 1)))).toBe(MIB - 1);
    // Half of it does not compress, so the whole grows by little.
    const noise = Buffer.from(Array.from({ length: MIB }, (_, at) => (at * 2654435761) >>> 24));
    const little = Buffer.concat([noise, Buffer.alloc(MIB)]);
    expect(await unpacked(gzipSync(little, { level: 1 }))).toBe(2 * MIB);
    await expect(unpacked(gzipSync(Buffer.alloc(4 * MIB)))).rejects.toMatchObject({
      code: 'INPUT_UNREADABLE',
      message: expect.stringContaining('100 times'),
    });
  });

  test.each([
    [Object.assign(new Error('x'), { code: 'EIO' })],
    [Object.assign(new Error('x'), { code: 7 })],
    [new Error('x')],
  ])('fails with the error of its bytes: %j', async (error) => {
    const broken = (async function* () {
      yield gzipSync('login\n');
      throw error;
    })();
    await expect(collect(gunzip('users.csv.gz', broken))).rejects.toBe(error);
  });

  test('that is cut off or damaged is refused', async () => {
    const whole = gzipSync('login\nada\n'.repeat(99));
    const damaged = Buffer.from(whole);
    damaged[20] = (damaged[20] ?? 0) ^ 0xff;
    for (const bytes of [whole.subarray(0, -9), damaged])
      await expect(unpacked(bytes)).rejects.toMatchObject({
        code: 'INPUT_UNREADABLE',
        message: expect.stringContaining('damaged or cut off'),
      });
  });
});

describe('a number of days', () => {
  test.each<[number, string | undefined, string | undefined]>([
    [0, '00:00:00', '1904-01-01'],
    [0.5, '12:00:00', '1904-01-01T12:00:00'],
    [1, '1900-01-01', '1904-01-02'],
    [59, '1900-02-28', '1904-02-29'],
    [59.25, '1900-02-28T06:00:00', '1904-02-29T06:00:00'],
    // It does not exist, and stays in February.
    [60, '1900-02-28', '1904-03-01'],
    [61, '1900-03-01', '1904-03-02'],
    [46_348, '2026-11-22', '2030-11-23'],
    [2_958_465, '9999-12-31', undefined],
    [2_958_466, undefined, undefined],
    [-1, undefined, undefined],
    [NaN, undefined, undefined],
  ])('%d is %s, or %s', (days, since1900, since1904) => {
    expect(dateText(days, false)).toBe(since1900);
    if (days !== 2_958_465) expect(dateText(days, true)).toBe(since1904);
  });

  test('before March 1900 is a day that Excel counts, of which the 60th does not exist', () => {
    expect([58, 59, 61, 62].map((days) => dateText(days, false))).toEqual([
      '1900-02-27',
      '1900-02-28',
      '1900-03-01',
      '1900-03-02',
    ]);
  });
});

test.each([
  ['12', '12'],
  ['007', '7'],
  ['4711.0', '4711'],
  ['1.2345678E7', '12345678'],
  ['-5', '-5'],
  ['1.5', '1.5'],
  ['', ''],
  [' ', ' '],
  ['abc', 'abc'],
  ['999999999999999', '999999999999999'],
  ['1E15', '1e+15'],
  ['-1E15', '-1e+15'],
])('the stored number %j is shown as %j', (stored, shown) => {
  expect(numberText(stored)).toBe(shown);
});

test('characters that XML cannot contain are decoded', () => {
  expect(unescaped('a_x000D_b_x0041_')).toBe('a\rbA');
  for (const text of ['plain', '_x', '_x00_', '_xGGGG_']) expect(unescaped(text)).toBe(text);
});

test.each<[string, string, boolean]>([
  ['ada', 'ada', false],
  ['ada', 'ADA', false],
  ['ada', ' ada ', false],
  ['ada', 'bob', true],
  ['', 'bob', false],
  ['ada', '', false],
  ['ada', '  ', false],
  ['  ', 'bob', false],
  ['00u1abcdefghijklmnop', '00u1ABCdefghijklmnop', true],
])('the cells %j and %j contradict each other: %s', (one, other, expected) => {
  expect(disagree([one, other], 0, 1)).toBe(expected);
  expect(disagree([other, one], 0, 1)).toBe(expected);
  expect(disagree([one], 0, 7)).toBe(false);
});

test.each([
  ['Login', 'none'],
  ['Password', 'secret'],
  ['Password Changed', 'fact'],
  ['passwordChanged', 'fact'],
  ['Password Expires On', 'fact'],
  ['Password status code', 'secret'],
  ['Password reset link', 'secret'],
  ['Password changed, new password', 'secret'],
  ['credentials.provider.type', 'none'],
  ['x'.repeat(500), 'none'],
  ['x'.repeat(501), 'secret'],
  ['Status of the OTP', 'fact'],
  ['Status of the password', 'fact'],
  ['OTP changed, OTP', 'secret'],
  ['Password changed password', 'secret'],
])('the title %j is of a %s', (title, secrecy) => {
  expect(secrecyOf(title)).toBe(secrecy);
});

test.each([
  ['Winter24', true],
  ['Winter2', false],
  ['winter24', false],
  ['winter2!', true],
  ['Una24@acme.example', false],
  ['2026-02-27T02:14:00Z', false],
])('%j looks like a password: %s', (text, expected) => {
  expect(looksLikePassword(text)).toBe(expected);
});

test.each([
  ['', true],
  [' x ', true],
  ['Expired on 2026-01-01', true],
  ['a'.repeat(80), true],
  ['a'.repeat(81), false],
  ['Xk3!9', false],
  ['is Xk3!9', false],
])('%j looks like a fact: %s', (text, expected) => {
  expect(looksLikeFact(text)).toBe(expected);
});

test.each([
  [`password${' '.repeat(32)}: Winter24!`, true],
  [`password${' '.repeat(33)}: Winter24!`, false],
  [`password:${' '.repeat(199)}Winter24!`, true],
  [`password:${' '.repeat(200)}Winter24!`, false],
  ['password for laptop: Winter24!', true],
  ['password of my laptop: Winter24!', false],
  ['Password IS: Winter24!', true],
  ['password: ("Winter24!")', true],
  ['password: ""', false],
  ['password: "" (none)', false],
  ['password: summer', true],
  ['password: summer of 69', false],
  ['password: summer, of 69', true],
  ['password: changed', false],
  ['PIN: 471', false],
  ['PIN: 4711', true],
  ['pin: ab12!', false],
  ['pin: abc12!', true],
  ['pin: abcde!', false],
  ['pin: summer', false],
  ['pwd=Winter24!', true],
  ['Winter24!', false],
  ['see password Winter24!', true],
  ['see Winter24! password', false],
  ['see pin Winter24!', false],
  ['{"password":""}', true],
  ['{"name":"x","a":{"token":1}}', true],
  ['{"name":"password"}', false],
  ['["password"]', false],
  ['see {"password":1}', false],
])('the cell %j says that it has a secret: %s', (cell, expected) => {
  expect(holdsSecret(cell)).toBe(expected);
});

describe('a packed file', () => {
  test.each([10_000, 64 * 1024, 200_000])(
    'is read whole in chunks of %d bytes, and its length before unpacking is known',
    async (chunk) => {
      const noise = Buffer.from(
        Array.from({ length: 300_000 }, (_, at) => (at * 2654435761) >>> 24),
      );
      const zip = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), noise]);
      const packed = gzipSync(zip);
      const ports = portsOf({ zip, packed }, [], chunk);
      for (const [name, packedBytes] of [
        ['zip', zip.length],
        ['packed', packed.length],
      ] as const) {
        const content = await openContent(name, undefined, ports, never);
        if (content.format !== 'zip') throw new Error('not recognized');
        const whole = await content.whole();
        expect(whole.bytes.equals(zip)).toBe(true);
        expect(whole.packedBytes).toBe(packedBytes);
      }
    },
  );
});
