import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { guide } from '../../src/cli/guide/guide.ts';
import { runCli } from '../../src/cli/run-cli.ts';
import { prompterOn, type PromptLibrary } from '../../src/cli/terminal/prompter.ts';
import { openTerminal } from '../../src/cli/terminal/terminal.ts';
import { STEERS_TERMINAL } from '../fuzz/ground.ts';
import { HOSTILE } from '../integration/forgery.ts';
import { eligible, startCliRig, userFlags, type CliRig } from './rig.ts';

let rig: CliRig;
beforeAll(async () => {
  rig = await startCliRig({ users: 20 });
});
afterAll(() => rig.close());

/** A library of prompts that shows nothing, keeps each text that it gets, and answers from a list. */
function kept(answers: readonly unknown[]) {
  const left = [...answers];
  const shown: string[] = [];
  /** Texts on one line, which is followed by another text. */
  const lines: string[] = [];
  const asked: object[] = [];
  const ask = async (options: object): Promise<never> => {
    asked.push(options);
    const { message, options: choices = [] } = options as {
      readonly message: string;
      readonly options?: readonly { readonly label?: string; readonly hint?: string }[];
    };
    lines.push(message, ...choices.flatMap(({ label = '', hint = '' }) => [label, hint]));
    if (left.length === 0) throw new Error(`nothing answers “${message}”`);
    const answer = left.shift();
    const { validate } = options as { readonly validate?: (text: string) => string | undefined };
    const wrong = validate?.(String(answer));
    if (wrong === undefined) return answer as never;
    lines.push(wrong);
    return ask(options);
  };
  const library: PromptLibrary = {
    intro: (title = '') => void lines.push(title),
    outro: (text = '') => void shown.push(text),
    note: (text = '', title = '') => void (shown.push(text), lines.push(title)),
    log: { error: (text) => void shown.push(text) },
    select: ask,
    multiselect: ask,
    text: ask,
    password: ask,
  };
  return { prompter: prompterOn(library), shown, lines, left, asked };
}

function expectPlain({ shown, lines }: Pick<ReturnType<typeof kept>, 'shown' | 'lines'>): void {
  expect(shown.length + lines.length).toBeGreaterThan(0);
  for (const text of [...shown, ...lines]) {
    expect(text).not.toMatch(STEERS_TERMINAL);
    expect(text).not.toMatch(/\nFORGED/);
  }
  for (const text of lines) expect(text).not.toContain('\n');
}

test('every question, choice, hint and note is made safe, and stays on one line', async () => {
  const asked = kept([HOSTILE, [HOSTILE], 'text', 'secret']);
  const { prompter } = asked;
  const choices = [{ value: HOSTILE, label: HOSTILE, hint: HOSTILE }];
  prompter.begin(HOSTILE);
  expect(await prompter.choose(HOSTILE, choices)).toBe(HOSTILE);
  expect(await prompter.several(HOSTILE, choices, [])).toEqual([HOSTILE]);
  const refuse = () => (asked.left.length === 2 ? HOSTILE : undefined);
  await prompter.ask(HOSTILE, { check: refuse });
  prompter.note(HOSTILE, ['one', HOSTILE, 'two']);
  prompter.problem([HOSTILE, HOSTILE]);
  prompter.end([HOSTILE, HOSTILE]);
  expectPlain(asked);
  expect(asked.shown[0]?.split('\n')).toHaveLength(3);
});

test('an example is shown where there is one', async () => {
  const { prompter, asked } = kept(['a', 'b']);
  const check = () => undefined;
  await prompter.ask('Which?', { example: 'users.csv', check });
  await prompter.ask('Which?', { check });
  expect(asked).toEqual([
    { message: 'Which?', placeholder: 'users.csv', validate: expect.any(Function) },
    { message: 'Which?', validate: expect.any(Function) },
  ]);
});

test('nothing needs to be ticked', async () => {
  const { prompter, asked } = kept([[]]);
  expect(await prompter.several('What else?', [{ value: 'a', label: 'A' }], ['a'])).toEqual([]);
  expect(asked).toEqual([
    {
      ...{ message: 'What else?', options: [{ value: 'a', label: 'A' }] },
      ...{ initialValues: ['a'], required: false },
    },
  ]);
});

/** The name of a file cannot contain a slash, and cannot be longer than this. */
const NAME = HOSTILE.replaceAll('/', '_');

test('the guide with files, columns, groups, runs and an org that have hostile names', async () => {
  const [id = ''] = eligible(rig.org, 1);
  const cell = `"${HOSTILE}"`;
  await writeFile(join(rig.dir, NAME), `id,${cell}\n${id},${cell}\n${cell},x\n`);
  await writeFile(join(rig.dir, 'two.csv'), `${cell},"b${HOSTILE}"\n${cell},x\n`);
  const planned = ['plan', ...userFlags([id]), '--out', 'reports/plan', '-q'];
  expect((await rig.type(planned)).code).toBe(0);
  await rename(join(rig.dir, 'reports/plan'), join(rig.dir, 'reports', NAME));
  await mkdir(join(rig.dir, 'reports', `other-${NAME}`));
  const asked = kept([
    ...['new', 'typed', HOSTILE, rig.org.url, 'token', `00${HOSTILE}`, 'again', rig.org.token],
    ...['file', HOSTILE, 'file', 'two.csv', 'column', HOSTILE, 'back'],
    ...['file', NAME, 'column', HOSTILE, 'column', 'id', 'yes'],
    ...['reset-password', [], 'later'],
  ]);
  const { host, out, err } = rig.host({ tty: true, stdin: '', env: { NO_COLOR: '1' } });
  const code = await guide({
    prompter: asked.prompter,
    terminal: openTerminal(host, {
      json: false,
      quiet: false,
      verbose: false,
      color: false,
      input: true,
    }),
    call: (argv, elsewhere, seen) => runCli(argv, elsewhere, '0.0.0', seen),
  });
  expect([code, asked.left]).toEqual([0, []]);
  expectPlain({ ...asked, shown: [...asked.shown, out(), err()] });
  const group = kept(['new', 'known', 'group', HOSTILE, 'reset-password', [], 'leave']);
  const elsewhere = rig.host({ tty: true, stdin: '', env: { NO_COLOR: '1' } });
  await guide({
    prompter: group.prompter,
    terminal: openTerminal(elsewhere.host, {
      json: false,
      quiet: false,
      verbose: false,
      color: false,
      input: true,
    }),
    call: (argv, where, seen) => runCli(argv, where, '0.0.0', seen),
  });
  expectPlain({ ...group, shown: [...group.shown, elsewhere.out(), elsewhere.err()] });
});
