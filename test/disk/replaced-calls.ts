import { syncBuiltinESMExports } from 'node:module';
import { open, type FileHandle } from 'node:fs/promises';
import fs from 'node:fs';
import { fileURLToPath } from 'node:url';

type Calls = Pick<typeof fs.promises, 'lstat' | 'open'>;

/** Lets the system answer differently to calls that name a file, while `work` runs. */
export async function withSystem<T>(replaced: Partial<Calls>, work: () => Promise<T>): Promise<T> {
  const { lstat, open: opens } = fs.promises;
  Object.assign(fs.promises, replaced);
  syncBuiltinESMExports();
  try {
    return await work();
  } finally {
    Object.assign(fs.promises, { lstat, open: opens });
    syncBuiltinESMExports();
  }
}

type Method = 'sync' | 'datasync' | 'chmod' | 'close';
type Call = (this: FileHandle, ...args: unknown[]) => Promise<unknown>;

/** Lets `before` see, or refuse, each of these calls on any open file of this process, while `work` runs. */
export async function withHandleCalls<T>(
  methods: readonly Method[],
  before: (method: Method, handle: FileHandle) => Promise<void> | void,
  work: () => Promise<T>,
): Promise<T> {
  const handle = await open(fileURLToPath(import.meta.url), 'r');
  const prototype = Object.getPrototypeOf(handle) as Record<Method, Call>;
  await handle.close();
  const originals = methods.map((name) => [name, prototype[name]] as const);
  for (const [name, original] of originals)
    prototype[name] = async function (this: FileHandle, ...args: unknown[]) {
      await before(name, this);
      return original.apply(this, args);
    };
  try {
    return await work();
  } finally {
    for (const [name, original] of originals) prototype[name] = original;
  }
}

/** Lets each write to an open file of this process be what `write` does, while `work` runs. */
export async function withWrites(
  write: (handle: FileHandle, bytes: Uint8Array) => Promise<unknown>,
  work: () => Promise<void>,
): Promise<void> {
  const handle = await open(fileURLToPath(import.meta.url), 'r');
  const prototype = Object.getPrototypeOf(handle) as { write: unknown };
  await handle.close();
  const original = prototype.write;
  prototype.write = function (this: FileHandle, bytes: Uint8Array) {
    return write(this, bytes);
  };
  try {
    await work();
  } finally {
    prototype.write = original;
  }
}

/** A failure as the system reports it. */
export function systemError(code: string): Error {
  return Object.assign(new Error(`${code} of the test`), { code });
}
