import type { DraftRequest } from '../../api/requests.ts';
import type { Answer } from '../client/answer.ts';
import { type Doing, useClient, useDoing } from '../client/hooks.ts';
import { goTo } from '../shell/navigation.tsx';

/** Changes the draft that a plan was made from, and plans it again. Nothing is sent. */
export function useReplan(draft: string): {
  readonly doing: Doing;
  readonly replan: (change: () => Promise<Answer<DraftRequest>>) => void;
} {
  const { requests } = useClient();
  const doing = useDoing();
  const params = { draft };
  const replan = (change: () => Promise<Answer<DraftRequest>>) =>
    doing.run(
      async () => {
        const made = await change();
        if (made.kind !== 'ok') return made;
        const changed = await requests.post('/api/drafts/:draft', { params, body: made.value });
        return changed.kind === 'ok'
          ? await requests.post('/api/drafts/:draft/plan', { params, body: {} })
          : changed;
      },
      (begun) => goTo({ kind: 'draft', draft, step: 'preview', ...begun }),
    );
  return { doing, replan };
}
