import { Problem } from '../parts/notes.tsx';
import { Screen } from '../parts/screen.tsx';
import { PlanningOfDraft } from '../preview/planning-of-draft.tsx';
import type { DraftStep } from '../route.ts';
import { What } from '../what/what.tsx';
import { Who } from '../who/who.tsx';
import { Link } from './navigation.tsx';
import { useDraft } from './scope.tsx';

/** The screens of a draft, after it was read. */
export function DraftScreen({
  step,
  planning,
}: {
  readonly step: DraftStep;
  readonly planning: string | undefined;
}) {
  const { draft, error } = useDraft();
  if (draft === undefined) {
    return (
      <Screen
        name="New run"
        about="New run"
        headline={error === undefined ? 'Reading the draft…' : 'This draft no longer exists'}
        command="okta-reset runs"
      >
        <Problem error={error} />
        {error !== undefined && (
          <p>
            A draft exists only while the console is open.{' '}
            <Link to={{ kind: 'home' }}>All runs</Link>
          </p>
        )}
      </Screen>
    );
  }
  switch (step) {
    case 'who':
      return <Who draft={draft} />;
    case 'what':
      return <What draft={draft} />;
    case 'preview':
      return <PlanningOfDraft draft={draft} planning={planning} />;
    default: {
      const never: never = step;
      return never;
    }
  }
}
