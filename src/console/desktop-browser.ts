import { writeRedirect } from '../app/console/redirect-file.ts';
import type { Host } from '../domain/host.ts';

/** Tells whether a person is working at a desktop of this machine. */
export function hasDesktop({ env, platform }: Pick<Host, 'env' | 'platform'>): boolean {
  const isSet = (name: string) => (env[name] ?? '') !== '';
  if (isSet('CI') || isSet('SSH_CONNECTION') || isSet('SSH_TTY')) return false;
  if (platform === 'darwin' || platform === 'win32') return true;
  return isSet('DISPLAY') || isSet('WAYLAND_DISPLAY');
}

/**
 * Opens a link in the desktop's browser, if there is one, through a file that only this user can read. A failure is not an
 * error, because the link is also printed. Resolves with the function that removes that file.
 */
export async function openInBrowser(link: string, host: Host): Promise<() => Promise<void>> {
  const nothing = () => Promise.resolve();
  if (!hasDesktop(host)) return nothing;
  try {
    const { path, remove } = await writeRedirect(link);
    const { default: open } = await import('open');
    const child = await open(path);
    child.on('error', () => undefined);
    return remove;
  } catch {
    return nothing;
  }
}
