import { useState } from 'preact/hooks';
import type { Draft } from '../../api/answers.ts';
import { Button } from '../parts/button.tsx';
import { Field } from '../parts/field.tsx';
import { Panel } from '../parts/notes.tsx';
import { useDraft } from '../shell/scope.tsx';
import { useLeftover } from './leftover.ts';
import { LiveCount } from './live-count.tsx';

const EXAMPLES = [
  'status eq "ACTIVE"',
  'profile.department eq "Sales"',
  'passwordChanged lt "2026-01-01T00:00:00.000Z"',
  'profile.login sw "svc-"',
];

/** An expression of Okta's search, with a live count of the users it finds. */
export function SearchSource({ draft }: { readonly draft: Draft }) {
  const { change } = useDraft();
  const used = draft.flags['search']?.[0] ?? '';
  const [search, setSearch] = useState(used);
  const text = search.trim();
  useLeftover(
    text === '' || text === used
      ? undefined
      : 'You typed a search and did not choose its users. Press “Choose these users”, or clear the field.',
  );
  const use = (event: Event) => {
    event.preventDefault();
    if (text !== '') void change({ flags: { search: [text] } });
  };
  return (
    <Panel title="An Okta search">
      <form onSubmit={use}>
        <Field
          label="Expression"
          value={search}
          onInput={setSearch}
          mono
          placeholder={EXAMPLES[0] ?? ''}
        />
        <ul class="picks">
          {EXAMPLES.map((example) => (
            <li key={example}>
              <button type="button" class="plainly mono" onClick={() => setSearch(example)}>
                {example}
              </button>
            </li>
          ))}
        </ul>
        {text !== '' && <LiveCount query={{ search: text }} />}
        <div class="actions">
          <Button
            submit
            off={
              text === '' ? 'Type an expression first' : text === used ? 'It is chosen' : undefined
            }
          >
            {text === used && text !== '' ? 'Chosen' : 'Choose these users'}
          </Button>
        </div>
      </form>
    </Panel>
  );
}
