import { open, type FileHandle } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

type Method = 'read' | 'readFile' | 'stat';
type Call = (this: FileHandle, ...args: unknown[]) => unknown;

const METHODS: readonly Method[] = ['read', 'readFile', 'stat'];

/**
 * Calls back before each read of an open file of this process, and each stat of it, with the number of that call. Returns
 * the function that ends it. Whatever okta-reset reads goes through such calls, so these are the moments at which it waits.
 */
export async function onFileCalls(before: (nth: number) => void): Promise<() => void> {
  const handle = await open(fileURLToPath(import.meta.url), 'r');
  const prototype = Object.getPrototypeOf(handle) as Record<Method, Call>;
  await handle.close();
  const originals = METHODS.map((name) => [name, prototype[name]] as const);
  let nth = 0;
  for (const [name, original] of originals)
    prototype[name] = function (this: FileHandle, ...args: unknown[]) {
      nth += 1;
      before(nth);
      return original.apply(this, args);
    };
  return () => {
    for (const [name, original] of originals) prototype[name] = original;
  };
}

type Read = (buffer: Uint8Array, offset: number, length: number, at: number | null) => unknown;

/**
 * Lets each read of an open file of this process return at most as many bytes as `most` says, as some disks do. Returns the
 * function that ends it.
 */
export async function shortenReads(most: () => number): Promise<() => void> {
  const handle = await open(fileURLToPath(import.meta.url), 'r');
  const prototype = Object.getPrototypeOf(handle) as { read: Read };
  await handle.close();
  const { read } = prototype;
  prototype.read = function (this: FileHandle, buffer, offset, length, at) {
    return read.call(this, buffer, offset, Math.min(length, most()), at);
  };
  return () => {
    prototype.read = read;
  };
}
