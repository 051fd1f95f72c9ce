import { createPrivateKey } from 'node:crypto';
import type { JsonWebKey, KeyObject } from 'node:crypto';
import { AppError } from '../../domain/codes/app-error.ts';
import type { Secret } from '../../secrets/secret.ts';
import { isRecord, parseJson, textOf } from '../http/json.ts';

/** A private key, with what a JWT header says about it. */
export interface SigningKey {
  readonly key: KeyObject;
  readonly alg: string;
  readonly keyId: string | undefined;
}

const CURVE_ALG: Readonly<Record<string, string>> = {
  prime256v1: 'ES256',
  secp384r1: 'ES384',
  secp521r1: 'ES512',
};

/** How PEM says that a key is encrypted: PKCS#8 (RFC 7468, 11), and the older forms (RFC 1421, 4.6.1.1). */
const ENCRYPTED = /-BEGIN ENCRYPTED PRIVATE KEY-|Proc-Type: 4,ENCRYPTED/;

function unusable(problem: string): AppError {
  return new AppError(
    'CONFIG_CREDENTIALS',
    `The service app’s private key cannot be used: ${problem}.`,
    {
      hint: 'Set OKTA_CLIENT_PRIVATEKEY to an unencrypted RSA or EC private key, as PEM (PKCS#8 or PKCS#1) or JWK.',
    },
  );
}

function readKey(text: string): { readonly key: KeyObject; readonly jwk: JsonWebKey | undefined } {
  try {
    if (text.startsWith('{')) {
      const jwk = parseJson(text);
      if (!isRecord(jwk)) throw new TypeError('not JSON');
      return { key: createPrivateKey({ key: jwk, format: 'jwk' }), jwk };
    }
    // An environment variable contains PEM on one line, with `\n` written out.
    return { key: createPrivateKey(text.replaceAll('\\n', '\n')), jwk: undefined };
  } catch {
    // The cause is left out, because messages of OpenSSL and Node can quote the key.
    throw unusable(ENCRYPTED.test(text) ? 'it is encrypted' : 'it is not a PEM or JWK private key');
  }
}

function algOf(key: KeyObject, jwk: JsonWebKey | undefined): string {
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = key;
  if (type === 'rsa') {
    if ((details?.modulusLength ?? 0) < 2048) throw unusable('an RSA key needs at least 2048 bits');
    const alg = textOf(jwk?.['alg']);
    return alg !== undefined && /^RS(256|384|512)$/.test(alg) ? alg : 'RS256';
  }
  if (type !== 'ec') throw unusable('it is neither RSA nor EC');
  const alg = CURVE_ALG[details?.namedCurve ?? ''];
  if (alg === undefined) throw unusable('Okta accepts EC keys only on P-256, P-384 and P-521');
  return alg;
}

/** Reads a private key (PEM of PKCS#8, PKCS#1 or SEC 1, or JWK). Throws `CONFIG_CREDENTIALS` if it cannot be used. */
export function readSigningKey(privateKey: Secret, keyId: string | undefined): SigningKey {
  const { key, jwk } = readKey(privateKey.reveal().trim());
  return { key, alg: algOf(key, jwk), keyId: keyId ?? textOf(jwk?.['kid']) };
}
