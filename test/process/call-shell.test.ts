import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
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
    const running = call('echo $$ > alone; exec sleep 600', { host: slow, ownGroup: false });
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
});
