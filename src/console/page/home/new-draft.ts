import { type Doing, useClient, useDoing } from '../client/hooks.ts';
import { goTo } from '../shell/navigation.tsx';

/** Begins a new run: makes a draft that names nobody yet, and goes to the screen for choosing users. */
export function useNewDraft(): { readonly start: () => void; readonly doing: Doing } {
  const { requests } = useClient();
  const doing = useDoing();
  const start = () =>
    doing.run(
      () => requests.post('/api/drafts', { body: {} }),
      ({ id }) => goTo({ kind: 'draft', draft: id, step: 'who' }),
    );
  return { start, doing };
}
