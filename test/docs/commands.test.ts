import { afterAll, describe, expect, test } from '@jest/globals';
import { generateKeyPairSync } from 'node:crypto';
import { access, copyFile, mkdir, readdir, rm } from 'node:fs/promises';
import { COMMANDS } from '../../src/cli/line/commands.ts';
import { commandLines, readDocuments, wordsOf } from './documents.ts';
import { openScene, type RunState, type Scene } from './scene.ts';

/*
 * Every command line of every document is typed against a small sandbox, each in a folder of its own. What stands in
 * the documents for something of the reader's own is replaced:
 *
 *   https://acme.okta.com     the sandbox
 *   4812@acme.okta.com        the number of users that the plan finds, and the sandbox's host
 *   age1…                     a key made for the test
 *   --error CODE              the code that the rows of the earlier run failed with
 *   --between, --per-hour     hours that are always open, a pace that makes nobody wait
 *   --port N, --skip N        a free port, a few rows
 *   users.csv and other CSVs  a Rockstar export of the sandbox; results.csv: those of an earlier run
 *   RUN, reports/…, --last    a run in the state that the command is for
 */

const APP_KEY = generateKeyPairSync('rsa', { modulusLength: 2048 })
  .privateKey.export({ type: 'pkcs8', format: 'pem' })
  .toString();

let scene: Scene;
/** Where commands that change nothing are typed: one org for each state of a run. */
const reading = new Map<RunState | undefined, Scene>();
afterAll(() => Promise.all([...reading.values()].map((each) => each.close())));

async function sceneFor(words: readonly string[]): Promise<Scene> {
  if (isWriting(words)) return openScene();
  const state = STATES[commandOf(words)];
  const known = reading.get(state) ?? (await openScene());
  reading.set(state, known);
  return known;
}

function isWriting(words: readonly string[]): boolean {
  const command = commandOf(words);
  return ['run', 'resume', 'rerun'].includes(command) || words.includes('--resend');
}

const STATES: Readonly<Record<string, RunState>> = {
  run: 'planned',
  resume: 'interrupted',
  rerun: 'with-failures',
  report: 'with-failures',
  followup: 'with-failures',
  'secrets open': 'with-secrets',
};

function commandOf(words: readonly string[]): string {
  const two = words.slice(0, 2).join(' ');
  return COMMANDS.some(({ name }) => name === two) ? two : (words[0] ?? '');
}

function valueAfter(words: readonly string[], flag: string): string | undefined {
  const at = words.indexOf(flag);
  return at < 0 ? undefined : words[at + 1];
}

/** The run that a command line names; `undefined` where it names none. */
function runNamed(command: string, words: readonly string[]): string | undefined {
  if (command === 'run') return valueAfter(words, '--plan');
  if (STATES[command] === undefined) return undefined;
  if (words.includes('--last')) return 'reports/20261122T031502Z-k7m2';
  return words[command.split(' ').length];
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/** Lets somebody sign in, and deny a push, so that `--log` finds whom it looks for. */
async function layOutEvents(words: readonly string[]): Promise<void> {
  if (!words.includes('--log')) return;
  for (const type of ['user.session.start', 'user.mfa.okta_verify.deny_push'])
    await fetch(`${scene.org.url}/sandbox/sign-ins?users=9&type=${type}`, { method: 'POST' });
}

async function layOut(command: string, words: readonly string[]): Promise<void> {
  const run = runNamed(command, words);
  const state = STATES[command];
  if (run !== undefined && state !== undefined) {
    const isFile = run.endsWith('.csv');
    await scene.prepare(state, isFile ? 'earlier' : run);
    if (isFile) await copyFile(scene.path('earlier', 'results.csv'), scene.path(run));
  }
  for (const [index, word] of words.entries()) {
    if (!word.endsWith('.csv') || words[index - 1] === '--out' || (await exists(scene.path(word))))
      continue;
    const all = scene.rockstar();
    const few = all.split('\n').slice(0, 3).join('\n');
    await scene.write(word, words[index - 1] === '--exclude' ? few : all);
  }
  for (const [index, word] of words.entries())
    if (words[index - 1] === '--in') await mkdir(scene.path(word), { recursive: true });
  const key = valueAfter(words, '--identity');
  if (command === 'console' && key !== undefined)
    await scene.must(['secrets', 'keygen', '--out', key], 0);
  const appKey = valueAfter(words, '--service-app');
  // A key file that is made if it is missing: a separate test covers that.
  if (appKey !== undefined) await scene.write(appKey, APP_KEY);
  if (words.includes('--token-file'))
    await scene.write(valueAfter(words, '--token-file') ?? '', scene.org.token);
  const profile = valueAfter(words, '--profile');
  if (profile !== undefined)
    await scene.write(
      'okta.yaml',
      `okta:\n  profiles:\n    ${profile}:\n      orgUrl: ${scene.org.url}\n      token: ${scene.org.token}\n`,
    );
}

async function substitute(words: readonly string[]): Promise<readonly string[]> {
  // Nobody opens an email of the sandbox, so the canary need not wait for it.
  const wait = words.includes('--canary') ? ['--canary-wait', '0'] : [];
  const typed = [...words, ...wait].map((word, index) => {
    if (word === 'https://acme.okta.com') return scene.org.url;
    if (words[index - 1] === '--per-hour' || words[index - 1] === '--per-minute') return '1000000';
    if (words[index - 1] === '--error') return 'E0000006';
    if (words[index - 1] === '--between') return '00:00-24:00';
    if (words[index - 1] === '--port') return '0';
    if (words[index - 1] === '--skip') return '5';
    return word;
  });
  const recipient = typed.findIndex((word) => word.startsWith('age1'));
  if (recipient < 0) return typed;
  const made = await scene.must(['secrets', 'keygen', '--out', 'made-key.txt'], 0);
  return typed.with(recipient, made.stdout.trim());
}

/** Inserts the count that the plan finds. A line with another count is refused, and leaves the plan to be counted. */
async function confirmTruly(words: readonly string[], stdin: string): Promise<readonly string[]> {
  const at = words.indexOf('--confirm') + 1;
  if (at === 0) return words;
  const wrong = words.with(at, `4812@${scene.host}`);
  expect((await scene.run(wrong, { stdin })).code).toBe(5);
  const out = valueAfter(words, '--plan') ?? valueAfter(words, '--out');
  const newest = (await readdir(scene.path('reports')).catch(() => [])).sort().at(-1) ?? '';
  const dir = out ?? `reports/${newest}`;
  const targets = await scene.targets(scene.where(dir));
  if (!words.includes('--plan') && words[0] !== 'resume')
    await rm(scene.path(dir), { recursive: true });
  return words.with(at, `${String(targets)}@${scene.host}`);
}

function interruptOf(command: string, words: readonly string[]): RegExp | undefined {
  if (command === 'sandbox') return /Ctrl-C ends it/;
  if (command === 'console') return /Ctrl-C ends the console/;
  return words.includes('--watch') ? /\w/ : undefined;
}

async function type(line: string): Promise<void> {
  const written = wordsOf(line);
  const command = commandOf(written);
  await layOut(command, written);
  await layOutEvents(written);
  const stdin = line.includes('| okta-reset') ? scene.rockstar() : undefined;
  const words = await confirmTruly(await substitute(written), stdin ?? '');
  const interruptAt = interruptOf(command, words);
  const ran = await scene.run(words, {
    terminal: words.length > 0 && stdin === undefined && !line.includes('>'),
    ...(stdin === undefined ? {} : { stdin }),
    ...(interruptAt === undefined ? {} : { interruptAt }),
  });
  // Without a word and without a terminal there is nobody to guide.
  const wanted = words.length === 0 ? 2 : 0;
  expect([ran.code, ran.code === wanted ? '' : ran.stderr + ran.stdout]).toEqual([wanted, '']);
}

const lines = (await readDocuments()).flatMap(commandLines);
// The demo has a separate check: CI plays all of it. A line that is in several places is typed once.
const typed = [...new Map(lines.map((found) => [found.line, found])).values()].filter(
  ({ line }) => wordsOf(line)[0] !== 'demo',
);

describe('a command line of the documents does what it says', () => {
  test.each(typed.map(({ where, line }) => [where, line]))('%s  %s', async (_, line) => {
    const words = wordsOf(line);
    scene = await sceneFor(words);
    try {
      await scene.leave();
      await type(line);
    } finally {
      if (isWriting(words)) await scene.close();
    }
  });
});
