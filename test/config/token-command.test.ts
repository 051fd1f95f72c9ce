/** The command that prints a token: when it runs, for whom, and what a call that is given up leaves behind. */
import { getEventListeners } from 'node:events';
import { describe, expect, test } from '@jest/globals';
import { CommandTokens } from '../../src/config/command-tokens.ts';
import { Secret } from '../../src/secrets/secret.ts';

const never = new AbortController().signal;

interface Run {
  readonly prints: (token: string) => void;
  readonly fails: (error: Error) => void;
  readonly signal: AbortSignal;
}

/** A command whose end each test decides. */
function command() {
  const runs: Run[] = [];
  const failed: unknown[] = [];
  const tokens = new CommandTokens({
    run: (signal) =>
      new Promise((resolve, reject) => {
        runs.push({ prints: (token) => resolve(new Secret(token)), fails: reject, signal });
      }),
    failed: (error) => failed.push(error),
  });
  return { tokens, runs, failed };
}

/** Lets everything run that waits for nothing else. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

/** The tokens of a command that has printed `first`. */
async function afterFirst(first: string) {
  const at = command();
  const current = at.tokens.current(never);
  await settled();
  at.runs[0]?.prints(first);
  return { ...at, token: await current };
}

describe('a command that prints tokens', () => {
  test('runs when the first token is needed, and what it printed is kept', async () => {
    const { tokens, runs } = command();
    expect([tokens.held(), tokens.known(), runs.length]).toEqual([undefined, [], 0]);
    const current = tokens.current(never);
    await settled();
    runs[0]?.prints('a');
    const token = await current;
    expect([tokens.held(), tokens.known()]).toEqual([token, [token]]);
    expect(await tokens.current(never)).toBe(token);
    expect(runs).toHaveLength(1);
  });

  test('does not run for a call that is already given up', async () => {
    const { tokens, runs } = command();
    const gone = AbortSignal.abort(new Error('gone'));
    await expect(tokens.current(gone)).rejects.toThrow('gone');
    await settled();
    expect(runs).toEqual([]);
  });

  test('that runs for others does not hold a call that is already given up', async () => {
    const { tokens, runs } = command();
    const current = tokens.current(never);
    await expect(tokens.current(AbortSignal.abort(new Error('gone')))).rejects.toThrow('gone');
    await settled();
    runs[0]?.prints('a');
    expect((await current).reveal()).toBe('a');
    expect(runs).toHaveLength(1);
  });

  test('that fails is an error of each call that waited, and runs again for the next one', async () => {
    const { tokens, runs } = command();
    const waiting = [tokens.current(never), tokens.current(never)];
    const ended = Promise.allSettled(waiting);
    await settled();
    runs[0]?.fails(new Error('locked'));
    expect((await ended).map((each) => each.status === 'rejected' && String(each.reason))).toEqual([
      'Error: locked',
      'Error: locked',
    ]);
    const next = tokens.current(never);
    await settled();
    runs[1]?.prints('b');
    expect((await next).reveal()).toBe('b');
  });

  test('that fails before it waits for anything is only the error of its own calls', async () => {
    let ran = 0;
    const tokens = new CommandTokens({
      run: () => {
        ran += 1;
        if (ran === 1) throw new Error('locked');
        return Promise.resolve(new Secret('b'));
      },
      failed: () => undefined,
    });
    await expect(tokens.current(never)).rejects.toThrow('locked');
    expect((await tokens.current(never)).reveal()).toBe('b');
  });

  test('is given up only with the call that started it', async () => {
    const { tokens, runs } = command();
    const [starter, other] = [new AbortController(), new AbortController()];
    const started = tokens.current(starter.signal);
    const waits = tokens.current(other.signal);
    const ended = Promise.allSettled([started, waits]);
    await settled();
    other.abort(new Error('other'));
    await settled();
    expect([runs.length, runs[0]?.signal]).toEqual([1, starter.signal]);
    runs[0]?.prints('a');
    const [first, second] = await ended;
    expect(first.status === 'fulfilled' && first.value.reveal()).toBe('a');
    expect(second.status === 'rejected' && String(second.reason)).toBe('Error: other');
  });

  test('leaves no listener on a signal that lasts as long as the run', async () => {
    const { tokens, runs } = command();
    const { signal } = new AbortController();
    const ended = Promise.allSettled([tokens.current(signal), tokens.current(signal)]);
    await settled();
    expect(getEventListeners(signal, 'abort').length).toBeGreaterThan(0);
    runs[0]?.fails(new Error('locked'));
    await ended;
    await settled();
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });
});

describe('after a rejection', () => {
  test('a call that is given up rejects with its own reason, and reports no failure', async () => {
    const { tokens, runs, failed, token } = await afterFirst('a');
    const leaving = new AbortController();
    const next = tokens.after(token, leaving.signal);
    const ended = expect(next).rejects.toThrow('stopped');
    await settled();
    leaving.abort(new Error('stopped'));
    runs[1]?.fails(new Error('killed'));
    await ended;
    expect(failed).toEqual([]);
  });

  test('a call that was rejected while the command runs again waits for what it prints', async () => {
    const { tokens, runs, token } = await afterFirst('a');
    const both = Promise.all([tokens.after(token, never), tokens.after(token, never)]);
    await settled();
    expect(runs).toHaveLength(2);
    runs[1]?.prints('b');
    expect((await both).map((each) => each?.reveal())).toEqual(['b', 'b']);
    expect(tokens.held()?.reveal()).toBe('b');
  });

  test('a failure is reported once, with its reason, and no other token is offered', async () => {
    const { tokens, runs, failed, token } = await afterFirst('a');
    const next = tokens.after(token, never);
    await settled();
    const why = new Error('locked');
    runs[1]?.fails(why);
    expect(await next).toBeUndefined();
    expect(failed).toEqual([why]);
    expect(await tokens.after(token, never)).toBeUndefined();
    expect([runs.length, failed.length]).toEqual([2, 1]);
  });

  test('of a token that is no longer used, the current one is offered, and nothing runs', async () => {
    const { tokens, runs, token } = await afterFirst('a');
    expect(await tokens.after(new Secret('older'), never)).toBe(token);
    expect(runs).toHaveLength(1);
  });
});
