/** The least and the most that each flag takes, how it is shown in help, and what it stands for if it is not given. */
import { describe, expect, test } from '@jest/globals';
import { ACTION, POLICY } from '../../src/config/action.ts';
import { linesAfter } from '../../src/config/continuation.ts';
import { wordsFor, type Flag, type Group } from '../../src/config/flags/flag.ts';
import { moment } from '../../src/config/flags/kinds.ts';
import { GUARDS, VOLUME } from '../../src/config/guards.ts';
import { ORG } from '../../src/config/org.ts';
import { HOOKS, OUT, OUTPUT, SECRETS } from '../../src/config/output.ts';
import { PACE } from '../../src/config/pace.ts';
import { SANDBOX } from '../../src/config/sandbox.ts';
import { WHO } from '../../src/config/selection.ts';

const GROUPS = {
  ORG,
  ACTION,
  POLICY,
  GUARDS,
  VOLUME,
  OUTPUT,
  OUT,
  HOOKS,
  SECRETS,
  PACE,
  SANDBOX,
  WHO,
};
const groups: readonly Group[] = Object.values(GROUPS);
const flags = groups.flatMap((of): readonly Flag[] => Object.values(of.flags));

function flagOf(name: string): Flag {
  const found = flags.find((flag) => flag.name === name);
  if (found === undefined) throw new Error(`no flag --${name}`);
  return found;
}

/** What a flag makes of a text, or how it refuses it. */
function read(name: string, text: string): unknown {
  try {
    return flagOf(name).read(new Map([[name, [text]]]));
  } catch (error) {
    const { code, message, hint } = error as { code: string; message: string; hint: string };
    expect([code, message.startsWith(`--${name} `), hint]).toEqual([
      'USAGE',
      true,
      expect.any(String),
    ]);
    return `${message} ${hint}`;
  }
}

const BILLION = 1_000_000_000;

describe('a whole number', () => {
  test.each<[string, number, number]>([
    ['concurrency', 1, 200],
    ['rate-share', 1, 100],
    ['per-minute', 1, BILLION],
    ['per-hour', 1, BILLION],
    ['max-retries', 0, 100],
    ['max-users', 0, BILLION],
    ['skip', 0, BILLION],
    ['port', 0, 65_535],
    ['users', 1, 5_000_000],
    ['seed', 0, 4_294_967_295],
    ['concurrency-limit', 1, 10_000],
    ['url-limit', 100, 200_000],
  ])('of --%s is from %d to %d', (name, least, most) => {
    expect([read(name, String(least)), read(name, ` ${most} `)]).toEqual([least, most]);
    const wrong = [String(most + 1), '', '-1', '1.5', '1e2', 'ten', `1${'0'.repeat(12)}`];
    if (least > 0) wrong.push(String(least - 1));
    for (const text of wrong)
      expect(read(name, text)).toMatch(
        new RegExp(
          `^--${name} takes a whole number from ${least}${most < BILLION ? ` to ${most}` : ''}, not “.*”\\. Example: --${name} ${Math.max(least, 10)}$`,
        ),
      );
  });

  test('of --limit is 1 at least, for users and in the sandbox', () => {
    for (const flag of [WHO.flags.limit, SANDBOX.flags.limit]) {
      const limit = (text: string) => flag.read(new Map([['limit', [text]]]));
      expect([limit('1'), limit(String(BILLION))]).toEqual([1, BILLION]);
      for (const text of ['0', String(BILLION + 1)])
        expect(() => limit(text)).toThrow('--limit takes');
    }
  });

  test.each<[string, number]>([
    ['rival-share', 95],
    ['scanned', 100],
  ])('of --%s is a percentage up to %d, and becomes a share', (name, most) => {
    const share = (value: number) => (name === 'scanned' ? { scanned: value } : value);
    expect([read(name, '0'), read(name, String(most))]).toEqual([share(0), share(most / 100)]);
    expect(read(name, String(most + 1))).toContain(`from 0 to ${most}, not`);
  });
});

describe('a length of time', () => {
  test.each([
    'timeout',
    'max-duration',
    'plan-max-age',
    'window',
    'latency',
    'search-lag',
    'clock-offset',
  ])('of --%s has a unit, and is not zero', (name) => {
    expect(['1ms', '30s', '5m', '2h'].map((text) => read(name, text))).toEqual([
      ...[1, 30_000, 300_000, 7_200_000],
    ]);
    for (const text of ['0', '0s', '30', '5 m', '-1s', ''])
      expect(read(name, text)).toBe(
        `--${name} takes a length of time, not “${text}”. Write it as 500ms, 30s, 5m or 2h: --${name} 30s`,
      );
  });

  test('of --canary-wait can be zero, in each unit', () => {
    for (const text of ['0', '0ms', '0s', ' 0m ', '0h']) expect(read('canary-wait', text)).toBe(0);
    expect(read('canary-wait', '00')).toContain('takes a length of time');
    expect(read('canary-wait', '10s')).toBe(10_000);
  });
});

describe('a moment', () => {
  const at = (text: string) => {
    try {
      return new Date(moment.parse(text, 'since')).toISOString();
    } catch (error) {
      return (error as { readonly message: string }).message;
    }
  };

  test.each([
    ['2026-11-22', '2026-11-22T00:00:00.000Z'],
    ['2026-11-22T03:15', '2026-11-22T03:15:00.000Z'],
    ['2026-11-22 03:15:02', '2026-11-22T03:15:02.000Z'],
    ['2026-11-22T03:15:02.123', '2026-11-22T03:15:02.123Z'],
    ['2026-11-22T03:15:02Z', '2026-11-22T03:15:02.000Z'],
    ['2026-11-22T03:15-05:00', '2026-11-22T08:15:00.000Z'],
    ['2026-11-22T03:15:02+0200', '2026-11-22T01:15:02.000Z'],
  ])('%s is %s, on every machine', (text, iso) => {
    expect(at(text)).toBe(iso);
  });

  test.each([
    '2026-11',
    '22.11.2026',
    '2026-11-22T3:15',
    '2026-11-32',
    '2026-11-22T25:00',
    ' 2026-11-22',
    '2026-11-22Z',
    'now',
    '',
  ])('“%s” is refused', (text) => {
    expect(at(text)).toBe(`--since takes a time, not “${text}”.`);
  });
});

test('a time without a zone is UTC far from Greenwich too', () => {
  const before = process.env['TZ'];
  process.env['TZ'] = 'America/New_York';
  try {
    expect(moment.parse('2026-11-22T03:15', 'since')).toBe(Date.UTC(2026, 10, 22, 3, 15));
    expect(moment.parse('2026-11-22', 'since')).toBe(Date.UTC(2026, 10, 22));
    expect(moment.parse('2026-11-22 03:15:02.5', 'since')).toBe(
      Date.UTC(2026, 10, 22, 3, 15, 2, 500),
    );
  } finally {
    if (before === undefined) delete process.env['TZ'];
    else process.env['TZ'] = before;
  }
});

describe('--max-failures', () => {
  test.each([
    ['0', { kind: 'count', count: 0 }],
    [' 999999999 ', { kind: 'count', count: 999_999_999 }],
    ['0%', { kind: 'percent', percent: 0 }],
    ['100 %', { kind: 'percent', percent: 100 }],
    ['0.5%', { kind: 'percent', percent: 0.5 }],
  ])('%s', (text, limit) => {
    expect(read('max-failures', text)).toEqual(limit);
  });

  test.each(['100.1%', '1000%', '1.5', '1234567890', '-1', '%', ''])('is not “%s”', (text) => {
    expect(read('max-failures', text)).toBe(
      `--max-failures takes a number or a percentage, not “${text}”. Examples: --max-failures 50, --max-failures 5%`,
    );
  });
});

describe('--canary', () => {
  test.each<[string, readonly number[]]>([
    ['0', []],
    [' 00 ', []],
    ['1', [1]],
    ['999999999', [999_999_999]],
    ['1, 2 ,3', [1, 2, 3]],
  ])('%s', (text, sizes) => {
    expect(read('canary', text)).toEqual(sizes);
  });

  test.each(['', ',', '5,', '0,5', '5;6', '5 6', '1234567890', '-5', '1.5'])(
    'is not “%s”',
    (text) => {
      expect(read('canary', text)).toContain(`not “${text}”. Examples: --canary 5, or in waves`);
    },
  );
});

describe('a word from a list', () => {
  test.each<[string, readonly string[]]>([
    ['window-start', ['first-call', 'grid']],
    ['temp-password-query', ['honoured', 'ignored', 'empty']],
    ['gzip', ['asked', 'always', 'never']],
    ['log-who', ['target', 'actor']],
  ])('--%s takes %j, which completion offers', (name, words) => {
    expect(flagOf(name).choices).toEqual(words);
    for (const word of words) expect(read(name, word)).toBe(word);
    expect(read(name, 'odd')).toBe(
      `--${name} does not know “odd”. Use one of ${words.join(', ')}.`,
    );
  });

  test('--delimiter takes its names, and any one character', () => {
    const named = { comma: ',', semicolon: ';', tab: '\t', '\\t': '\t', pipe: '|', '^': '^' };
    for (const [text, character] of Object.entries(named))
      expect(read('delimiter', text)).toBe(character);
    for (const text of ['', 'ab', 'Comma'])
      expect(read('delimiter', text)).toContain(`not “${text}”`);
  });

  test('--encoding takes each of its names, in upper or lower case', () => {
    const names = 'utf-8 utf8 utf-16le utf-16be utf16le utf16be windows-1252 latin1 iso-8859-1';
    for (const name of names.split(' '))
      expect([read('encoding', name), read('encoding', name.toUpperCase())]).toEqual([name, name]);
    expect(read('encoding', 'EBCDIC')).toContain(
      `“ebcdic”. It knows ${names.replaceAll(' ', ', ')}.`,
    );
  });
});

test('a flag takes one value, several, or none, and is refused if one value is given twice', () => {
  const taken = (kind: Flag['kind']) => flags.filter((flag) => flag.kind === kind);
  expect(taken('list').map(({ name }) => name)).toEqual([
    ...['include-status', 'include-provider', 'hook', 'secrets-recipient', 'file', 'where'],
    ...['keep-column', 'user', 'group', 'exclude', 'exclude-group'],
  ]);
  expect(taken('switch').every(({ value }) => value === undefined)).toBe(true);
  expect(taken('text').length + taken('list').length + taken('switch').length).toBe(flags.length);
  for (const flag of taken('text'))
    expect(() => flag.read(new Map([[flag.name, ['1', '1', '1']]]))).toThrow(
      `--${flag.name} is given 3 times.`,
    );
});

test('a text that an unset variable leaves empty is refused where it would choose users or a command', () => {
  for (const name of ['file', 'user', 'group', 'search', 'filter', 'log', 'sheet', 'hook'])
    for (const text of ['', ' \t'])
      expect(read(name, text)).toBe(
        `--${name} is empty. Is it a shell variable that is not set? Nothing was selected.`,
      );
});

describe('help', () => {
  test('has a title for each group and words for each flag', () => {
    for (const { title } of groups) expect(title).toMatch(/^[A-Z][a-z]+$/);
    for (const { name, describe: words } of flags)
      expect([name, words]).toEqual([name, expect.stringMatching(/\S{2}/)]);
  });

  test('names the defaults that count', () => {
    const named = ['action', 'concurrency', 'rate-share', 'timeout', 'max-retries'].map(
      (name) => /\([^()]*\)$/.exec(flagOf(name).describe)?.[0],
    );
    expect(named).toEqual(['(default: reset-password)', '(10)', '(90)', '(35s)', '(5)']);
  });

  test('shows a short form of two flags only', () => {
    const short = flags.flatMap((flag) => (wordsFor(flag).length > 1 ? [wordsFor(flag)] : []));
    expect(short).toEqual([
      ['--quiet', '-q'],
      ['--verbose', '-v'],
    ]);
    expect([wordsFor(flagOf('json')), 'alias' in flagOf('json')]).toEqual([['--json'], false]);
  });

  test('does not show the earlier name of --file, which still works', () => {
    const renamed = flags.flatMap(({ name, formerName }) =>
      formerName ? [[formerName, name]] : [],
    );
    expect(renamed).toEqual([['csv', 'file']]);
  });
});

test('what is not given is off, empty, or its default', () => {
  const nothing = new Map();
  expect(SECRETS.read(nothing)).toEqual({ recipients: [], plaintext: false });
  expect([OUT.read(nothing), HOOKS.read(nothing)]).toEqual([{ out: undefined }, { hook: [] }]);
  expect(OUTPUT.read(nothing)).toEqual({
    ...{ json: false, quiet: false, verbose: false, color: true, input: true },
  });
  expect(SANDBOX.read(nothing)).toEqual(
    expect.objectContaining({ users: 500, withSessions: false, limit: undefined, seed: undefined }),
  );
  expect(WHO.read(nothing)).toMatchObject({
    ...{ files: [], users: [], groups: [], where: [], keepColumns: [], excludeFiles: [] },
    ...{ excludeGroups: [], all: false, skip: 0, logWho: 'target', asTyped: [] },
  });
});

test('a service app of the sandbox has every useful scope unless some are named', () => {
  const app = (...given: readonly (readonly [string, readonly string[]])[]) =>
    SANDBOX.read(new Map([['service-app', ['k.pem']], ...given])).serviceApp;
  expect(app()).toEqual({
    ...{ keyFile: 'k.pem', dpop: false },
    scopes: [
      ...['okta.users.manage', 'okta.users.read', 'okta.groups.read', 'okta.logs.read'],
      ...['okta.roles.read', 'okta.policies.read'],
    ],
  });
  expect(app(['scopes', [' a,,b ']], ['dpop', []])).toEqual({
    ...{ keyFile: 'k.pem', dpop: true, scopes: ['a', 'b'] },
  });
});

test('options of a password action are refused for another one, each by its name', () => {
  const refused = (...names: readonly string[]) => {
    const given = new Map<string, readonly string[]>([['action', ['suspend']]]);
    for (const name of names) given.set(name, []);
    try {
      ACTION.read(given);
    } catch (error) {
      return (error as { readonly message: string }).message;
    }
    return '';
  };
  const [sessions, tokens, factors] = [
    'revoke-sessions',
    'revoke-tokens',
    'reset-factors',
  ] as const;
  for (const name of [sessions, tokens, factors])
    expect(refused(name)).toBe(`--${name} goes with a password action.`);
  expect(refused(sessions, tokens, factors)).toBe(
    '--revoke-sessions and --revoke-tokens and --reset-factors go with a password action.',
  );
});

test('after a stop by failures, the next tenth above their share is allowed', () => {
  const allowed = (failed: number, ended: number) =>
    linesAfter({ kind: 'failure-share', failed, ended }, new Map())
      .resume('RUN', undefined)
      .replace('okta-reset resume RUN --max-failures ', '');
  expect([allowed(19, 100), allowed(20, 100), allowed(29, 100), allowed(91, 100)]).toEqual([
    ...['20%', '30%', '30%', '100%'],
  ]);
});

test('the command for another person has that person’s consent and none that was given', () => {
  const given = new Map([
    ...([
      ['yes', []],
      ['max-users', ['9']],
      ['confirm', ['1@a']],
      ['org', ['https://a']],
    ] as const),
  ]);
  const { run } = linesAfter(undefined, given);
  expect(run('RUN', '9@acme.okta.com#8f3a21c4')).toBe(
    'okta-reset run --plan RUN --max-users 9 --org https://a --confirm 9@acme.okta.com#8f3a21c4',
  );
  expect(run('RUN')).toBe(
    'okta-reset run --plan RUN --confirm 1@a --yes --max-users 9 --org https://a',
  );
});
