import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Redactor } from '../../src/secrets/redact.ts';
import { Secret } from '../../src/secrets/secret.ts';
import { anyText } from '../any-text.ts';

const JWT = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhIn0.c2lnbmF0dXJl-_x';
const PEM = '-----BEGIN RSA PRIVATE KEY-----\nMIIEow\nIBAAK\n-----END RSA PRIVATE KEY-----';

describe('known shapes', () => {
  test.each([
    ['SSWS', 'Authorization: SSWS 00abCDef_ghi-12', '00abCDef'],
    ['Bearer', 'sent Bearer abcdefghijklmnop.qrs', 'abcdefgh'],
    ['DPoP', '{"authorization":"DPoP abcdefghijklmnopqr"}', 'abcdefgh'],
    ['a header of any scheme', 'authorization=s3cr3tvalue', 's3cr3t'],
    ['a JWT', `proof ${JWT} was refused`, 'c2lnbmF0dXJl'],
    ['a reset link', 'https://acme.okta.com/reset_password/drpFPEx-12_3 was', 'drpFPEx'],
    ['a sign-in link', 'GET /signin/reset-password/Xe6wvtdVx?x=1', 'Xe6wvtdVx'],
    ['an encoded link', 'next=https%3A%2F%2Facme%2Freset_password%2FXe6wvtdVx', 'Xe6wvtdVx'],
    ['an activation link', 'https://acme.okta.com/tokens/Xe6wvtdVx/verify', 'Xe6wvtdVx'],
    ['an encoded activation link', 'next=%2Ftokens%2FXe6wvtdVx%2Fverify', 'Xe6wvtdVx'],
    ['a token in a query', '/callback?recoveryToken=00aBcDeF&x=1', '00aBcDeF'],
    ['a PEM key', `key ${PEM} end`, 'MIIEow'],
    ['a PEM key that is cut off', 'key -----BEGIN PRIVATE KEY-----\nMIIEow', 'MIIEow'],
    ['a PEM key in JSON', JSON.stringify({ k: PEM }), 'MIIEow'],
    ['an age identity', 'AGE-SECRET-KEY-1QQPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L', 'QQPZRY'],
    ['a temporary password', '{"tempPassword":"a\\"b c9","x":1}', 'b c9'],
    ['a quoted body', JSON.stringify({ m: '{"tempPassword":"a\\"b c9"}' }), 'b c9'],
    ['a link in a body', '{"resetPasswordUrl" : "https://x/y/z"}', 'x/y/z'],
    ['a private JWK', `{"kty":"RSA","n":"AQAB","d":"${'Zx9'.repeat(9)}"}`, 'Zx9'],
  ])('%s is masked', (_what, text, planted) => {
    const clean = new Redactor().redact(text);
    expect(text).toContain(planted);
    expect(clean).not.toContain(planted);
    expect(clean).toContain('[secret]');
    expect(new Redactor().redact(clean)).toBe(clean);
  });

  test.each(
    [
      ['tempPassword', 'password', 'newPassword', 'oldPassword', 'resetPasswordUrl'],
      ['recoveryToken', 'activationToken', 'activationUrl', 'access_token'],
      ['client_assertion', 'client_secret', 'privateKey', 'private_key'],
    ].flat(),
  )('the member %s is masked, even in a quoted body', (name) => {
    const body = JSON.stringify({ id: '00u1', [name]: 'pl4n"ted', last: 'stays' });
    for (const text of [body, JSON.stringify({ body })]) {
      const clean = new Redactor().redact(text);
      expect(clean).not.toMatch(/pl4n|ted/);
      expect(clean).toContain('stays');
    }
  });

  test.each([
    'POST /api/v1/users/00u1234567890abcdefg/lifecycle/reset_password?sendEmail=true → 200',
    'The Bearer token is missing',
    'DELETE /api/v1/api-tokens/current → 204',
    'E0000011: Invalid token provided (request Zx12_ab)',
    '{"passwordChanged":"2026-11-22T03:15:02.000Z","status":"ACTIVE"}',
  ])('what is not a secret stays: %s', (text) => {
    expect(new Redactor().redact(text)).toBe(text);
  });
});

describe('registered secrets', () => {
  test('are masked as they are, inside JSON, and inside a URL', () => {
    fc.assert(
      fc.property(
        anyText({ minLength: 6, maxLength: 40 }).filter((text) => !'[secret]'.includes(text)),
        fc.string(),
        (text, around) => {
          const redactor = new Redactor();
          redactor.register(new Secret(text));
          for (const form of [
            text,
            JSON.stringify({ x: text }),
            JSON.stringify({ x: `a ${text} b` }),
            encodeURIComponent(text),
          ]) {
            const clean = redactor.redact(`${around} ${form} ${around}`);
            expect(clean.includes(text)).toBe(false);
            expect(clean.includes(JSON.stringify(text).slice(1, -1))).toBe(false);
          }
        },
      ),
      { numRuns: 100 },
    );
  });

  test('leave nothing of a longer one that contains a shorter one', () => {
    const redactor = new Redactor();
    redactor.register(new Secret('abcdef'));
    redactor.register(new Secret('abcdefghij'));
    expect(redactor.redact('x abcdefghij y')).toBe('x [secret] y');
  });

  test('of a few letters do not mask ordinary words', () => {
    const redactor = new Redactor();
    redactor.register(new Secret('a'));
    redactor.register(new Secret(''));
    expect(redactor.redact('a banana')).toBe('a banana');
  });

  test('are masked by their value from six characters on', () => {
    const redactor = new Redactor();
    redactor.register(new Secret('plums'));
    redactor.register(new Secret('cherry'));
    expect(redactor.redact('plums, cherry')).toBe('plums, [secret]');
  });
});
