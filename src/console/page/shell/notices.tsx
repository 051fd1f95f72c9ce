import { useCalled, useClient, useKnown } from '../client/hooks.ts';
import { Button } from '../parts/button.tsx';

/** What concerns the whole page: the console is gone or going, and messages about no run in particular. */
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
          The console does not answer; this page tries again by itself. Nothing that was done is
          lost: if it has ended, start <code>{called('okta-reset console')}</code> again, and
          resume.
        </p>
      )}
      {closing && !isLost && (
        <p class="note warning">
          The console is being ended in its terminal: what is under way is settled first.
        </p>
      )}
      {messages
        .filter(({ about }) => about === undefined)
        .map(({ id, note }) => (
          <p class={`note ${note.level}`} key={id}>
            <bdi>{called(note.text)}</bdi>{' '}
            {note.hint !== undefined && <bdi class="muted">{called(note.hint)}</bdi>}
            <Button look="small" label="Dismiss this message" onPress={() => client.dismiss(id)}>
              Dismiss
            </Button>
          </p>
        ))}
    </div>
  );
}
