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
  const { goodWords, done, hasLink, proof } = followupWords(action);
  expect([goodWords, done, hasLink]).toEqual(SAID[action]);
  if (action === 'reset-password') return;
  expect(proof).toBe('call');
  expect(followupMeaning('no-trace', action)).not.toContain('reset');
});

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
