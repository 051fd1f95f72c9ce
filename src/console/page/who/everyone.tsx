import type { Draft } from '../../api/answers.ts';
import { Button } from '../parts/button.tsx';
import { Panel } from '../parts/notes.tsx';
import { useDraft } from '../shell/scope.tsx';
import { LiveCount } from './live-count.tsx';

/** Every user of the org that is not deactivated. */
export function Everyone({ draft }: { readonly draft: Draft }) {
  const { change } = useDraft();
  const isChosen = draft.flags['all'] !== undefined;
  return (
    <Panel title="Everyone who is not deactivated">
      <LiveCount query={{ all: 'yes' }} />
      <div class="actions">
        <Button onPress={() => void change({ flags: { all: isChosen ? null : [] } })}>
          {isChosen ? 'Take everyone out again' : 'Choose everyone'}
        </Button>
      </div>
    </Panel>
  );
}
