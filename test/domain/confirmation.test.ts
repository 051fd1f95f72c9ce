/** The consent that a person types: what counts as it, and how each other text is refused. */
import { describe, expect, test } from '@jest/globals';
import {
  checkTyped,
  formatConfirmation,
  isCountAndHost,
  isTypedYes,
  namesOtherPlan,
  otherPlan,
  parseConfirmation,
  shortDigest,
} from '../../src/domain/plan/confirmation.ts';

const planDigest = '8f3a21c4d5'.padEnd(64, '0');
const wanted = { confirm: '3@acme.okta.com', planDigest };

/** The code, message and hint of a refusal; undefined if the text is accepted. */
function refusal(typed: string | undefined, hint?: string): readonly string[] | undefined {
  try {
    checkTyped(typed, wanted, hint);
    return undefined;
  } catch (error) {
    const { code, message, hint: how } = error as { code: string; message: string; hint: string };
    return [code, message, how];
  }
}

describe('a consent', () => {
  test.each([
    '3@acme.okta.com',
    ' 3@ACME.okta.com ',
    '3@acme.okta.com#8f3a21c4',
    '3@acme.okta.com#8F3A21C4D5',
    `3@acme.okta.com#${planDigest}`,
  ])('is given by “%s”', (typed) => {
    expect([
      refusal(typed),
      isTypedYes(typed, wanted),
      isCountAndHost(typed, wanted.confirm),
    ]).toEqual([undefined, true, true]);
  });

  test.each(['yes', '4@acme.okta.com', '3@other.okta.com', '3@acme.okta.com#8f3a21c', '3', ' '])(
    'is not given by “%s”, which is repeated next to what is wanted',
    (typed) => {
      expect(refusal(typed)).toEqual([
        'CONFIRM_MISMATCH',
        `“${typed}” is not “3@acme.okta.com”. Nothing was sent.`,
        'Type 3@acme.okta.com to go on.',
      ]);
      expect([isTypedYes(typed, wanted), isCountAndHost(typed, wanted.confirm)]).toEqual([
        ...[false, false],
      ]);
    },
  );

  test.each([undefined, ''])('is not given by silence: %j', (typed) => {
    expect(refusal(typed, 'Ask again.')).toEqual([
      ...['CONFIRM_MISMATCH', 'Not confirmed. Nothing was sent.', 'Ask again.'],
    ]);
    expect(isTypedYes(typed, wanted)).toBe(false);
  });

  test('that is wrong and long is repeated up to 100 characters', () => {
    const quoted = (length: number) => refusal('x'.repeat(length))?.[1]?.split('”')[0]?.length;
    expect([quoted(99), quoted(100), quoted(101), quoted(5000)]).toEqual([100, 101, 101, 101]);
  });

  test('to another plan is refused with as much of both digests as was typed, at least eight digits', () => {
    for (const [digest, own] of [
      ['8f3a21c5', '8f3a21c4'],
      ['8f3a21c4d6', '8f3a21c4d5'],
    ] as const) {
      const typed = `3@acme.okta.com#${digest}`;
      expect(refusal(typed)).toEqual([
        'CONFIRM_OTHER_PLAN',
        `You confirmed the plan ${digest}; this is the plan ${own}. Nothing was sent.`,
        expect.stringContaining('for exactly one plan'),
      ]);
      expect([isTypedYes(typed, wanted), isCountAndHost(typed, wanted.confirm)]).toEqual([
        ...[false, true],
      ]);
    }
    expect(otherPlan({ count: 3, host: 'a', digest: '8f' }, planDigest).message).toContain(
      'this is the plan 8f3a21c4.',
    );
  });

  test('names another plan only by a digest, from its first digit on', () => {
    const names = (digest: string | undefined) =>
      namesOtherPlan({ count: 3, host: 'a', digest }, planDigest);
    expect([undefined, '8f3a21c4', planDigest].map(names)).toEqual([false, false, false]);
    expect(['f3a21c4d', '8f3a21c5', `${planDigest}0`].map(names)).toEqual([true, true, true]);
  });
});

test('a count has nine digits at most, a digest 8 to 64, and a host no blank or #', () => {
  const digits = (length: number) => parseConfirmation(`3@a#${'0'.repeat(length)}`)?.digest?.length;
  expect([7, 8, 64, 65].map(digits)).toEqual([undefined, 8, 64, undefined]);
  const counts = ['0', '999999999', '1234567890', '-1', '1.5', ''];
  expect(counts.map((count) => parseConfirmation(`${count}@a`)?.count)).toEqual([
    ...[0, 999_999_999, undefined, undefined, undefined, undefined],
  ]);
  for (const odd of ['3@', '3@a b', '3@a#', '3@a#xyz', '3@a##12345678', 'x3@a', '3 @a'])
    expect([odd, parseConfirmation(odd)]).toEqual([odd, undefined]);
});

test('what is shown of a digest is its first eight digits', () => {
  expect(shortDigest(planDigest)).toBe('8f3a21c4');
  expect(formatConfirmation({ count: 3, host: 'a', digest: planDigest })).toBe('3@a#8f3a21c4');
});
