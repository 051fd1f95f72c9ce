import { describe, expect, test } from '@jest/globals';
import { getEventListeners } from 'node:events';
import { tmpdir } from 'node:os';
import { host } from '../../src/host.ts';
import {
  callProgram,
  withoutCredentials,
  type ProgramCall,
} from '../../src/process/call-program.ts';

/** A call of Node with a script that only ends by itself. */
const node = (script: string, more: Partial<ProgramCall> = {}): ProgramCall => ({
  program: process.execPath,
  args: ['-e', script],
  cwd: tmpdir(),
  env: { PATH: process.env['PATH'] },
  input: '',
  timeoutMs: 60_000,
  mostBytes: 1000,
  sleep: host.clock.sleep,
  signal: new AbortController().signal,
  ...more,
});

const FOREVER = 'setInterval(() => {}, 1000)';

describe('a program', () => {
  test('gets its input and its environment, and nothing else', async () => {
    const script =
      'process.stdin.pipe(process.stdout); console.error(Object.keys(process.env).filter((n) => /OKTA|GIVEN/.test(n)).join()); process.on("exit", () => { process.exitCode = 3; })';
    const env = withoutCredentials({ OKTA_CLIENT_TOKEN: 'x', okta_api_token: 'x', GIVEN: '1' });
    const end = await callProgram(node(script, { input: 'what it reads', env }));
    expect(end).toEqual({
      kind: 'ended',
      code: 3,
      output: Buffer.from('what it reads'),
      errors: 'GIVEN\n',
    });
  });

  test('that does not read its input can end normally', async () => {
    const end = await callProgram(node('process.exit(4)', { input: 'x'.repeat(1_000_000) }));
    expect(end).toMatchObject({ kind: 'ended', code: 4 });
  });

  test('that does not exist is reported by the system’s code', async () => {
    const end = await callProgram(node('', { program: 'no-such-program-of-okta-reset' }));
    expect(end).toEqual({ kind: 'not-started', code: 'ENOENT' });
  });

  test('that is ended by a signal has no exit code', async () => {
    const end = await callProgram(node('process.kill(process.pid, "SIGKILL")'));
    expect(end).toEqual({ kind: 'ended', code: undefined, output: Buffer.from(''), errors: '' });
  });

  test('can write as much as is allowed to each of its outputs', async () => {
    const script = `process.stdout.write('x'.repeat(999)); process.stdout.write('y'); process.stderr.write('z'.repeat(1000))`;
    expect(await callProgram(node(script))).toEqual({
      kind: 'ended',
      code: 0,
      output: Buffer.from(`${'x'.repeat(999)}y`),
      errors: 'z'.repeat(1000),
    });
  });

  test.each(['stdout', 'stderr'])(
    'that writes more than allowed to %s is ended, even if it ignores requests to end',
    async (name) => {
      const script = `process.on('SIGTERM', () => {}); process.${name}.write('x'.repeat(1001)); ${FOREVER}`;
      expect(await callProgram(node(script))).toEqual({ kind: 'too-much-output' });
    },
  );

  test('leaves neither an alarm nor a listener', async () => {
    const { signal } = new AbortController();
    const alarms: (AbortSignal | undefined)[] = [];
    const sleep = (ms: number, over?: AbortSignal) => {
      alarms.push(over);
      return host.clock.sleep(ms, over);
    };
    await callProgram(node('', { signal, sleep }));
    expect(alarms.map((over) => over?.aborted)).toEqual([true]);
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  test('that hangs is ended when its time is over', async () => {
    const asked: number[] = [];
    const sleep = (ms: number) => {
      asked.push(ms);
      return Promise.resolve();
    };
    expect(await callProgram(node(FOREVER, { sleep }))).toEqual({ kind: 'timed-out' });
    expect(asked).toEqual([60_000]);
  });

  test('is ended by an abort, and the caller gets its reason', async () => {
    const stop = new AbortController();
    const reason = new Error('stopped');
    const call = callProgram(node(FOREVER, { signal: stop.signal }));
    stop.abort(reason);
    await expect(call).rejects.toBe(reason);
    await expect(callProgram(node(FOREVER, { signal: stop.signal }))).rejects.toBe(reason);
  });
});
