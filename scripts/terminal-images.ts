// Draws what the terminal and the report show for docs/images: tsx scripts/terminal-images.ts, after npm run build. Against the sandbox,
// with made-up people. The commands run under script(1), so that they see a terminal; a real emulator draws what they wrote.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { host } from '../src/host.ts';
import { startSandbox, type Sandbox } from '../src/sandbox/sandbox.ts';
import { openBrowser } from '../test/browser/chromium.ts';

const FOLDER = new URL('../docs/images/', import.meta.url).pathname;
const BIN = new URL('../bin/okta-reset.js', import.meta.url).pathname;
const XTERM = new URL('../node_modules/@xterm/xterm/', import.meta.url);
const COLUMNS = 86;
const ROWS = 100;
const LIMIT = 60;
/** It does not matter if this is far off: a command that hangs must not hang the drawing. */
const PATIENCE_MS = 120_000;

/** Opens an emulator in a page. `show` writes to it and returns how many lines contain something. */
const SHOW = `
  const theme = { background: '#10141c', foreground: '#dfe5ee', cursor: '#10141c' };
  const font = { fontSize: 13, fontFamily: 'DejaVu Sans Mono, monospace' };
  const terminal = new Terminal({ cols: ${COLUMNS}, rows: ${ROWS}, theme, ...font });
  terminal.open(document.querySelector('#at'));
  const used = () => {
    const lines = Array.from({ length: ${ROWS} }, (_, at) => terminal.buffer.active.getLine(at));
    return 1 + lines.findLastIndex((line) => line?.translateToString(true));
  };
  const drawn = () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
  window.show = (text) => new Promise((resolve) => terminal.write(text, resolve)).then(drawn).then(used);
`;

interface Place {
  readonly dir: string;
  readonly env: NodeJS.ProcessEnv;
}

interface Recorded {
  readonly text: string;
  /** Waits for its end. */
  readonly ended: () => Promise<void>;
}

/** Runs a command in a terminal until it ends, or until its output is as expected. */
async function record(
  command: string,
  { dir, env }: Place,
  isEnough: (text: string) => boolean = () => false,
): Promise<Recorded> {
  const line = `stty cols ${COLUMNS} rows ${ROWS}; ${command}`;
  const child = spawn('script', ['-qfec', line, '/dev/null'], { cwd: dir, env });
  const ended = once(child, 'close');
  const patience = setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS);
  let text = '';
  const enough = new Promise<void>((resolve) => {
    child.stdout.on('data', (piece: Buffer) => {
      text += piece.toString('utf8');
      if (isEnough(text)) resolve();
    });
  });
  await Promise.race([ended, enough]);
  return {
    text,
    ended: async () => {
      await ended;
      clearTimeout(patience);
    },
  };
}

/** Draws a prompt, the command, and its output, cut after the lines that contain something. */
async function draw(browser: Browser, name: string, command: string, text: string) {
  const page = await browser.newPage({ viewport: { width: 900, height: 2200 } });
  try {
    await openEmulator(page);
    const prompt = `\u001b[90m$ ${command}\u001b[0m\r\n`;
    const lines = await page.evaluate<number>(`show(${JSON.stringify(prompt + text)})`);
    const box = await page.locator('.xterm-screen').boundingBox();
    if (box === null) throw new Error('the emulator drew nothing');
    const height = Math.ceil((box.height / ROWS) * lines);
    await page.screenshot({
      path: `${FOLDER}${name}.png`,
      clip: { x: 0, y: 0, width: box.x + box.width + 16, height: box.y + height + 16 },
    });
  } finally {
    await page.close();
  }
}

async function openEmulator(page: Page): Promise<void> {
  const css = await readFile(new URL('css/xterm.css', XTERM), 'utf8');
  await page.setContent(
    `<style>${css} body { margin: 0; padding: 16px; background: #10141c; } .xterm-viewport { display: none }</style><div id="at" style="width: 860px"></div>`,
  );
  await page.addScriptTag({ content: await readFile(new URL('lib/xterm.js', XTERM), 'utf8') });
  await page.addScriptTag({ content: SHOW });
}

async function drawReport(browser: Browser, path: string): Promise<void> {
  const page = await browser.newPage({ viewport: { width: 1200, height: 1790 }, locale: 'en-GB' });
  await page.goto(pathToFileURL(path).href);
  await page.locator('.uplot').waitFor();
  await page.screenshot({ path: `${FOLDER}report.png` });
  await page.close();
}

async function place(org: Sandbox): Promise<Place> {
  const dir = await mkdtemp(join(tmpdir(), 'okta-reset-images-'));
  const listing = await fetch(`${org.url}/sandbox/users.csv`);
  await writeFile(join(dir, 'users.csv'), await listing.text());
  await symlink(BIN, join(dir, 'okta-reset'));
  const { PATH, HOME, LANG } = process.env;
  const env = {
    ...{
      PATH: `${dir}:${PATH}`,
      HOME,
      LANG,
      TERM: 'xterm-256color',
      XDG_STATE_HOME: join(dir, 'state'),
    },
    OKTA_CLIENT_ORGURL: org.url,
    OKTA_CLIENT_TOKEN: org.token,
  };
  return { dir, env };
}

async function main(): Promise<void> {
  const limits = { users: LIMIT };
  const options = { users: 500, limits, windowMs: 6000, port: 8090 };
  const org = await startSandbox(options, { clock: host.clock });
  const at = await place(org);
  const { browser, close } = await openBrowser();
  try {
    const look = 'okta-reset plan --file users.csv --revoke-sessions';
    const plan = await record(look, at);
    await plan.ended();
    await draw(browser, 'preview', look, plan.text);
    const dir = /reports\/[\w-]+/.exec(plan.text)?.[0] ?? '';
    const send = `okta-reset run --plan ${dir} --confirm 307@127.0.0.1:8090`;
    const isWaiting = (text: string) =>
      / 21\d of 307[\s\S]*calls a minute[\s\S]*waiting/.test(text);
    const run = await record(send, at, isWaiting);
    await draw(browser, 'progress', send, run.text);
    await run.ended();
    await drawReport(browser, join(at.dir, dir, 'report.html'));
  } finally {
    await close();
    await org.close();
    await rm(at.dir, { recursive: true, force: true });
  }
}

await main();
