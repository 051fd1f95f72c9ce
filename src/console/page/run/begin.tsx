import { count } from '../../../domain/counted.ts';
import type { LiveRun } from '../../api/live.ts';
import type { RunDetail } from '../../api/run-answers.ts';
import { Notes, Problem } from '../parts/notes.tsx';
import { Screen } from '../parts/screen.tsx';
import { sentence } from '../parts/words.ts';
import { Link } from '../shell/navigation.tsx';
import { Yes } from './yes.tsx';

/** The yes to all users at once. */
export function Begin({
  run,
  refused,
}: {
  readonly run: RunDetail;
  readonly refused: LiveRun | undefined;
}) {
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
      <Yes run={run} />
      <p class="spaced">
        <Link to={{ kind: 'run', run: run.id, screen: 'try' }}>Try a few first</Link> ·{' '}
        <Link to={{ kind: 'run', run: run.id, screen: 'preview' }}>Back to the preview</Link>
      </p>
    </Screen>
  );
}
