import { useId } from 'preact/hooks';
import type { ActionCard, Draft } from '../../api/answers.ts';
import type { FlagChanges } from '../../api/requests.ts';
import { useConsole } from '../client/hooks.ts';
import { sentence } from '../parts/words.ts';
import { useDraft } from '../shell/scope.tsx';

/** Returns the flags that choose an action: those of another action are removed, and recommended ones are ticked. */
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

function Card({
  card,
  name,
  draft,
}: {
  readonly card: ActionCard;
  readonly name: string;
  readonly draft: Draft;
}) {
  const { actions } = useConsole();
  const { change } = useDraft();
  return (
    <label class="card">
      <input
        type="radio"
        name={name}
        checked={card.action === draft.flags['action']?.[0]}
        onChange={() => void change({ flags: flagsOfAction(card, actions) })}
      />
      <b>{card.label}</b>
      <span>{sentence(card.hint)}</span>
      <small>Acts on: {statusWords(card.statuses)}</small>
    </label>
  );
}

/** The actions as cards, password actions first. Each says what happens to the user. */
export function ActionCards({ draft }: { readonly draft: Draft }) {
  const { actions } = useConsole();
  const name = useId();
  const onPasswords = actions.filter(({ options }) => options.length > 0);
  const others = actions.filter(({ options }) => options.length === 0);
  const isOther = others.some(({ action }) => action === draft.flags['action']?.[0]);
  return (
    <>
      <fieldset class="cards">
        <legend class="unseen">Actions on passwords</legend>
        {onPasswords.map((card) => (
          <Card key={card.action} card={card} name={name} draft={draft} />
        ))}
      </fieldset>
      <details class="more" open={isOther}>
        <summary>Contain or restore instead: sessions, tokens, factors, suspension</summary>
        <fieldset class="cards">
          <legend class="unseen">Other actions</legend>
          {others.map((card) => (
            <Card key={card.action} card={card} name={name} draft={draft} />
          ))}
        </fieldset>
      </details>
    </>
  );
}
