import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';

const { generateKeyPairSync } = crypto;

/**
 * Makes every new RSA key of this process the same one until the returned function is called: finding the primes of a key
 * takes longer than a whole run, and these tests are about the file that the key is in.
 */
export function withOneRsaKey(): () => void {
  const made = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const become = (generate: unknown) => {
    Object.assign(crypto, { generateKeyPairSync: generate });
    syncBuiltinESMExports();
  };
  become((type: string, ...rest: readonly never[]) =>
    type === 'rsa' ? made : generateKeyPairSync(...([type, ...rest] as unknown as [never, never])),
  );
  return () => become(generateKeyPairSync);
}
