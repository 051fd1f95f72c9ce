import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import {
  checkTyped,
  formatConfirmation,
  isTypedYes,
  parseConfirmation,
} from '../../src/domain/plan/confirmation.ts';
import {
  checkConsent,
  checkDigest,
  checkOrg,
  checkPlanAge,
  type ConsentTerms,
} from '../../src/plan/guards.ts';

const HOUR_MS = 3_600_000;
const HOST = 'acme.okta.com';
const DIGEST = `8f3a21c4${'0'.repeat(56)}`;

const refused = (code: string, hint?: string) =>
  expect.objectContaining({
    code,
    exitCode: 5,
    message: expect.stringContaining('Nothing was sent.'),
    ...(hint === undefined ? {} : { hint: expect.stringContaining(hint) }),
  });

function consent(over: Partial<ConsentTerms>): unknown {
  try {
    return checkConsent({
      targets: 4812,
      host: HOST,
      planDigest: DIGEST,
      confirm: undefined,
      yes: false,
      maxUsers: undefined,
      interactive: false,
      ...over,
    });
  } catch (error) {
    return error;
  }
}

describe('consent', () => {
  test.each<readonly [Partial<ConsentTerms>, unknown]>([
    [{ confirm: '4812@acme.okta.com' }, 'given'],
    [{ confirm: ' 4812@ACME.okta.com ' }, 'given'],
    [{ confirm: '4812@acme.okta.com', interactive: true }, 'given'],
    [{ yes: true, maxUsers: 4812 }, 'given'],
    [{ yes: true, maxUsers: 9000, interactive: true }, 'given'],
    [{ interactive: true }, 'ask'],
    [{ interactive: true, maxUsers: 5000 }, 'ask'],
    [{ targets: 0 }, 'given'],
    // A resumed run can be confirmed with the number that is left as well as with what the plan found.
    [{ confirm: '12@acme.okta.com', remaining: 12 }, 'given'],
    [{ confirm: '4812@acme.okta.com', remaining: 12 }, 'given'],
    [{ yes: true, maxUsers: 20, remaining: 12 }, 'given'],
    [{ confirm: '4812@acme.okta.com#8f3a21c4' }, 'given'],
    [{ confirm: '4812@acme.okta.com#8F3A21C40' }, 'given'],
    [{ confirm: `12@acme.okta.com#${DIGEST}`, remaining: 12, interactive: true }, 'given'],
    [{ confirm: '4812@acme.okta.com#8f3a21c5' }, refused('CONFIRM_OTHER_PLAN', 'run --plan')],
    [{ confirm: `4812@acme.okta.com#${DIGEST.replace(/0$/, '1')}` }, refused('CONFIRM_OTHER_PLAN')],
    [{ confirm: '1@acme.okta.com#00000000' }, refused('CONFIRM_OTHER_PLAN')],
    [{ confirm: '4811@acme.okta.com#8f3a21c4' }, refused('CONFIRM_MISMATCH')],
    [{ confirm: '4812@other.okta.com#8f3a21c4' }, refused('CONFIRM_MISMATCH')],
    [{ confirm: '4812@acme.okta.com#8f3a21c' }, refused('CONFIRM_MISMATCH')],
    [{ confirm: '4812@acme.okta.com#' }, refused('CONFIRM_MISMATCH')],
    [{}, refused('CONFIRM_MISSING', '--confirm 4812@acme.okta.com')],
    [{ yes: true }, refused('CONFIRM_MISSING', '--max-users 4812')],
    [{ yes: true, interactive: true }, refused('CONFIRM_MISSING', '--max-users 4812')],
    [{ confirm: '4811@acme.okta.com' }, refused('CONFIRM_MISMATCH', '--confirm 4812@')],
    [{ confirm: '4812@other.okta.com' }, refused('CONFIRM_MISMATCH', '@acme.okta.com')],
    [{ confirm: '4812@acme.okta.com:8080' }, refused('CONFIRM_MISMATCH')],
    [{ confirm: '4,812@acme.okta.com' }, refused('CONFIRM_MISMATCH')],
    [{ confirm: '' }, refused('CONFIRM_MISMATCH')],
    [{ confirm: '4812' }, refused('CONFIRM_MISMATCH')],
    [{ confirm: '1@acme.okta.com', targets: 0 }, refused('CONFIRM_MISMATCH')],
    [{ confirm: '4811@acme.okta.com', interactive: true }, refused('CONFIRM_MISMATCH')],
    [{ yes: true, maxUsers: 4811 }, refused('MAX_USERS_EXCEEDED', '--max-users 4812')],
    [{ interactive: true, maxUsers: 10 }, refused('MAX_USERS_EXCEEDED')],
    [{ confirm: '4812@acme.okta.com', maxUsers: 10 }, refused('MAX_USERS_EXCEEDED', '--limit 10')],
  ])('%j', (terms, expected) => {
    expect(consent(terms)).toEqual(expected);
  });

  describe('to a run that has begun', () => {
    const BEGUN = { begun: true, remaining: 12 } as const;
    const NOT_SAVED = /^Your consent to this run is not saved on this machine/;

    test.each<readonly [string, Partial<ConsentTerms>, unknown]>([
      ['is not asked for again if it is proved', { proved: true }, 'given'],
      ['nor if there is a terminal', { proved: true, interactive: true }, 'given'],
      ['is asked for if it is not proved', { proved: false, interactive: true }, 'ask'],
      ['is asked for if nothing is known about it', { interactive: true }, 'ask'],
      ['cannot be asked for without a terminal', { proved: false }, refused('CONFIRM_MISSING')],
      [
        'does not lift a limit that is named',
        { proved: true, maxUsers: 11 },
        refused('MAX_USERS_EXCEEDED', 'A resumed run acts on all that is left.'),
      ],
      ['goes with a limit that is kept', { proved: true, maxUsers: 12 }, 'given'],
      [
        'does not pass a wrong number',
        { proved: true, confirm: '13@acme.okta.com' },
        refused('CONFIRM_MISMATCH'),
      ],
      ['can be given again by flag', { proved: false, confirm: '12@acme.okta.com' }, 'given'],
      ['is given by --yes within its limit', { proved: false, yes: true, maxUsers: 12 }, 'given'],
      [
        'is not given by --yes beyond its limit',
        { proved: true, yes: true, maxUsers: 11 },
        refused('MAX_USERS_EXCEEDED', '--max-users 12'),
      ],
    ])('%s', (_, terms, expected) => {
      expect(consent({ ...BEGUN, ...terms })).toEqual(expected);
    });

    test('is proved for a begun run only', () => {
      expect(consent({ proved: true, interactive: true })).toBe('ask');
      expect(consent({ proved: true, begun: false })).toEqual(refused('CONFIRM_MISSING'));
    });

    test('is missed with the reason, and asked for what is left', () => {
      const command = 'okta-reset resume monday';
      expect(consent({ ...BEGUN, command })).toMatchObject({
        message: expect.stringMatching(NOT_SAVED),
        hint: 'Give consent: okta-reset resume monday --confirm 12@acme.okta.com, or --yes --max-users 12 instead.',
      });
      const other = expect.stringMatching(/^There is no terminal to ask in/);
      expect(consent({ begun: false })).toMatchObject({ message: other });
      expect(consent({})).toMatchObject({
        message: other,
        hint: 'Give consent: --confirm 4812@acme.okta.com, or --yes --max-users 4812 instead.',
      });
    });

    test('is refused by what is left of it, and a new one by its targets', () => {
      const over = { yes: true, maxUsers: 5 };
      expect(consent({ ...over, ...BEGUN })).toMatchObject({
        message: expect.stringMatching(/^The run has 12 users left; --max-users allows 5 users\./),
      });
      expect(consent(over)).toMatchObject({
        message: expect.stringMatching(/^The plan acts on 4,812 users; --max-users allows 5 users/),
      });
    });
  });

  const READ = 'Read the preview. If it is right: --confirm';

  test.each<readonly [Partial<ConsentTerms>, message: string, hint: string]>([
    [
      { confirm: '1@acme.okta.com' },
      'You confirmed 1 user; the plan found 4,812 users.',
      `${READ} 4812@acme.okta.com`,
    ],
    [
      { confirm: '4812@acme.okta.com', targets: 1 },
      'You confirmed 4,812 users; the plan found 1 user.',
      `${READ} 1@acme.okta.com`,
    ],
    [
      { confirm: '5@Other.okta.com', targets: 5 },
      'You confirmed other.okta.com; the plan is for acme.okta.com.',
      `${READ} 5@acme.okta.com`,
    ],
    [
      { confirm: '5 users', targets: 5 },
      '“5 users” is not of the form COUNT@HOST or COUNT@HOST#DIGEST.',
      `${READ} 5@acme.okta.com`,
    ],
    [
      { yes: true, targets: 5 },
      '--yes needs a maximum number of users.',
      'Set it: --yes --max-users 5, or --confirm 5@acme.okta.com',
    ],
    [
      { maxUsers: 1, targets: 2 },
      'The plan acts on 2 users; --max-users allows 1 user.',
      'Narrow the selection (--limit 1, --where), or allow it: --max-users 2.',
    ],
    [
      { maxUsers: 0, targets: 1 },
      'The plan acts on 1 user; --max-users allows 0 users.',
      'Narrow the selection (--limit 0, --where), or allow it: --max-users 1.',
    ],
    [
      { maxUsers: 1, remaining: 2, begun: true },
      'The run has 2 users left; --max-users allows 1 user.',
      'A resumed run acts on all that is left. Allow that: --max-users 2. Or make a new plan over fewer.',
    ],
    [
      { maxUsers: 0, remaining: 1, begun: true },
      'The run has 1 user left; --max-users allows 0 users.',
      'A resumed run acts on all that is left. Allow that: --max-users 1. Or make a new plan over fewer.',
    ],
    [
      { targets: 5, remaining: 1 },
      'There is no terminal to ask in, and no flag gives consent to 1 user of acme.okta.com.',
      'Give consent: --confirm 1@acme.okta.com, or --yes --max-users 1 instead.',
    ],
    [
      { targets: 5, command: 'okta-reset run --plan a' },
      'There is no terminal to ask in, and no flag gives consent to 5 users of acme.okta.com.',
      'Give consent: okta-reset run --plan a --confirm 5@acme.okta.com, or --yes --max-users 5 instead.',
    ],
  ])('%j is refused with “%s”', (terms, message, hint) => {
    expect(consent(terms)).toMatchObject({ message: `${message} Nothing was sent.`, hint });
  });

  test('what is formatted can be parsed', () => {
    fc.assert(
      fc.property(fc.nat({ max: 999_999_999 }), fc.domain(), (count, domain) => {
        const host = `${domain.toLowerCase()}:8080`;
        const said = parseConfirmation(formatConfirmation({ count, host }));
        expect(said).toEqual({ count, host });
        const bound = formatConfirmation({ count, host, digest: DIGEST });
        expect(parseConfirmation(bound)).toEqual({ count, host, digest: '8f3a21c4' });
      }),
    );
  });

  test.each<readonly [string | undefined, string | undefined]>([
    ['5@acme.okta.com', undefined],
    [' 5@ACME.okta.com ', undefined],
    ['5@acme.okta.com#8f3a21c4', undefined],
    [`5@acme.okta.com#${DIGEST}`, undefined],
    ['5@acme.okta.com#8f3a21c5', 'CONFIRM_OTHER_PLAN'],
    ['6@acme.okta.com#8f3a21c4', 'CONFIRM_MISMATCH'],
    ['5@acme.okta.com#8f3a', 'CONFIRM_MISMATCH'],
    ['yes', 'CONFIRM_MISMATCH'],
    ['', 'CONFIRM_MISMATCH'],
    [undefined, 'CONFIRM_MISMATCH'],
  ])('typed %j: %s', (typed, code) => {
    const wanted = { confirm: `5@${HOST}`, planDigest: DIGEST };
    const check = () => checkTyped(typed, wanted);
    if (code === undefined) expect(check).not.toThrow();
    else expect(check).toThrow(refused(code));
    expect(isTypedYes(typed, wanted)).toBe(code === undefined);
  });
});

describe('org', () => {
  const plan = { orgId: '00o1', host: HOST };

  test.each([
    { orgId: '00o1', host: 'ACME.okta.com' },
    // Some orgs do not return their id.
    { orgId: '', host: HOST },
  ])('%j is the org of the plan', (live) => {
    expect(() => checkOrg(plan, live)).not.toThrow();
  });

  test.each([
    [{ orgId: '00o1', host: 'acme.oktapreview.com' }, '--org'],
    [{ orgId: '00o1', host: `${HOST}:8443` }, '--org'],
    [{ orgId: '00o2', host: HOST }, 'okta-reset plan'],
  ])('%j is not', (live, hint) => {
    expect(() => checkOrg(plan, live)).toThrow(refused('PLAN_OTHER_ORG', hint));
  });
});

describe('age', () => {
  const now = Date.parse('2026-03-02T12:00:00Z');

  test.each([0, -24 * HOUR_MS, 10 * 60_000, 15 * 60_000])(
    'a plan of %i ms from now is fine',
    (offset) => {
      expect(() => checkPlanAge(now + offset, now, 24 * HOUR_MS)).not.toThrow();
    },
  );

  test.each([
    [-24 * HOUR_MS - 1, '--plan-max-age 26h'],
    [-100 * HOUR_MS, '--plan-max-age 101h'],
    [-100 * HOUR_MS - 1, '--plan-max-age 102h'],
    [15 * 60_000 + 1, 'clock'],
    [HOUR_MS, 'clock'],
    [NaN, 'okta-reset plan'],
  ])('a plan of %p ms from now is refused', (offset, hint) => {
    expect(() => checkPlanAge(now + offset, now, 24 * HOUR_MS)).toThrow(
      refused('PLAN_EXPIRED', hint),
    );
  });
});

test.each<readonly [() => void, string]>([
  [
    () => checkOrg({ orgId: 'a', host: HOST }, { orgId: 'b', host: 'ACME.okta.com' }),
    'ACME.okta.com is another org now: the plan is for a, this is b.',
  ],
  [
    () => checkOrg({ orgId: 'a', host: HOST }, { orgId: 'a', host: 'b.okta.com' }),
    'The plan is for acme.okta.com; this is b.okta.com.',
  ],
  [
    () => checkPlanAge(0, 26.5 * HOUR_MS, 24 * HOUR_MS),
    'The plan is 26 h 30 min old; at most 24 h is allowed, because users change.',
  ],
  [
    () => checkPlanAge(2 * HOUR_MS, 0, 24 * HOUR_MS),
    'The plan says that it was made 2 h in the future, so its age is not known.',
  ],
  [
    () => checkDigest({ planDigest: 'ab' }, 'ac'),
    'plan.jsonl is not the file that was previewed: its digest differs from the one in run.json.',
  ],
])('%o is refused with “%s”', (check, message) => {
  expect(check).toThrow(`${message} Nothing was sent.`);
});

test('a plan with another digest is refused', () => {
  expect(() => checkDigest({ planDigest: 'ab' }, 'ab')).not.toThrow();
  expect(() => checkDigest({ planDigest: 'ab' }, 'AB')).toThrow(refused('PLAN_CHANGED'));
});
