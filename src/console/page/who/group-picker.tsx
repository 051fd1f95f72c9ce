import { useState } from 'preact/hooks';
import type { Draft } from '../../api/answers.ts';
import { useGet } from '../client/hooks.ts';
import { Button } from '../parts/button.tsx';
import { Field } from '../parts/field.tsx';
import { Panel, Problem } from '../parts/notes.tsx';
import { useDraft } from '../shell/scope.tsx';
import { LiveCount } from './live-count.tsx';

const TYPING_MS = 250;

/** Groups by the beginning of their name. A press adds one. */
export function GroupPicker({
  draft,
  flag,
}: {
  readonly draft: Draft;
  readonly flag: 'group' | 'exclude-group';
}) {
  const { change } = useDraft();
  const [search, setSearch] = useState('');
  const { value, error, asking } = useGet(
    '/api/groups',
    { query: { search } },
    { waitMs: TYPING_MS },
  );
  const chosen = draft.flags[flag] ?? [];
  const groups = value?.groups ?? [];
  const wordFor = ({ id, name }: (typeof groups)[number]) =>
    groups.filter((other) => other.name === name).length > 1 ? id : name;
  const rest = groups.filter((group) => !chosen.includes(wordFor(group)));
  return (
    <Panel title={flag === 'group' ? 'Members of groups' : undefined}>
      <Field
        label={flag === 'group' ? 'Find a group' : 'Find a group to leave out'}
        kind="search"
        value={search}
        onInput={setSearch}
        placeholder="Its name begins with…"
      />
      <Problem error={error} />
      <ul class="picks" aria-busy={asking}>
        {rest.map((group) => (
          <li key={group.id}>
            <Button
              look="small"
              onPress={() => void change({ flags: { [flag]: [...chosen, wordFor(group)] } })}
            >
              {wordFor(group) === group.name ? `+ ${group.name}` : `+ ${group.name} (${group.id})`}
            </Button>
          </li>
        ))}
        {value?.more === true && <li class="muted small">and more: type on</li>}
        {value !== undefined && groups.length === 0 && <li class="muted small">No such group.</li>}
      </ul>
      {flag === 'group' &&
        chosen.map((group) => <LiveCount key={group} name={group} query={{ group }} />)}
    </Panel>
  );
}
