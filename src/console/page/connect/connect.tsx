import { useConsole } from '../client/hooks.ts';
import type { Connection } from '../../api/parts.ts';
import { Button } from '../parts/button.tsx';
import { Notes, Problem } from '../parts/notes.tsx';
import { Screen } from '../parts/screen.tsx';
import { useNewDraft } from '../home/new-draft.ts';
import { Findings } from './findings.tsx';
import { Ways } from './ways.tsx';

function headlineOf({ state, kind, host }: Connection): string {
  const org = kind === 'sandbox' ? 'the sandbox' : (host ?? 'the org');
  switch (state) {
    case 'none':
      return 'Which org?';
    case 'checking':
      return `Checking ${org}…`;
    case 'connected':
      return `Connected to ${org}`;
    case 'failed':
      return `Not connected to ${org}`;
    default: {
      const never: never = state;
      return never;
    }
  }
}

function subOf({ state, kind, principal }: Connection): string {
  if (state === 'connected' && kind === 'sandbox')
    return 'An org on this machine, with made-up users. Nobody gets an email.';
  if (state === 'connected' && principal !== undefined) return `As ${principal}.`;
  if (state === 'none')
    return 'The credential goes to the console’s process on this machine, and stays in its memory.';
  return state === 'failed' ? 'Nothing was changed.' : 'The checks change nothing.';
}

function commandOf({ kind, origin }: Connection): string {
  if (kind === 'sandbox') return 'okta-reset demo';
  return origin === undefined ? 'okta-reset doctor' : `okta-reset doctor --org ${origin}`;
}

/** The org: how to reach it, and what doctor's checks found there. */
export function Connect() {
  const { connection, drafts } = useConsole();
  const { start, doing } = useNewDraft();
  const { state, findings, notes, error, waitsFor } = connection;
  const isConnected = state === 'connected';
  return (
    <Screen
      name="Connect"
      about="Connect · nothing is changed"
      headline={headlineOf(connection)}
      sub={subOf(connection)}
      command={commandOf(connection)}
    >
      <Notes notes={notes} />
      <Problem error={error} />
      {isConnected && (
        <div class="actions">
          <Button look="primary" busy={doing.busy} onPress={start}>
            {drafts.length === 0 ? 'Choose who' : 'Start a new run'}
          </Button>
        </div>
      )}
      <Problem error={doing.error} />
      {(findings.length > 0 || state === 'checking') && (
        <Findings findings={findings} isChecking={state === 'checking'} waitsFor={waitsFor} />
      )}
      <Ways isChecking={state === 'checking'} />
    </Screen>
  );
}
