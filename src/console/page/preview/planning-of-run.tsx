import { useGet, useKnown } from '../client/hooks.ts';
import { Link } from '../shell/navigation.tsx';
import { useRun } from '../shell/scope.tsx';
import { NoRun } from '../shell/waiting.tsx';
import { PlanningView } from './planning-view.tsx';

/** The planning of a rerun or a resend of a run. */
export function PlanningOfRun({
  run,
  planning,
}: {
  readonly run: string;
  readonly planning: string;
}) {
  const told = useKnown(({ plannings }) => plannings.get(planning));
  const asked = useGet(
    '/api/plannings/:planning',
    told === undefined ? { params: { planning } } : undefined,
  );
  const { value } = useRun();
  const shown = told ?? asked.value;
  if (shown === undefined) return <NoRun run={run} error={asked.error} />;
  return (
    <PlanningView
      planning={shown}
      command={value?.command ?? ''}
      back={
        <Link to={{ kind: 'run', run, screen: 'open' }} class="button plain">
          Back to the run
        </Link>
      }
    />
  );
}
