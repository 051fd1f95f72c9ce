import { readPackageFile } from '../disk/package-file.ts';

function versionIn(manifest: unknown): string {
  const found =
    typeof manifest === 'object' && manifest !== null && 'version' in manifest
      ? manifest.version
      : undefined;
  return typeof found === 'string' ? found : '0.0.0';
}

/** Reads the version of the installed package. */
export const VERSION = versionIn(JSON.parse(readPackageFile('package.json')));
