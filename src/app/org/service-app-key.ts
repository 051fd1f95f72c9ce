import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { kindAt } from '../../disk/look.ts';
import { readOwnText } from '../../disk/own-file.ts';
import { withPrivateFile } from '../../disk/private-file.ts';
import { AppError } from '../../domain/codes/app-error.ts';
import { readSigningKey } from '../../okta/credential/signing-key.ts';
import type { PublicJwk } from '../../sandbox/sandbox.ts';
import { Secret } from '../../secrets/secret.ts';

const MOST_KEY_BYTES = 256 * 1024;

function unreachable(path: string, error: unknown): AppError {
  return new AppError('CONFIG_CREDENTIALS', `The key file ${path} cannot be read.`, {
    hint: 'Check that you can read it, or name a file that does not exist yet: a key is made there.',
    cause: error,
  });
}

/** Writes a new private key (PEM, 0600), and never replaces another file. */
async function writeKey(path: string): Promise<void> {
  if ((await kindAt(path)) !== undefined) return;
  await withPrivateFile(path, (output) => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    return output.write(privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
  }).catch((error: unknown) => {
    if (!(error instanceof AppError)) throw error;
    const { message, hint, cause } = error;
    throw new AppError('CONFIG_CREDENTIALS', message, { hint, cause });
  });
}

/**
 * Returns the public half of the private key in a file, in the form in which an admin registers it with a service app. If
 * there is no such file, a key is made. Rejects with CONFIG_CREDENTIALS for a file that cannot be used, and with
 * FILE_NOT_YOURS. If a key cannot be written, no part of it is left.
 */
export async function publicKeyOf(path: string): Promise<PublicJwk> {
  await writeKey(path);
  const text = await readOwnText(path, MOST_KEY_BYTES).catch((error: unknown) => {
    throw error instanceof AppError ? error : unreachable(path, error);
  });
  const { key, alg, keyId } = readSigningKey(new Secret(text), undefined);
  const jwk = createPublicKey(key).export({ format: 'jwk' });
  return { ...jwk, alg, use: 'sig', ...(keyId === undefined ? {} : { kid: keyId }) };
}
