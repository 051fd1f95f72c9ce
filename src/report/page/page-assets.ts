import { createHash } from 'node:crypto';
import { readPackageFile } from '../../disk/package-file.ts';

/** What a page contains inline, and the policy that allows exactly that. */
export interface PageAssets {
  readonly style: string;
  readonly script: string;
  /** Content-Security-Policy: nothing is loaded or sent, and one style and one script are allowed by their hashes. */
  readonly policy: string;
}

let read: PageAssets | undefined;

function sha256(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}

/** Returns what every page contains, which is read and hashed once. Throws the system's error if nothing was built. */
export function pageAssets(): PageAssets {
  if (read !== undefined) return read;
  const style = readPackageFile('dist/browser/report.css');
  const script = readPackageFile('dist/browser/report.js');
  const policy = [
    "default-src 'none'",
    `script-src ${sha256(script)}`,
    `style-src ${sha256(style)}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  read = { style, script, policy };
  return read;
}
