/** A whole run of doctor: which checks it makes, in which order, what ends it early, and with which exit code. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { rm } from 'node:fs/promises';
import { diagnose } from '../../src/app/doctor/diagnosis.ts';
import type { Finding } from '../../src/app/doctor/finding.ts';
import type { OrgConfig } from '../../src/config/org.ts';
import { NOTHING_GIVEN } from '../../src/config/flags/flag.ts';
import { PACE } from '../../src/config/pace.ts';
import { AppError } from '../../src/domain/codes/app-error.ts';
import { EXIT } from '../../src/domain/codes/exit-code.ts';
import type { TokenSource } from '../../src/domain/org/token-source.ts';
import { answeringOrg, policiesOf, type AnsweringOrg, type Answered } from './answering-org.ts';
import { newFolder } from './run-folders.ts';

let root: string;
beforeAll(async () => (root = await newFolder()));
afterAll(() => rm(root, { recursive: true, force: true }));
let org: AnsweringOrg;
afterEach(() => org.close());

const ORGANIZATION = '/.well-known/okta-organization';
const REFUSED: Answered = [403, { errorCode: 'E0000006', errorSummary: 'No.' }];

async function doctor(answers: Readonly<Record<string, Answered>> = {}, more = {}) {
  org = await answeringOrg(root, answers);
  const pace = { ...PACE.read(NOTHING_GIVEN), ...more };
  const told: Finding[] = [];
  const { findings, exitCode } = await diagnose(org.org, pace, org.context, (finding) => {
    told.push(finding);
    return Promise.resolve();
  });
  await org.allClosed();
  expect(told).toEqual(findings);
  const by = findings.map(({ level, subject }) => `${subject}: ${level}`);
  const of = (subject: string) => findings.find((finding) => finding.subject === subject);
  return { exitCode, by, of, bad: by.filter((each) => !each.endsWith(': good')) };
}

describe('doctor', () => {
  test('makes every check and tells each finding at once', async () => {
    const { by, of, exitCode } = await doctor();
    expect(by).toEqual([
      ...['node: good', 'disk: good', 'way: good', 'org: good', 'credential: good', 'roles: good'],
      ...['users: good', 'groups: good', 'admins: good', 'system log: good', 'clock: good'],
      ...by.filter((each) => each === 'limits: good'),
      'reset link: good',
    ]);
    expect(by).toContain('limits: good');
    expect(of('node')?.found).toBe(`v${org.context.host.nodeVersion}`);
    expect(of('org')?.found).toBe(`${org.org.host} answers: 00o1, Identity Engine`);
    expect(exitCode).toBe(EXIT.ok);
    expect(org.said()).toEqual([]);
  });

  test('reads little: one user, and the group of everyone', async () => {
    await doctor();
    const urls = org.seen.map(({ url }) => decodeURIComponent(url));
    expect(org.seen.every(({ method }) => method === 'GET')).toBe(true);
    expect(urls.filter((url) => /^\/api\/v1\/users\?/.test(url))).toEqual([
      '/api/v1/users?limit=1',
    ]);
    expect(urls.find((url) => url.startsWith('/api/v1/groups'))).toContain('Everyone');
  });

  test.each([
    ['v1', 'Classic Engine'],
    ['idx', 'Identity Engine'],
    ['new', 'engine unknown'],
  ])('names the engine of pipeline %s: %s', async (pipeline, engine) => {
    const { of } = await doctor({ [ORGANIZATION]: [200, { id: '00o2', pipeline }] });
    expect(of('org')?.found).toBe(`${org.org.host} answers: 00o2, ${engine}`);
  });

  test('ends at something that is not an org, without a question about the credential', async () => {
    for (const answer of [
      [200, { status: 'up' }],
      [200, '<!doctype html><title>Hotel</title>', { 'content-type': 'text/html' }],
      [407, 'who?'],
    ] as readonly Answered[]) {
      const { bad, by, exitCode, of } = await doctor({ [ORGANIZATION]: answer });
      expect([bad, by.at(-1), exitCode]).toEqual([['org: bad'], 'org: bad', EXIT.incomplete]);
      expect(of('org')?.hint).toContain('HTTPS_PROXY');
      expect(new Set(org.asked())).toEqual(new Set([ORGANIZATION]));
      org.close();
    }
    const other = await doctor({ [ORGANIZATION]: [200, { status: 'up' }] });
    expect(other.of('org')?.found).toBe(
      `Something answers at ${org.org.host}, but it is not an Okta org.`,
    );
  });

  test('continues if an org does not say who it is', async () => {
    const { bad, of, exitCode } = await doctor({
      [ORGANIZATION]: [404, { errorCode: 'E0000007' }],
    });
    expect([bad, exitCode]).toEqual([['org: warning'], EXIT.ok]);
    expect(of('org')?.found).toMatch(/^Could not reach the org/);
  });

  test('ends at a credential that the org refuses: exit code of the credential', async () => {
    const { by, exitCode } = await doctor({
      '/api/v1/users/me': [401, { errorCode: 'E0000011', errorSummary: 'Invalid token' }],
    });
    expect([by.at(-1), exitCode]).toEqual(['credential: bad', EXIT.auth]);
  });

  test('has the exit code of the credential if it cannot do what a run needs', async () => {
    const { bad, by, exitCode } = await doctor({ '/api/v1/users?': REFUSED });
    expect([bad, by.at(-1), exitCode]).toEqual([['users: bad'], 'reset link: good', EXIT.auth]);
  });

  test('has exit code 0 if there are only warnings', async () => {
    const { bad, exitCode } = await doctor({ '/api/v1/groups': REFUSED });
    expect([bad, exitCode]).toEqual([['groups: warning'], EXIT.ok]);
  });

  test('has the exit code of an incomplete job if the machine is at fault', async () => {
    org = await answeringOrg(`${root}/missing`);
    const { findings, exitCode } = await diagnose(org.org, PACE.read(NOTHING_GIVEN), org.context);
    expect(findings.filter(({ level }) => level === 'bad')).toMatchObject([{ subject: 'disk' }]);
    expect([findings.at(-1)?.subject, exitCode]).toEqual(['reset link', EXIT.incomplete]);
  });

  test.each<[string, Answered, Finding['level'], string]>([
    ['one policy', policiesOf(60), 'good', 'valid for 1 h (password policy)'],
    ['equal policies', policiesOf(30, 30), 'good', 'valid for 30 min (password policy)'],
    [
      'other policies',
      policiesOf(90, 10),
      'good',
      'valid for 10 min to 1 h 30 min (password policy)',
    ],
    [
      'no policy',
      [200, []],
      'warning',
      'its lifetime cannot be read; 1 h is usual on Identity Engine',
    ],
    [
      'a refusal',
      REFUSED,
      'warning',
      'its lifetime cannot be read; 1 h is usual on Identity Engine',
    ],
  ])('says how long links are valid by %s', async (_what, answer, level, found) => {
    const { of, exitCode } = await doctor({ '/api/v1/policies': answer });
    expect(of('reset link')).toMatchObject({ level, found });
    expect(of('reset link')?.hint?.includes('--link-lifetime') ?? false).toBe(level === 'warning');
    expect(exitCode).toBe(EXIT.ok);
  });

  test.each([
    [0, 1],
    [1, 2],
    [9, 2],
  ])(
    'tries a read again once at most: with %d retries it asks %d times',
    async (maxRetries, asks) => {
      await doctor({ '/api/v1/logs': [503, 'out'] }, { maxRetries });
      expect(org.asked().filter((path) => path === '/api/v1/logs')).toHaveLength(asks);
    },
  );

  test('says what it waits for', async () => {
    const waits = new Set<string>();
    org = await answeringOrg(root);
    // Each check takes longer than a second.
    const { clock } = org.context.host;
    const late = {
      ...clock,
      sleep: (ms: number, signal?: AbortSignal) =>
        ms === 1000 ? Promise.resolve() : clock.sleep(ms, signal),
    };
    const context = { ...org.context, host: { ...org.context.host, clock: late } };
    await diagnose(org.org, PACE.read(NOTHING_GIVEN), context);
    for (const text of org.said()) waits.add(text.replace(/: waiting for an answer.*/, ''));
    expect([...waits]).toEqual([
      ...[`org ${org.org.host}`, 'credential', 'roles', 'users', 'groups', 'admins', 'system log'],
      'password policies',
    ]);
  });

  describe('of which a check cannot be made at all', () => {
    const withTokens = async (error: Error) => {
      org = await answeringOrg(root);
      const tokens: TokenSource = {
        held: () => undefined,
        current: () => Promise.reject(error),
        after: () => Promise.resolve(undefined),
        known: () => [],
      };
      const config = { ...org.org, credentials: { kind: 'command', tokens } } as OrgConfig;
      return diagnose(config, PACE.read(NOTHING_GIVEN), org.context);
    };

    test('says why, with the exit code of that error', async () => {
      const hint = 'Sign in to the vault.';
      const error = new AppError('CONFIG_CREDENTIALS', 'No token.', { hint });
      const { findings, exitCode } = await withTokens(error);
      expect(findings.at(-1)).toEqual({ level: 'bad', subject: 'org', found: 'No token.', hint });
      expect([findings.map(({ subject }) => subject), exitCode]).toEqual([
        ['node', 'disk', 'way', 'org', 'org'],
        error.exitCode,
      ]);
    });

    test('does not hide a bug', async () => {
      await expect(withTokens(new TypeError('a bug'))).rejects.toThrow('a bug');
    });
  });
});
