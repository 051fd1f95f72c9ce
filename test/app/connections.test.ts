/** Connections to an org: what each call says about itself, what is logged, and which waits are told. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { rm } from 'node:fs/promises';
import { exportUsers, type ExportInput } from '../../src/app/export-users.ts';
import { openReading, openWriting } from '../../src/app/org/connection.ts';
import { identify } from '../../src/app/org/org-identity.ts';
import { VERSION } from '../../src/app/version.ts';
import { NOTHING_GIVEN } from '../../src/config/flags/flag.ts';
import { PACE } from '../../src/config/pace.ts';
import { WHO } from '../../src/config/selection.ts';
import { EXIT } from '../../src/domain/codes/exit-code.ts';
import type { Output } from '../../src/domain/host.ts';
import { TOKEN, USER, userJson } from '../okta/scripted-org.ts';
import { never, userId } from '../plan/fake-org.ts';
import { answeringOrg, type AnsweringOrg, type Answered, type Answers } from './answering-org.ts';
import { newFolder } from './run-folders.ts';

let root: string;
beforeAll(async () => (root = await newFolder()));
afterAll(() => rm(root, { recursive: true, force: true }));
let org: AnsweringOrg;
afterEach(async () => {
  await org.allClosed();
  org.close();
});
const PACED = PACE.read(NOTHING_GIVEN);

describe('a connection', () => {
  const logged = () => {
    const lines: unknown[] = [];
    return {
      lines,
      log: {
        info: (fields: object, message: string) => void lines.push(['info', message, fields]),
        debug: (fields: object, message: string) => void lines.push(['debug', message, fields]),
        close: () => Promise.resolve(),
      },
    };
  };

  test('names the version, and the run if there is one', async () => {
    org = await answeringOrg(root);
    for (const [runId, agent] of [
      [undefined, `okta-reset/${VERSION}`],
      ['r1', `okta-reset/${VERSION} (run=r1)`],
    ] as const) {
      const terms = { org: org.org, pace: PACED, runId };
      const reading = openReading(terms, org.context);
      await reading.reader.me(never);
      await reading.close();
      const writing = openWriting(terms, org.context);
      await writing.reader.me(never);
      expect(typeof writing.writer).toBe('object');
      await writing.close();
      const agents = org.seen.splice(0).map(({ headers }) => headers['user-agent']);
      expect(agents).toEqual([agent, agent]);
      expect('writer' in reading).toBe(false);
    }
  });

  test.each([true, false])('logs each call only if that is wanted: %j', async (verbose) => {
    org = await answeringOrg(root);
    const { log, lines } = logged();
    const terms = { org: org.org, pace: PACED, runId: undefined, log };
    const reading = openReading(terms, { ...org.context, verbose });
    await reading.reader.me(never);
    await reading.close();
    expect(lines).toEqual(
      verbose ? [['debug', 'call', expect.objectContaining({ status: 200, method: 'GET' })]] : [],
    );
    expect(JSON.stringify(lines)).not.toContain(TOKEN);
    expect(reading.traffic()).toMatchObject([{ calls: 1 }]);
  });

  test('tells and logs each wait', async () => {
    const answers: Answers = { '/api/v1/users/me': throttledOnce() };
    org = await answeringOrg(root, answers);
    const { log, lines } = logged();
    const reading = openReading({ org: org.org, pace: PACED, runId: undefined, log }, org.context);
    expect((await reading.reader.me(never)).kind).toBe('ok');
    await reading.close();
    const pauses = org.events.filter(({ type }) => type === 'pause');
    expect(pauses.length).toBeGreaterThan(0);
    expect(lines).toEqual(
      pauses.map(() => ['info', 'pause', expect.not.objectContaining({ type: 'pause' })]),
    );
    expect(pauses).toEqual(
      lines.map((line) => ({ type: 'pause', ...(line as readonly object[])[2] })),
    );
    expect(pauses[0]).toMatchObject({ waitMs: expect.any(Number), cause: expect.any(String) });
  });
});

/** Refuses the first call because the window is used up. */
function throttledOnce(): (url: string) => Answered {
  let calls = 0;
  return () => {
    calls += 1;
    return calls === 1
      ? [429, { errorCode: 'E0000047' }, { 'x-rate-limit-remaining': '0' }]
      : [200, userJson(USER)];
  };
}

describe('the org', () => {
  test('that is not one is a wrong command line, with what else can answer like that', async () => {
    org = await answeringOrg(root, {
      '/.well-known/okta-organization': [404, {}],
      '/api/v1/users/me': [404, {}],
    });
    const reading = openReading({ org: org.org, pace: PACED, runId: undefined }, org.context);
    const asking = identify(reading.reader, org.org.credentials, never);
    await expect(asking).rejects.toMatchObject({
      ...{ code: 'ORG_ANSWER', exitCode: EXIT.usage, hint: expect.stringContaining('proxy') },
      message: `${org.org.host} does not answer like an Okta org (HTTP 404).`,
    });
    await reading.close();
  });
});

describe('an export', () => {
  const people = (count: number): Answered => [
    200,
    Array.from({ length: count }, (_, n) => userJson(userId(n + 1), n === 1 ? { more: 'x' } : {})),
  ];
  const columns = ['id', 'login', 'more', 'nothing', 'nothing'].map((field, n) => ({
    ...{ field, header: `${field}${n}` },
  }));
  async function exported(count: number, more: Partial<ExportInput> = {}) {
    org = await answeringOrg(root, { '/api/v1/users?': people(count) });
    const pieces: string[] = [];
    const output: Pick<Output, 'write'> = {
      write: (text) => {
        pieces.push(text);
        return Promise.resolve();
      },
    };
    const input: ExportInput = {
      ...{ org: org.org, pace: PACED, columns, format: 'csv' },
      selection: WHO.read(new Map([['all', []]])),
      ...more,
    };
    const result = await exportUsers(input, output as Output, org.context);
    return { result, text: pieces.join('') };
  }

  test('has a line for each user, and names the columns in which nobody has anything', async () => {
    const { result, text } = await exported(3);
    expect(result).toEqual({ users: 3, emptyColumns: ['nothing3', 'nothing4'] });
    const lines = text.trimEnd().split(/\r?\n/);
    expect(lines).toHaveLength(4);
    expect(lines[2]).toBe(`${userId(2)},${userId(2)}@example.com,x,,`);
    const json = await exported(2, { format: 'json' });
    expect(JSON.parse(json.text)).toMatchObject([
      { id0: userId(1) },
      { id0: userId(2), more2: 'x' },
    ]);
  });

  test('of nobody has only a header', async () => {
    const { result, text } = await exported(0);
    expect(result.users).toBe(0);
    expect(result.emptyColumns).toHaveLength(5);
    expect(text.trimEnd().split('\n')).toHaveLength(1);
  });

  test('says how far it is after each 200 users', async () => {
    await exported(399);
    expect(org.events).toEqual([{ type: 'reading', what: 'export', done: 200 }]);
  });

  test('asks first whose the credential is, and ends if it is refused', async () => {
    org = await answeringOrg(root, { '/api/v1/users/me': [401, { errorCode: 'E0000011' }] });
    const selection = WHO.read(new Map([['all', []]]));
    const input: ExportInput = { org: org.org, pace: PACED, columns, format: 'csv', selection };
    await expect(exportUsers(input, undefined as never, org.context)).rejects.toMatchObject({
      code: 'AUTH_REJECTED',
    });
    expect(org.asked()).not.toContain('/api/v1/users');
  });
});
