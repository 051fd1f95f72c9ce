import type { BrowserContext, Page } from 'playwright-core';
import type { Planning } from '../../src/console/api/live.ts';
import type { RunDetail } from '../../src/console/api/run-answers.ts';
import { startSandbox, type Sandbox, type SandboxUser } from '../../src/sandbox/sandbox.ts';
import { openRig, type ConsoleRig, type Page as Speaker } from '../console/rig.ts';
import type { ConsoleProcess } from '../console/console-process.ts';
import { fastClock, isEligible, type FastClock } from '../integration/rig.ts';
import type { OpenedBrowser } from './chromium.ts';
import { Gate } from './gate.ts';

/** How many times faster than real time the clock of org and console runs. The browser's clock is real time. */
const SPEED = 20;
/** By the org's clock. */
const LATENCY_MS = 40;

/** Waits longer than any screen needs on a busy machine. It is never waited out if everything works. */
export const PATIENCE_MS = 45_000;

/** An org, a console that is connected to it, and a browser. */
export interface ConsoleStage {
  readonly org: Sandbox;
  /** Holds the org's answers. */
  readonly gate: Gate;
  readonly rig: ConsoleRig;
  /** Talks to the console in addition to the page, as a second page would. */
  readonly speaker: Speaker;
  /** Users whom a reset is for, each returned once. */
  readonly take: (count: number) => readonly SandboxUser[];
  readonly clock: FastClock;
  /** A browser window with a separate session of this console. */
  readonly open: (path?: string) => Promise<Page>;
  /** The same for another console, with a link of it, or with the session that a speaker has. */
  readonly openOther: (console: ConsoleRig | ConsoleProcess, path?: string) => Promise<Page>;
  readonly close: () => Promise<void>;
}

/** Starts org and console; `latencyMs` is by the org's clock, which is faster than the world's. */
export async function openConsoleStage(
  { browser, close }: OpenedBrowser,
  latencyMs = LATENCY_MS,
): Promise<ConsoleStage> {
  const clock = fastClock(SPEED);
  const gate = new Gate();
  const org = await startSandbox(
    { users: 400, limits: 'off', latencyMs },
    { clock: gate.clock(clock) },
  );
  const rig = await openRig({ clock, input: { browser: false } });
  const speaker = await rig.page();
  await connect(speaker, org);
  const free = [...org.users()].filter(isEligible);
  const contexts: BrowserContext[] = [];
  const open = async (console: ConsoleRig | ConsoleProcess, path: string): Promise<Page> => {
    const context = await browser.newContext({
      viewport: { width: 1440, height: 900 },
      locale: 'en-GB',
      reducedMotion: 'reduce',
    });
    contexts.push(context);
    context.setDefaultTimeout(PATIENCE_MS);
    const page = await context.newPage();
    if ('speaker' in console) {
      const { url, speaker: known } = console;
      const [name = '', value = ''] = known.cookie.split('=');
      await context.addCookies([{ url, name, value, httpOnly: true, sameSite: 'Strict' }]);
      await page.goto(`${url}/#${known.key}`);
    } else {
      await page.goto(await console.pressEnter());
    }
    await page.locator('main h1').waitFor();
    if (path !== '/') await page.goto(console.url + path);
    return page;
  };
  return {
    ...{ org, gate, rig, speaker, clock },
    take: (count) => free.splice(0, count),
    open: (path = '/') => open(rig, path),
    openOther: (other, path = '/') => open(other, path),
    close: async () => {
      gate.open();
      await Promise.all(contexts.map((context) => context.close()));
      await close();
      await rig.close();
      await org.close();
    },
  };
}

export async function connect(speaker: Speaker, org: Sandbox): Promise<void> {
  await speaker.post('/api/connect', { kind: 'token', url: org.url, token: org.token });
  await speaker.until('connection', ({ connection }) => connection.state === 'connected');
}

/** A draft for some users, with additional flags. */
export async function draftFor(
  { speaker }: Pick<ConsoleStage, 'speaker'>,
  users: readonly SandboxUser[],
  flags: Readonly<Record<string, readonly string[]>> = {},
): Promise<string> {
  const { json } = await speaker.post('/api/drafts', {
    flags: { user: users.map(({ id }) => id), action: ['reset-password'], ...flags },
  });
  return json.id as string;
}

/** The run that a draft is planned as. */
export async function planOf(
  { speaker }: Pick<ConsoleStage, 'speaker'>,
  draft: string,
): Promise<RunDetail> {
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

export const heading = (page: Page, name: string | RegExp) =>
  page.getByRole('heading', { level: 1, name });
export const press = (page: Page, name: string | RegExp) =>
  page.getByRole('button', { name }).click();

/** Types what the consent asks for, and presses the button. */
export async function consent(page: Page, yes: string | RegExp): Promise<void> {
  const field = page.locator('.consent input');
  await field.fill((await field.getAttribute('placeholder')) ?? '');
  await press(page, yes);
}

/** How often each user was reset, by the org's count. */
export const resets = ({ org }: Pick<ConsoleStage, 'org'>, users: readonly SandboxUser[]) =>
  users.map(({ id }) => org.effects(id)?.resets ?? 0);
