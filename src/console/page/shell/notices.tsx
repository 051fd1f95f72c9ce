import { useCalled, useClient, useKnown } from '../client/hooks.ts';
import { Button } from '../parts/button.tsx';

/** Notices for the whole page: the console has ended or is ending, and messages that are not about a run. */
export function Notices() {
  const client = useClient();
  const called = useCalled();
  const isLost = useKnown(({ link }) => link.kind === 'lost');
  const closing = useKnown((known) => known.closing);
  const messages = useKnown((known) => known.messages);
  return (
    <div class="notices" role="status">
      {isLost && (
        <p class="note warning">
          <span>
            The console does not answer. This page tries again by itself. What was done is recorded:
            if the console has ended, start <code>{called('okta-reset console')}</code> again, open
            its new link, and resume the run.
          </span>
        </p>
      )}
      {closing && !isLost && (
        <p class="note warning">
          The console is ending in its terminal. It waits for the calls under way.
        </p>
      )}
      {messages
        .filter(({ about }) => about === undefined)
        .map(({ id, note }) => (
          <p class={`note ${note.level}`} key={id}>
            <span>
              <bdi>{called(note.text)}</bdi>{' '}
              {note.hint !== undefined && <bdi class="muted">{called(note.hint)}</bdi>}
            </span>
            <Button look="small" label="Dismiss this message" onPress={() => client.dismiss(id)}>
              Dismiss
            </Button>
          </p>
        ))}
    </div>
  );
}
