import axe from 'axe-core';
import type { BrowserContext, Page } from 'playwright-core';
import type { Planning } from '../../src/console/api/live.ts';
import type { RunDetail } from '../../src/console/api/run-answers.ts';
import { startSandbox, type Sandbox, type SandboxUser } from '../../src/sandbox/sandbox.ts';
import { openRig, type ConsoleRig, type Page as Speaker } from '../console/rig.ts';
import { fastClock, isEligible } from '../integration/rig.ts';
import { openBrowser, type OpenedBrowser } from './chromium.ts';

/** How many times faster than the world's the clock of org and console runs; the browser's is the world's. */
const SPEED = 20;
/** By the org's clock: a run of a hundred users takes a few seconds, and can be stopped half-way. */
const LATENCY_MS = 1000;

/** Waits longer than any screen needs on a busy machine: it is never waited out where the product is well. */
export const PATIENCE_MS = 20_000;

/** An org, a console that is connected to it, and a browser. */
export interface ConsoleStage {
  readonly org: Sandbox;
  readonly rig: ConsoleRig;
  readonly browser: OpenedBrowser;
  /** Speaks to the console beside the page, as a second one would. */
  readonly speaker: Speaker;
  /** Users whom a reset is for, each given out once. */
  readonly take: (count: number) => readonly SandboxUser[];
  /** A browser's window with its own session. */
  readonly open: (path?: string) => Promise<Page>;
  readonly close: () => Promise<void>;
}

/** Starts them; rejects where there is no browser. */
export async function openConsoleStage(): Promise<ConsoleStage> {
  const browser = await openBrowser();
  const clock = fastClock(SPEED);
  const org = await startSandbox({ users: 400, limits: 'off', latencyMs: LATENCY_MS }, { clock });
  const rig = await openRig({ clock, input: { browser: false } });
  const speaker = await rig.page();
  await connect(speaker, org);
  const free = [...org.users()].filter(isEligible);
  const contexts: BrowserContext[] = [];
  return {
    org,
    rig,
    browser,
    speaker,
    take: (count) => free.splice(0, count),
    open: async (path = '/') => {
      const context = await browser.browser.newContext({
        viewport: { width: 1440, height: 900 },
        locale: 'en-GB',
        reducedMotion: 'reduce',
      });
      contexts.push(context);
      context.setDefaultTimeout(PATIENCE_MS);
      const page = await context.newPage();
      await page.goto(await rig.pressEnter());
      await page.locator('main h1').waitFor();
      if (path !== '/') await page.goto(rig.url + path);
      return page;
    },
    close: async () => {
      await Promise.all(contexts.map((context) => context.close()));
      await browser.close();
      await rig.close();
      await org.close();
    },
  };
}

async function connect(speaker: Speaker, org: Sandbox): Promise<void> {
  await speaker.post('/api/connect', { kind: 'token', url: org.url, token: org.token });
  await speaker.until('connection', ({ connection }) => connection.state === 'connected');
}

/** A draft for some users, with flags of its own. */
export async function draftFor(
  { speaker }: ConsoleStage,
  users: readonly SandboxUser[],
  flags: Readonly<Record<string, readonly string[]>> = {},
): Promise<string> {
  const { json } = await speaker.post('/api/drafts', {
    flags: { user: users.map(({ id }) => id), action: ['reset-password'], ...flags },
  });
  return json.id as string;
}

/** The run that a draft is planned to. */
export async function planOf({ speaker }: ConsoleStage, draft: string): Promise<RunDetail> {
  const { json } = await speaker.post(`/api/drafts/${draft}/plan`);
  const { planning } = await speaker.until(
    'planning',
    ({ planning: told }: { readonly planning: Planning }) =>
      told.id === json.planning && told.state !== 'planning',
  );
  return (await speaker.get(`/api/runs/${planning.run ?? ''}`)).json as RunDetail;
}

/** Executes a plan to its end, as the page would. */
export async function execute({ speaker }: ConsoleStage, run: RunDetail): Promise<void> {
  const { json } = await speaker.get(`/api/runs/${run.id}/consent`);
  await speaker.post(`/api/runs/${run.id}/execute`, { shown: run.shown, confirm: json.confirm });
  await speaker.until('run', (told) => told.run.run === run.id && told.run.phase === 'ended');
}

const LOOKS = [
  { width: 390, colorScheme: 'dark' },
  { width: 1440, colorScheme: 'light' },
] as const;

/** What is wrong with a screen, at both widths and in both schemes: serious findings of axe, and what is too wide. */
export async function faultsOf(page: Page, name: string): Promise<readonly string[]> {
  const faults: string[] = [];
  for (const { width, colorScheme } of LOOKS) {
    await page.setViewportSize({ width, height: 900 });
    await page.emulateMedia({ colorScheme });
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    if (wide > width) faults.push(`${name} is ${wide} px wide on ${width}`);
    // The page's own policy holds here: the script comes in by the debugger, not by a tag.
    await page.evaluate(axe.source);
    const found = await page.evaluate(async () => {
      const { axe: inPage } = globalThis as unknown as { readonly axe: typeof axe };
      const { violations } = await inPage.run();
      return violations
        .filter(({ impact }) => impact === 'serious' || impact === 'critical')
        .map(({ id, nodes }) => `${id}: ${nodes[0]?.html ?? ''} ${nodes[0]?.failureSummary ?? ''}`);
    });
    faults.push(...found.map((text) => `${name} at ${width} px, ${colorScheme}: ${text}`));
  }
  return faults;
}
