import { readFile, stat } from 'node:fs/promises';

/** Reads a file for configuration: its text and permission bits, undefined where there is none. */
export async function readConfigFile(
  path: string,
): Promise<{ readonly text: string; readonly mode: number } | undefined> {
  try {
    const [text, facts] = await Promise.all([readFile(path, 'utf8'), stat(path)]);
    return { text, mode: facts.mode & 0o777 };
  } catch (error) {
    const code: unknown =
      typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT') return undefined;
    throw error;
  }
}
