import type { Draft } from '../../api/answers.ts';
import { Panel } from '../parts/notes.tsx';
import { useDraft } from '../shell/scope.tsx';

const NAMES: Readonly<Record<string, string>> = {
  user: 'User',
  group: 'Group',
  search: 'Search',
  filter: 'Filter',
  all: 'Everyone',
  log: 'System Log',
};

/** All that is chosen, from every source; each can be taken out again. */
export function Chosen({ draft }: { readonly draft: Draft }) {
  const { change } = useDraft();
  const files = draft.files.map(({ id, name }) => ({
    key: id,
    words: `File: ${name}`,
    drop: () => void change({ files: draft.files.filter((f) => f.id !== id).map((f) => f.id) }),
  }));
  const flags = Object.entries(NAMES).flatMap(([flag, name]) => {
    const values = draft.flags[flag];
    if (values === undefined) return [];
    if (values.length === 0)
      return [{ key: flag, words: name, drop: () => void change({ flags: { [flag]: null } }) }];
    return values.map((value) => {
      const rest = values.filter((other) => other !== value);
      return {
        key: `${flag} ${value}`,
        words: `${name}: ${value}`,
        drop: () => void change({ flags: { [flag]: rest.length === 0 ? null : rest } }),
      };
    });
  });
  const all = [...files, ...flags];
  if (all.length === 0) return null;
  return (
    <Panel title="Chosen">
      <ul class="chips">
        {all.map(({ key, words, drop }) => (
          <li key={key}>
            <bdi>{words}</bdi>
            <button type="button" aria-label={`Take out ${words}`} onClick={drop}>
              ×
            </button>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
