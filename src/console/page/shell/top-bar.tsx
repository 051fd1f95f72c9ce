import { useConsole, useKnown } from '../client/hooks.ts';
import type { Connection } from '../../api/parts.ts';
import { Link } from './navigation.tsx';

function orgWords({ state, host, kind }: Connection): string {
  const name = kind === 'sandbox' ? 'the sandbox' : (host ?? 'an org');
  switch (state) {
    case 'none':
      return 'Connect to an org';
    case 'checking':
      return `Connecting to ${name}…`;
    case 'connected':
      return kind === 'sandbox' ? 'Sandbox: nothing here is real' : name;
    case 'failed':
      return `Not connected to ${name}`;
    default: {
      const never: never = state;
      return never;
    }
  }
}

/** The org that everything happens on, and the owner of the credential. */
export function TopBar() {
  const { connection } = useConsole();
  const { kind, principal } = connection;
  const isLost = useKnown(({ link }) => link.kind === 'lost');
  const state = isLost ? 'none' : connection.state;
  const words = isLost ? 'No answer' : orgWords(connection);
  return (
    <header class="top">
      <Link to={{ kind: 'home' }} class="brand">
        okta-reset
      </Link>
      <nav aria-label="Console">
        <Link to={{ kind: 'home' }}>All runs</Link>
      </nav>
      <Link to={{ kind: 'connect' }} class={`org ${state} ${kind ?? ''}`}>
        <span class="dot" aria-hidden="true" />
        <span class="host" title={words}>
          {words}
        </span>
        {principal !== undefined && state === 'connected' && (
          <span class="muted principal" title={principal}>
            as {principal}
          </span>
        )}
      </Link>
    </header>
  );
}
