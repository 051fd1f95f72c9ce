/** The command that prints the API token: what it gets, and what is said if it brings none. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { rm } from 'node:fs/promises';
import { tokenCommands } from '../../src/app/org/token-command.ts';
import { AppError } from '../../src/domain/codes/app-error.ts';
import { host as realHost } from '../../src/host.ts';
import { around, newFolder } from './run-folders.ts';

let root: string;
beforeAll(async () => (root = await newFolder()));
afterAll(() => rm(root, { recursive: true, force: true }));
const never = new AbortController().signal;

/** Runs a command where a timeout comes at once if `late`, and never otherwise. */
const run = (command: string, { late = false, isTty = false, signal = never, cwd = root } = {}) => {
  const { host } = around(cwd, {
    env: { PATH: process.env['PATH'], OKTA_CLIENT_TOKEN: '00secret', OTHER: 'kept' },
    clock: {
      ...realHost.clock,
      sleep: (ms, ending) =>
        late && ms > 1000 ? Promise.resolve() : realHost.clock.sleep(ms, ending),
    },
    stdin: Object.assign(
      { isTty, close: () => undefined },
      {
        async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {},
      },
    ),
  }).context;
  return tokenCommands(host)(command, signal);
};

test('prints the token, in the working folder, without the credential of the org', async () => {
  expect(await run('pwd; echo "$OKTA_CLIENT_TOKEN-$OTHER"')).toBe(`${root}\n-kept\n`);
});

test.each([false, true])(
  'leads its own process group only if nobody could answer it at a terminal: %j',
  async (isTty) => {
    // A group has the id of the process that leads it.
    const told = await run('kill -0 -$$ 2>/dev/null && echo leads || echo follows', { isTty });
    expect(told.trim()).toBe(isTty ? 'follows' : 'leads');
  },
);

describe('without a token', () => {
  const refusal = async (...call: Parameters<typeof run>) => {
    const error: unknown = await run(...call).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(AppError);
    const { code, message, hint } = error as AppError;
    expect([code, hint]).toEqual(['CONFIG_CREDENTIALS', expect.stringContaining('by itself')]);
    return message;
  };

  test.each<[string, string, { late?: boolean }]>([
    ['it ended with 3', 'echo 00secret; exit 3', {}],
    ['it ended with 1', 'exit 1', {}],
    ['it ended with SIGTERM', 'kill -TERM $$', {}],
    ['it took longer than 60 s', 'exec sleep 60', { late: true }],
    ['it printed more than any token has', 'yes | head -c 100000', {}],
  ])('says that %s, and not what it printed', async (fault, command, how) => {
    expect(await refusal(command, how)).toBe(`The token command brought no token: ${fault}.`);
  });

  test('says if it could not be started', async () => {
    expect(await refusal('true', { cwd: `${root}/missing` })).toBe(
      'The token command brought no token: it could not be started (ENOENT).',
    );
  });

  test('after an abort there is nothing to say', async () => {
    const over = new AbortController();
    const running = run('exec sleep 60', { signal: over.signal });
    over.abort(new Error('over'));
    await expect(running).rejects.toThrow('over');
    await expect(run('echo 00x', { signal: over.signal })).rejects.toThrow('over');
  });
});
