import { useEffect, useState } from 'preact/hooks';
import { count } from '../../../domain/counted.ts';
import type { RunDetail } from '../../api/run-answers.ts';
import { Choice } from '../parts/field.tsx';
import { Notes, Problem } from '../parts/notes.tsx';
import { Screen } from '../parts/screen.tsx';
import { goTo, Link } from '../shell/navigation.tsx';
import { useView } from './run.tsx';
import { Yes } from './yes.tsx';

const SIZES = ['1', '5', '20'] as const;

/** Offers to act on a few users first. If a run has begun, here or in another tab, shows its progress instead. */
export function TryFew({ run }: { readonly run: RunDetail }) {
  const view = useView(run);
  // Until something was sent, a refusal is shown here, where the few are chosen.
  const isPreparing = view.kind === 'moving' && view.live.phase === 'preparing';
  const refused = view.kind === 'begin' ? view.refused : undefined;
  const hasBegun = view.kind !== 'begin' && !isPreparing;
  useEffect(() => {
    if (hasBegun) goTo({ kind: 'run', run: run.id, screen: 'go' }, { replace: true });
  }, [hasBegun]);
  const [canary, setCanary] = useState<string>(run.targets > 5 ? '5' : '1');
  const sizes = SIZES.filter((size) => Number(size) < run.targets || size === '1');
  return (
    <Screen
      name="Try a few"
      about="Try a few · nothing has been sent"
      headline={`First ${canary === '1' ? 'one' : canary} of ${count(run.targets)}`}
      sub="They are acted on and read back. You see the result, then go on or stop."
      command={`${run.command} --canary ${canary}`}
    >
      <Choice
        label="How many first"
        options={sizes.map((size) => [size, size === '1' ? 'One' : size] as const)}
        chosen={canary}
        onChoose={setCanary}
      />
      <Problem error={refused?.error} />
      <Notes notes={refused?.notes ?? []} />
      {!hasBegun && <Yes run={run} canary={canary} isPreparing={isPreparing} />}
      <p class="spaced">
        <Link to={{ kind: 'run', run: run.id, screen: 'preview' }}>Back to the preview</Link>
      </p>
    </Screen>
  );
}
