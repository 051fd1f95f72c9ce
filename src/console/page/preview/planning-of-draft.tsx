import type { Draft } from '../../api/answers.ts';
import { useDoing, useGet, useKnown } from '../client/hooks.ts';
import { Button } from '../parts/button.tsx';
import { Problem } from '../parts/notes.tsx';
import { Screen } from '../parts/screen.tsx';
import { goTo, Link } from '../shell/navigation.tsx';
import { useDraft } from '../shell/scope.tsx';
import { PlanningView } from './planning-view.tsx';

/** The planning in the address, or the draft's newest one. `id` is undefined if there is none. */
function usePlanning(draft: Draft, wanted: string | undefined) {
  const id = wanted ?? draft.planning?.id;
  const told = useKnown(({ plannings }) => (id === undefined ? undefined : plannings.get(id)));
  const own = draft.planning?.id === id ? draft.planning : undefined;
  const asked = useGet(
    '/api/plannings/:planning',
    id === undefined || (told ?? own) !== undefined ? undefined : { params: { planning: id } },
  );
  return { id, planning: told ?? own ?? asked.value, error: asked.error };
}

/** The preview of a draft while it is being made. A draft without one can be planned here. */
export function PlanningOfDraft({
  draft,
  planning: wanted,
}: {
  readonly draft: Draft;
  readonly planning: string | undefined;
}) {
  const { error, plan } = useDraft();
  const doing = useDoing();
  const shown = usePlanning(draft, wanted);
  const { planning } = shown;
  const again = () =>
    doing.run(plan, (begun) =>
      goTo({ kind: 'draft', draft: draft.id, step: 'preview', ...begun }, { replace: true }),
    );
  const buttons = (
    <>
      <Button look="primary" busy={doing.busy} off={draft.problem?.message} onPress={again}>
        {planning === undefined ? 'Plan it' : 'Plan it again'}
      </Button>
      <Link to={{ kind: 'draft', draft: draft.id, step: 'who' }} class="button plain">
        Back to “Who”
      </Link>
      <Link to={{ kind: 'draft', draft: draft.id, step: 'what' }} class="button plain">
        Back to “What”
      </Link>
    </>
  );
  if (planning !== undefined)
    return (
      <PlanningView key={planning.id} planning={planning} command={draft.command} back={buttons} />
    );
  const isReading = shown.id !== undefined && shown.error === undefined;
  return (
    <Screen
      name="Preview"
      about="Preview · nothing is sent"
      headline={isReading ? 'Looking up users…' : 'There is no preview yet'}
      command={draft.command}
    >
      <Problem error={doing.error ?? error ?? draft.problem} />
      {!isReading && <div class="actions">{buttons}</div>}
    </Screen>
  );
}
