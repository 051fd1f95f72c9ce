import { expect, test } from '@jest/globals';
import { resolveAction, WHAT } from '../../src/config/action.ts';
import { ACTION_NAMES, ACTIONS } from '../../src/domain/plan/action.ts';
import type { Warning } from '../../src/domain/plan/preview.ts';
import { FLAGS_FOR } from '../../src/console/state/draft/draft-flags.ts';
import { settledBy } from '../../src/console/state/runs/settled-by.ts';

const CODES: readonly Warning['code'][] = [
  'sessions-stay-alive',
  'tokens-stay-alive',
  'factors-open-to-intruders',
  'already-done',
  ...ACTION_NAMES.flatMap((action) => ACTIONS[action].warnings.map(({ code }) => code)),
];

test.each(ACTION_NAMES)(
  'each button next to a warning of %s makes a plan that is possible',
  (action) => {
    for (const code of CODES) {
      const flags = settledBy(code, action)?.flags ?? {};
      expect(Object.keys(flags).filter((name) => !FLAGS_FOR.draft.has(name))).toEqual([]);
      const given = new Map(Object.entries({ action: [action], ...flags }));
      expect(() => resolveAction(WHAT.read(given))).not.toThrow();
    }
  },
);

test('tokens that ending sessions leaves valid are revoked by the other action', () => {
  expect(settledBy('tokens-stay-alive', 'end-sessions')?.flags).toEqual({
    action: ['revoke-tokens'],
  });
  expect(settledBy('tokens-stay-alive', 'suspend')).toBeUndefined();
});
