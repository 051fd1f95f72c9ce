import { readFileSync } from 'node:fs';

/**
 * Reads a file that the package brings along, by its path in it. Throws the system's error. Source and build lie equally
 * deep in the package; the one-file build has these files inside (scripts/bundle/).
 */
export function readPackageFile(path: `package.json` | `dist/browser/${string}`): string {
  return readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
}
