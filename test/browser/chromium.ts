import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { chromium, type Browser } from 'playwright-core';

/** A browser for one test file. `close` ends it and removes what it left. */
export interface OpenedBrowser {
  readonly browser: Browser;
  readonly close: () => Promise<void>;
}

interface Unpacked {
  readonly executablePath: string;
  readonly args: readonly string[];
  readonly LD_LIBRARY_PATH: string;
}

/** Where the unpacked browser is kept between runs, because unpacking takes longer than most tests. */
const KEPT = fileURLToPath(new URL('../../node_modules/.cache/chromium', import.meta.url));
const PACKAGE = new URL('../../node_modules/@sparticuz/chromium/package.json', import.meta.url);
const START = 'start.json';

/** Fonts of the system, and the one that the package has: without a font, text has no width and every layout fits. */
const fontsConf = (dir: string) => `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>/usr/share/fonts</dir>
  <dir>${dir}/fonts</dir>
  <cachedir>${dir}/font-cache</cachedir>
</fontconfig>
`;

/** In one process the end of a page would end the browser, and what a browser checks must be checked here too. */
const NOT_OURS: ReadonlySet<string> = new Set([
  '--single-process',
  '--disable-web-security',
  '--allow-running-insecure-content',
  // A graphics card made of software draws the same pages with a third more processor time than no card.
  '--in-process-gpu',
  '--use-gl=angle',
  '--use-angle=swiftshader',
  '--enable-unsafe-swiftshader',
  '--ignore-gpu-blocklist',
]);

/** Unpacks into a separate folder, and renames it only once it is complete, so that a half-unpacked copy never starts. */
async function unpack(place: string): Promise<void> {
  const dir = await mkdtemp(`${place}-`);
  const script = fileURLToPath(new URL('unpack.mjs', import.meta.url));
  const env = { ...process.env, TMPDIR: dir };
  const { stdout } = await promisify(execFile)(process.execPath, [script], { env });
  await mkdir(join(dir, 'conf'));
  await writeFile(join(dir, 'conf/fonts.conf'), fontsConf(place));
  await writeFile(join(dir, START), stdout.replaceAll(dir, place));
  // Another test file might have been faster.
  await rename(dir, place).catch(() => rm(dir, { recursive: true, force: true }));
}

/** How long a test file waits for another one that unpacks, which might have been killed meanwhile. */
const OTHERS_MS = 60_000;

/** Unpacks, unless another test file is about to: then it waits for that one. */
async function unpackInTurn(place: string): Promise<void> {
  await mkdir(dirname(place), { recursive: true });
  const turn = `${place}.unpacking`;
  const isMine = await mkdir(turn).then(
    () => true,
    () => false,
  );
  const untilMs = Date.now() + OTHERS_MS;
  while (!isMine && existsSync(turn) && Date.now() < untilMs) await setTimeout(100);
  try {
    if (!existsSync(join(place, START))) await unpack(place);
  } finally {
    await rm(turn, { recursive: true, force: true });
  }
}

async function unpacked(): Promise<Unpacked & { readonly place: string }> {
  const { version } = JSON.parse(await readFile(PACKAGE, 'utf8')) as { readonly version: string };
  const place = join(KEPT, version);
  const read = async () => JSON.parse(await readFile(join(place, START), 'utf8')) as Unpacked;
  const kept = await read().catch(() => undefined);
  if (kept !== undefined) return { ...kept, place };
  await unpackInTurn(place);
  return { ...(await read()), place };
}

/**
 * Starts the headless Chromium that npm installs (Linux x64), elsewhere an installed Chrome. Rejects if there is no browser.
 */
export async function openBrowser(): Promise<OpenedBrowser> {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    const browser = await chromium.launch({ channel: 'chrome', headless: true });
    return { browser, close: () => browser.close() };
  }
  const { executablePath, args, LD_LIBRARY_PATH, place } = await unpacked();
  const dir = await mkdtemp(join(tmpdir(), 'okta-reset-browser-'));
  const browser = await chromium.launch({
    executablePath,
    args: [...args.filter((arg) => !NOT_OURS.has(arg)), '--disable-gpu'],
    headless: true,
    env: { ...process.env, LD_LIBRARY_PATH, FONTCONFIG_PATH: join(place, 'conf'), TMPDIR: dir },
  });
  return {
    browser,
    close: async () => {
      await browser.close();
      await rm(dir, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** The same for tests: undefined, with a message, if there is no browser. If CI is set, that is a failure. */
export async function browserOrNothing(): Promise<OpenedBrowser | undefined> {
  return openBrowser().catch((error: unknown) => {
    if (process.env['CI'] !== undefined) throw error;
    console.warn('There is no browser here, so nothing was tried in one.');
    return undefined;
  });
}
