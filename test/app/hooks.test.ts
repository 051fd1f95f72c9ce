/** The admin's own commands: when each is called, with what, and what is said when one fails. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { openHooks, type Hooks } from '../../src/app/run/hooks.ts';
import type { RunAtWork } from '../../src/app/run/run-at-work.ts';
import { DEFAULTS } from '../../src/config/defaults.ts';
import type { Credentials } from '../../src/config/credentials.ts';
import { AppError } from '../../src/domain/codes/app-error.ts';
import type { AppEvent } from '../../src/domain/run/event.ts';
import { host as realHost } from '../../src/host.ts';
import { Secret } from '../../src/secrets/secret.ts';
import { runFile } from '../report/sample.ts';
import { openBelow } from './open-files.ts';
import { around, newFolder, placeOf } from './run-folders.ts';

let root: string;
let dir: string;
let folders = 0;
beforeAll(async () => (root = await newFolder()));
afterAll(() => rm(root, { recursive: true, force: true }));
beforeEach(async () => {
  folders += 1;
  dir = join(root, String(folders));
  await mkdir(dir);
});

const TOKEN = '00abcdefghijklmnopqrstuvwxyz0123456789ABCD';
const SSWS = { kind: 'ssws', token: new Secret(TOKEN) } as Partial<Credentials> as Credentials;
const run = runFile();

/** Waits of a hook: undefined for real ones, else those of that length are over at once. */
interface World {
  readonly credentials?: Credentials;
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly overMs?: number;
}

/** Hooks of a run, with a clock that is moved by hand. */
function hooked(commands: readonly string[], world: World = {}) {
  let nowMs = 0;
  const { credentials = SSWS, cwd = dir, env = {}, overMs } = world;
  const sleep: typeof realHost.clock.sleep = (ms, signal) =>
    ms === overMs ? Promise.resolve() : realHost.clock.sleep(ms, signal);
  const clock = { nowMs: () => 1000, monotonicMs: () => nowMs, sleep };
  const { PATH = '' } = process.env;
  const groups: number[] = [];
  const killGroup = (pid: number) => {
    groups.push(pid);
    realHost.killGroup(pid);
  };
  const here = around(cwd, { clock, env: { PATH, ...env }, killGroup });
  const leave = new AbortController();
  const work = {
    ...{ place: placeOf(dir), run },
    input: { dir: 'monday', hooks: commands, org: { credentials } },
  } as unknown as RunAtWork;
  const { interrupt } = here.context;
  const context = { ...here.context, interrupt: { ...interrupt, leave: leave.signal } };
  const hooks = openHooks(work, context);
  const passed: AppEvent[] = [];
  const emit = hooks.listen((event) => void passed.push(event));
  const at = (ms: number) => (nowMs = ms);
  return { ...here, hooks, leave, passed, at, emit, groups };
}

const started = { type: 'run-started' } as AppEvent;
const pause = (cause: string, waitMs: number) => ({ type: 'pause', cause, waitMs }) as AppEvent;
const TELL = 'cat > "$(mktemp told-XXXXXX)"';

/** Ends the hooks; returns what they were told, in the order of their moments. */
async function told(hooks: Hooks): Promise<readonly Readonly<Record<string, unknown>>[]> {
  await hooks.close();
  const names = (await readdir(dir)).filter((name) => name.startsWith('told-'));
  const texts = await Promise.all(names.map((name) => readFile(join(dir, name), 'utf8')));
  return texts
    .map((text) => JSON.parse(text) as Readonly<Record<string, unknown>>)
    .sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}
const moments = async (hooks: Hooks) => (await told(hooks)).map(({ hook }) => hook);

describe('a hook', () => {
  test('is told what happened in which run', async () => {
    const { hooks, emit, passed } = hooked([TELL]);
    const event = { type: 'run-started', rows: 3, note: TOKEN } as unknown as AppEvent;
    emit(event);
    const [first, ...others] = await told(hooks);
    expect(others).toEqual([]);
    expect(first).toEqual({
      ...{ v: 1, hook: 'started', at: '1970-01-01T00:00:01.000Z', dir: join(dir, 'monday') },
      ...{ runId: run.runId, host: run.host, action: 'reset-password' },
      ...{ type: 'run-started', rows: 3, note: expect.not.stringContaining(TOKEN) },
    });
    expect(passed).toEqual([event]);
  });

  test.each<[string, readonly string[]]>([
    ['canary', ['canary']],
    ['stopping', ['stopped']],
    ['run-ended', ['finished']],
    ['message', []],
    ['reading', []],
    ['row', []],
    ['settling', []],
  ])('is called for the event %j: %j', async (type, found) => {
    const { hooks, emit, passed } = hooked([TELL]);
    emit(started);
    emit({ type } as AppEvent);
    expect(await moments(hooks)).toEqual([...found, 'started'].sort());
    expect(passed.map((event) => event.type)).toEqual(['run-started', type]);
  });

  test('is not called for waits, an end or a failure before the run has begun', async () => {
    const { hooks, emit } = hooked([TELL]);
    emit(pause('window', 5000));
    emit({ type: 'run-ended' } as AppEvent);
    hooks.broke(new Error('bug'));
    expect(await moments(hooks)).toEqual([]);
  });

  test.each([
    ['DISK', 'No space.', new AppError('DISK', 'No space.', { hint: 'x' })],
    ['INTERNAL', 'A bug in okta-reset.', new TypeError('x is not a function')],
  ])('is told that the run broke off: %s', async (code, message, error) => {
    const { hooks, emit } = hooked([TELL]);
    emit(started);
    hooks.broke(error);
    const [, broke] = await told(hooks);
    expect(broke).toMatchObject({ hook: 'stopped', type: 'error', code, message });
  });

  test('is told of a wait of half a second, and of the same cause again after ten minutes', async () => {
    const { hooks, emit, at } = hooked([TELL]);
    emit(started);
    emit(pause('window', 499));
    emit(pause('window', 500));
    at(599_999);
    emit(pause('window', 501));
    emit(pause('own-pace', 502));
    at(600_000);
    emit(pause('window', 503));
    const waits = (await told(hooks)).flatMap(({ waitMs }) => (waitMs === undefined ? [] : waitMs));
    expect(waits.sort()).toEqual([500, 502, 503]);
    expect(new Set(await moments(hooks))).toEqual(new Set(['paused', 'started']));
  });

  test('is one of several, which are all called', async () => {
    const { hooks, emit, said } = hooked([TELL, 'exit 4', TELL]);
    emit(started);
    expect(await moments(hooks)).toEqual(['started', 'started']);
    expect(said()).toEqual([
      'Hook number 2 (started) ended with 4. The run does not depend on it.',
    ]);
  });

  test.each<[string, string, string, World]>([
    ['fails', 'exit 3', 'ended with 3', {}],
    ['is killed', 'kill -9 $$', 'ended with SIGKILL', {}],
    ['cannot be started', 'true', 'could not be started (ENOENT)', { cwd: '/nowhere/at/all' }],
    ['hangs', 'sleep 60', 'took longer than 10 s and was stopped', { overMs: DEFAULTS.hookMs }],
    ['floods', 'head -c 65537 /dev/zero', 'wrote more than 64 KiB and was stopped', {}],
    [
      'is still running at the end',
      ...(['sleep 60', 'was still running at the end and was stopped'] as const),
      { overMs: DEFAULTS.hookAtEndMs },
    ],
  ])('that %s is warned about, and does not stop the run', async (_what, command, fault, world) => {
    const { hooks, emit, events } = hooked([command], world);
    emit(started);
    await hooks.close();
    expect(events).toEqual([
      {
        ...{ type: 'message', level: 'warning' },
        text: `Hook number 1 (started) ${fault}. The run does not depend on it.`,
        hint: `What it wrote is in ${join(dir, 'run.log')}.`,
      },
    ]);
  });

  test('can write 64 KiB', async () => {
    const { hooks, emit, events } = hooked(['head -c 65536 /dev/zero']);
    emit(started);
    await hooks.close();
    expect(events).toEqual([]);
  });

  test('is ended with all that it has started, also after its own end', async () => {
    for (const command of ['true', 'sleep 60 & exit 0']) {
      const { hooks, emit, groups } = hooked([command]);
      emit(started);
      await hooks.close();
      expect(groups).toEqual([expect.any(Number)]);
    }
  });

  test('is not waited for by a person who leaves at once', async () => {
    const { hooks, emit, leave, said } = hooked(['sleep 60']);
    emit(started);
    leave.abort();
    await hooks.close();
    expect(said()).toEqual([expect.stringContaining('was still running at the end')]);
  });

  test('is not called while sixteen are running', async () => {
    const warnings: Error[] = [];
    const onWarning = (warning: Error) => void warnings.push(warning);
    process.on('warning', onWarning);
    const { hooks, emit, leave, said } = hooked(['sleep 60']);
    for (let n = 0; n < 17; n += 1) emit(started);
    expect(said()).toEqual([
      'Hook number 1 (started) was not called: too many hooks are still running. The run does not depend on it.',
    ]);
    leave.abort();
    await hooks.close();
    expect(said()).toHaveLength(17);
    // Node has nothing to say about as many as there can be.
    process.off('warning', onWarning);
    expect(warnings).toEqual([]);
  });

  test('leaves what it wrote in run.log, up to 4,000 characters of each output', async () => {
    const { hooks, emit } = hooked([`printf '%05000d' 0; echo why >&2; exit 3`, 'true']);
    emit(started);
    await hooks.close();
    const lines = (await readFile(join(dir, 'run.log'), 'utf8')).trim().split('\n');
    const logged = lines
      .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>)
      .sort((a, b) => Number(a['number']) - Number(b['number']));
    expect(logged).toMatchObject([
      { hook: 'started', number: 1, end: 'ended', code: 3, errors: expect.stringMatching(/^why/) },
      { hook: 'started', number: 2, end: 'ended', code: 0, output: '', errors: '' },
    ]);
    expect(String(logged[0]?.['output'])).toHaveLength(4000);
    expect(logged.map(({ msg }) => msg)).toEqual(['hook', 'hook']);
    expect(openBelow(dir)).toEqual([]);
  });

  test.each<[string, object, boolean]>([
    ['an API token', { kind: 'ssws', token: new Secret(` ${TOKEN}\n`) }, false],
    ['a service app', { kind: 'oauth', privateKey: new Secret(TOKEN) }, false],
    [
      'a command',
      { kind: 'command', tokens: { known: () => [new Secret('other'), new Secret(TOKEN)] } },
      false,
    ],
    ['another command', { kind: 'command', tokens: { known: () => [new Secret('other')] } }, true],
    ['nobody', { kind: 'ssws', token: new Secret('') }, true],
  ])('inherits no variable with the credential of %s', async (_of, credentials, inherits) => {
    const env = { VAULT: `x${TOKEN}y`, CHAT: 'https://chat.example', EMPTY: '' };
    const { hooks, emit } = hooked(['env > seen'], {
      env,
      credentials: credentials as Partial<Credentials> as Credentials,
    });
    emit(started);
    await hooks.close();
    const seen = await readFile(join(dir, 'seen'), 'utf8');
    expect(seen).toContain('CHAT=https://chat.example');
    expect(seen).toContain('EMPTY=');
    expect(seen.includes('VAULT=')).toBe(inherits);
  });
});

test('a run without hooks writes no log, and passes its events on', async () => {
  const { hooks, emit, passed } = hooked([]);
  emit(started);
  hooks.broke(new Error('bug'));
  await hooks.close();
  expect([passed, await readdir(dir)]).toEqual([[started], []]);
});
