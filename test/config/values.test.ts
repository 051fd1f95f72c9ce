import { describe, expect, test } from '@jest/globals';
import { ACTION, POLICY } from '../../src/config/action.ts';
import { linesAfter, linesFor } from '../../src/config/continuation.ts';
import { DEFAULTS } from '../../src/config/defaults.ts';
import { typed, type Given, type Readable } from '../../src/config/flags/flag.ts';
import { GUARDS, VOLUME } from '../../src/config/guards.ts';
import { ORG } from '../../src/config/org.ts';
import { HOOKS, OUTPUT, resolveSecretsPlace } from '../../src/config/output.ts';
import { PACE } from '../../src/config/pace.ts';
import { SANDBOX } from '../../src/config/sandbox.ts';
import { refuseNobody, WHO } from '../../src/config/selection.ts';
import type { StopReason } from '../../src/domain/run/stop.ts';

/** A line such as `--limit 5 --all` as it was given. */
function given(line: string): Given {
  const flags = new Map<string, readonly string[]>();
  for (const part of line.split(/(?:^|\s)--/).slice(1)) {
    const [name = '', ...words] = part.split(' ');
    flags.set(name, [...(flags.get(name) ?? []), ...(words.length === 0 ? [] : [words.join(' ')])]);
  }
  return flags;
}

const GROUPS = { ORG, ACTION, POLICY, GUARDS, VOLUME, OUTPUT, HOOKS, PACE, SANDBOX, WHO };
const readable = (name: keyof typeof GROUPS): Readable => GROUPS[name];

describe('what a line means', () => {
  test.each<[keyof typeof GROUPS, string, object]>([
    ['ORG', '--token-file a', { tokenFile: 'a', tokenCommand: undefined }],
    ['ORG', '--token-command op read x', { tokenFile: undefined, tokenCommand: 'op read x' }],
    ['ACTION', '', { action: 'reset-password', sendEmail: true, order: 'password-first' }],
    ['ACTION', '--no-send-email --revoke-tokens', { sendEmail: false, revokeTokens: true }],
    ['ACTION', '--action suspend', { action: 'suspend', revokeSessions: false }],
    ['ACTION', '--action temp-password --reset-factors', { resetFactors: true }],
    ['POLICY', '', { includeStatus: [], includeAdmins: false, lookup: true, resend: false }],
    [
      'POLICY',
      '--include-status staged,Locked_out --include-provider ldap --again',
      { includeStatus: ['STAGED', 'LOCKED_OUT'], includeProvider: ['LDAP'], again: true },
    ],
    ['POLICY', '--since 2026-03-01', { sinceMs: Date.UTC(2026, 2, 1) }],
    ['POLICY', '--since 2026-03-01 06:30', { sinceMs: Date.UTC(2026, 2, 1, 6, 30) }],
    ['POLICY', '--since 2026-03-01T06:30:05+02:00', { sinceMs: Date.UTC(2026, 2, 1, 4, 30, 5) }],
    [
      'GUARDS',
      '',
      {
        yes: false,
        canary: undefined,
        maxFailures: { kind: 'percent', percent: 10 },
        planMaxAgeMs: 86_400_000,
        canaryWaitMs: 120_000,
      },
    ],
    ['GUARDS', '--max-failures 5', { maxFailures: { kind: 'count', count: 5 } }],
    ['GUARDS', '--max-failures 2.5 %', { maxFailures: { kind: 'percent', percent: 2.5 } }],
    ['GUARDS', '--max-failures 100%', { maxFailures: { kind: 'percent', percent: 100 } }],
    ['GUARDS', '--canary 5, 50,500', { canary: [5, 50, 500] }],
    ['GUARDS', '--canary 0', { canary: [] }],
    ['GUARDS', '--canary-wait 0', { canaryWaitMs: 0 }],
    ['GUARDS', '--canary-wait 30s', { canaryWaitMs: 30_000 }],
    ['GUARDS', '--confirm 12@acme.okta.com', { confirm: '12@acme.okta.com' }],
    ['GUARDS', '--yes --max-users 0', { yes: true, maxUsers: 0 }],
    ['VOLUME', '--exclusive-volume', { exclusive: true }],
    ['VOLUME', '--force-unlock', { exclusive: false }],
    ['PACE', '', { concurrency: 10, ratePercent: 90, timeoutMs: 35_000, maxRetries: 5 }],
    ['PACE', '--rate-share 1%', { ratePercent: 1 }],
    ['PACE', '--rate-share 100 --concurrency 200', { ratePercent: 100, concurrency: 200 }],
    ['PACE', '--between 8:00-24:00', { between: { fromMinute: 480, toMinute: 1440 } }],
    [
      'PACE',
      '--between 22:30 – 06:15 Europe/Berlin',
      { between: { fromMinute: 1350, toMinute: 375, timeZone: 'Europe/Berlin' } },
    ],
    ['OUTPUT', '', { json: false, quiet: false, color: true, input: true }],
    ['OUTPUT', '--no-color --no-input --json', { json: true, color: false, input: false }],
    ['HOOKS', '--hook a b --hook c', { hook: ['a b', 'c'] }],
    ['SANDBOX', '', { users: 500, engine: 'oie', rolesReadable: undefined, serviceApp: undefined }],
    [
      'SANDBOX',
      '--classic --no-roles --limit off',
      { engine: 'classic', rolesReadable: false, limit: 'off' },
    ],
    [
      'SANDBOX',
      '--limit 1 --rival-share 95 --scanned 100',
      { limit: 1, rivalShare: 0.95, mix: { scanned: 1 } },
    ],
    ['SANDBOX', '--roles help_desk_admin, ORG_ADMIN', { roles: ['HELP_DESK_ADMIN', 'ORG_ADMIN'] }],
    ['SANDBOX', '--roles None', { roles: [] }],
    [
      'SANDBOX',
      '--window 5s --window-start grid --concurrency-limit 10000 --gzip never',
      { windowMs: 5000, windowStart: 'grid', concurrency: 10_000, gzip: 'never' },
    ],
    [
      'SANDBOX',
      '--service-app key.pem --dpop --scopes a,b c',
      { serviceApp: { keyFile: 'key.pem', dpop: true, scopes: ['a', 'b', 'c'] } },
    ],
    [
      'WHO',
      '--all',
      { all: true, skip: 0, limit: undefined, logWho: 'target', asTyped: ['--all'] },
    ],
    [
      'WHO',
      '--file a.csv --file - --delimiter semicolon --encoding UTF-8 --where x=1 --limit 1',
      {
        files: ['a.csv', '-'],
        delimiter: ';',
        encoding: 'utf-8',
        limit: 1,
        where: [expect.anything()],
      },
    ],
    ['WHO', '--file a --delimiter tab', { delimiter: '\t' }],
    ['WHO', '--file a --delimiter :', { delimiter: ':' }],
    ['WHO', '--user  ada  --group  Sales ', { users: ['ada'], groups: ['Sales'] }],
    ['WHO', '--log x --log-who actor --where Event=x', { log: 'x', logWho: 'actor' }],
  ])('%s: %s', (name, line, values) => {
    expect(readable(name).read(given(line))).toMatchObject(values);
  });

  test.each<[keyof typeof GROUPS, string, RegExp]>([
    ['ORG', '--token-file a --token-command b', /^--token-file and --token-command do not go/],
    ['ACTION', '--action temp-password --no-send-email', /^--no-send-email belongs to/],
    ['ACTION', '--action suspend --revoke-tokens', /^--revoke-tokens goes with a password action/],
    [
      'ACTION',
      '--action unlock --revoke-tokens --reset-factors',
      /^--revoke-tokens and --reset-factors go with/,
    ],
    ['ACTION', '--action explode', /^--action does not know “explode”/],
    ['POLICY', '--since 2026-03-01 --no-lookup', /^--since and --no-lookup do not go together/],
    ['POLICY', '--since yesterday', /^--since takes a time/],
    ['POLICY', '--since 2026-13-01', /^--since takes a time/],
    ['POLICY', '--include-status active,odd', /^--include-status does not know “ODD”/],
    ['GUARDS', '--yes', /^--yes needs --max-users N/],
    ['GUARDS', '--max-failures 101%', /^--max-failures takes a number or a percentage/],
    ['GUARDS', '--max-failures many', /^--max-failures takes a number or a percentage/],
    ['GUARDS', '--canary 5,0', /^--canary takes a number of users/],
    ['GUARDS', '--canary-wait soon', /^--canary-wait takes a length of time/],
    ['GUARDS', '--plan-max-age 0', /^--plan-max-age takes a length of time/],
    ['GUARDS', '--confirm 12', /^--confirm takes COUNT@HOST/],
    ['GUARDS', '--max-users 1.5', /^--max-users takes a whole number from 0,/],
    [
      'VOLUME',
      '--exclusive-volume --force-unlock',
      /^--exclusive-volume and --force-unlock do not/,
    ],
    ['PACE', '--rate-share 0', /^--rate-share takes a whole number from 1 to 100,/],
    ['PACE', '--rate-share 101%', /^--rate-share takes a whole number from 1 to 100,/],
    ['PACE', '--concurrency 201', /^--concurrency takes a whole number from 1 to 200,/],
    ['PACE', '--max-retries 101', /^--max-retries takes a whole number from 0 to 100,/],
    ['PACE', '--between 8-18', /^--between takes hours of the day/],
    ['PACE', '--between 08:00-08:00', /^--between takes hours of the day/],
    ['PACE', '--between 08:00-24:01', /^--between takes hours of the day/],
    ['PACE', '--between 08:00-18:00 Europe/Berln', /^--between does not know the time zone/],
    ['HOOKS', '--hook  ', /^--hook is empty/],
    ['SANDBOX', '--dpop', /^--dpop works only with --service-app/],
    ['SANDBOX', '--scopes a', /^--scopes works only with --service-app/],
    ['SANDBOX', '--roles KING', /^--roles does not know “KING”/],
    ['SANDBOX', '--rival-share 96', /^--rival-share takes a whole number from 0 to 95,/],
    ['SANDBOX', '--scanned 101', /^--scanned takes a whole number from 0 to 100,/],
    ['SANDBOX', '--url-limit 99', /^--url-limit takes a whole number from 100 to 200000,/],
    ['SANDBOX', '--limit 0', /^--limit takes a whole number from 1,/],
    ['WHO', '--column x --all', /^--column works only with --file/],
    ['WHO', '--where x=1 --all', /^--where works only with --file/],
    ['WHO', '--column x --log y', /^--column works only with --file/],
    ['WHO', '--log-since 2026-03-01 --all', /^--log-since works only with --log\./],
    ['WHO', '--file - --file -', /^Standard input can be read only once/],
    ['WHO', '--file  ', /^--file is empty/],
    ['WHO', '--file a --delimiter ab', /^--delimiter takes one character/],
    ['WHO', '--file a --encoding klingon', /^--encoding does not know “klingon”/],
    ['WHO', '--file a --where x', /^--where takes a column/],
    ['WHO', '--all --limit 0', /^--limit takes a whole number from 1,/],
  ])('%s refuses %s', (name, line, message) => {
    expect(() => readable(name).read(given(line))).toThrow(
      expect.objectContaining({ code: 'USAGE', message: expect.stringMatching(message) }),
    );
  });

  test.each([
    ['--revoke-tokens', 'Leave it out: suspend is a single call.'],
    ['--revoke-tokens --reset-factors', 'Leave them out: suspend is a single call.'],
  ])('the hint is about as many flags as are in the way: %s', (flags, hint) => {
    expect(() => ACTION.read(given(`--action suspend ${flags}`))).toThrow(
      expect.objectContaining({ hint: expect.stringContaining(hint) }),
    );
  });

  test('the hint about a column is another one for an exclude list', () => {
    const hint = (line: string) => {
      try {
        WHO.read(given(line));
      } catch (error) {
        return (error as { readonly hint: string }).hint;
      }
      return '';
    };
    expect(hint('--exclude a --column x')).toMatch(/^The column of an --exclude file/);
    expect(hint('--exclude a --where x=1')).toMatch(/^Leave it out/);
    expect(hint('--all --column x')).toMatch(/^Leave it out/);
  });

  test.each(['--file a', '--user a', '--search a', '--filter a', '--group a', '--log a', '--all'])(
    '%s names users',
    (line) => {
      expect(() => refuseNobody(given(line))).not.toThrow();
    },
  );

  test.each(['', '--exclude a', '--limit 5'])('“%s” names nobody', (line) => {
    expect(() => refuseNobody(given(line))).toThrow('No users are chosen.');
  });

  test('a line is shown again as it was typed', () => {
    const line = given('--limit 5 --all --user a --user b');
    const words = ['--user', 'a', '--user', 'b', '--all', '--limit', '5'];
    expect(typed(Object.values(WHO.flags), line)).toEqual(words);
  });
});

describe('where secrets go', () => {
  const flags = (recipients: readonly string[], plaintext = false) => ({ recipients, plaintext });
  const secret = ACTION.read(given('--action temp-password'));
  const links = ACTION.read(given('--no-send-email'));
  const none = ACTION.read(given(''));

  test('is decided by the action, then by flags, then by the run', () => {
    expect(resolveSecretsPlace(flags(['a']), none)).toEqual({ kind: 'none' });
    expect(resolveSecretsPlace(flags(['a']), secret, ['b'])).toEqual({
      kind: 'sealed',
      recipients: ['a'],
    });
    expect(resolveSecretsPlace(flags(['a'], true), secret)).toEqual({
      kind: 'sealed',
      recipients: ['a'],
    });
    expect(resolveSecretsPlace(flags([]), secret, ['b'])).toEqual({
      kind: 'sealed',
      recipients: ['b'],
    });
    expect(resolveSecretsPlace(flags([], true), links)).toEqual({ kind: 'plaintext' });
  });

  test('must be named, and a run that encrypts them continues to', () => {
    for (const [spec, what] of [
      [secret, 'temporary passwords'],
      [links, 'reset links'],
    ] as const)
      expect(() => resolveSecretsPlace(flags([]), spec)).toThrow(
        expect.objectContaining({
          code: 'SECRETS_NO_PLACE',
          message: expect.stringContaining(`creates ${what},`),
        }),
      );
    expect(() => resolveSecretsPlace(flags([], true), secret, ['b'])).toThrow(
      expect.objectContaining({
        code: 'USAGE',
        hint: expect.stringContaining('encrypts them to b.'),
      }),
    );
  });
});

describe('the command that continues', () => {
  const share = (failed: number, ended: number) =>
    ({ kind: 'failure-share', failed, ended }) as unknown as StopReason;
  const resume = (stop: StopReason | undefined, line = '') =>
    linesAfter(stop, given(line)).resume('RUN', undefined);

  test('allows more failures after a run that failures stopped', () => {
    expect(resume(undefined)).toBe('okta-reset resume RUN');
    expect(resume(share(3, 20))).toBe('okta-reset resume RUN --max-failures 20%');
    expect(resume(share(2, 20))).toBe('okta-reset resume RUN --max-failures 20%');
    expect(resume(share(20, 20))).toBe('okta-reset resume RUN --max-failures 100%');
    expect(resume(share(3, 20), '--max-failures 10%')).toContain('--max-failures 20%');
    expect(resume(share(6, 20), '--max-failures 5')).toContain('--max-failures 11');
    expect(resume(share(1, 20), '--max-failures 0')).toContain('--max-failures 2');
    const nobody = { kind: 'all-not-found' } as unknown as StopReason;
    expect(resume(nobody)).toContain('--max-failures 100%');
  });

  test('has the flags that it would lose, and quotes them', () => {
    const line = given(
      "--per-hour 5 --hook it's --hook -x --json --confirm 3@a.okta.com --max-users 9",
    );
    const lines = linesAfter(undefined, line);
    expect(lines.resume('RUN', undefined)).toBe(
      `okta-reset resume RUN --per-hour 5 --hook 'it'\\''s' --hook=-x`,
    );
    expect(lines.run('RUN', '3@a.okta.com#1234')).toMatch(
      / --max-users 9 .*--confirm 3@a\.okta\.com#1234$/,
    );
    expect(lines.run('RUN', '3@a.okta.com#1234')).not.toMatch(/--confirm 3@a\.okta\.com /);
  });

  test('names its org if the environment names another one', () => {
    const of = (url: string | undefined) => linesFor('https://acme.okta.com', url).followup('RUN');
    expect(of('https://ACME.okta.com//')).toBe('okta-reset followup RUN');
    for (const other of [undefined, 'https://other.okta.com'])
      expect(of(other)).toBe('okta-reset followup RUN --org https://acme.okta.com');
  });
});

test('defaults have their units', () => {
  expect(DEFAULTS).toMatchObject({
    concurrency: 10,
    rowsWithoutFactors: 3,
    timeoutMs: 35_000,
    windowMs: 60_000,
    lateEffectMs: 60_000,
    tokenCommandMs: 60_000,
    tokenCommandBytes: 16_384,
    hookMs: 10_000,
    hookAtEndMs: 3000,
    attemptAheadMs: 10_000,
    readFreshMs: 60_000,
    readLagMs: 10_000,
  });
});
