import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import {
  calculateJwkThumbprint,
  decodeProtectedHeader,
  importJWK,
  jwtVerify,
  type CryptoKey,
  type JWK,
} from 'jose';
import type { ProofCheck } from './credentials.ts';
import type { Reply } from '../wire/errors.ts';

/** Signature algorithms that Okta accepts from clients. */
export const SIGNATURES = ['RS256', 'RS384', 'RS512', 'ES256', 'ES384', 'ES512'];

/** How far a proof's time can be in the past or in the future. */
const PROOF_LIFE_MS = 300_000;
const MAX_KEYS = 100;

/** The request that a proof must be about. */
export interface ProofSubject {
  readonly method: string;
  /** Without query. */
  readonly url: string;
  /** The access token that is sent with the proof; undefined at the token endpoint. */
  readonly token: string | undefined;
}

export type ProofResult =
  | { readonly kind: 'valid'; readonly thumbprint: string; readonly nonce: string | undefined }
  | { readonly kind: 'invalid'; readonly problem: string };

interface KnownKey {
  readonly key: CryptoKey | Uint8Array;
  readonly thumbprint: string;
}

/** Remembers ids for at least `lifeMs`, so that none is accepted twice. Forgets them in two generations. */
export class UsedIds {
  readonly #lifeMs: number;
  #young = new Set<string>();
  #old = new Set<string>();
  #turnMs = Number.NEGATIVE_INFINITY;

  constructor(lifeMs: number) {
    this.#lifeMs = lifeMs;
  }

  /** Returns true if the id was not used before. */
  take(id: string, nowMs: number): boolean {
    if (nowMs - this.#turnMs > this.#lifeMs) {
      this.#old = this.#young;
      this.#young = new Set();
      this.#turnMs = nowMs;
    }
    if (this.#young.has(id) || this.#old.has(id)) return false;
    this.#young.add(id);
    return true;
  }
}

/** Checks proofs of possession (RFC 9449): their signature, purpose and age, and that each is used only once. */
export class DpopProofs {
  readonly #nowMs: () => number;
  readonly #used = new UsedIds(2 * PROOF_LIFE_MS);
  readonly #keys = new Map<string, KnownKey>();

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  async #keyOf(jwk: JWK, alg: string): Promise<KnownKey> {
    const name = JSON.stringify(jwk);
    const known = this.#keys.get(name);
    if (known !== undefined) return known;
    const made = { key: await importJWK(jwk, alg), thumbprint: await calculateJwkThumbprint(jwk) };
    if (this.#keys.size >= MAX_KEYS) this.#keys.clear();
    this.#keys.set(name, made);
    return made;
  }

  async verify(proof: string, subject: ProofSubject): Promise<ProofResult> {
    const invalid = (problem: string): ProofResult => ({ kind: 'invalid', problem });
    try {
      const { alg = '', jwk, typ } = decodeProtectedHeader(proof);
      if (typ !== 'dpop+jwt') return invalid('The DPoP proof has the wrong typ.');
      if (jwk === undefined || 'd' in jwk) return invalid('The DPoP proof needs a public jwk.');
      const { key, thumbprint } = await this.#keyOf(jwk, alg);
      const nowMs = this.#nowMs();
      const { payload } = await jwtVerify(proof, key, {
        algorithms: SIGNATURES,
        currentDate: new Date(nowMs),
        clockTolerance: PROOF_LIFE_MS / 1000,
      });
      const { htm, htu, iat, jti, ath, nonce } = payload;
      if (htm !== subject.method) return invalid('The DPoP proof is for another method.');
      if (htu !== subject.url) return invalid('The DPoP proof is for another URL.');
      if (iat === undefined || Math.abs(nowMs - iat * 1000) > PROOF_LIFE_MS)
        return invalid('The DPoP proof has expired or is not yet valid.');
      if (subject.token !== undefined) {
        const wanted = createHash('sha256').update(subject.token).digest('base64url');
        if (ath !== wanted) return invalid('The DPoP proof is for another access token.');
      }
      if (jti === undefined || !this.#used.take(`${thumbprint} ${jti}`, nowMs))
        return invalid('The DPoP proof has been used before.');
      return { kind: 'valid', thumbprint, nonce: typeof nonce === 'string' ? nonce : undefined };
    } catch {
      return invalid('The DPoP proof JWT is invalid.');
    }
  }
}

/** Answers in the form of the OAuth endpoints: `error` and `error_description`. */
export function oauthRefusal(
  status: number,
  error: string,
  description: string,
  headers: readonly string[] = [],
): Reply {
  return {
    status,
    headers,
    body: JSON.stringify({ error, error_description: description }),
  };
}

/** Makes the check of API calls for a token that is bound to the key with this thumbprint. */
export function proofCheck(proofs: DpopProofs, thumbprint: string): ProofCheck {
  return async (headers: IncomingHttpHeaders, { method, url, token }) => {
    const refuse = (problem: string): Reply =>
      oauthRefusal(400, 'invalid_dpop_proof', problem, [
        'WWW-Authenticate',
        `DPoP error="invalid_dpop_proof", error_description="${problem}"`,
      ]);
    const proof = headers['dpop'];
    if (typeof proof !== 'string') return refuse('The DPoP proof JWT header is missing.');
    const subject = { method, url: url.split('?', 1)[0] ?? '', token };
    const result = await proofs.verify(proof, subject);
    if (result.kind === 'invalid') return refuse(result.problem);
    return result.thumbprint === thumbprint
      ? undefined
      : refuse('The access token is bound to another key.');
  };
}
