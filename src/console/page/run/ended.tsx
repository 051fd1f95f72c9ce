import { count, counted } from '../../../domain/counted.ts';
import { formatDuration } from '../../../domain/duration.ts';
import type { LiveRun } from '../../api/live.ts';
import type { RunDetail } from '../../api/run-answers.ts';
import { useClient, useDoing, useGet } from '../client/hooks.ts';
import { Button } from '../parts/button.tsx';
import { NextSteps } from '../parts/next-step.tsx';
import { Notes, Panel, Problem } from '../parts/notes.tsx';
import { Proportions } from '../parts/proportions.tsx';
import { Screen } from '../parts/screen.tsx';
import { doneWords, sentence, STATE_WORDS } from '../parts/words.ts';
import { Link } from '../shell/navigation.tsx';
import { FailureGroups } from './failure-groups.tsx';
import { OutcomeRows } from './outcome-rows.tsx';

const leftOf = ({ counts, unsettled }: RunDetail) => counts['not-attempted'] + unsettled;

/** The tiles count the rows that are still to be checked as unknown. */
function leftWords(run: RunDetail): string {
  const { unsettled } = run;
  const left = leftOf(run);
  const are = `${counted(left, 'person is', 'people are')} left`;
  return unsettled === 0
    ? `${are}.`
    : `${are}: ${count(left - unsettled)} to come, ${count(unsettled)} to check in Okta first.`;
}

function Resume({ run }: { readonly run: RunDetail }) {
  const { requests } = useClient();
  const doing = useDoing();
  const left = leftOf(run);
  const resume = () =>
    doing.run(() =>
      requests.post('/api/runs/:run/resume', {
        params: { run: run.id },
        body: { shown: run.shown },
      }),
    );
  return (
    <Panel>
      <div class="panel-line">
        <p>
          {left === 0
            ? 'Nothing is left to send. Resume completes the record.'
            : `${leftWords(run)} Resume continues where it stopped. Nobody is acted on twice.`}
        </p>
        {run.connected ? (
          <Button look="primary" busy={doing.busy} onPress={resume}>
            Resume
          </Button>
        ) : (
          <Link to={{ kind: 'connect' }} class="button primary">
            Connect to {run.host} first
          </Link>
        )}
      </div>
      <Problem error={doing.error} />
    </Panel>
  );
}

function headlineOf({ counts, targets, state }: RunDetail): string {
  if (state === 'damaged') return 'The record of this run is damaged';
  if (targets === 0) return 'There was nobody to act on';
  return doneWords(counts, targets);
}

function aboutOf(run: RunDetail): string {
  if (run.state === 'running' && !run.live) return 'Another process is working on this run';
  return `${STATE_WORDS[run.state]} · ${run.host}`;
}

function tookText(
  startedAt: string | undefined,
  finishedAt: string | undefined,
): string | undefined {
  if (startedAt === undefined || finishedAt === undefined) return undefined;
  return `Took ${formatDuration(Date.parse(finishedAt) - Date.parse(startedAt))}.`;
}

/** A run that has ended or stopped: its result, and what is still to be done. */
export function Ended({
  run,
  live,
}: {
  readonly run: RunDetail;
  readonly live: LiveRun | undefined;
}) {
  const version = `${live?.phase ?? ''} ${run.lastAt ?? ''} ${run.state}`;
  const summary = useGet('/api/runs/:run/summary', { params: { run: run.id } }, { version });
  const counts = summary.value?.counts ?? run.counts;
  const stop = (live?.end?.stop ?? run.stop)?.text;
  const next = (live?.end?.next ?? run.next).filter(({ does }) => does?.kind !== 'resume');
  const headline = headlineOf({ ...run, counts });
  return (
    <Screen
      name="Run"
      about={aboutOf(run)}
      headline={headline}
      sub={
        tookText(summary.value?.startedAt, summary.value?.finishedAt) ?? `${sentence(run.does)}.`
      }
      command={run.command}
    >
      <Proportions counts={counts} total={run.targets} label={headline} />
      {stop !== undefined && (
        <p class="note warning">
          <bdi>{stop}</bdi>
        </p>
      )}
      <Problem error={live?.error ?? summary.error} />
      {run.state === 'stopped' && <Resume run={run} />}
      {next.length > 0 && (
        <Panel title="What remains to be done">
          <NextSteps run={run} steps={next} isQuiet={run.state === 'stopped'} />
        </Panel>
      )}
      <OutcomeRows run={run} counts={counts} total={run.rows} always version={version}>
        <FailureGroups
          run={run.id}
          failures={summary.value?.failures ?? []}
          canRerun={run.state !== 'damaged' && run.state !== 'running'}
        />
      </OutcomeRows>
      <Notes notes={live?.notes ?? []} />
    </Screen>
  );
}
