import { count } from '../../../domain/counted.ts';
import { formatDuration } from '../../../domain/duration.ts';
import type { OutcomeCounts } from '../../../domain/row/outcome.ts';
import type { LiveRun } from '../../api/live.ts';
import type { RunDetail } from '../../api/run-answers.ts';
import { useClient, useDoing, useServerNow } from '../client/hooks.ts';
import { Button } from '../parts/button.tsx';
import { Facts } from '../parts/facts.tsx';
import { Notes, Panel, Problem } from '../parts/notes.tsx';
import { Proportions } from '../parts/proportions.tsx';
import { Screen } from '../parts/screen.tsx';
import { doneWords, timeOf } from '../parts/words.ts';
import { FailureGroups } from './failure-groups.tsx';
import { OutcomeRows } from './outcome-rows.tsx';
import { QuestionPanel } from './question-panel.tsx';
import { Tail } from './tail.tsx';

const STAYS = 'you can close this page: the run continues as long as the console is open';

function aboutOf({ phase, canary }: LiveRun): string {
  switch (phase) {
    case 'preparing':
      return 'Checking once more before the first call';
    case 'asking':
      return 'Waiting for your answer · nothing is sent meanwhile';
    case 'sending':
      return canary === 'started' ? `The first few · ${STAYS}` : `Running · ${STAYS}`;
    case 'stopping':
      return 'Stopping · no new calls, waiting for those under way';
    case 'reporting':
      return 'Writing the report';
    case 'ended':
    case 'refused':
      return 'Over';
    default: {
      const never: never = phase;
      return never;
    }
  }
}

const NOW: Readonly<Record<LiveRun['phase'], string>> = {
  preparing: 'checking',
  asking: 'waiting for you',
  sending: 'sending',
  stopping: 'settling',
  reporting: 'writing the report',
  ended: 'over',
  refused: 'over',
};

function Pace({ live }: { readonly live: LiveRun }) {
  const now = useServerNow();
  const { endsAtMs, callsPerMinute, limitPerMinute, wait, settling } = live;
  const limit = limitPerMinute === undefined ? '' : ` of ${count(Math.round(limitPerMinute))}`;
  const left = (untilMs: number) =>
    formatDuration(Math.max(0, Math.ceil((untilMs - now) / 1000) * 1000));
  const waits =
    wait !== undefined && live.phase !== 'stopping'
      ? `${wait.text}, ${left(wait.untilMs)}`
      : settling !== undefined
        ? `${count(settling.rows)} without an answer, ${left(settling.untilMs)}`
        : undefined;
  return (
    <Facts
      facts={[
        ['Done at about', endsAtMs === undefined ? undefined : timeOf(endsAtMs, now)],
        [
          'Calls a minute',
          callsPerMinute === undefined ? undefined : `${count(Math.round(callsPerMinute))}${limit}`,
        ],
        ['Now', waits ?? NOW[live.phase]],
      ]}
    />
  );
}

function Stop({ live }: { readonly live: LiveRun }) {
  const { requests } = useClient();
  const doing = useDoing();
  const isStopping = live.phase === 'stopping';
  const stop = () =>
    doing.run(() =>
      requests.post('/api/runs/:run/stop', {
        params: { run: live.run },
        body: { phase: isStopping ? 'leave' : 'drain' },
      }),
    );
  return (
    <Panel>
      <div class="panel-line">
        <p>
          {isStopping
            ? 'Waiting for the calls under way. Leave at once only if this hangs: the next resume then looks up the calls without an answer.'
            : 'Stop safely: no new calls start, those under way finish, and you can resume later.'}
        </p>
        <Button look={isStopping ? 'danger' : 'plain'} busy={doing.busy} onPress={stop}>
          {isStopping ? 'Leave at once' : 'Stop'}
        </Button>
      </div>
      <Problem error={doing.error} />
    </Panel>
  );
}

/**
 * Counts every row, including those that the plan skips, which are not part of the progress. Until this invocation has
 * begun, these are the results of earlier ones.
 */
function countsOf({ rows, targets, counts: before }: RunDetail, live: LiveRun): OutcomeCounts {
  const { counts, total } = live;
  if (counts['not-attempted'] === total) return before;
  return { ...counts, skipped: counts.skipped + Math.max(0, rows - targets) };
}

/** A run that this console is working on. Nothing on the screen moves while it runs. */
export function Moving({ run, live }: { readonly run: RunDetail; readonly live: LiveRun }) {
  const { total, phase, question, notes, failures, error } = live;
  const counts = countsOf(run, live);
  const done = doneWords(counts, total);
  return (
    <Screen
      name={done}
      about={aboutOf(live)}
      headline={phase === 'preparing' ? 'Getting ready…' : done}
      command={run.command}
    >
      <Proportions counts={counts} total={total} label={done} />
      <Pace live={live} />
      {question === undefined ? (
        <Stop live={live} />
      ) : (
        <QuestionPanel key={question.id} run={run.id} question={question} />
      )}
      <Problem error={error} />
      <OutcomeRows run={run} counts={counts} total={run.rows}>
        <FailureGroups run={run.id} failures={failures} canRerun={false} />
        <Tail run={run.id} tail={live.tail} />
      </OutcomeRows>
      <Notes notes={notes} />
    </Screen>
  );
}
