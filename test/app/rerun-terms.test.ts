/** Which rows of an earlier run are taken, what is done to them, and which run `--last` means. */
import { describe, expect, test } from '@jest/globals';
import { parentFields, type ReadParent } from '../../src/app/rerun/parent-runs.ts';
import { rerunPolicy, rerunSpec, wantedRows } from '../../src/app/rerun/rerun-terms.ts';
import { RowFilter, type Ending, type WantedRows } from '../../src/app/rerun/wanted-rows.ts';
import { meantBy, runInWords, type LastFor } from '../../src/app/runs/last-run.ts';
import type { ListedRun } from '../../src/app/runs/list-runs.ts';
import { doneOf, isInterrupted } from '../../src/app/runs/waiting-runs.ts';
import { WHAT } from '../../src/config/action.ts';
import type { ActionSpec } from '../../src/domain/plan/action.ts';
import { runFile } from '../report/sample.ts';

const none = { outcomes: [], errors: [], rows: [], again: false };

describe('the rows of an earlier run', () => {
  const ending = (outcome: Ending['outcome'], more: Partial<Ending> = {}): Ending => ({
    ...{ outcome, reason: undefined, oktaErrorCode: undefined, row: undefined },
    ...more,
  });
  const wants = (wanted: Partial<WantedRows>, end: Ending, isSame = true) =>
    new RowFilter({ ...wantedRows(none), ...wanted }, isSame).wants(end);

  test('are those that failed or were not attempted, unless others are named', () => {
    const all = ['succeeded', 'skipped', 'failed', 'unknown', 'not-attempted'] as const;
    const taken = (outcomes: readonly Ending['outcome'][]) =>
      all.filter((outcome) => wants(wantedRows({ ...none, outcomes }), ending(outcome)));
    expect(taken([])).toEqual(['failed', 'not-attempted']);
    expect(taken(['unknown', 'skipped'])).toEqual(['skipped', 'unknown']);
    expect(wantedRows({ ...none, errors: ['E1'], rows: [3], again: true })).toMatchObject({
      ...{ errors: new Set(['E1']), rows: new Set([3]), again: true },
    });
    expect(wantedRows(none)).toMatchObject({ errors: undefined, rows: undefined });
  });

  test('are chosen by code and by number, if these are known', () => {
    const coded = { errors: new Set(['E0000006']) };
    expect(wants(coded, ending('failed', { oktaErrorCode: 'E0000006' }))).toBe(true);
    expect(wants(coded, ending('failed', { oktaErrorCode: 'E0000007' }))).toBe(false);
    expect(wants(coded, ending('failed'))).toBe(false);
    const numbered = { rows: new Set([3]) };
    expect(wants(numbered, ending('failed', { row: 3 }))).toBe(true);
    expect([2, undefined].some((row) => wants(numbered, ending('failed', { row })))).toBe(false);
  });

  test('never include excluded ones, duplicates, or those whose main step would be repeated', () => {
    const skipped = { outcomes: new Set<Ending['outcome']>(['skipped', 'failed']) };
    const of = (reason: string, outcome: Ending['outcome'], isSame?: boolean) =>
      wants(skipped, ending(outcome, { reason }), isSame);
    expect([of('excluded', 'skipped'), of('duplicate', 'skipped', false)]).toEqual([false, false]);
    expect([of('status:SUSPENDED', 'skipped'), of('excluded', 'failed')]).toEqual([true, true]);
    expect([of('partly-done', 'failed', true), of('partly-done', 'failed', false)]).toEqual([
      ...[false, true],
    ]);
  });

  test('are counted: the unknown among the chosen, and what was left out', () => {
    const wanted = wantedRows({ ...none, outcomes: ['unknown', 'skipped', 'failed'] });
    const filter = new RowFilter(wanted, true);
    expect(filter.stayedOut('x')).toBeUndefined();
    for (const end of [
      ending('unknown'),
      ending('unknown', { reason: 'undecided' }),
      ending('failed', { reason: 'partly-done' }),
      ending('skipped', { reason: 'excluded' }),
      ending('skipped', { reason: 'excluded' }),
      ending('succeeded'),
    ])
      filter.wants(end);
    expect(filter.unknown).toBe(2);
    expect(filter.stayedOut('Run x')).toContain('(1 partly-done, 2 excluded)');
    expect(() => filter.refuseNone('Run x')).not.toThrow();
  });

  test('are none: the message says what there is instead, in the order of outcomes', () => {
    const filter = new RowFilter({ ...wantedRows(none), errors: new Set(['E9']) }, true);
    // Nothing was read: that is told elsewhere.
    expect(() => filter.refuseNone('Run x')).not.toThrow();
    for (const end of [
      ending('not-attempted'),
      ending('succeeded'),
      ending('failed', { oktaErrorCode: 'E0000006' }),
      ending('failed', { oktaErrorCode: 'E0000006' }),
      ending('failed', { reason: 'partly-done' }),
    ])
      filter.wants(end);
    const refused = (() => {
      try {
        filter.refuseNone('Run x');
        return undefined;
      } catch (error) {
        return error as Error & { readonly hint: string };
      }
    })();
    expect(refused).toMatchObject({
      code: 'INPUT_NOTHING_SELECTED',
      message: 'Run x has no row that is failed or not-attempted with E9.',
    });
    expect(refused?.hint).toContain('Its rows: 1 succeeded, 3 failed, 1 not-attempted.');
    expect(refused?.hint).toContain('Codes among those: 2 E0000006.');
    expect(refused?.hint).toContain('--only and --error');
    expect(refused?.hint).toContain('partly done rows are always left out');
    const plain = new RowFilter(wantedRows(none), true);
    plain.wants(ending('succeeded'));
    expect(() => plain.refuseNone('x')).toThrow('x has no row that is failed or not-attempted.');
  });
});

test('at most 20 codes are named, each with all of its rows', () => {
  const filter = new RowFilter({ ...wantedRows(none), errors: new Set(['E9']) }, true);
  const codes = Array.from({ length: 25 }, (_, at) => `E${100 + at}`);
  for (const oktaErrorCode of [...codes, ...codes])
    filter.wants({ outcome: 'failed', reason: undefined, oktaErrorCode, row: undefined });
  const named = (hint: unknown) => String(hint).match(/\d+ E\d+/g);
  const hint = (() => {
    try {
      filter.refuseNone('Run x');
      return undefined;
    } catch (error) {
      return (error as { readonly hint: string }).hint;
    }
  })();
  expect(named(hint)).toEqual(codes.slice(0, 20).map((code) => `2 ${code}`));
});

describe('what a rerun does', () => {
  const earlier: ActionSpec = { ...runFile().spec, sendEmail: false, revokeSessions: true };
  const spec = (flags: Readonly<Record<string, readonly string[]>>, from = earlier) =>
    rerunSpec(WHAT.read(new Map(Object.entries(flags))), () => from);

  test('is what the run did, and what flags add', () => {
    expect(spec({})).toMatchObject({
      ...{ action: 'reset-password', sendEmail: false, revokeSessions: true },
      revokeTokens: false,
    });
    expect(spec({ 'revoke-tokens': [] })).toMatchObject({
      revokeSessions: true,
      revokeTokens: true,
    });
    const mailed = { ...earlier, sendEmail: true, revokeSessions: false };
    expect(spec({ 'no-send-email': [], 'reset-factors': [] }, mailed)).toMatchObject({
      ...{ sendEmail: false, revokeSessions: false, resetFactors: true },
    });
    expect(spec({}, { ...mailed, resetFactors: true }).resetFactors).toBe(true);
  });

  test('is a different action if one is named, without what the run added', () => {
    expect(spec({ action: ['expire-password'] })).toMatchObject({
      ...{ action: 'expire-password', revokeSessions: false },
    });
  });

  test('keeps the policy of the run, adds to it, and forgets no resend', () => {
    const { policy } = runFile();
    const asked = { ...policy, includeStatus: ['RECOVERY'], includeProvider: ['LDAP', 'OKTA'] };
    const before = {
      ...policy,
      ...{ includeStatus: ['ACTIVE', 'RECOVERY'], includeProvider: ['OKTA'] },
      ...{ includeAdmins: true, resend: true, sinceMs: 5 },
    };
    expect(rerunPolicy(asked, before)).toMatchObject({
      ...{ includeStatus: ['ACTIVE', 'RECOVERY'], includeProvider: ['OKTA', 'LDAP'] },
      ...{ includeAdmins: true, resend: true, sinceMs: 5 },
    });
    expect(rerunPolicy({ ...asked, sinceMs: 9 }, before).sinceMs).toBe(9);
    expect(rerunPolicy(asked)).toMatchObject({ includeAdmins: false, sinceMs: undefined });
    expect(() => rerunPolicy({ ...asked, lookup: false }, before)).toThrow('--no-lookup');
    const timeless = { ...before, sinceMs: undefined };
    expect(rerunPolicy({ ...asked, lookup: false }, timeless).lookup).toBe(false);
  });
});

test('a plan names the runs that its rows come from, and where those that were found are', () => {
  const parent: ReadParent = { dir: '/reports/monday', records: 7, left: 2, taken: 3 };
  const fields = (pairs: readonly [string, ReadParent | undefined][]) =>
    parentFields(new Map(pairs), '/reports/tuesday');
  expect(fields([])).toEqual({ parentRunId: undefined });
  expect(fields([['a', undefined]])).toEqual({ parentRunId: 'a' });
  expect(
    fields([
      ['a', undefined],
      ['b', parent],
    ]),
  ).toEqual({
    ...{ parentRunId: 'a', parentRunIds: ['a', 'b'] },
    parents: [{ runId: 'b', records: 7, left: 2, taken: 3, dir: '../monday' }],
  });
});

describe('the run that --last means', () => {
  const counts = { succeeded: 0, skipped: 0, failed: 0, unknown: 0, 'not-attempted': 0 };
  const listed = (runId: string, more: Partial<ListedRun> = {}): ListedRun =>
    ({
      ...{ runId, name: runId, state: 'finished', lastAt: '2026-11-22T03:00:00Z', ageMs: 60_000 },
      ...{ spec: runFile().spec, host: 'acme.okta.com', targets: 5, unsettled: 0, takenUp: 0 },
      ...{ counts, secrets: 'none', parentRunIds: [], ...more },
    }) as Partial<ListedRun> as ListedRun;
  const runs = [
    listed('plan', { state: 'planned', lastAt: undefined }),
    listed('declined', { state: 'declined', lastAt: undefined }),
    listed('overtaken', { state: 'overtaken', lastAt: undefined }),
    listed('stopped', { state: 'stopped', counts: { ...counts, 'not-attempted': 2 } }),
    listed('failed', { counts: { ...counts, succeeded: 3, failed: 2 } }),
    listed('taken', { counts: { ...counts, failed: 2 }, takenUp: 2 }),
    listed('handed', { state: 'handed-over', counts: { ...counts, 'not-attempted': 2 } }),
    listed('done', { counts: { ...counts, succeeded: 5 }, secrets: 'sealed' }),
    listed('child', { counts: { ...counts, succeeded: 1 }, parentRunIds: ['done'] }),
    listed('unknown', { counts: { ...counts, unknown: 2 } }),
  ];

  test.each<[LastFor, readonly string[]]>([
    ['resume', ['stopped']],
    ['rerun', ['stopped', 'failed']],
    ['resend', ['failed', 'child']],
    ['followup', ['failed', 'child']],
    ['report', ['plan', 'stopped', 'failed', 'taken', 'handed', 'done', 'child', 'unknown']],
    ['secrets', ['done']],
  ])('for %s is one of %j', (what, meant) => {
    expect(meantBy(what, runs).map(({ runId }) => runId)).toEqual(meant);
  });

  test('is described by name, action, org, age and how far it is', () => {
    const run = listed('monday', { counts: { ...counts, succeeded: 3 } });
    expect(runInWords(run)).toBe(
      'monday (reset-password on acme.okta.com, 1 min old, 3 of 5 done)',
    );
  });

  test('is begun if it has a record; rows are done that are neither left nor unsettled', () => {
    expect(runs.slice(0, 4).map(isInterrupted)).toEqual([false, false, false, true]);
    const half = { counts: { ...counts, 'not-attempted': 2, unknown: 1 }, unsettled: 1 };
    expect(doneOf(listed('half', half))).toBe(2);
  });
});
