/** What single commands print and refuse, apart from runs. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SHELLS } from '../../src/cli/completion/completion.ts';
import { runCli } from '../../src/cli/run-cli.ts';
import type { Host } from '../../src/domain/host.ts';
import type { RunFile } from '../../src/domain/run/run-file.ts';
import { eligible, startCliRig, userFlags, type CliRig } from './rig.ts';

let rig: CliRig;
let ids: readonly string[];
beforeAll(async () => {
  rig = await startCliRig({ users: 40 });
  ids = eligible(rig.org, 4);
  const ended = await rig.type(['run', ...userFlags(ids.slice(0, 3)), '--out', 'run', ...YES]);
  if (ended.code !== 0) throw new Error(ended.err);
});
afterAll(() => rig.close());

const YES = ['--yes', '--max-users', '50'];
const writes = () => JSON.stringify(rig.org.stats().effects);

type Refused = [argv: readonly string[], message: string, hint: string];

describe('refused with what helps', () => {
  let before: string;
  beforeEach(() => {
    before = writes();
  });

  test.each<Refused>([
    [
      ['users', '--all', '--rockstar', '--columns', 'id'],
      '--rockstar and --columns do not go together.',
      'Leave one of the two out.',
    ],
    [['users', '--all', '--columns', ' , '], '--columns is empty.', '--columns id,status,login'],
    [['users'], 'users', '--file'],
    [
      ['report', 'run', '--verify', '--format', 'json'],
      '--verify prints no report.',
      'Leave --format out.',
    ],
    [['completion', 'zhs'], 'No completion for “zhs” is known.', 'Did you mean zsh?'],
    [['completion', 'x'], 'No completion for “x” is known.', `one of ${SHELLS.join(', ')}.`],
    [['explain', 'qqqqqq'], 'No code “qqqqqq” is known.', 'docs/errors.md lists all codes.'],
    [['explain', 'E0000074x'], 'No code “E0000074x” is known.', 'Did you mean E0000'],
    [['secrets', 'keygen'], 'secrets keygen needs --out FILE.', 'keygen --out key.txt'],
    [['secrets'], 'secrets needs one of these words after it: keygen or open.', '--help'],
    [['secrets', 'opne'], 'Unknown command “secrets opne”.', 'okta-reset secrets open'],
    [['secrets', '--show'], 'secrets needs one of these words', 'okta-reset secrets --help'],
    [['zzzzzz'], 'Unknown command “zzzzzz”.', 'okta-reset --help lists the commands.'],
    [['--quiet'], 'There is no command before --quiet.', '--help lists the commands.'],
    [
      ['report'],
      'report needs a run.',
      'okta-reset report reports/RUN, or okta-reset report --last',
    ],
    ...['resume', 'rerun', 'followup', 'secrets open'].map((name): Refused => [
      name.split(' '),
      `${name} needs a run.`,
      `okta-reset ${name} reports/RUN, or okta-reset ${name} --last`,
    ]),
    [['report', 'run', '--last'], 'report takes a run or --last, not both.', 'report --last'],
    [
      ['run', '--all', '--exclusive-volume'],
      '--exclusive-volume goes with --plan',
      'okta-reset resume RUN --confirm COUNT@HOST --exclusive-volume',
    ],
    [
      ['run', '--plan', 'run', '--out', 'x'],
      '--out and --plan do not go together.',
      'executed in its own folder.',
    ],
    [
      ['run', '--plan', 'run', '--dry-run'],
      '--dry-run and --plan do not go together.',
      'okta-reset report RUN.',
    ],
    [
      ['run', '--plan', 'run', '--revoke-sessions'],
      '--revoke-sessions cannot change a saved plan.',
      'Make a new one with okta-reset plan.',
    ],
    [
      ['run', '--all', '--confirm', '3@acme.okta.com#c0ffee00'],
      'has the digest of a saved plan, but this command makes a new plan.',
      'okta-reset run --plan RUN with the same --confirm.',
    ],
    [['console'], 'This is a bug in okta-reset.', 'okta-reset resume --last'],
  ])('%j', async (argv, message, hint) => {
    const { code, events, err } = await rig.type([...argv, '--json']);
    const error = events.at(-1) as { readonly message: string; readonly hint: string };
    expect([error.message, error.hint]).toEqual([
      expect.stringContaining(message),
      expect.stringContaining(hint),
    ]);
    expect([code, err.includes('→')]).toEqual([argv[0] === 'console' ? 1 : 2, true]);
    expect(writes()).toBe(before);
  });

  test.each([
    ['--max-users', ['5']],
    ['--force-unlock', []],
    ['--out', ['x']],
    ['--only', ['link-dead']],
    ['--action', ['suspend']],
    ['--again', []],
    ['--secrets-plaintext', []],
  ])('followup %s without --resend', async (flag, value) => {
    const { code, err } = await rig.type(['followup', 'run', flag, ...value]);
    expect([code, err]).toEqual([2, expect.stringContaining(`${flag} works only with --resend.`)]);
  });

  test('-v before a wrong command line prints where it was refused', async () => {
    expect((await rig.type(['plan', '--nope', '-v'])).err).toMatch(/^ +at /m);
    expect((await rig.type(['plan', '--nope'])).err).not.toMatch(/^ +at /m);
  });
});

describe('users', () => {
  const titles = async (...flags: readonly string[]) => {
    const { code, out, err } = await rig.type(['users', '--user', ids[0] ?? '', ...flags]);
    expect(code).toBe(0);
    return { title: out.split(/\r?\n/)[0], err };
  };

  test('have Rockstar’s columns with --rockstar, and others without', async () => {
    expect(await titles('--rockstar')).toEqual({
      title: 'User Id,Status,Username,First name,Last name,Primary email',
      err: '1 user exported.\n',
    });
    expect((await titles()).title).toBe(
      'id,status,login,email,firstName,lastName,provider,passwordChanged',
    );
    expect((await titles('--columns', ' id ,, login')).title).toBe('id,login');
  });

  test('each of Rockstar’s columns has what its title says', async () => {
    const { out } = await rig.type(['users', '--user', ids[0] ?? '', '--rockstar']);
    const [id, status, login, first, last, email] = out.split(/\r?\n/)[1]?.split(',') ?? [];
    const user = [...rig.org.users()].find((each) => each.id === ids[0]);
    expect([id, status, login, email]).toEqual([
      user?.id,
      expect.stringMatching(/^[A-Z_]+$/),
      user?.login,
      user?.login,
    ]);
    expect([first, last].every((name) => (name ?? '') !== '')).toBe(true);
  });

  test('a column that was asked for and is empty is reported, also of one user', async () => {
    expect((await titles('--columns', 'id,nothing')).err).toContain('a value for nothing.');
    const never = [...rig.org.users()].find(({ provider }) => provider === 'SOCIAL');
    const { out, err } = await rig.type(['users', '--user', never?.id ?? '']);
    expect([out, err]).toEqual([expect.stringMatching(/,SOCIAL,\r?\n$/), '1 user exported.\n']);
  });

  test('are one JSON line each with --json, and nothing is counted with -q', async () => {
    const { events, err } = await rig.type(['users', '--user', ids[0] ?? '', '--json', '-q']);
    expect(events).toEqual([expect.objectContaining({ id: ids[0] })]);
    expect(err).toBe('');
  });
});

describe('report', () => {
  test('for a person names the commands as they are typed here, and a document does not', async () => {
    const printed = async (...more: readonly string[]) => {
      const { host, out } = rig.host();
      await runCli(['report', 'run', ...more], { ...host, program: 'npx okta-reset' }, '0.0.0');
      return out().includes('npx okta-reset');
    };
    expect(await printed()).toBe(true);
    expect(await printed('--format', 'text')).toBe(true);
    expect(await printed('--format', 'json')).toBe(false);
  });

  test('with --json is one event, and a requested document is only itself', async () => {
    const { events } = await rig.type(['report', 'run', '--json']);
    expect(events).toEqual([
      expect.objectContaining({ type: 'summary', dir: join(rig.dir, 'run'), v: 1 }),
    ]);
    for (const more of [[], ['--json']]) {
      const { out } = await rig.type(['report', 'run', '--format', 'json', ...more]);
      expect(JSON.parse(out)).toMatchObject({ rows: [{}, {}, {}] });
      expect(out).not.toContain('"type"');
    }
  });

  test('of a sealed run says that the files stay', async () => {
    await cp(join(rig.dir, 'run'), join(rig.dir, 'sealed'), { recursive: true });
    const sealed = await rig.type(['report', 'sealed', '--seal', '--json']);
    expect(sealed.events.map(({ type }) => type as string)).toEqual(
      expect.arrayContaining(['sealed', 'summary']),
    );
    expect(sealed.events[0]).toMatchObject({ dir: join(rig.dir, 'sealed'), signed: false });
    const { err } = await rig.type(['report', 'sealed']);
    expect(err.replace(/\s+/g, ' ')).toMatch(
      /^This run is sealed\. Its report is printed, and its files stay as they are; --verify /,
    );
    expect((await rig.type(['report', 'sealed', '-q'])).err).toBe('');
    const verified = await rig.type(['report', 'sealed', '--verify', '--json']);
    expect([verified.code, verified.events]).toMatchObject([
      0,
      [{ type: 'verified', dir: join(rig.dir, 'sealed'), holds: true, faults: [] }],
    ]);
  });
});

test('a new key is printed as its recipient, with what to do with it unless -q', async () => {
  const loud = await rig.type(['secrets', 'keygen', '--out', "it's.txt"]);
  const recipient = loud.out.trim();
  expect(await readFile(join(rig.dir, "it's.txt"), 'utf8')).toContain(recipient);
  expect(loud.err).toContain(`Seal to it:  --secrets-recipient ${recipient}\n`);
  expect(loud.err).toContain(`secrets open RUN --identity 'it'\\''s.txt'\n`);
  const quiet = await rig.type(['secrets', 'keygen', '--out', 'b.txt', '-q']);
  expect([quiet.code, quiet.err, quiet.out]).toEqual([0, '', expect.stringMatching(/^age1\w+\n$/)]);
  // Two letters behind one dash.
  const both = await rig.type(['secrets', 'keygen', '--out', 'd.txt', '-vq']);
  expect([both.code, both.err]).toEqual([0, '']);
  const json = await rig.type(['secrets', 'keygen', '--out', 'c.txt', '--json']);
  expect([json.err, json.events]).toMatchObject(['', [{ type: 'key', file: 'c.txt' }]]);
});

describe('a plan', () => {
  const planned = (out: string, ...more: readonly string[]) =>
    rig.type(['plan', '--user', ids[3] ?? '', '--out', out, ...more]);

  test('is one line with -q', async () => {
    const { out, err } = await planned('quiet', '-q');
    const host = new URL(rig.org.url).host;
    expect([out, err]).toEqual([`1 user on ${host} would be acted on. Plan: quiet\n`, '']);
  });

  test('is its preview as one event with --json, also with -q', async () => {
    for (const [out, ...more] of [['event'], ['quiet-event', '-q']] as const) {
      const { events, err } = await planned(out, '--json', ...more);
      const dir = join(rig.dir, out);
      expect([events, err]).toEqual([[expect.objectContaining({ type: 'preview', dir })], '']);
      expect(await readFile(join(dir, 'report.html'), 'utf8')).toContain('DRY RUN');
    }
  });

  test('whose secrets need a key says how to make one, once none is named', async () => {
    const action = ['--action', 'temp-password'];
    expect((await planned('key', ...action)).out).toContain('need a key. Make one:');
    expect((await planned('plain', ...action, '--secrets-plaintext')).out).not.toContain('a key');
    expect((await planned('none')).out).not.toContain('a key. Make one');
  });

  test('is printed with the consent that was typed, only if it fits', async () => {
    const host = new URL(rig.org.url).host;
    const fits = (await planned('fits', '--confirm', `1@${host}`)).out;
    expect(fits).toMatch(new RegExp(`^Next .*run --plan fits --confirm 1@${host}$`, 'm'));
    const other = (await planned('other', '--confirm', `2@${host}`)).out;
    expect(other).toMatch(/^Next .*run --plan other$/m);
    expect(other).not.toContain(`2@${host}`);
  });
});

test('what a question about --last might have been typed into is released at the end', async () => {
  const closed = async (...argv: readonly string[]) => {
    const { host } = rig.host();
    let times = 0;
    const stdin = Object.assign(Object.create(host.stdin) as Host['stdin'], {
      close: () => void (times += 1),
    });
    await runCli(argv, { ...host, stdin }, '0.0.0');
    return times;
  };
  expect(await closed('report', '--last')).toBe(1);
  expect(await closed('report', 'run')).toBe(0);
});

test('a rerun that is only planned needs no place for its secrets, and one that is executed does', async () => {
  const action = ['--action', 'temp-password'];
  const rerun = ['rerun', 'run', '--only', 'succeeded', ...action, '--again'];
  expect((await rig.type([...rerun, '--out', 'dry', '--dry-run'])).code).toBe(0);
  const before = writes();
  for (const argv of [rerun, ['followup', 'run', '--resend', '--only', 'waiting', ...action]]) {
    const refused = await rig.type([...argv, '--out', 'wet', ...YES]);
    expect([refused.code, refused.err]).toEqual([2, expect.stringContaining('SECRETS_NO_PLACE')]);
  }
  expect(writes()).toBe(before);
});

test('a rerun of a file that is away from its run says what it does not know, and others do not', async () => {
  await cp(join(rig.dir, 'run', 'results.csv'), join(rig.dir, 'lone.csv'));
  const said = async (name: string) => {
    const rerun = ['rerun', name, '--only', 'succeeded', '--again', '--dry-run', '--json'];
    const { code, events } = await rig.type([...rerun, '--out', `of-${name.replaceAll('/', '-')}`]);
    const warnings = events.filter(({ type, level }) => type === 'message' && level === 'warning');
    const texts = warnings.map(({ text }) => text as string);
    const { selection } = JSON.parse(
      await rig.read(`of-${name.replaceAll('/', '-')}/run.json`),
    ) as RunFile;
    expect(selection).toEqual(['rerun', name]);
    return [code, texts.some((text) => text.includes('is not in the folder of the run'))];
  };
  expect(await said('lone.csv')).toEqual([0, true]);
  expect(await said('run/results.csv')).toEqual([0, false]);
  expect(await said('run')).toEqual([0, false]);
});

test('a new run does not take over the lock that another container has on the org', async () => {
  const org = new URL(rig.org.url).host.replace(':', '_');
  const path = join(rig.dir, 'locked', `.okta-reset-${org}.lock`);
  await mkdir(join(rig.dir, 'locked'));
  const holder = { pid: 1, hostname: 'pod-7', startedAt: '2026-11-22T03:15:02.000Z' };
  const space = { processStart: 'd9f0b1a2/4711', pidSpace: 'pid:[4026532999]' };
  await writeFile(path, JSON.stringify({ ...holder, ...space, token: 'of-pod-7' }));
  const before = writes();
  const { code, err } = await rig.type([
    ...['run', '--user', ids[3] ?? '', '--out', 'locked/run', ...YES],
  ]);
  expect([code, err.replace(/\s+/g, ' ')]).toEqual([
    5,
    expect.stringContaining('is acting on this org: process 1 on pod-7'),
  ]);
  expect(writes()).toBe(before);
});

describe('a rerun of a file that does not say what was done', () => {
  const refusal = async (name: string, actions: readonly string[]) => {
    const [titles = '', ...rows] = (await rig.read('run/results.csv')).trim().split(/\r?\n/);
    const at = titles.split(',').indexOf('_action');
    const changed = rows.map((row, index) =>
      row
        .split(',')
        .toSpliced(at, 1, actions[index] ?? '')
        .join(','),
    );
    await writeFile(join(rig.dir, name), [titles, ...changed, ''].join('\n'));
    const rerun = ['rerun', name, '--only', 'succeeded', '--again', '--dry-run'];
    const { code, err } = await rig.type([...rerun, '--out', `of-${name}`]);
    return [code, err.split('\n').slice(0, 2)];
  };
  const RESET = 'reset-password';

  test.each([
    [
      [RESET, 'suspend', RESET],
      'Different actions were run on these rows of X: reset-password, suspend.',
      RESET,
    ],
    [['', '', ''], 'X does not say for each of these rows which action was run (_action).', RESET],
    [
      ['suspend', '', 'suspend'],
      'X does not say for each of these rows which action was run (_action).',
      'suspend',
    ],
    [
      ['dance', 'dance', 'dance'],
      'X does not say for each of these rows which action was run (_action).',
      RESET,
    ],
  ])('%j: the action is to be named', async (actions, says, named) => {
    const name = `of-${actions.join('-')}.csv`;
    expect(await refusal(name, actions)).toEqual([
      2,
      [`Error ${says.replace('X', name)} [USAGE]`, `  → Name the action: --action ${named}`],
    ]);
  });
});

test('the sandbox ends at once if it is stopped while its address is printed', async () => {
  const { code, out } = await rig.type(['sandbox', '--users', '3'], {
    onOut: () => rig.press('SIGINT'),
  });
  expect([code, out]).toEqual([0, expect.stringMatching(/^An Okta org of 3 made-up users /)]);
});

test('the sandbox prints its address and token as one event, and its counts when it ends', async () => {
  const ended = await rig.type(['sandbox', '--users', '3', '--json'], {
    onOut: (text) => text.includes('"sandbox"') && setImmediate(() => rig.press('SIGINT')),
  });
  expect([ended.code, ended.events]).toEqual([
    0,
    [
      {
        ...{ v: 1, type: 'sandbox', users: 3, token: expect.any(String) },
        url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
      },
      { v: 1, type: 'sandbox-ended', stats: expect.objectContaining({ requests: {} }) },
    ],
  ]);
  await expect(fetch((ended.events[0] as { url: string }).url)).rejects.toThrow('fetch failed');
});
