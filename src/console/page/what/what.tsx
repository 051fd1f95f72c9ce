import { useEffect } from 'preact/hooks';
import type { ActionCard, Draft } from '../../api/answers.ts';
import { useConsole, useDoing } from '../client/hooks.ts';
import { Button } from '../parts/button.tsx';
import { Tick } from '../parts/field.tsx';
import { FlagForm } from '../parts/flag-form.tsx';
import { Panel, Problem } from '../parts/notes.tsx';
import { Screen } from '../parts/screen.tsx';
import { sentence } from '../parts/words.ts';
import { goTo } from '../shell/navigation.tsx';
import { useDraft } from '../shell/scope.tsx';
import { ActionCards, flagsOfAction } from './action-cards.tsx';
import { SecretsPlace } from './secrets-place.tsx';

/** Groups of flags that refine a run, in their order on the screen. */
const REFINING = ['Policy', 'Guards', 'Pace'] as const;

const TITLES: Readonly<Record<(typeof REFINING)[number], string>> = {
  Policy: 'Who to act on, and who to leave out',
  Guards: 'When to stop',
  Pace: 'How fast',
};

function Options({ card, draft }: { readonly card: ActionCard; readonly draft: Draft }) {
  const { change } = useDraft();
  if (card.options.length === 0) return null;
  return (
    <Panel title="Also">
      {card.options.map(({ flag }) => {
        const [label, hint] = OPTION_WORDS[flag] ?? [flag, undefined];
        return (
          <Tick
            key={flag}
            label={label}
            hint={hint}
            checked={draft.flags[flag] !== undefined}
            onChange={(checked) => void change({ flags: { [flag]: checked ? [] : null } })}
          />
        );
      })}
    </Panel>
  );
}

/** Options that can be added to an action, and what they do. */
const OPTION_WORDS: Readonly<Record<string, readonly [label: string, hint: string]>> = {
  'revoke-sessions': ['End their sessions', 'Anyone who is signed in to Okta is signed out.'],
  'revoke-tokens': [
    'Revoke their tokens',
    'Apps that hold an OAuth or refresh token lose their access.',
  ],
  'reset-factors': [
    'Reset their factors',
    'Every enrolled MFA factor is removed. They enroll again at the next sign-in.',
  ],
  'no-send-email': [
    'Send no email: keep the links for me to hand over',
    'Okta emails nobody. The links are encrypted, and you show them here one at a time.',
  ],
};

/** Tells whether the action returns something that must be stored. */
function needsPlace({ secrets }: ActionCard, { flags }: Draft): boolean {
  return (
    secrets === 'always' ||
    (secrets === 'with-no-send-email' && flags['no-send-email'] !== undefined)
  );
}

function headlineOf(card: ActionCard | undefined): string {
  return card === undefined ? 'What happens to them?' : card.label;
}

/** What to do: the action, its options, and who is skipped. */
export function What({ draft }: { readonly draft: Draft }) {
  const { actions, flags } = useConsole();
  const { change, error, plan } = useDraft();
  const doing = useDoing();
  const name = draft.flags['action']?.[0];
  const card = actions.find(({ action }) => action === name);
  const [first] = actions;
  useEffect(() => {
    // An empty draft begins with the usual action and its recommended options.
    if (name === undefined && first !== undefined)
      void change({ flags: flagsOfAction(first, actions) });
  }, [name === undefined]);
  const preview = () =>
    doing.run(plan, (begun) => goTo({ kind: 'draft', draft: draft.id, step: 'preview', ...begun }));
  const { problem } = draft;
  return (
    <Screen
      name="What"
      about="What · nothing is sent"
      headline={headlineOf(card)}
      sub={card === undefined ? undefined : `${sentence(card.does)}.`}
      command={draft.command}
    >
      <ActionCards draft={draft} />
      {card !== undefined && <Options card={card} draft={draft} />}
      {card !== undefined && needsPlace(card, draft) && <SecretsPlace draft={draft} />}
      {REFINING.map((group) => (
        <details class="more" key={group}>
          <summary>{TITLES[group]}</summary>
          <FlagForm flags={flags.filter((flag) => flag.group === group)} draft={draft} />
        </details>
      ))}
      <Problem error={doing.error ?? error ?? problem} />
      <div class="actions">
        <Button
          look="primary"
          busy={doing.busy}
          off={problem === undefined ? undefined : problem.message}
          onPress={preview}
        >
          Preview: see who is affected
        </Button>
        <p class="muted small">Reads the users. Nothing is sent to them.</p>
      </div>
    </Screen>
  );
}
