import type { Draft } from '../../api/answers.ts';
import { useClient, useDoing, useKnown } from '../client/hooks.ts';
import { Button } from '../parts/button.tsx';
import { Problem } from '../parts/notes.tsx';
import { Screen } from '../parts/screen.tsx';
import { Link } from '../shell/navigation.tsx';
import { useDraft } from '../shell/scope.tsx';
import { PlanningView } from './planning-view.tsx';

function newest(draft: Draft, known: ReadonlyMap<string, NonNullable<Draft['planning']>>) {
  const ofDraft = [...known.values()].filter(
    ({ of }) => of.kind === 'draft' && of.draft === draft.id,
  );
  const last = ofDraft.at(-1);
  const own = draft.planning;
  return own === undefined ? last : (known.get(own.id) ?? own);
}

/** The preview of a draft while it is being made. A draft without one can be planned here. */
export function PlanningOfDraft({ draft }: { readonly draft: Draft }) {
  const { requests } = useClient();
  const { error } = useDraft();
  const plannings = useKnown((known) => known.plannings);
  const doing = useDoing();
  const planning = newest(draft, plannings);
  const plan = () =>
    doing.run(() =>
      requests.post('/api/drafts/:draft/plan', { params: { draft: draft.id }, body: {} }),
    );
  const buttons = (
    <>
      <Button look="primary" busy={doing.busy} off={draft.problem?.message} onPress={plan}>
        Plan it
      </Button>
      <Link to={{ kind: 'draft', draft: draft.id, step: 'what' }} class="button plain">
        Back to “What”
      </Link>
    </>
  );
  if (planning !== undefined)
    return (
      <PlanningView key={planning.id} planning={planning} command={draft.command} back={buttons} />
    );
  return (
    <Screen
      name="Preview"
      about="Preview · nothing is sent"
      headline="There is no preview yet"
      command={draft.command}
    >
      <Problem error={doing.error ?? error ?? draft.problem} />
      <div class="actions">{buttons}</div>
    </Screen>
  );
}
