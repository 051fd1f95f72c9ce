import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  followupCommands,
  nextCommands,
  type RunStanding,
} from '../../src/domain/run/next-commands.ts';

const NONE = { succeeded: 0, skipped: 0, failed: 0, unknown: 0, 'not-attempted': 0 };

function next(counts: Partial<RunStanding['counts']>, more: Partial<RunStanding> = {}) {
  const standing = { planned: false, unsettled: 0, broken: false, ...more };
  return nextCommands('RUN', { ...standing, counts: { ...NONE, ...counts } }).map(
    ({ command }) => command,
  );
}

describe('the commands that continue from a run', () => {
  test('a plan is executed; one that acts on nobody has nothing to do', () => {
    expect(next({ 'not-attempted': 3 }, { planned: true })).toEqual(['okta-reset run --plan RUN']);
    expect(next({ skipped: 3 }, { planned: true })).toEqual([]);
  });

  test('failed rows are rerun by default, by name while a resume has rows left', () => {
    expect(next({ succeeded: 1, failed: 2 })).toEqual([
      'okta-reset rerun RUN',
      'okta-reset followup RUN',
    ]);
    expect(next({ failed: 2, 'not-attempted': 1 })).toEqual([
      'okta-reset resume RUN',
      'okta-reset rerun RUN --only failed',
    ]);
  });

  test('unknown rows are rerun by name only, and those that a resume settles are its own', () => {
    expect(next({ unknown: 2, succeeded: 1 })).toEqual([
      'okta-reset rerun RUN --only unknown',
      'okta-reset followup RUN',
    ]);
    expect(next({ unknown: 2 }, { unsettled: 2 })).toEqual(['okta-reset resume RUN']);
  });

  test('rows that were handed over continue in the run that has them; a damaged run does not continue', () => {
    expect(next({ 'not-attempted': 4 }, { heir: 'CHILD' })).toEqual(['okta-reset resume CHILD']);
    expect(next({ failed: 4, succeeded: 1 }, { broken: true })).toEqual([
      'okta-reset followup RUN',
    ]);
  });

  test('rows that other runs have taken up continue there', () => {
    expect(next({ failed: 2, succeeded: 1 }, { takenUp: 2 })).toEqual(['okta-reset followup RUN']);
    expect(next({ failed: 3 }, { takenUp: 2 })).toEqual(['okta-reset rerun RUN']);
    expect(next({ failed: 1, unknown: 2 }, { takenUp: 3 })).toEqual([]);
    expect(next({ failed: 1, unknown: 2 }, { takenUp: 1 })).toEqual([
      'okta-reset rerun RUN --only unknown',
    ]);
  });

  test('a run whose secrets are unencrypted continues with the flag that allows it', () => {
    const standing = { secrets: 'plaintext' } as const;
    expect(next({ failed: 1, 'not-attempted': 1 }, standing)).toEqual([
      'okta-reset resume RUN --secrets-plaintext',
      'okta-reset rerun RUN --only failed --secrets-plaintext',
    ]);
  });

  test('secrets are opened with the key that sealed them', () => {
    expect(next({ succeeded: 1 }, { secrets: 'sealed' })[0]).toBe(
      'okta-reset secrets open RUN --identity KEY --out secrets.csv',
    );
    expect(next({ succeeded: 1 }, { secrets: 'plaintext' })[0]).toBe(
      'okta-reset secrets open RUN --out secrets.csv',
    );
  });
});

test('one unknown row is enough to look it up, and a stopped canary has its own reason to continue', () => {
  expect(next({ unknown: 1 })).toEqual(['okta-reset rerun RUN --only unknown']);
  const why = (canaryStopped: boolean) =>
    nextCommands('RUN', {
      ...{ planned: false, unsettled: 0, broken: false, canaryStopped },
      counts: { ...NONE, 'not-attempted': 1 },
    }).find(({ does }) => does.kind === 'resume')?.why;
  expect([why(true), why(false)]).toEqual([
    'Continue, when you have fixed the cause of the stop',
    'Continue: check what is unknown, and act on the rest',
  ]);
});

test('users who are stuck are helped first, then the runs continue, the newest first', () => {
  const left = {
    ...{ planned: false, unsettled: 0, broken: false },
    counts: { ...NONE, 'not-attempted': 1 },
  };
  const found = followupCommands('monday', {
    counts: { 'link-dead': 1, 'link-used': 0, bounced: 0, 'came-back': 0 },
    runs: [
      { name: 'tuesday', standing: left },
      { name: 'monday', standing: left },
    ],
  });
  expect(found.map(({ command }) => command)).toEqual([
    'okta-reset followup monday --resend --only link-dead',
    'okta-reset resume tuesday',
    'okta-reset resume monday',
  ]);
});

test.each([
  ['temp-password', 'See who has set a new password since'],
  ['suspend', 'See who is still contained, and who has come back'],
  ['unlock', 'See the state of these users now'],
])('after %s: %s', (action, why) => {
  const counts = { ...NONE, succeeded: 3 };
  const [first] = nextCommands('run', {
    planned: false,
    counts,
    unsettled: 0,
    broken: false,
    action,
  });
  expect(first?.why).toBe(why);
});

describe('what a face can do for each command', () => {
  const deeds = (counts: Partial<RunStanding['counts']>, more: Partial<RunStanding> = {}) =>
    nextCommands('RUN', {
      ...{ planned: false, unsettled: 0, broken: false, ...more },
      counts: { ...NONE, ...counts },
    }).map(({ command, does }) => [command.replace(/^okta-reset /, ''), does]);

  test('is what the command does', () => {
    expect(deeds({ 'not-attempted': 3 }, { planned: true })).toEqual([
      ['run --plan RUN', { kind: 'execute' }],
    ]);
    const all = { succeeded: 1, failed: 2, unknown: 3, 'not-attempted': 4 };
    expect(deeds(all, { unsettled: 1, secrets: 'sealed' })).toEqual([
      ['resume RUN', { kind: 'resume' }],
      ['rerun RUN --only failed', { kind: 'rerun', only: ['failed'] }],
      ['rerun RUN --only unknown', { kind: 'rerun', only: ['unknown'] }],
      ['secrets open RUN --identity KEY --out secrets.csv', { kind: 'open-secrets' }],
      ['followup RUN', { kind: 'followup' }],
    ]);
    expect(deeds({ failed: 2 })).toEqual([['rerun RUN', { kind: 'rerun' }]]);
    expect(deeds(all, { heir: 'CHILD' })[0]).toEqual([
      ...['resume CHILD', { kind: 'other-run', name: 'CHILD' }],
    ]);
  });

  test('after a canary that is stuck begins with a look at it, once', () => {
    const stuck = { canaryStopped: true };
    expect(deeds({ succeeded: 2, 'not-attempted': 4 }, stuck)).toEqual([
      ['followup RUN', { kind: 'followup' }],
      ['resume RUN', { kind: 'resume' }],
    ]);
    expect(deeds({ succeeded: 2 }, { ...stuck, secrets: 'plaintext' })).toEqual([
      ['followup RUN', { kind: 'followup' }],
      ['secrets open RUN --out secrets.csv', { kind: 'open-secrets' }],
    ]);
  });

  test('with a damaged journal is a new plan over the rows that it has lost, by the same action', () => {
    const damaged = { broken: true, since: '2026-11-22T03:14:40.000Z' };
    const rows = '--file RUN/results.csv --column _user_id --where _reason=journal-damaged';
    const plan = `plan ${rows} --since ${damaged.since}`;
    expect(deeds({ unknown: 1 }, damaged)).toEqual([[plan, { kind: 'plan-again' }]]);
    expect(deeds({ unknown: 1 }, { ...damaged, action: 'suspend' })).toEqual([
      [`${plan} --action suspend`, { kind: 'plan-again' }],
    ]);
    expect(deeds({ failed: 1 }, damaged)).toEqual([]);
    expect(deeds({ unknown: 1 }, { broken: true })).toEqual([]);
    const lost = { planLost: true, secrets: 'sealed' } as const;
    expect(deeds({ succeeded: 1, failed: 1 }, lost).map(([, does]) => does)).toEqual([
      { kind: 'open-secrets' },
    ]);
  });

  test('has its own purpose, whatever the run has left', () => {
    const rows = fc.nat({ max: 3 });
    const standing = fc.record({
      counts: fc.record({
        ...{ succeeded: rows, skipped: rows, failed: rows, unknown: rows, 'not-attempted': rows },
      }),
      ...{ planned: fc.boolean(), broken: fc.boolean(), planLost: fc.boolean() },
      ...{ canaryStopped: fc.boolean(), unsettled: rows, takenUp: rows },
      secrets: fc.constantFrom('none' as const, 'sealed' as const, 'plaintext' as const),
    });
    fc.assert(
      fc.property(standing, (of) => {
        const found = nextCommands('RUN', { ...of, since: '2026' });
        for (const { why, command } of found) {
          expect(why).toMatch(/^[A-Z].{10,}/);
          expect(command).toMatch(/^okta-reset \w/);
        }
        for (const name of ['why', 'command'] as const)
          expect(new Set(found.map((each) => each[name])).size).toBe(found.length);
      }),
    );
  });
});
