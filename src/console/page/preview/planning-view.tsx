import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';
import { count } from '../../../domain/counted.ts';
import { formatDuration } from '../../../domain/duration.ts';
import type { Planning } from '../../api/live.ts';
import { useClient, useDoing, useServerNow } from '../client/hooks.ts';
import { Button } from '../parts/button.tsx';
import { Notes, Panel, Problem } from '../parts/notes.tsx';
import { Screen } from '../parts/screen.tsx';
import { goTo } from '../shell/navigation.tsx';

function headlineOf({ state, read }: Planning): string {
  switch (state) {
    case 'planning':
      return read === undefined ? 'Looking up users…' : `${count(read.done)} ${read.what}`;
    case 'planned':
      return 'The plan is made';
    case 'failed':
      return 'There is no plan';
    case 'cancelled':
      return 'The planning was canceled';
    default: {
      const never: never = state;
      return never;
    }
  }
}

function Waits({ wait }: { readonly wait: Planning['wait'] }) {
  const now = useServerNow();
  if (wait === undefined) return null;
  return (
    <span class="muted">
      Waits for {wait.text}, {formatDuration(Math.max(0, wait.untilMs - now))}
    </span>
  );
}

/** A plan that is being made, and how far it is. Continues to the preview once that is there. */
export function PlanningView({
  planning,
  command,
  back,
}: {
  readonly planning: Planning;
  readonly command: string;
  readonly back: ComponentChildren;
}) {
  const { requests } = useClient();
  const doing = useDoing();
  const { id, state, run, notes, error, wait } = planning;
  useEffect(() => {
    if (state === 'planned' && run !== undefined)
      goTo({ kind: 'run', run, screen: 'preview' }, { replace: true });
  }, [state, run]);
  const cancel = () =>
    doing.run(() =>
      requests.post('/api/plannings/:planning/cancel', { params: { planning: id }, body: {} }),
    );
  return (
    <Screen
      name="Preview"
      about="Preview · nothing is sent"
      headline={headlineOf(planning)}
      sub={state === 'planning' ? 'Reads the users as they are now.' : undefined}
      command={command}
    >
      {state === 'planning' && (
        <Panel>
          <div class="panel-line">
            <progress aria-label="Reading" />
            <Waits wait={wait} />
          </div>
        </Panel>
      )}
      <Problem error={error ?? doing.error} />
      <Notes notes={notes} />
      <div class="actions">
        {state === 'planning' ? (
          <Button busy={doing.busy} onPress={cancel}>
            Cancel
          </Button>
        ) : (
          back
        )}
      </div>
    </Screen>
  );
}
