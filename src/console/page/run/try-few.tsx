import { useState } from 'preact/hooks';
import { count } from '../../../domain/counted.ts';
import type { RunDetail } from '../../api/run-answers.ts';
import { useClient, useDoing, useGet } from '../client/hooks.ts';
import { Choice } from '../parts/field.tsx';
import { Problem } from '../parts/notes.tsx';
import { Screen } from '../parts/screen.tsx';
import { goTo, Link } from '../shell/navigation.tsx';
import { useRun } from '../shell/scope.tsx';
import { NoRun } from '../shell/waiting.tsx';
import { ConsentForm, yesWords } from './consent.tsx';

const SIZES = ['1', '5', '20'] as const;

function TryFewOf({ run }: { readonly run: RunDetail }) {
  const { requests } = useClient();
  const doing = useDoing();
  const [canary, setCanary] = useState<string>(run.targets > 5 ? '5' : '1');
  const params = { run: run.id };
  const consent = useGet('/api/runs/:run/consent', { params, query: { canary } });
  const sizes = SIZES.filter((size) => Number(size) < run.targets || size === '1');
  const yes = (confirm: string) =>
    doing.run(
      () =>
        requests.post('/api/runs/:run/execute', {
          params,
          body: { shown: run.shown, confirm, flags: { canary: [canary] } },
        }),
      () => goTo({ kind: 'run', run: run.id, screen: 'go' }),
    );
  const { value } = consent;
  return (
    <Screen
      name="Try a few"
      about="Try a few · nothing has been sent"
      headline={`First ${canary === '1' ? 'one' : canary} of ${count(run.targets)}`}
      sub="They are acted on, and read back. You see how they stand, and go on or stop."
      command={`${run.command} --canary ${canary}`}
    >
      <Choice
        label="How many first"
        options={sizes.map((size) => [size, size === '1' ? 'One' : size] as const)}
        chosen={canary}
        onChoose={setCanary}
      />
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
        <Link to={{ kind: 'run', run: run.id, screen: 'preview' }}>Back to the preview</Link>
      </p>
    </Screen>
  );
}

/** A few first, before all of them. */
export function TryFew({ run }: { readonly run: string }) {
  const { value, error } = useRun();
  return value === undefined ? <NoRun run={run} error={error} /> : <TryFewOf run={value} />;
}
