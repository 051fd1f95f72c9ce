import { describe, expect, test } from '@jest/globals';
import { looksLikeToken, withoutTokensOf } from '../../src/domain/credential-shape.ts';

const RECIPIENT = 'age1jf3tkt6w34qpxwzsay3taf6rz788eumsl6t5why8hpywqh3s7u7s0hesgn';

describe('what looks like a token', () => {
  test.each([
    '00l662VuSziILrIq1Dufwi1SUCm5vokrd3O93uXPr5',
    'SSWS 00l662VuSziILrIq1Dufwi1SUCm5vokrd3O93uXPr5',
    '00-kTbVh3_W2bXo-9QmZ1rYtLw7Ns-4DcGfPaEiUxJ',
    'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln',
    'AGE-SECRET-KEY-1QQPZRY9X8GF2TVDW0S3JN54KHCE6MUA7LQQPZRY9X8GF2TVDW0S',
  ])('%s is not shown', (word) => {
    expect(looksLikeToken(word)).toBe(true);
  });

  test.each([
    RECIPIENT,
    'incident-2026-11-29-contractors-emea',
    'reset_of_all_contractors_2026_q4_eu',
    '20261129T183049Z-r4ng',
    'users-of-the-breach-in-november-2026.csv',
  ])('%s is shown: a command that names it can be copied', (word) => {
    expect(looksLikeToken(word)).toBe(false);
  });

  test('a command to copy keeps the public key that was typed, and hides a token', () => {
    const token = '00l662VuSziILrIq1Dufwi1SUCm5vokrd3O93uXPr5';
    const shown = withoutTokensOf(['run', `--secrets-recipient=${RECIPIENT}`, token]);
    expect(shown(`run ${token} --secrets-recipient ${RECIPIENT}`)).toBe(
      `run (looks like a token, not shown) --secrets-recipient ${RECIPIENT}`,
    );
  });
});
