import { count, counted } from '../../../domain/counted.ts';
import type { RunDetail } from '../../api/run-answers.ts';
import { Button } from '../parts/button.tsx';
import { Panel, Problem, Prose } from '../parts/notes.tsx';
import { firstAndRest } from '../parts/words.ts';
import { useReplan } from './replan.ts';

type Warning = RunDetail['warnings'][number];

function WarningLine({ run, warning }: { readonly run: RunDetail; readonly warning: Warning }) {
  const { replan, doing } = useReplan(run.draft ?? '');
  const { settle, text, rows } = warning;
  const [first, rest] = firstAndRest(text);
  const flagsOf = (own: NonNullable<typeof settle>) =>
    Object.fromEntries(Object.entries(own.flags).map(([name, values]) => [name, [...values]]));
  return (
    <li>
      <div>
        <p>
          <b>
            <Prose>{first}</Prose>
          </b>
          <span class="muted">
            <Prose>{rest}</Prose>
          </span>
          {rows !== undefined && !text.includes(count(rows)) && (
            <span class="muted"> This is about {counted(rows, 'user')}.</span>
          )}
        </p>
        <Problem error={doing.error} />
      </div>
      {settle !== undefined && (
        <Button
          busy={doing.busy}
          onPress={() =>
            replan(() => Promise.resolve({ kind: 'ok', value: { flags: flagsOf(settle) } }))
          }
        >
          {settle.label}
        </Button>
      )}
    </li>
  );
}

/** What to know before a yes, each with the button that fixes it. */
export function Warnings({ run }: { readonly run: RunDetail }) {
  if (run.warnings.length === 0) return null;
  return (
    <Panel title="Before you go on">
      <ul class="settle">
        {run.warnings.map((warning) => (
          <WarningLine key={warning.code} run={run} warning={warning} />
        ))}
      </ul>
    </Panel>
  );
}
