import { resolve } from 'node:path';
import { ACTION_NAMES, ACTIONS } from '../../domain/plan/action.ts';
import { makeKey } from '../../app/secrets/open-secrets.ts';
import { orProblem, type GuideStage } from './stage.ts';
import { withSession } from '../session.ts';

/** The action, as flags. Where the secrets go is only for `run`. */
export interface GuidedAction {
  readonly flags: readonly string[];
  readonly secrets: readonly string[];
}

async function guideKey(stage: GuideStage): Promise<readonly string[]> {
  const { prompter, terminal } = stage;
  for (;;) {
    const choice = await prompter.choose('Temporary passwords are encrypted. With which key?', [
      { value: 'make', label: 'Make a new key', hint: 'a file that you keep private' },
      { value: 'have', label: 'Use a public key that I have', hint: 'age1…' },
    ] as const);
    if (choice === 'have') {
      const recipient = await prompter.ask('Recipient', {
        example: 'age1…',
        check: (text) => (/^age1[a-z0-9]+$/.test(text) ? undefined : 'It starts with age1.'),
      });
      return ['--secrets-recipient', recipient];
    }
    const file = await prompter.ask('File for the key', {
      example: 'okta-reset-key.txt',
      check: (text) => (text === '' ? 'Name a file that does not exist yet.' : undefined),
    });
    const recipient = await orProblem(prompter, () =>
      withSession(terminal, ({ context }) => makeKey(resolve(terminal.host.cwd, file), context)),
    );
    if (recipient !== undefined) return ['--secrets-recipient', recipient];
  }
}

/** Asks which calls to add to a password action. */
function besides(prompter: GuideStage['prompter']): Promise<readonly string[]> {
  return prompter.several(
    'What else? (space adds or removes one, Enter continues)',
    [
      {
        value: '--revoke-sessions',
        label: 'End Okta sessions',
        hint: 'otherwise people who are signed in stay signed in',
      },
      {
        value: '--revoke-tokens',
        label: 'Revoke OAuth tokens too',
        hint: 'one more call per user; otherwise apps keep their access',
      },
      {
        value: '--reset-factors',
        label: 'Reset factors too',
        hint: 'one more call per user; users enroll again, and an intruder’s factor is gone',
      },
    ] as const,
    ['--revoke-sessions', '--revoke-tokens', '--reset-factors'],
  );
}

/** Asks for the action. Each choice says its consequence in one line. */
export async function guideWhat(stage: GuideStage): Promise<GuidedAction> {
  const { prompter } = stage;
  const action = await prompter.choose(
    'What do you want to do to them?',
    ACTION_NAMES.map((value) => {
      const { label, hint } = ACTIONS[value];
      return { value, label, hint };
    }),
  );
  const more = ACTIONS[action].kind === 'password' ? await besides(prompter) : [];
  return {
    flags: [...(action === ACTION_NAMES[0] ? [] : ['--action', action]), ...more],
    secrets: action === 'temp-password' ? await guideKey(stage) : [],
  };
}
