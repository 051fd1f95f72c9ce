import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { createOwnFile, readOwnText, unlink } from '../../disk/own-file.ts';
import { AppError } from '../../domain/codes/app-error.ts';
import { readSigningKey } from '../../okta/credential/signing-key.ts';
import type { PublicJwk } from '../../sandbox/sandbox.ts';
import { Secret } from '../../secrets/secret.ts';

const MOST_KEY_BYTES = 256 * 1024;

function unreachable(path: string, error: unknown): AppError {
  return new AppError('CONFIG_CREDENTIALS', `The key file ${path} can be neither read nor made.`, {
    hint: 'Check that its folder exists and that you may write there.',
    cause: error,
  });
}

const isCode = (error: unknown, code: string): boolean =>
  typeof error === 'object' && error !== null && 'code' in error && error.code === code;

/** Writes a new private key (PEM, 0600), never over another file; false where there is one. */
async function writeKey(path: string): Promise<boolean> {
  try {
    const file = await createOwnFile(path);
    try {
      const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
      await file.writeFile(privateKey.export({ type: 'pkcs8', format: 'pem' }));
    } catch (error) {
      await unlink(path).catch(() => undefined);
      throw error;
    } finally {
      await file.close();
    }
    return true;
  } catch (error) {
    if (isCode(error, 'EEXIST')) return false;
    throw unreachable(path, error);
  }
}

/**
 * The public half of the private key in a file, as an admin registers it with a service app. Where there is no such
 * file, a key is made. Rejects with CONFIG_CREDENTIALS for a file that cannot be used, FILE_NOT_YOURS.
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
