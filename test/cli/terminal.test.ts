/** What a terminal is used for: whom it asks, what it redraws, where colors are, and how lines are read. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { openLineInput, readLine } from '../../src/cli/terminal/line-input.ts';
import { wordsOf } from '../../src/text/styled.ts';
import { terminalOn } from './terminal-on.ts';

type Around = NonNullable<Parameters<typeof terminalOn>[0]>;
const ALL = ['in', 'out', 'err'] as const;

describe('a terminal', () => {
  test.each<[boolean, Around]>([
    [true, { ttys: ALL }],
    [true, { ttys: ['in', 'err'] }],
    [false, { ttys: ['in', 'out'] }],
    [false, { ttys: ['out', 'err'] }],
    [false, { ttys: ALL, flags: { input: false } }],
    [false, { ttys: ALL, flags: { json: true } }],
    [true, { ttys: ALL, env: { CI: '1', NO_COLOR: '1', TERM: 'dumb' } }],
    [true, { ttys: ALL, flags: { quiet: true, color: false } }],
  ])('has somebody to ask: %s (%j)', (interactive, around) => {
    expect(terminalOn(around).terminal.interactive).toBe(interactive);
  });

  test.each<[boolean, Around]>([
    [true, { ttys: ALL }],
    [true, { ttys: ['err'] }],
    [false, { ttys: ['in', 'out'] }],
    [true, { ttys: ALL, env: { CI: '', NO_COLOR: '', TERM: 'xterm' } }],
    [false, { ttys: ALL, env: { CI: 'true' } }],
    [false, { ttys: ALL, env: { NO_COLOR: '1' } }],
    [false, { ttys: ALL, env: { TERM: 'dumb' } }],
    [false, { ttys: ALL, flags: { color: false } }],
    [false, { ttys: ALL, flags: { json: true } }],
  ])('can be redrawn: %s (%j)', (animated, around) => {
    expect(terminalOn(around).terminal.animated).toBe(animated);
  });

  test.each<[out: boolean, err: boolean, Around]>([
    [true, true, { ttys: ALL }],
    [true, true, { ttys: ALL, env: { CI: '1', NO_COLOR: '', TERM: 'xterm' } }],
    [true, false, { ttys: ['out'] }],
    [false, true, { ttys: ['err'] }],
    [false, false, { ttys: ['in'] }],
    [false, false, { ttys: ALL, env: { NO_COLOR: '1' } }],
    [false, false, { ttys: ALL, env: { TERM: 'dumb' } }],
    [false, false, { ttys: ALL, flags: { color: false } }],
  ])('has colors on standard output: %s, on standard error: %s (%j)', async (out, err, around) => {
    const opened = terminalOn(around);
    const { terminal } = opened;
    await terminal.out(terminal.outStyle.bold('a'));
    await terminal.err(terminal.style.red('b'));
    expect([opened.out() !== 'a', opened.err() !== 'b']).toEqual([out, err]);
    expect(wordsOf(terminal.outStyle.bold('a'))).toBe('a');
  });
});

/** A standard input that gives these pieces. */
function typing(pieces: readonly Uint8Array[]) {
  let closed = 0;
  const stdin = Object.assign(
    {
      async *[Symbol.asyncIterator]() {
        yield* pieces;
      },
    },
    { isTty: true, close: () => void (closed += 1) },
  );
  return { stdin, closed: () => closed };
}

describe('lines that are typed', () => {
  test('are the same wherever the pieces end, also within a character', async () => {
    const word = fc.string({ unit: fc.constantFrom('a', ' ', 'ß', '👍', '\t'), maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(
        fc.array(word, { minLength: 1, maxLength: 4 }),
        fc.constantFrom('\n', '\r\n'),
        fc.integer({ min: 1, max: 5 }),
        async (words, end, size) => {
          const bytes = Buffer.from(words.map((text) => text + end).join(''));
          const count = Math.ceil(bytes.length / size);
          const pieces = Array.from({ length: count }, (_, at) =>
            bytes.subarray(at * size, (at + 1) * size),
          );
          const { stdin } = typing(pieces);
          for (const text of words) expect(await readLine(stdin)).toBe(text.trim());
          expect(await readLine(stdin)).toBeUndefined();
        },
      ),
      { numRuns: 60 },
    );
  });

  test('can end without a line end; after that there are none', async () => {
    const { stdin } = typing([Buffer.from('one\n two ')]);
    const read = [await readLine(stdin), await readLine(stdin), await readLine(stdin)];
    expect(read).toEqual(['one', 'two', undefined]);
  });

  test('an empty line is an answer, and the end of the input is none', async () => {
    const { stdin } = typing([Buffer.from('\n')]);
    expect([await readLine(stdin), await readLine(stdin)]).toEqual(['', undefined]);
  });

  test('are read until a signal, which ends a wait and refuses the next one', async () => {
    let reads = 0;
    const next = () => {
      reads += 1;
      return new Promise<never>(() => undefined);
    };
    const stdin = { [Symbol.asyncIterator]: () => ({ next }), isTty: true, close: () => undefined };
    const input = openLineInput(stdin);
    const stop = new AbortController();
    const waits = input.next(stop.signal);
    stop.abort(new Error('Ctrl-C'));
    await expect(waits).rejects.toThrow('Ctrl-C');
    await expect(input.next(stop.signal)).rejects.toThrow('Ctrl-C');
    expect(reads).toBe(1);
  });

  test('closing them closes the input', () => {
    const { stdin, closed } = typing([]);
    const input = openLineInput(stdin);
    expect(closed()).toBe(0);
    input.close();
    expect(closed()).toBe(1);
  });
});
