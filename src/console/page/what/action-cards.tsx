import { useId } from 'preact/hooks';
import type { ActionCard, Draft } from '../../api/answers.ts';
import type { FlagChanges } from '../../api/requests.ts';
import { useConsole } from '../client/hooks.ts';
import { useDraft } from '../shell/scope.tsx';

/** The flags that choose an action: what belongs to another one goes, what should go along is ticked. */
export function flagsOfAction(card: ActionCard, all: readonly ActionCard[]): FlagChanges {
  const others = new Set(all.flatMap(({ options }) => options.map(({ flag }) => flag)));
  const own = Object.fromEntries(
    card.options.map(({ flag, ticked }) => [flag, ticked ? [] : null]),
  );
  return {
    ...Object.fromEntries([...others].map((flag) => [flag, null])),
    ...own,
    action: [card.action],
  };
}

function statusWords(statuses: readonly string[]): string {
  return statuses.map((status) => status.toLowerCase().replaceAll('_', ' ')).join(', ');
}

/** The actions as cards: each says what becomes of the user. */
export function ActionCards({ draft }: { readonly draft: Draft }) {
  const { actions } = useConsole();
  const { change } = useDraft();
  const name = useId();
  const chosen = draft.flags['action']?.[0];
  return (
    <fieldset class="cards">
      <legend class="unseen">Action</legend>
      {actions.map((card) => (
        <label key={card.action} class="card">
          <input
            type="radio"
            name={name}
            checked={card.action === chosen}
            onChange={() => void change({ flags: flagsOfAction(card, actions) })}
          />
          <b>{card.label}</b>
          <span>{card.hint}</span>
          <small>Acts on users who are {statusWords(card.statuses)}</small>
        </label>
      ))}
    </fieldset>
  );
}
