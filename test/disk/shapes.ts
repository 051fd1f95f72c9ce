import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';

/** An account that no test runs as: “nobody”. */
export const NOBODY = 65_534;

/** Only root can give a file to another account. */
export const isRoot = process.geteuid?.() === 0;

/** Tells whether every account can read a file: a checkout in a folder of one user cannot be used by another. */
export function isOpenToAll(path: string): boolean {
  const above = dirname(path);
  return (statSync(path).mode & 0o4) !== 0 && (above === path || isOpenToAll(above));
}

export type Shape =
  'symbolic link' | 'hard link' | 'pipe' | 'folder' | 'owned by another' | 'writable by others';

export const SHAPES: readonly Shape[] = [
  ...(['symbolic link', 'hard link', 'pipe', 'folder', 'writable by others'] as const),
  ...(isRoot ? (['owned by another'] as const) : []),
];

/** A file of somebody else's, in the state in which nothing that okta-reset does may change it. */
export class Victim {
  readonly path: string;
  readonly #text: string;

  /** `text` is the content: the victim of a link that replaces a file has the bytes of that file. */
  constructor(path: string, text: string) {
    this.path = path;
    this.#text = text;
    writeFileSync(path, text, { mode: 0o640 });
  }

  /** Returns what was changed; undefined if nothing was. */
  difference(): string | undefined {
    const { mode } = statSync(this.path);
    if (readFileSync(this.path, 'utf8') !== this.#text) return `${this.path} was written`;
    return (mode & 0o777) === 0o640 ? undefined : `${this.path} has mode ${mode.toString(8)}`;
  }
}

/** Replaces a file with something else, with the same bytes if it can have any. Returns the victim, if there is one. */
export function plant(path: string, shape: Shape, victims: string, fresh = ''): Victim | undefined {
  const text = existsSync(path) ? readFileSync(path, 'utf8') : fresh;
  rmSync(path, { force: true });
  const victim = () => new Victim(join(victims, path.replaceAll('/', '_')), text);
  switch (shape) {
    case 'symbolic link': {
      const made = victim();
      symlinkSync(made.path, path);
      return made;
    }
    case 'hard link': {
      const made = victim();
      linkSync(made.path, path);
      return made;
    }
    case 'pipe':
      execFileSync('mkfifo', ['-m', '600', path]);
      return undefined;
    case 'folder':
      mkdirSync(path, { mode: 0o700 });
      return undefined;
    case 'owned by another':
      writeFileSync(path, text, { mode: 0o600 });
      chownSync(path, NOBODY, NOBODY);
      return undefined;
    case 'writable by others':
      writeFileSync(path, text);
      chmodSync(path, 0o666);
      return undefined;
    default: {
      const never: never = shape;
      return never;
    }
  }
}
