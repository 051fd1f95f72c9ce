import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { DpopProofs, UsedIds } from '../../../src/sandbox/oauth/dpop.ts';

test('an id is accepted once for as long as it is valid, whatever comes in between', () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ id: fc.nat({ max: 5 }), afterMs: fc.nat({ max: 150 }) }), {
        maxLength: 60,
      }),
      (uses) => {
        const used = new UsedIds(100);
        const last = new Map<number, number>();
        let nowMs = 1000;
        for (const { id, afterMs } of uses) {
          nowMs += afterMs;
          const before = last.get(id);
          const accepted = used.take(String(id), nowMs);
          if (before === undefined) expect(accepted).toBe(true);
          else if (nowMs - before <= 100) expect(accepted).toBe(false);
          if (accepted) last.set(id, nowMs);
        }
      },
    ),
  );
});

test('ids are forgotten after twice their time at the latest', () => {
  const used = new UsedIds(100);
  expect([used.take('a', 0), used.take('b', 101), used.take('a', 150)]).toEqual([
    true,
    true,
    false,
  ]);
  expect([used.take('c', 202), used.take('a', 203), used.take('b', 204)]).toEqual([
    true,
    true,
    false,
  ]);
});

const SUBJECT = { method: 'POST', url: 'http://127.0.0.1/oauth2/v1/token', token: undefined };
const NOW_MS = Date.UTC(2026, 2, 1);

async function verified(alg: string, claims: Record<string, unknown> = {}) {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  const proof = await new SignJWT({
    htm: 'POST',
    htu: SUBJECT.url,
    iat: NOW_MS / 1000,
    jti: 'one',
    ...claims,
  })
    .setProtectedHeader({ typ: 'dpop+jwt', alg, jwk: await exportJWK(publicKey) })
    .sign(privateKey);
  return new DpopProofs(() => NOW_MS).verify(proof, SUBJECT);
}

test.each(['RS256', 'RS384', 'RS512', 'ES256', 'ES384', 'ES512'])(
  'a proof can be signed with %s',
  async (alg) => {
    expect(await verified(alg)).toMatchObject({ kind: 'valid' });
  },
);

test('a proof cannot be signed with anything else', async () => {
  expect((await verified('PS256')).kind).toBe('invalid');
});

test.each([
  [-301, 'invalid'],
  [-300, 'valid'],
  [300, 'valid'],
  [301, 'invalid'],
])('a proof made %d s from now is %s', async (seconds, kind) => {
  expect((await verified('ES256', { iat: NOW_MS / 1000 + seconds })).kind).toBe(kind);
});

test('a proof without a time or an id is invalid', async () => {
  for (const name of ['iat', 'jti'])
    expect((await verified('ES256', { [name]: undefined })).kind).toBe('invalid');
});
