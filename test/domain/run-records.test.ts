/** Small questions about a run's rows and records that several rooms ask. */
import { describe, expect, test } from '@jest/globals';
import { AppError } from '../../src/domain/codes/app-error.ts';
import { ACTION_NAMES, ACTIONS } from '../../src/domain/plan/action.ts';
import { OUTCOMES } from '../../src/domain/row/outcome.ts';
import { RUN_FILES } from '../../src/domain/run/run-file.ts';
import { msUntilOpen } from '../../src/domain/working-hours.ts';
import { isTarget } from '../../src/domain/plan/plan.ts';
import { PLAIN_SKIP_REASONS } from '../../src/domain/plan/verdict.ts';
import { findReason } from '../../src/domain/codes/reasons.ts';
import { decideOn } from '../../src/domain/codes/okta-error.ts';
import {
  formatConfirmation,
  isTypedYes,
  parseConfirmation,
} from '../../src/domain/plan/confirmation.ts';
import { parseWhere } from '../../src/domain/row/where.ts';
import { isInDoubt, isTie, type OpenRow } from '../../src/domain/run/journal-record.ts';
import {
  BARE_LINES,
  followupCommands,
  watchCommand,
  type FollowupStanding,
  type RunStanding,
} from '../../src/domain/run/next-commands.ts';
import { chainText } from '../../src/domain/run/summary.ts';
import type { Step } from '../../src/domain/plan/step.ts';
import { planned } from '../report/sample.ts';

/** As docs and schemas name them. */
const READ_BY_OTHERS = [
  ...['run.json', 'plan.jsonl', 'journal.jsonl', 'results.csv', 'results.json', 'summary.json'],
  ...['report.html', 'failed.csv', 'not-attempted.csv', 'run.log', 'index.jsonl'],
];

test('a row is acted on if its verdict says so and it has a user', () => {
  expect(isTarget(planned(1))).toBe(true);
  expect(isTarget(planned(1, { kind: 'skip', reason: 'excluded' }))).toBe(false);
  expect(isTarget(planned(1, { kind: 'act' }, { userId: undefined }))).toBe(false);
});

test('each reason to skip a row has its words', () => {
  for (const reason of PLAIN_SKIP_REASONS)
    expect([reason, findReason(reason)?.meaning]).toEqual([reason, expect.any(String)]);
  expect(new Set(PLAIN_SKIP_REASONS).size).toBe(14);
});

test('only an attempt that might have changed the user is in doubt', () => {
  const open = (step: Step | undefined) =>
    ({ row: 1, pending: step && { step } }) as Partial<OpenRow> as OpenRow;
  expect([open('reset-password'), open('suspend'), open('end-sessions')].map(isInDoubt)).toEqual([
    ...[true, true, false],
  ]);
  expect([isInDoubt(open(undefined)), isInDoubt(undefined)]).toEqual([false, false]);
});

test('a note of another run is one that took rows', () => {
  const kinds = ['handed-over', 'taken-up', 'pause', 'traffic', 'temp-password-split'];
  expect(kinds.map((kind) => isTie({ kind } as never))).toEqual([
    ...[true, true, false, false, false],
  ]);
});

test('a journal is described as complete, torn, or broken', () => {
  const starts = (['intact', 'torn-tail', 'broken'] as const).map((chain) =>
    chainText(chain).slice(0, 14),
  );
  expect(starts).toEqual(['Intact: every ', 'Intact up to a', 'BROKEN: the jo']);
});

test('a 401 or 403 that no code of Okta’s explains is about the credential', () => {
  const failure = { kind: 'okta', status: 403, oktaCode: undefined, effect: 'none' } as never;
  expect(decideOn(failure)).toMatchObject({ disposition: 'fail-or-abort', stop: 'permission' });
  const unauthorized = { ...(failure as object), status: 401 } as never;
  expect(decideOn(unauthorized)).toMatchObject({ disposition: 'abort', stop: 'credentials' });
});

test('a consent is parsed and formatted back, with or without the start of its plan', () => {
  const digest = '8f3a21c4'.padEnd(64, '0');
  expect(formatConfirmation({ count: 3, host: 'acme.okta.com' })).toBe('3@acme.okta.com');
  expect(formatConfirmation({ count: 3, host: 'acme.okta.com', digest })).toBe(
    '3@acme.okta.com#8f3a21c4',
  );
  expect(parseConfirmation(' 3@ACME.okta.com#8F3A21C4 ')).toEqual({
    ...{ count: 3, host: 'acme.okta.com', digest: '8f3a21c4' },
  });
  expect(parseConfirmation('3@acme.okta.com')).toEqual({ count: 3, host: 'acme.okta.com' });
});

test('a condition is the first operator that fits, and needs a part to contain', () => {
  const tests = (text: string) => parseWhere(text)?.readings.map((reading) => reading.test);
  expect(tests('Dept=Sales, EMEA')).toEqual([{ kind: 'is', value: 'Sales, EMEA' }]);
  expect(tests('Dept != Sales')?.[0]).toEqual({ kind: 'is-not', value: 'Sales' });
  expect(tests('Dept~ale')).toEqual([{ kind: 'contains', value: 'ale' }]);
  // An empty cell is something to ask for; a part that everything has is not.
  expect([tests('Dept='), tests('Dept!=')]).toEqual([
    [{ kind: 'is', value: '' }],
    [{ kind: 'is-not', value: '' }],
  ]);
  expect([tests('Dept~'), tests('=x'), tests('Dept')]).toEqual([undefined, undefined, undefined]);
});

test('an error has the exit code of its catalog entry, or its own, and a cause only if there is one', () => {
  const plain = new AppError('USAGE', 'm', { hint: 'h' });
  expect([plain.exitCode, 'cause' in plain, plain.name]).toEqual([2, false, 'AppError']);
  const caused = new AppError('DISK', 'm', { hint: 'h', exitCode: 130, cause: plain });
  expect([caused.exitCode, caused.cause]).toEqual([130, plain]);
});

test('a typed yes is the requested count and host, and not another plan’s', () => {
  const wanted = { confirm: '3@acme.okta.com', planDigest: '8f3a21c4'.padEnd(64, '0') };
  const typed = (text: string | undefined) => isTypedYes(text, wanted);
  expect(['3@acme.okta.com', '3@ACME.okta.com', '3@acme.okta.com#8f3a21c4'].map(typed)).toEqual([
    ...[true, true, true],
  ]);
  const wrong = [undefined, '', 'yes', '4@acme.okta.com', '3@acme.okta.com#8f3a21c5', '3@acme'];
  expect(wrong.map(typed)).toEqual(wrong.map(() => false));
  expect(['', '3', '@acme', '3@', '3@a#8f3a21c', '3@a b'].map(parseConfirmation)).toEqual(
    Array(6).fill(undefined),
  );
});

test('the outcomes and the files of a run have the names that other programs read', () => {
  expect(OUTCOMES).toEqual(['succeeded', 'skipped', 'failed', 'unknown', 'not-attempted']);
  expect(Object.values(RUN_FILES)).toEqual(expect.arrayContaining(READ_BY_OTHERS));
  expect(Object.values(RUN_FILES).every((name) => /^[\w.-]+\.\w+$|^lock$/.test(name))).toBe(true);
});

test('hours past midnight begin and end to the millisecond', () => {
  const hours = { fromMinute: 22 * 60, toMinute: 6 * 60, timeZone: 'UTC' };
  const at = (text: string) => msUntilOpen(hours, Date.parse(`2026-11-22T${text}Z`));
  expect([at('21:59:59.999'), at('22:00:00.000'), at('05:59:59.999')]).toEqual([1, 0, 0]);
  expect(at('06:00:00.000')).toBe(16 * 3_600_000);
});

test('each action warns about what an intruder keeps', () => {
  const warned = ACTION_NAMES.map((action) => [
    action,
    ACTIONS[action].warnings.map(({ code }) => code),
  ]);
  expect(Object.fromEntries(warned)).toEqual({
    ...{ 'reset-password': [], 'temp-password': [] },
    'expire-password': ['old-password-stays-usable'],
    'end-sessions': ['password-stays-valid', 'tokens-stay-alive', 'app-sessions-stay-alive'],
    'revoke-tokens': ['password-stays-valid', 'app-sessions-stay-alive'],
    suspend: ['import-lifts-suspension', 'tokens-stay-alive', 'app-sessions-stay-alive'],
    'reset-factors': ['factors-open-to-intruders', 'sessions-stay-alive'],
    unsuspend: ['old-password-back'],
    unlock: ['password-stays-valid'],
    reactivate: ['mails'],
  });
});

describe('what helps the users of a run', () => {
  const none = { 'link-dead': 0, 'link-used': 0, bounced: 0, 'came-back': 0 };
  const standing = (more: Partial<RunStanding> = {}): RunStanding => ({
    ...{ planned: false, unsettled: 0, broken: false, ...more },
    counts: { succeeded: 5, skipped: 0, failed: 0, unknown: 0, 'not-attempted': 0, ...more.counts },
  });
  const commands = (
    counts: Partial<FollowupStanding['counts']>,
    runs: FollowupStanding['runs'] = [],
  ) =>
    followupCommands('monday', { counts: { ...none, ...counts }, runs }).map(
      ({ command, does }) => [command, does] as const,
    );
  const resend = 'okta-reset followup monday --resend --only';

  test.each<[Partial<FollowupStanding['counts']>, string, unknown]>([
    [{ 'link-dead': 1 }, `${resend} link-dead`, { kind: 'resend', only: ['link-dead'] }],
    [
      { 'link-used': 2 },
      `${resend} link-used --action temp-password --secrets-recipient age1…`,
      { kind: 'resend', only: ['link-used'], action: 'temp-password' },
    ],
    [
      { bounced: 1, 'link-used': 1 },
      `${resend} link-used,bounced --action temp-password --secrets-recipient age1…`,
      { kind: 'resend', only: ['link-used', 'bounced'], action: 'temp-password' },
    ],
    [{ 'came-back': 1 }, `${resend} came-back`, { kind: 'resend', only: ['came-back'] }],
    [{ lifted: 1 }, `${resend} lifted`, { kind: 'resend', only: ['lifted'] }],
  ])('who are %j: %s', (counts, command, does) => {
    expect(commands(counts)).toEqual([[command, does]]);
  });

  test('comes in one order: links, passwords, those who came back, those whose suspension was lifted', () => {
    const all = { 'link-dead': 1, bounced: 1, 'came-back': 1, lifted: 1 };
    expect(commands(all).map(([command]) => command.split('--only ')[1])).toEqual([
      'link-dead',
      'bounced --action temp-password --secrets-recipient age1…',
      ...['came-back', 'lifted'],
    ]);
  });

  test('is nothing if nobody is stuck and nothing is left', () => {
    expect(commands({}, [{ name: 'monday', standing: standing() }])).toEqual([]);
  });

  test('continues what each run of the chain left, once, unless the run that took it up was read too', () => {
    const left = { counts: { 'not-attempted': 2 } as RunStanding['counts'] };
    const [own] = commands({}, [{ name: 'monday', standing: standing(left) }]);
    expect(own).toEqual(['okta-reset resume monday', { kind: 'resume' }]);
    const other = commands({}, [
      { name: 'tuesday', standing: standing(left) },
      { name: 'tuesday', standing: standing(left) },
    ]);
    expect(other).toEqual([['okta-reset resume tuesday', { kind: 'other-run', name: 'tuesday' }]]);
    const handed = standing({ ...left, heir: 'tuesday' });
    const both = commands({}, [
      { name: 'tuesday', standing: standing() },
      { name: 'monday', standing: handed },
    ]);
    expect(both).toEqual([]);
    const [gone] = commands({}, [{ name: 'monday', standing: handed }]);
    expect(gone?.[0]).toContain('tuesday');
  });

  test('shows what a damaged journal does not cover', () => {
    const [broken] = commands({}, [{ name: 'monday', standing: standing({ broken: true }) }]);
    expect(broken).toEqual(['okta-reset report monday', { kind: 'report' }]);
  });

  test('is watched, and named, by the same lines everywhere', () => {
    expect(watchCommand('monday')).toBe('okta-reset followup monday --watch');
    expect([BARE_LINES.rerun('a'), BARE_LINES.rerun('a', 'unknown'), BARE_LINES.run('a')]).toEqual([
      ...['okta-reset rerun a', 'okta-reset rerun a --only unknown', 'okta-reset run --plan a'],
    ]);
  });
});
