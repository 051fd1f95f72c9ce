import { createHash, randomUUID } from 'node:crypto';
import type { CryptoKey, JWK } from 'jose';

/** What a proof of possession is for: one sending of one request. */
export interface ProofClaims {
  readonly method: string;
  /** The URL without query. */
  readonly url: string;
  /** Okta's time, epoch milliseconds. */
  readonly nowMs: number;
  readonly nonce: string | undefined;
  /** `accessTokenHash` of the token that is sent with the proof; undefined for the token request itself. */
  readonly tokenHash: string | undefined;
}

/** Signs proofs of possession (RFC 9449) with a separate key, which is made on first use and kept only in memory. */
export interface DpopProver {
  readonly prove: (claims: ProofClaims) => Promise<string>;
}

/** Returns the `ath` of an access token. */
export function accessTokenHash(accessToken: string): string {
  return createHash('sha256').update(accessToken).digest('base64url');
}

/** Loaded only for a service app, because most credentials are API tokens and it would slow down the start. */
const jose = () => import('jose');

async function makeKey(): Promise<{ readonly key: CryptoKey; readonly jwk: JWK }> {
  const { exportJWK, generateKeyPair } = await jose();
  const { privateKey, publicKey } = await generateKeyPair('ES256');
  return { key: privateKey, jwk: await exportJWK(publicKey) };
}

export function createDpopProver(): DpopProver {
  let pair: ReturnType<typeof makeKey> | undefined;
  return {
    prove: async ({ method, url, nowMs, nonce, tokenHash }) => {
      pair ??= makeKey();
      const { key, jwk } = await pair;
      const { SignJWT } = await jose();
      return new SignJWT({
        htm: method,
        htu: url,
        jti: randomUUID(),
        ...(nonce === undefined ? {} : { nonce }),
        ...(tokenHash === undefined ? {} : { ath: tokenHash }),
      })
        .setProtectedHeader({ typ: 'dpop+jwt', alg: 'ES256', jwk })
        .setIssuedAt(Math.floor(nowMs / 1000))
        .sign(key);
    },
  };
}
