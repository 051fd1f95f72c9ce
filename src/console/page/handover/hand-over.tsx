import { useEffect, useState } from 'preact/hooks';
import { count, counted } from '../../../domain/counted.ts';
import type { RunDetail, TableRow } from '../../api/run-answers.ts';
import { useConsole, useGet } from '../client/hooks.ts';
import { Choice } from '../parts/field.tsx';
import { Notes, Panel, Problem } from '../parts/notes.tsx';
import { Screen } from '../parts/screen.tsx';
import { useRun } from '../shell/scope.tsx';
import { NoRun } from '../shell/waiting.tsx';
import { HandOverRow } from './hand-over-row.tsx';

type Which = 'no' | 'yes';

const PAGE_ROWS = '50';

/** The rows with a secret, from one on; each stays where it is when it is marked. */
function useSecretRows(run: string, which: Which) {
  const [from, setFrom] = useState(1);
  const [before, setBefore] = useState<readonly TableRow[]>([]);
  const query = {
    outcome: 'succeeded',
    handed: which,
    from: String(from),
    count: PAGE_ROWS,
  };
  const asked = useGet('/api/runs/:run/rows', { params: { run }, query });
  useEffect(() => {
    setFrom(1);
    setBefore([]);
  }, [which]);
  const { value } = asked;
  const rows = [...before, ...(value?.rows ?? [])];
  const more = () => {
    if (value?.next === undefined) return;
    setBefore(rows);
    setFrom(value.next);
  };
  // A scan that has found too little yet goes on by itself.
  useEffect(() => {
    if (value?.next !== undefined && rows.length < 1) more();
  }, [value]);
  return { rows, more: value?.next === undefined ? undefined : more, error: asked.error };
}

function HandOverOf({ run }: { readonly run: RunDetail }) {
  const { recipients } = useConsole();
  const [which, setWhich] = useState<Which>('no');
  const [handed, setHanded] = useState(0);
  const { rows, more, error } = useSecretRows(run.id, which);
  const canOpen =
    run.secrets === 'plaintext' || run.recipients.some((key) => recipients.includes(key));
  return (
    <Screen
      name="Hand over"
      about="Hand over · one at a time"
      headline={
        handed === 0
          ? counted(
              run.counts.succeeded,
              run.spec.action === 'temp-password' ? 'temporary password' : 'reset link',
            )
          : `${count(handed)} handed over just now`
      }
      sub="Each is shown for 30 seconds after a press, and every showing is written down."
      command={run.command}
    >
      {!canOpen && (
        <Notes
          notes={[
            {
              level: 'warning',
              text: 'This console has no key that opens what was sealed.',
              hint: 'Start it again with the key’s file: okta-reset console --identity FILE',
            },
          ]}
        />
      )}
      <Choice
        label="Which of them"
        chosen={which}
        onChoose={setWhich}
        options={[
          ['no', 'Still to hand over'],
          ['yes', 'Handed over'],
        ]}
      />
      <Problem error={error} />
      <Panel>
        <ul class="handover">
          {rows.map((row) => (
            <HandOverRow
              key={row.row}
              run={run.id}
              row={row}
              canOpen={canOpen}
              onHanded={(done) => setHanded((n) => n + (done ? 1 : -1))}
            />
          ))}
        </ul>
        {rows.length === 0 && <p class="muted">Nobody.</p>}
        {more !== undefined && (
          <button type="button" class="plainly" onClick={more}>
            More
          </button>
        )}
      </Panel>
    </Screen>
  );
}

/** Temporary passwords and links on their way to their users. */
export function HandOver({ run }: { readonly run: string }) {
  const { value, error } = useRun();
  return value === undefined ? <NoRun run={run} error={error} /> : <HandOverOf run={value} />;
}
