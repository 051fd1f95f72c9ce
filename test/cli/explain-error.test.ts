/** How an error is printed: for a person, for a program, with its causes, and with which exit code. */
import { describe, expect, test } from '@jest/globals';
import { stripVTControlCharacters } from 'node:util';
import { StopRequest } from '../../src/app/run/interrupt.ts';
import { codeOfOutput, explainError } from '../../src/cli/screens/explain-error.ts';
import { AppError } from '../../src/domain/codes/app-error.ts';
import { terminalOn } from './terminal-on.ts';

type Around = NonNullable<Parameters<typeof terminalOn>[0]>;

async function explained(error: unknown, around: Around = {}, argv: readonly string[] = []) {
  const { terminal, out, err } = terminalOn(around);
  const code = await explainError(error, terminal, argv);
  return { code, out: out(), err: stripVTControlCharacters(err()), raw: err() };
}

const refused = (cause?: unknown) =>
  new AppError('RUN_NOT_FOUND', 'There is no run x.', {
    hint: 'okta-reset runs lists them.',
    cause,
  });

test('says what is wrong and its code, and what to do on the last line', async () => {
  const { code, out, err } = await explained(refused());
  expect([code, out]).toEqual([3, '']);
  expect(err).toBe('Error There is no run x. [RUN_NOT_FOUND]\n  → okta-reset runs lists them.\n');
});

test('names a command as this program is started', async () => {
  const { err } = await explained(refused(), { program: 'npx okta-reset' });
  expect(err).toContain('  → npx okta-reset runs lists them.\n');
});

test('lists the causes, the first five of them', async () => {
  const chain = [1, 2, 3, 4, 5, 6].reduceRight<unknown>(
    (cause, n) => new Error(`cause ${n}`, { cause }),
    undefined,
  );
  const { err } = await explained(refused(chain));
  expect(err.match(/because: .*/g)).toEqual([1, 2, 3, 4, 5].map((n) => `because: cause ${n}`));
});

test.each([
  ['a text', 'because: a text'],
  [{ odd: true }, 'because: unknown cause'],
])('a cause that is not an error (%j) is shown as “%s”', async (cause, says) => {
  expect((await explained(refused(cause))).err.match(/because: .*/g)).toEqual([says]);
});

test('with --json it is an event too, with the code that the process ends with', async () => {
  const { out, err } = await explained(refused(new Error('why')), { flags: { json: true } });
  expect(JSON.parse(out)).toEqual({
    ...{ v: 1, type: 'error', code: 'RUN_NOT_FOUND', message: 'There is no run x.' },
    ...{ hint: 'okta-reset runs lists them.', exitCode: 3 },
  });
  expect(out.endsWith('}\n')).toBe(true);
  expect(err).toContain('[RUN_NOT_FOUND]');
});

test.each([
  [new Error('x is not a function'), 'because: x is not a function'],
  ['only a text', 'because: only a text'],
])('anything else is a bug, which is said (%s)', async (error, because) => {
  const { code, err } = await explained(error);
  expect([code, err]).toEqual([
    1,
    expect.stringContaining('This is a bug in okta-reset. [INTERNAL]'),
  ]);
  expect(err).toContain(because);
  expect(err).toContain('okta-reset resume --last');
  expect(err).not.toMatch(/^\s+at /m);
});

test('a stack is printed only with -v', async () => {
  expect((await explained(refused())).err).not.toMatch(/^ +at /m);
  expect((await explained(refused(), { flags: { verbose: true } })).err).toMatch(/^ +at /m);
  expect((await explained('a text', { flags: { verbose: true } })).err).not.toMatch(/^ +at /m);
});

const TOKEN = '00abcdefghijklmnopqrstuvwxyzABCDEFGHIJ0123';

test('a token that was typed is not shown: in the message, its advice, its causes or the stack', async () => {
  const error = new AppError('USAGE', `No file ${TOKEN}.`, {
    hint: `Look at ${TOKEN}.`,
    cause: new Error(`open ${TOKEN}`),
  });
  for (const json of [false, true]) {
    const around = { flags: { verbose: true, json } };
    const { out, err } = await explained(error, around, ['plan', `--file=${TOKEN}`]);
    expect(out + err).not.toContain(TOKEN);
    expect(err).toContain('because: open');
  }
});

describe('the width of a terminal', () => {
  const long = new AppError('USAGE', `${'word '.repeat(40).trim()}.`, {
    hint: `${'advice '.repeat(30).trim()}.\nA second line.`,
    cause: new Error('reason '.repeat(30).trim()),
  });

  test.each([40, 80, 300])(
    '%d cells: a terminal has lines that fit, up to 110',
    async (columns) => {
      const { err } = await explained(long, { ttys: ['err'], columns });
      const lines = err.trimEnd().split('\n');
      const widest = Math.max(...lines.map(({ length }) => length));
      expect(widest).toBeLessThan(Math.min(columns, 110));
      expect(widest).toBeGreaterThan(Math.min(columns, 110) - 16);
      expect(lines[0]).toMatch(/^Error word word/);
      expect(lines.slice(1).filter((line) => !line.startsWith('  '))).toEqual([]);
      expect(lines.at(-1)).toBe('    A second line.');
      expect(lines.filter((line) => line.startsWith('  → '))).toHaveLength(1);
    },
  );

  test('advice fills its lines to the last cell but one', async () => {
    const advice = new AppError('USAGE', 'No.', { hint: 'a '.repeat(100).trim() });
    const { err } = await explained(advice, { ttys: ['err'], columns: 80 });
    expect(
      err
        .split('\n')
        .slice(1, 3)
        .map(({ length }) => length),
    ).toEqual([79, 79]);
  });

  test('a pipe has one line for each', async () => {
    const { err } = await explained(long, { columns: 40 });
    expect(
      err
        .trimEnd()
        .split('\n')
        .map((line) => line.slice(0, 10)),
    ).toEqual(['Error word', '  because:', '  → advice', '    A seco']);
  });

  test('only “Error” is bold and red, and the code is dim', async () => {
    const { raw } = await explained(refused(), { ttys: ['err'] });
    const pieces = raw.split('\u001b[').map((piece) => piece.replace(/^[\d;]*m/, ''));
    expect(pieces).toContain('Error');
    expect(pieces).toContain('[RUN_NOT_FOUND]');
    expect(pieces).toContain(' There is no run x. ');
  });
});

describe('a stop', () => {
  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 143],
  ] as const)('by %s ends with %d, and nothing was sent', async (signal, code) => {
    const ended = await explained(new StopRequest(signal), { flags: { json: true } });
    expect(ended).toMatchObject({ code, out: '', err: 'Stopped. Nothing was sent this time.\n' });
  });

  test.each<[Around['broken'], boolean, number, out: string, err: string]>([
    [{ out: 'EPIPE' }, false, 143, '', ''],
    [{}, false, 143, '', ''],
    [{ err: 'EPIPE' }, false, 143, '', ''],
    [{ out: 'ENOSPC' }, false, 7, '', 'Standard output cannot be written (ENOSPC): stopped'],
    [{ out: 'ENOSPC' }, true, 7, '', 'Standard output cannot be written (ENOSPC): stopped'],
    [{ err: 'EIO' }, false, 7, 'Standard error cannot be written (EIO): stopped', ''],
    // The lines of --json are for a program.
    [{ err: 'EIO' }, true, 7, '', ''],
    [{ out: 'ENOSPC', err: 'EIO' }, false, 7, '', 'Standard output cannot be written (ENOSPC)'],
  ])('of an output (%j; --json: %s) ends with %d', async (broken = {}, json, code, out, err) => {
    const ended = await explained(new StopRequest('SIGPIPE'), { broken, flags: { json } });
    expect([ended.code, ended.out === '', ended.err === '']).toEqual([
      code,
      out === '',
      err === '',
    ]);
    expect(ended.out.startsWith(out) && ended.err.startsWith(err)).toBe(true);
  });
});

describe('a command that has ended', () => {
  test.each([
    [0, undefined, 0],
    [0, 'EPIPE', 0],
    [0, 'ENOSPC', 7],
    [4, 'ENOSPC', 4],
    [4, undefined, 4],
  ])('with %d and an output that is broken by %s ends with %d', async (code, out, ends) => {
    const { terminal, err } = terminalOn({ broken: out === undefined ? {} : { out } });
    expect(await codeOfOutput(code, terminal)).toBe(ends);
    expect(err().includes('(ENOSPC): the output there is incomplete.')).toBe(ends === 7);
  });
});
