import type { Draft } from '../../api/answers.ts';
import { Chips, chipsOf } from '../parts/chips.tsx';
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

/** Everything that is chosen, from every source. Each can be removed. */
export function Chosen({ draft }: { readonly draft: Draft }) {
  const { change } = useDraft();
  const ids = draft.files.map(({ id }) => id);
  const files = draft.files.map(({ id, name }) => ({
    words: `File: ${name}`,
    drop: () => void change({ files: ids.filter((other) => other !== id) }),
  }));
  const flags = Object.entries(NAMES).flatMap(([flag, name]) => {
    const values = draft.flags[flag];
    if (values === undefined) return [];
    const set = (rest: string[] | null) => void change({ flags: { [flag]: rest } });
    if (values.length === 0) return [{ words: name, drop: () => set(null) }];
    return chipsOf(values, set, (value) => `${name}: ${value}`);
  });
  const chips = [...files, ...flags];
  if (chips.length === 0) return null;
  return (
    <Panel title="Chosen">
      <Chips chips={chips} />
    </Panel>
  );
}
