import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { jsonLine, plainData } from '../../src/text/safe.ts';
import { asLines, render, row, styled, toned, wordsOf, type Tone } from '../../src/text/styled.ts';
import { anyText } from '../any-text.ts';

const as = (colours: boolean) => ({ colours, say: (words: string) => words });
const HOSTILE = '\u001b[31mred\u001b]0;title\u0007\u009b2J\u202eevil\u2066x\r';

test('colors come only from the tones', () => {
  const text = styled`a ${toned('bold', `b${HOSTILE}`)} ${HOSTILE}`;
  expect(render(text, as(true))).toBe(
    'a \u001b[1mb�[31mred�]0;title��2J�evil�x�\u001b[22m �[31mred�]0;title��2J�evil�x�',
  );
  expect(render(text, as(false))).not.toContain('\u001b');
  expect(wordsOf(styled`a ${toned('red', 'b')}`)).toBe('a b');
});

test('lines stay lines, and an empty text has no color', () => {
  expect(render(asLines(['a', toned('green', 'b'), toned('dim', '')]), as(true))).toBe(
    'a\n\u001b[32mb\u001b[39m\n',
  );
});

test('whatever the words are, nothing is written that controls a terminal', () => {
  fc.assert(
    fc.property(anyText(), (words) => {
      expect(render(styled`${words} ${toned('cyan', words)}`, as(false))).not.toMatch(
        /(?!\n)[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u,
      );
    }),
  );
});

test('a line of JSON means the same, and contains nothing that controls a terminal', () => {
  fc.assert(
    fc.property(anyText(), (text) => {
      const line = jsonLine({ text });
      expect(JSON.parse(line)).toEqual({ text });
      expect(line).not.toMatch(/[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u);
    }),
  );
});

test('what JSON leaves as it is and a terminal obeys is written as four hexadecimal digits', () => {
  expect(jsonLine('\u007f\u009b2J \u202e \u{e0041}é')).toBe(
    String.raw`"\u007f\u009b2J \u202e \udb40\udc41é"`,
  );
});

test('a table keeps its lines and tabs on a terminal', () => {
  expect(plainData(`a\tb\r\n"c\nd"\n${HOSTILE}`)).toBe(
    'a\tb\r\n"c\nd"\n�[31mred�]0;title��2J�evil�x�',
  );
});

test.each<[Tone, number, number]>([
  // Select Graphic Rendition of ECMA-48, 8.3.117.
  ['bold', 1, 22],
  ['dim', 2, 22],
  ['red', 31, 39],
  ['green', 32, 39],
  ['yellow', 33, 39],
  ['cyan', 36, 39],
])('%s is switched on with %d and off with %d', (tone, on, off) => {
  expect(render(toned(tone, 'x'), as(true))).toBe(`\u001b[${on}mx\u001b[${off}m`);
  expect(render(toned(tone, 'x'), as(false))).toBe('x');
});

test('words without a color are one text', () => {
  expect([row(['a', 'b']), styled`a ${'b'} c`, asLines(['a', 'b'])]).toEqual([
    'ab',
    'a b c',
    'a\nb',
  ]);
  expect(typeof row(['a', toned('dim', 'b')])).toBe('object');
  expect(toned('dim', '')).toBe('');
});
