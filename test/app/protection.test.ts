/** Who is protected when an invocation begins, what is asked before that, and what no flag can waive. */
import { afterAll, describe, expect, test } from '@jest/globals';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isConsentProved } from '../../src/app/run/consent/consent-proof.ts';
import {
  requireProtection,
  type AskedOf,
  type ProtectionTerms,
} from '../../src/app/run/consent/protection.ts';
import { kindAt } from '../../src/disk/look.ts';
import type { OrgReader } from '../../src/domain/org/org.ts';
import type { RunFile } from '../../src/domain/run/run-file.ts';
import { failed, makeUser, ok, okta, userId } from '../plan/fake-org.ts';
import { runFile } from '../report/sample.ts';
import { around, makeRun, newFolder } from './run-folders.ts';

const root = await newFolder();
afterAll(() => rm(root, { recursive: true }));

type List = 'admins' | 'excluded';
interface Start extends Partial<Omit<ProtectionTerms, 'guards' | 'ask'>> {
  readonly confirm?: string;
  readonly yes?: boolean;
  /** What a person answers; undefined if there is nobody to ask. */
  readonly answer?: 'yes' | 'no' | undefined;
  /** Which lists cannot be read the first time, and which after the question. */
  readonly closed?: readonly List[];
  readonly closedLater?: readonly List[];
  readonly policy?: Partial<RunFile['policy']>;
}

const DENIED = failed(okta(403, 'E0000006'));

let folders = 0;

/** Begins an invocation of a run of three users in a folder where nothing was reported yet. */
async function begin({ confirm, yes = false, answer, closed = [], policy, ...more }: Start = {}) {
  folders += 1;
  const cwd = join(root, String(folders));
  await mkdir(cwd, { mode: 0o700 });
  const { closedLater = closed, ...terms } = more;
  const dir = join(cwd, 'run');
  const excludedGroups = ['00g1'];
  const run = await makeRun(dir, {
    run: { policy: { ...runFile().policy, excludedGroups, ...policy } },
  });
  const { context, events } = around(cwd);
  let reads = 0;
  const isClosed = (list: List) => (reads === 1 ? closed : closedLater).includes(list);
  const page = <T>(list: List, one: T) =>
    Promise.resolve(isClosed(list) ? DENIED : ok({ items: [one], next: undefined }));
  const reader = {
    admins: () => {
      reads += 1;
      return page('admins', userId(10 * reads));
    },
    groupMembers: () => page('excluded', makeUser(10 * reads + 1)),
  } as Partial<OrgReader> as OrgReader;
  const asked: (AskedOf & { readonly hadReports: boolean })[] = [];
  const hasReports = async () => (await kindAt(join(dir, 'results.csv'))) !== undefined;
  const ask = async (about: AskedOf) => {
    asked.push({ ...about, hadReports: await hasReports() });
    if (answer === 'no') throw new Error('no');
  };
  const found = await requireProtection(
    {
      ...{ dir, run, reader, principal: run.principal, begun: false, consent: 'ask' },
      ...{ users: 3, later: 0, guards: { confirm, yes }, ...terms },
      ask: answer === undefined ? undefined : ask,
    },
    context,
  ).catch((error: unknown) => error as Error);
  const isKept = await isConsentProved(run, context.host);
  return { found, asked, isKept, reads, events, run, hasReports: await hasReports() };
}

/** The users of the lists that an invocation got. */
const idsIn = (found: Awaited<ReturnType<typeof begin>>['found']) =>
  found instanceof Error
    ? found
    : [10, 11, 20, 21].filter((n) =>
        [found.admins, found.excluded].some(({ ids }) => ids.has(userId(n))),
      );

describe('with all lists read', () => {
  test('consent that was given is kept for a resume, and nobody is asked', async () => {
    for (const start of [
      { yes: true },
      { confirm: '3@acme.okta.com' },
      { answer: 'no' },
    ] as const) {
      const { found, asked, isKept, hasReports } = await begin({ consent: 'given', ...start });
      expect([idsIn(found), asked, isKept, hasReports]).toEqual([[10, 11], [], true, false]);
    }
  });

  test('a person is asked once about the plan, with its reports to look at, and then the lists are read again', async () => {
    const { found, asked, isKept, run } = await begin({ answer: 'yes' });
    expect(asked).toEqual([
      { run, begun: false, users: 3, later: 0, unread: [], hadReports: true },
    ]);
    expect([idsIn(found), isKept]).toEqual([[20, 21], true]);
  });

  test('a person who continues a run has its reports already', async () => {
    const { asked, isKept } = await begin({ answer: 'yes', begun: true, users: 2 });
    expect(asked).toMatchObject([{ begun: true, users: 2, hadReports: false }]);
    expect(isKept).toBe(true);
  });

  test('a no begins nothing, and nothing is kept', async () => {
    const { found, asked, isKept, reads } = await begin({ answer: 'no' });
    expect(found).toEqual(new Error('no'));
    expect([asked.length, isKept, reads]).toEqual([1, false, 1]);
  });

  test('a yes to the first wave is not kept as consent to the rest', async () => {
    const { asked, isKept } = await begin({ answer: 'yes', users: 1, later: 2 });
    expect([asked[0]?.users, asked[0]?.later, isKept]).toEqual([1, 2, false]);
    // One that a flag gave is to all of them, whatever the waves are.
    expect((await begin({ consent: 'given', users: 1, later: 2 })).isKept).toBe(true);
  });

  test('nobody is asked about a wave that was sent completely: the question comes after it is read back', async () => {
    const { found, asked, isKept } = await begin({ answer: 'no', users: 0, later: 3, begun: true });
    expect([idsIn(found), asked, isKept]).toEqual([[10, 11], [], false]);
    expect((await begin({ answer: 'no', users: 1, begun: true })).asked).toHaveLength(1);
  });
});

describe('a list that cannot be read completely', () => {
  const HINTS = {
    admins: /okta\.roles\.read.*--include-admins/,
    excluded: /okta\.groups\.read.*--exclude FILE/,
    self: /users\/me/,
  };
  const refusal = (list: keyof typeof HINTS) => ({
    ...{ code: 'PROTECTION_UNREAD', exitCode: 5, hint: expect.stringMatching(HINTS[list]) },
    message: expect.stringMatching(/would not be protected.*\. Nothing was sent\.$/),
  });
  const UNREAD: readonly (readonly [keyof typeof HINTS, Start])[] = [
    ['admins', { closed: ['admins'] }],
    ['excluded', { closed: ['excluded'] }],
    ['self', { principal: { kind: 'unknown' } }],
  ];

  test.each(UNREAD)(
    '(%s) refuses a run that flags agreed to, or that nobody can be asked about',
    async (list, start) => {
      for (const more of [
        { yes: true, consent: 'given' },
        { confirm: '3@acme.okta.com', consent: 'given' },
        { yes: true, consent: 'given', answer: 'yes' },
        { confirm: '3@acme.okta.com', consent: 'given', answer: 'yes' },
        { consent: 'given', begun: true },
        { consent: 'ask', users: 0, begun: true },
      ] as const) {
        const { found, asked, isKept } = await begin({ ...start, ...more });
        expect(found).toMatchObject(refusal(list));
        expect([asked, isKept]).toEqual([[], false]);
      }
    },
  );

  test.each(UNREAD)(
    '(%s) is what a person is asked about, even if consent was given before',
    async (list, start) => {
      for (const more of [
        {},
        { consent: 'given', begun: true },
        { users: 0, begun: true },
      ] as const) {
        const { found, asked, isKept } = await begin({ ...start, ...more, answer: 'yes' });
        expect(asked.map(({ unread }) => unread.map((each) => each.list))).toEqual([[list]]);
        expect([found instanceof Error, isKept]).toEqual([false, true]);
      }
    },
  );

  test('that a person was not asked about refuses the run after a yes', async () => {
    const later = await begin({ answer: 'yes', closedLater: ['admins'] });
    expect(later.found).toMatchObject(refusal('admins'));
    expect([later.asked[0]?.unread, later.isKept]).toEqual([[], false]);
    const other = await begin({
      ...{ answer: 'yes', closed: ['excluded'], closedLater: ['excluded', 'admins'] },
    });
    expect(other.found).toMatchObject({
      ...refusal('admins'),
      message: expect.not.stringContaining('excluded'),
    });
    const fewer = await begin({ answer: 'yes', closed: ['admins'], closedLater: [] });
    expect([idsIn(fewer.found), fewer.isKept]).toEqual([[20, 21], true]);
  });

  test('is named with the others, each with what to do', async () => {
    const { found } = await begin({ yes: true, consent: 'given', closed: ['admins', 'excluded'] });
    expect(found).toMatchObject({
      hint: expect.stringMatching(/okta\.groups\.read.* .*okta\.roles\.read/),
      message: expect.stringMatching(/^The excluded groups .*\. The list of admins .*sent\.$/),
    });
  });

  test('is waived for admins by the plan, and for nobody else', async () => {
    const policy = { includeAdmins: true };
    const admins = await begin({ yes: true, consent: 'given', policy, closed: ['admins'] });
    expect([admins.found instanceof Error, admins.isKept]).toEqual([false, true]);
    const excluded = await begin({ yes: true, consent: 'given', policy, closed: ['excluded'] });
    expect(excluded.found).toMatchObject(refusal('excluded'));
  });
});
