import { expect, test } from '@jest/globals';
import { followupMeaning, followupWords } from '../../src/app/followup/followup-meaning.ts';
import { FOLLOWUP_STATES } from '../../src/app/followup/followup-state.ts';
import { ACTION_NAMES, ACTIONS, type Action } from '../../src/domain/plan/action.ts';

/** What a follow-up says about users who are as they should be, about what was done, and whether a link can expire. */
const SAID: Readonly<Record<Action, readonly [good: string, done: string, hasLink: boolean]>> = {
  'reset-password': ['finished', 'reset', true],
  'temp-password': ['finished', 'acted on', false],
  'expire-password': ['finished', 'acted on', false],
  'end-sessions': ['still contained', 'acted on', false],
  'revoke-tokens': ['still contained', 'acted on', false],
  suspend: ['still contained', 'acted on', false],
  'reset-factors': ['still contained', 'acted on', false],
  unsuspend: ['restored', 'acted on', false],
  unlock: ['restored', 'acted on', false],
  reactivate: ['restored', 'acted on', false],
};

test.each(ACTION_NAMES)('a follow-up of %s says what was done and nothing else', (action) => {
  const { goodWords, done, hasLink, proof, good } = followupWords(action);
  expect([goodWords, done, hasLink]).toEqual(SAID[action]);
  expect(good).toBe(goodWords === 'still contained' ? 'contained' : 'finished');
  const isReset = action === 'reset-password';
  expect(proof).toBe(isReset ? 'reset' : 'call');
  expect(followupMeaning('no-trace', action).includes('reset')).toBe(isReset);
});

test.each(ACTION_NAMES)(
  'a user who has finished after %s has done what was asked of them',
  (action) => {
    const restores = followupWords(action).goodWords === 'restored';
    expect(followupMeaning('finished', action)).toBe(
      restores ? 'as asked, and no longer blocked' : 'set a new password since',
    );
    for (const state of FOLLOWUP_STATES.filter((each) => each !== 'finished'))
      expect(followupMeaning(state, action)).not.toMatch(/no longer blocked|set a new password/);
    for (const state of FOLLOWUP_STATES.filter((each) => each !== 'no-trace'))
      expect(followupMeaning(state, action)).toBe(
        state === 'finished' && restores
          ? 'as asked, and no longer blocked'
          : followupMeaning(state, 'reset-password'),
      );
  },
);

test.each(ACTION_NAMES)(
  'the words of %s are a sentence of its own, without a word twice',
  (action) => {
    const { label, does, hint, done, statuses } = ACTIONS[action];
    const said = done({ sendEmail: true, revokeSessions: false });
    for (const text of [label, does, hint, said])
      expect(text).not.toMatch(/\b(\w+)\b[:;] \1\b|\b(\w)\2{2}|^(\w)\3\w/i);
    // A preview puts the name of the action before it, so `unlock: unlock; …` would say it twice.
    expect(does).not.toMatch(new RegExp(`^${action}\\b[;,]`));
    expect(statuses.length).toBeGreaterThan(0);
    expect(FOLLOWUP_STATES.every((state) => followupMeaning(state, action) !== '')).toBe(true);
  },
);
