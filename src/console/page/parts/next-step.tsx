import type { ListedRun } from '../../api/run-answers.ts';
import type { NextStep } from '../../api/parts.ts';
import { useCalled } from '../client/hooks.ts';
import type { Route } from '../route.ts';
import { Link } from '../shell/navigation.tsx';
import { type Onward, PlanButton } from './plan-button.tsx';

type Does = NonNullable<NextStep['does']>;
type Planned = Extract<Does, { kind: 'rerun' | 'resend' }>;

/** Returns where a step leads that begins with a question, so that the press itself does nothing. */
function routeFor(run: string, does: Exclude<Does, Planned>): readonly [string, Route] {
  switch (does.kind) {
    case 'execute':
      return ['Look at the plan', { kind: 'run', run, screen: 'preview' }];
    case 'resume':
      return ['Resume', { kind: 'run', run, screen: 'go' }];
    case 'followup':
      return ['Follow up', { kind: 'run', run, screen: 'followup' }];
    case 'hand-over':
      return ['Hand over', { kind: 'run', run, screen: 'handover' }];
    case 'open':
      return ['Open the rerun', { kind: 'run', run: does.run, screen: 'open' }];
    default: {
      const never: never = does;
      return never;
    }
  }
}

function onwardOf(does: Planned): Onward {
  if (does.kind === 'rerun')
    return { kind: 'rerun', body: does.only === undefined ? {} : { only: [...does.only] } };
  const flags = does.action === undefined ? {} : { flags: { action: [does.action] } };
  return { kind: 'resend', body: { only: [...does.only], ...flags } };
}

/** The button for a next step, or nothing if only the terminal can do it. */
export function NextButton({
  run,
  step,
  look = 'plain',
}: {
  readonly run: Pick<ListedRun, 'id'>;
  readonly step: NextStep;
  readonly look?: 'plain' | 'primary';
}) {
  const { does } = step;
  if (does === undefined) return null;
  if (does.kind === 'rerun' || does.kind === 'resend')
    return (
      <PlanButton run={run.id} onward={onwardOf(does)} look={look}>
        {does.kind === 'rerun' ? 'Plan a rerun' : 'Plan a resend'}
      </PlanButton>
    );
  const [words, to] = routeFor(run.id, does);
  return (
    <Link to={to} class={`button ${look}`}>
      {words}
    </Link>
  );
}

/** What remains to be done with a run: why, and the button or the command for it. */
export function NextSteps({
  run,
  steps,
  isQuiet = false,
}: {
  readonly run: Pick<ListedRun, 'id'>;
  readonly steps: readonly NextStep[];
  /** Whether something else on the screen is more important. */
  readonly isQuiet?: boolean;
}) {
  const called = useCalled();
  return (
    <ul class="settle">
      {steps.map((step, i) => (
        <li key={step.command}>
          <p>
            <bdi>{step.why}</bdi>
            {step.does === undefined && <code class="block">{called(step.command)}</code>}
          </p>
          <NextButton run={run} step={step} look={i === 0 && !isQuiet ? 'primary' : 'plain'} />
        </li>
      ))}
    </ul>
  );
}
