import { count } from '../../../domain/counted.ts';
import type { RunDetail } from '../../api/run-answers.ts';
import { useClient, useDoing } from '../client/hooks.ts';
import { Button } from '../parts/button.tsx';
import { Panel, Problem, Prose } from '../parts/notes.tsx';
import { firstAndRest } from '../parts/words.ts';
import { goTo } from '../shell/navigation.tsx';

type Warning = RunDetail['warnings'][number];

function WarningLine({ run, warning }: { readonly run: RunDetail; readonly warning: Warning }) {
  const { requests } = useClient();
  const doing = useDoing();
  const { settle, text, rows } = warning;
  const { draft } = run;
  const [first, rest] = firstAndRest(text);
  const press = () => {
    if (settle === undefined || draft === undefined) return;
    const params = { draft };
    const flags = Object.fromEntries(
      Object.entries(settle.flags).map(([name, values]) => [name, [...values]]),
    );
    doing.run(
      async () => {
        const changed = await requests.post('/api/drafts/:draft', { params, body: { flags } });
        return changed.kind === 'ok'
          ? await requests.post('/api/drafts/:draft/plan', { params, body: {} })
          : changed;
      },
      () => goTo({ kind: 'draft', draft, step: 'preview' }),
    );
  };
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
            <span class="muted"> ({count(rows)})</span>
          )}
        </p>
        <Problem error={doing.error} />
      </div>
      {settle !== undefined && draft !== undefined && (
        <Button busy={doing.busy} onPress={press}>
          {settle.label}
        </Button>
      )}
    </li>
  );
}

/** What must be known before a yes, each with the button that settles it. */
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
