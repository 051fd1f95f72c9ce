import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { chromium, type Browser } from 'playwright-core';

/** A browser of a test file; `close` ends it and removes what it left. */
export interface OpenedBrowser {
  readonly browser: Browser;
  readonly close: () => Promise<void>;
}

interface Unpacked {
  readonly executablePath: string;
  readonly args: readonly string[];
  readonly LD_LIBRARY_PATH: string;
}

/** Fonts of the system and the one that the package brings: without a font, text has no width and every layout fits. */
const fontsConf = (dir: string) => `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>/usr/share/fonts</dir>
  <dir>${dir}/fonts</dir>
  <cachedir>${dir}/font-cache</cachedir>
</fontconfig>
`;

/** In one process the end of a page would end the browser; and what a browser checks is to be checked here too. */
const NOT_OURS: ReadonlySet<string> = new Set([
  '--single-process',
  '--disable-web-security',
  '--allow-running-insecure-content',
]);

async function unpack(dir: string): Promise<Unpacked> {
  const script = new URL('unpack.mjs', import.meta.url).pathname;
  const env = { ...process.env, TMPDIR: dir };
  const { stdout } = await promisify(execFile)(process.execPath, [script], { env });
  return JSON.parse(stdout) as Unpacked;
}

/**
 * Starts the headless Chromium that npm brings (Linux x64), elsewhere an installed Chrome. Each call unpacks into a
 * folder of its own, since a half-unpacked copy would break the next start. Rejects where there is no browser.
 */
export async function openBrowser(): Promise<OpenedBrowser> {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    const browser = await chromium.launch({ channel: 'chrome', headless: true });
    return { browser, close: () => browser.close() };
  }
  const dir = await mkdtemp(join(tmpdir(), 'okta-reset-browser-'));
  await mkdir(join(dir, 'conf'));
  await writeFile(join(dir, 'conf/fonts.conf'), fontsConf(dir));
  const { executablePath, args, LD_LIBRARY_PATH } = await unpack(dir);
  const browser = await chromium.launch({
    executablePath,
    args: args.filter((arg) => !NOT_OURS.has(arg)),
    headless: true,
    env: { ...process.env, LD_LIBRARY_PATH, FONTCONFIG_PATH: join(dir, 'conf'), TMPDIR: dir },
  });
  return {
    browser,
    close: async () => {
      await browser.close();
      await rm(dir, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
