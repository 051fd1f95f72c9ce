import { readFileSync } from 'node:fs';

/**
 * Reads a file of the package by its path in it. Throws the system's error. Source and build are equally deep in the
 * package, and the one-file build contains these files (scripts/bundle/).
 */
export function readPackageFile(path: `package.json` | `dist/browser/${string}`): string {
  return readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
}
