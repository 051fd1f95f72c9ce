import { count } from '../../../domain/counted.ts';
import { formatDuration } from '../../../domain/duration.ts';
import type { FileKind, RunDetail, RunSummary } from '../../api/run-answers.ts';
import { useClient, useDoing, useGet } from '../client/hooks.ts';
import { Button } from '../parts/button.tsx';
import { Download } from '../parts/download.tsx';
import { Facts } from '../parts/facts.tsx';
import { NextSteps } from '../parts/next-step.tsx';
import { Panel, Problem } from '../parts/notes.tsx';
import { Proportions } from '../parts/proportions.tsx';
import { Screen } from '../parts/screen.tsx';
import { utc } from '../../../domain/utc.ts';
import { doneWords, reasonWords, sentence, STATE_WORDS } from '../parts/words.ts';
import { FailureGroups } from '../run/failure-groups.tsx';
import { useRun } from '../shell/scope.tsx';
import { Seal } from './seal.tsx';
import { OUTCOMES, outcomeLabels } from '../../../domain/row/outcome.ts';
import { chainText } from '../../../domain/run/summary.ts';

const FILES: Readonly<Record<FileKind, string>> = {
  report: 'Report, one HTML page',
  'results-csv': 'All rows, CSV',
  'failed-csv': 'Failed and unknown rows, CSV',
  'not-attempted-csv': 'Rows not attempted, CSV',
  'followup-csv': 'Follow-up, CSV',
  evidence: 'Seal, JSON',
  'evidence-signature': 'Signature of the seal',
  'results-json': 'All rows, JSON',
  summary: 'Summary, JSON',
};

const LABELS = outcomeLabels(false);

function Files({ run }: { readonly run: RunDetail }) {
  const { requests } = useClient();
  const doing = useDoing();
  const { again } = useRun();
  const write = () =>
    doing.run(
      () => requests.post('/api/runs/:run/report', { params: { run: run.id }, body: {} }),
      () => again(),
    );
  const kinds = Object.keys(FILES) as readonly FileKind[];
  const files = kinds.flatMap((kind) => run.files.filter((file) => file.kind === kind));
  return (
    <Panel title="Files">
      <div class="actions files">
        {files.map((file) => (
          <Download key={file.kind} run={run.id} file={file} words={FILES[file.kind]} />
        ))}
      </div>
      <div class="actions">
        {!run.sealed && (
          <Button look="small" busy={doing.busy} onPress={write}>
            Write them again
          </Button>
        )}
        <Button look="small" onPress={() => print()}>
          Print, or save as PDF
        </Button>
      </div>
      <Problem error={doing.error} />
    </Panel>
  );
}

function Numbers({ run, summary }: { readonly run: RunDetail; readonly summary: RunSummary }) {
  const { counts, startedAt, finishedAt, reasons } = summary;
  const took =
    startedAt === undefined || finishedAt === undefined
      ? undefined
      : formatDuration(Date.parse(finishedAt) - Date.parse(startedAt));
  return (
    <Panel title="What was done">
      <Facts
        facts={[
          ['Action', sentence(run.does)],
          ['Org', run.host],
          ['For', run.selection.join(' ')],
          ['Planned by', run.plannedBy],
          ['Executed by', summary.executedBy.join('; ') || undefined],
          ['Digest', run.planDigest],
          ['Started', utc(startedAt)],
          ['Ended', utc(finishedAt)],
          ['Took', took],
          ['Record', chainText(summary.chain)],
        ]}
      />
      <table class="numbers">
        <tbody>
          {OUTCOMES.map((outcome) => (
            <tr key={outcome}>
              <th scope="row">{LABELS[outcome]}</th>
              <td>{count(counts[outcome])}</td>
            </tr>
          ))}
          <tr class="all">
            <th scope="row">All rows</th>
            <td>{count(run.rows)}</td>
          </tr>
        </tbody>
      </table>
      {reasons.length > 0 && (
        <ul class="reasons">
          {reasons.map(({ reason, rows, meaning }) => (
            <li key={reason}>
              <b>{count(rows)}</b> {reasonWords(reason)}
              {meaning !== undefined && <span class="muted">: {meaning}</span>}
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}

/** What proves the run: files to keep, numbers, and what is still to be done. */
export function Evidence({ run }: { readonly run: RunDetail }) {
  const version = `${run.state} ${run.lastAt ?? ''}`;
  const { value, error } = useGet(
    '/api/runs/:run/summary',
    { params: { run: run.id } },
    { version },
  );
  const counts = value?.counts ?? run.counts;
  const headline = doneWords(counts, run.targets);
  return (
    <Screen
      name="Evidence"
      about={`Evidence · ${STATE_WORDS[run.state]} · ${run.name}`}
      headline={headline}
      sub="These figures come from the journal, which records every call before it is sent."
      command={`okta-reset report ${run.name}`}
    >
      <Proportions counts={counts} total={run.targets} label={headline} />
      <Files run={run} />
      <Seal run={run} />
      {run.next.length > 0 && (
        <Panel title="What remains to be done">
          <NextSteps run={run} steps={run.next} />
        </Panel>
      )}
      <Problem error={error} />
      {value !== undefined && <Numbers run={run} summary={value} />}
      <FailureGroups run={run.id} failures={value?.failures ?? []} canRerun={false} />
    </Screen>
  );
}
