import { useClient, useConsole, useDoing } from '../client/hooks.ts';
import { Button } from '../parts/button.tsx';
import { Panel, Problem } from '../parts/notes.tsx';
import { goTo, Link } from '../shell/navigation.tsx';
import { useNewDraft } from './new-draft.ts';

/** For an empty folder: rehearse, or begin. */
export function FirstSteps() {
  const { requests } = useClient();
  const { connection } = useConsole();
  const { start, doing: starting } = useNewDraft();
  const doing = useDoing();
  const rehearse = () =>
    doing.run(
      () => requests.post('/api/connect', { body: { kind: 'sandbox' } }),
      () => goTo({ kind: 'connect' }),
    );
  return (
    <div class="two">
      <Panel title="Rehearse first">
        <p>
          A sandbox org runs on this machine, with made-up users. Every screen works as it does on
          your org, and nobody gets an email.
        </p>
        <div class="actions">
          <Button look="primary" busy={doing.busy} onPress={rehearse}>
            Rehearse on the sandbox
          </Button>
        </div>
        <Problem error={doing.error} />
      </Panel>
      <Panel title="Your org">
        <p>
          Connect with an API token or a profile. Nothing is sent until you have seen who is
          affected and typed the number of users.
        </p>
        <div class="actions">
          {connection.state === 'connected' ? (
            <Button busy={starting.busy} onPress={start}>
              New run
            </Button>
          ) : (
            <Link to={{ kind: 'connect' }} class="button plain">
              Connect to your org
            </Link>
          )}
        </div>
        <Problem error={starting.error} />
      </Panel>
    </div>
  );
}
