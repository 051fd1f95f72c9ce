import { useLayoutEffect, useState } from 'preact/hooks';
import type { ConnectRequest } from '../../api/requests.ts';
import { type Doing, useClient, useConsole, useDoing } from '../client/hooks.ts';
import { Button } from '../parts/button.tsx';
import { Field } from '../parts/field.tsx';
import { Panel, Problem } from '../parts/notes.tsx';

type Connect = (request: ConnectRequest) => void;

function TokenForm({
  connect,
  doing,
  isConnected,
}: {
  readonly connect: Connect;
  readonly doing: Doing;
  readonly isConnected: boolean;
}) {
  const [url, setUrl] = useState('');
  useLayoutEffect(() => {
    if (isConnected) setUrl('');
  }, [isConnected]);
  const [token, setToken] = useState('');
  const missing = url.trim() === '' ? 'the address' : token.trim() === '' ? 'the token' : undefined;
  const submit = (event: Event) => {
    event.preventDefault();
    if (missing !== undefined) return;
    connect({ kind: 'token', url: url.trim(), token: token.trim() });
    // The page no longer needs it.
    setToken('');
  };
  return (
    <form onSubmit={submit} autocomplete="off">
      <Field
        label="Any address of your Okta org"
        placeholder="https://acme-admin.okta.com/admin/users"
        value={url}
        onInput={setUrl}
        mono
      />
      <Field
        label="API token"
        kind="password"
        value={token}
        onInput={setToken}
        mono
        hint="From Security › API › Tokens in the Admin Console. It is never written to disk."
      />
      <div class="actions">
        <Button
          look="primary"
          submit
          busy={doing.busy}
          off={missing === undefined ? undefined : `Fill in ${missing} first`}
        >
          Connect
        </Button>
      </div>
    </form>
  );
}

/** The ways to connect to an org: an address and a token, what the console's process has, or the sandbox. */
export function Ways({ isChecking }: { readonly isChecking: boolean }) {
  const { requests } = useClient();
  const { known, connection } = useConsole();
  const doing = useDoing();
  const connect: Connect = (body) => doing.run(() => requests.post('/api/connect', { body }));
  const { environment, profiles } = known;
  const isConnected = connection.state === 'connected';
  return (
    // What was typed stays during the checks, so that a wrong address can be corrected and need not be typed again.
    <div hidden={isChecking}>
      <Problem error={doing.error} />
      <div class="two">
        <Panel title={isConnected ? 'Another org' : 'With an API token'}>
          <TokenForm connect={connect} doing={doing} isConnected={isConnected} />
        </Panel>
        <div>
          <Panel title="Rehearse first">
            <p>
              An org on this machine with made-up users: every step works, and nobody gets an email.
            </p>
            <div class="actions">
              <Button busy={doing.busy} onPress={() => connect({ kind: 'sandbox' })}>
                {connection.kind === 'sandbox' ? 'A fresh sandbox' : 'Use the sandbox'}
              </Button>
            </div>
          </Panel>
          {(environment !== undefined || profiles.length > 0) && (
            <Panel title="Found by the console">
              <div class="actions">
                {environment !== undefined && (
                  <Button busy={doing.busy} onPress={() => connect({ kind: 'environment' })}>
                    {`Environment: ${environment.host}`}
                  </Button>
                )}
                {profiles.map((profile) => (
                  <Button
                    key={profile}
                    busy={doing.busy}
                    onPress={() => connect({ kind: 'profile', profile })}
                  >
                    {`Profile: ${profile}`}
                  </Button>
                ))}
              </div>
            </Panel>
          )}
        </div>
      </div>
    </div>
  );
}
