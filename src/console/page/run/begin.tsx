import { count } from '../../../domain/counted.ts';
import type { LiveRun } from '../../api/live.ts';
import type { RunDetail } from '../../api/run-answers.ts';
import { useClient, useDoing, useGet } from '../client/hooks.ts';
import { Notes, Problem } from '../parts/notes.tsx';
import { Screen } from '../parts/screen.tsx';
import { sentence } from '../parts/words.ts';
import { Link } from '../shell/navigation.tsx';
import { ConsentForm, yesWords } from './consent.tsx';

/** The yes to all of them at once. */
export function Begin({
  run,
  refused,
}: {
  readonly run: RunDetail;
  readonly refused: LiveRun | undefined;
}) {
  const { requests } = useClient();
  const doing = useDoing();
  const params = { run: run.id };
  const consent = useGet('/api/runs/:run/consent', { params });
  const { value } = consent;
  const yes = (confirm: string) =>
    doing.run(() =>
      requests.post('/api/runs/:run/execute', { params, body: { shown: run.shown, confirm } }),
    );
  return (
    <Screen
      name="Run"
      about="Run · nothing has been sent"
      headline={`All ${count(run.targets)}`}
      sub={`${sentence(run.does)} · ${run.host}`}
      command={run.command}
    >
      <Problem error={refused?.error} />
      <Notes notes={refused?.notes ?? []} />
      <Problem error={consent.error} />
      {value !== undefined && (
        <ConsentForm
          sentence={value.sentence}
          confirm={value.confirm}
          later={value.later}
          yes={yesWords(value.users)}
          onYes={yes}
          busy={doing.busy}
          error={doing.error}
        />
      )}
      <p class="spaced">
        <Link to={{ kind: 'run', run: run.id, screen: 'try' }}>Try a few first</Link> ·{' '}
        <Link to={{ kind: 'run', run: run.id, screen: 'preview' }}>Back to the preview</Link>
      </p>
    </Screen>
  );
}
