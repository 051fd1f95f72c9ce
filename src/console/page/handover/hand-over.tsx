import { useEffect, useState } from 'preact/hooks';
import { count, counted } from '../../../domain/counted.ts';
import type { Note } from '../../api/parts.ts';
import type { RunDetail, TableRow } from '../../api/run-answers.ts';
import { useConsole, useGet } from '../client/hooks.ts';
import { Choice } from '../parts/field.tsx';
import { Notes, Panel, Problem } from '../parts/notes.tsx';
import { Screen } from '../parts/screen.tsx';
import { useRun } from '../shell/scope.tsx';
import { HandOverRow } from './hand-over-row.tsx';

type Which = 'no' | 'yes';

const PAGE_ROWS = '50';

/** The rows with a secret, from this one on. Each stays where it is when it is marked. */
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
  // If a search has found too little, it continues automatically.
  useEffect(() => {
    if (value?.next !== undefined && rows.length < 1) more();
  }, [value]);
  return { rows, more: value?.next === undefined ? undefined : more, error: asked.error };
}

const NO_KEY: Note = {
  level: 'warning',
  text: 'This console does not have the key that opens these secrets.',
  hint: 'Start it again with the key’s file: okta-reset console --identity FILE',
};

function headlineOf({ counts, spec, handedOver }: RunDetail): string {
  const what = spec.action === 'temp-password' ? 'temporary password' : 'reset link';
  const left = Math.max(0, counts.succeeded - handedOver);
  return left === 0 ? `Every ${what} is handed over` : `${counted(left, what)} to hand over`;
}

/** Temporary passwords and links that must be handed over. */
export function HandOver({ run }: { readonly run: RunDetail }) {
  const { recipients } = useConsole();
  const { again } = useRun();
  const [which, setWhich] = useState<Which>('no');
  const { rows, more, error } = useSecretRows(run.id, which);
  const canOpen =
    run.secrets === 'plaintext' || run.recipients.some((key) => recipients.includes(key));
  return (
    <Screen
      name="Hand over"
      about={`Hand over · ${count(run.handedOver)} of ${count(run.counts.succeeded)} handed over`}
      headline={headlineOf(run)}
      sub="One at a time: press to see it for 30 seconds. Each time is recorded."
      command={run.command}
    >
      {!canOpen && <Notes notes={[NO_KEY]} />}
      <Choice
        label="Which ones"
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
            <HandOverRow key={row.row} run={run.id} row={row} canOpen={canOpen} onMarked={again} />
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
