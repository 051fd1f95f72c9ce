import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { getEventListeners } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, readlink, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { host } from '../../src/host.ts';
import { callShell, type ShellCall } from '../../src/process/call-shell.ts';

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'okta-reset-shell-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

const never = new AbortController().signal;

/** A clock on which a timeout comes when it is told to. */
function timed() {
  let wake = () => {};
  const clock = {
    ...host.clock,
    sleep: (ms: number, signal?: AbortSignal) =>
      ms < 60_000
        ? host.clock.sleep(ms, signal)
        : new Promise<void>((resolve, reject) => {
            wake = resolve;
            signal?.addEventListener('abort', () => reject(signal.reason as Error));
          }),
  };
  return { host: { ...host, clock }, timeOut: () => wake() };
}

const call = (command: string, more: Partial<ShellCall> = {}) =>
  callShell({
    command,
    cwd: dir,
    env: { PATH: process.env['PATH'] },
    host,
    input: '',
    errors: 'keep',
    ownGroup: true,
    timeoutMs: 60_000,
    mostBytes: 1000,
    signal: never,
    ...more,
  });

/** Resolves when a file exists and contains a complete line. */
async function lineOf(name: string): Promise<string> {
  for (;;) {
    const text = await readFile(join(dir, name), 'utf8').catch(() => '');
    if (text.endsWith('\n')) return text.trim();
    await host.clock.sleep(5);
  }
}

/** Resolves when no process has this id any longer, or it is only waiting to be reaped. */
async function goneOf(pid: string): Promise<void> {
  for (;;) {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
    if (stat === '' || /\) Z /.test(stat)) return;
    await host.clock.sleep(5);
  }
}

describe('a command for the system’s shell', () => {
  test('is read by the shell, gets its input and its environment, and nothing else', async () => {
    const env = { PATH: process.env['PATH'], GIVEN: '$HOME "; rm' };
    const end = await call('read -r line; echo "$line" | tr a-z A-Z; echo "$GIVEN" >&2; exit 3', {
      input: 'what it reads; $(touch planted)\n',
      env,
    });
    expect(end).toEqual({
      kind: 'ended',
      code: 3,
      output: 'WHAT IT READS; $(TOUCH PLANTED)\n',
      errors: '$HOME "; rm\n',
    });
  });

  test('that writes more than allowed is ended, and what came before is kept', async () => {
    const end = await call('echo first; exec yes flood');
    expect(end).toMatchObject({ kind: 'too-much-output' });
  });

  test('that hangs is ended with everything that it has started, when its time is over', async () => {
    const { host: slow, timeOut } = timed();
    const running = call('echo before; sleep 600 & echo $! > child; wait', { host: slow });
    const child = await lineOf('child');
    timeOut();
    expect(await running).toMatchObject({ kind: 'timed-out', output: 'before\n' });
    await goneOf(child);
  });

  test('that leaves something behind ends at once, and that ends with it', async () => {
    const end = await call('sleep 600 & echo $! > left; exit 0');
    expect(end).toMatchObject({ kind: 'ended', code: 0 });
    await goneOf(await lineOf('left'));
  });

  test('is ended by an abort, and not begun after one', async () => {
    const stopped = new AbortController();
    const running = call('echo $$ > aborted; exec sleep 600', { signal: stopped.signal });
    const pid = await lineOf('aborted');
    stopped.abort();
    expect(await running).toMatchObject({ kind: 'aborted' });
    await goneOf(pid);
    await writeFile(join(dir, 'kept'), 'x');
    expect(await call('rm kept', { signal: stopped.signal })).toMatchObject({ kind: 'aborted' });
    expect(await readFile(join(dir, 'kept'), 'utf8')).toBe('x');
  });

  test('without its own group keeps its terminal, and still ends in time', async () => {
    const { host: slow, timeOut } = timed();
    const command = 'trap "" TERM; echo $$ > alone; exec sleep 600';
    const running = call(command, { host: slow, ownGroup: false });
    const pid = await lineOf('alone');
    timeOut();
    expect(await running).toMatchObject({ kind: 'timed-out' });
    await goneOf(pid);
  });

  test('in a folder that does not exist is reported by the system’s code', async () => {
    expect(await call('true', { cwd: join(dir, 'nowhere') })).toMatchObject({
      kind: 'not-started',
      code: 'ENOENT',
    });
  });

  test('can write as much as is allowed to each of its outputs, and no more', async () => {
    const fill = (to: string, bytes: number) => `printf %0${bytes}d 0 >&${to}`;
    const full = '0'.repeat(1000);
    expect(await call(`${fill('1', 1000)}; ${fill('2', 1000)}`)).toEqual({
      kind: 'ended',
      code: 0,
      output: full,
      errors: full,
    });
    const over = await call(`${fill('2', 1001)}; exec sleep 600`);
    expect(over).toMatchObject({ kind: 'too-much-output', code: undefined });
  });

  test('that is ended by a signal is reported by its name', async () => {
    expect(await call('kill -9 $$')).toMatchObject({ kind: 'ended', code: 'SIGKILL' });
  });

  const own = '/proc/self/fd/2';
  (existsSync(own) ? test : test.skip)('can share the standard error of this process', async () => {
    const shown = await call('readlink /proc/$$/fd/2', { errors: 'own' });
    expect(shown).toMatchObject({ output: `${await readlink(own)}\n`, errors: '' });
  });

  test('that does not read its input can end normally', async () => {
    expect(await call('exit 4', { input: 'x'.repeat(1_000_000) })).toMatchObject({
      kind: 'ended',
      code: 4,
    });
  });

  test('that ends right after its output loses none of it', async () => {
    const ends = await Promise.all(
      Array.from({ length: 8 }, () => call('printf %060000d 0; exit 5', { mostBytes: 60_000 })),
    );
    for (const { code, output } of ends) expect([code, output.length]).toEqual([5, 60_000]);
  });

  test('whose output has ended is not waited for', async () => {
    const sleep = (ms: number, over?: AbortSignal) =>
      new Promise<void>((_, reject) => {
        over?.addEventListener('abort', () => reject(new Error(`not ${ms} ms`)));
      });
    const end = await call('echo all', { host: { ...host, clock: { ...host.clock, sleep } } });
    expect(end).toMatchObject({ kind: 'ended', output: 'all\n' });
  });

  test('that no shell can be given is not started', async () => {
    expect(await call('echo \0')).toEqual({
      kind: 'not-started',
      code: 'ERR_INVALID_ARG_VALUE',
      output: '',
      errors: '',
    });
  });

  test('that leaves something behind outside a group does not keep its caller waiting', async () => {
    const asked: (readonly [number, AbortSignal | undefined])[] = [];
    const clock = {
      ...host.clock,
      sleep: async (ms: number, over?: AbortSignal) => {
        asked.push([ms, over]);
        if (ms === 60_000) await host.clock.sleep(ms, over);
      },
    };
    const { signal } = new AbortController();
    const late = (to: string, name: string) =>
      `echo late >&${to} 2>/dev/null && echo heard > ${name} || echo refused > ${name}`;
    const command = `mkfifo gate; exec 3<&0; (trap "" PIPE; read _ < gate; ${late('1', 'out')}; ${late('2', 'err')}; wc -c <&3 >count) & echo started`;
    const end = await call(command, {
      host: { ...host, clock },
      input: 'x'.repeat(1_000_000),
      ownGroup: false,
      signal,
    });
    expect(end).toMatchObject({ kind: 'ended', code: 0 });
    expect(asked.map(([ms, over]) => [ms, over?.aborted])).toEqual([
      [60_000, true],
      [250, true],
    ]);
    expect(getEventListeners(signal, 'abort')).toEqual([]);
    await writeFile(join(dir, 'gate'), '\n');
    expect([await lineOf('out'), await lineOf('err')]).toEqual(['refused', 'refused']);
    expect(Number(await lineOf('count'))).toBeLessThan(1_000_000);
  });
});

/** Runs `work` with a program `taskkill` that records its arguments, or with none. */
async function withTaskkill(script: string | undefined, work: () => Promise<void>) {
  const bin = await mkdtemp(join(dir, 'bin-'));
  const kept = process.env['PATH'];
  if (script !== undefined) await writeFile(join(bin, 'taskkill'), script, { mode: 0o755 });
  process.env['PATH'] = bin;
  try {
    await work();
  } finally {
    process.env['PATH'] = kept;
  }
}

describe('on Windows, a command that hangs', () => {
  const PATH = process.env['PATH'];
  const windows = () => {
    const { host: slow, timeOut } = timed();
    return { host: { ...slow, platform: 'win32' as const }, timeOut };
  };

  test('is ended by taskkill, with everything that it has started', async () => {
    const { host: slow, timeOut } = windows();
    const script = `#!/bin/sh\necho "$@" > '${dir}/killed'\nkill -9 $2\n`;
    await withTaskkill(script, async () => {
      const running = call('echo $$ > hung; exec sleep 600', { host: slow, env: { PATH } });
      const pid = await lineOf('hung');
      timeOut();
      expect(await running).toMatchObject({ kind: 'timed-out' });
      expect(await lineOf('killed')).toBe(`/pid ${pid} /T /F`);
      await goneOf(pid);
    });
  });

  test('is ended by itself if there is no taskkill', async () => {
    const { host: slow, timeOut } = windows();
    await withTaskkill(undefined, async () => {
      const running = call('echo $$ > left-hung; exec sleep 600', { host: slow, env: { PATH } });
      const pid = await lineOf('left-hung');
      timeOut();
      expect(await running).toMatchObject({ kind: 'timed-out' });
      await goneOf(pid);
    });
  });
});
