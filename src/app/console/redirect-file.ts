import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createOwnFile, mkdtemp, rm } from '../../disk/own-file.ts';

/** A page on disk that redirects a browser to a link. */
export interface RedirectFile {
  readonly path: string;
  /** Never rejects. */
  readonly remove: () => Promise<void>;
}

/**
 * Writes a page (0600, in its own folder) that redirects a browser to `link`. A link that gives access must not be in
 * the arguments of a process, where every user of the machine can read it. Rejects with the system's error.
 */
export async function writeRedirect(link: string): Promise<RedirectFile> {
  const folder = await mkdtemp(join(tmpdir(), 'okta-reset-open-'));
  const remove = () => rm(folder, { recursive: true }).catch(() => undefined);
  try {
    const path = join(folder, 'open.html');
    const file = await createOwnFile(path);
    const page = `<!doctype html><meta charset="utf-8"><title>okta-reset console</title><meta http-equiv="refresh" content="0;url=${link}">\n`;
    await file.writeFile(page).finally(() => file.close());
    return { path, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}
