import type { RerunRequest, ResendRequest } from '../../api/requests.ts';
import { useClient, useDoing } from '../client/hooks.ts';
import { goTo } from '../shell/navigation.tsx';
import { Button, type ButtonProps } from './button.tsx';
import { Problem } from './notes.tsx';

/** What to plan for a run: a rerun of some rows, or a resend to users in some states. */
export type Onward =
  | { readonly kind: 'rerun'; readonly body: RerunRequest }
  | { readonly kind: 'resend'; readonly body: ResendRequest };

/** Plans it, and opens the planning. A press sends nothing to anybody. */
export function PlanButton({
  run,
  onward: { kind, body },
  look,
  children,
}: {
  readonly run: string;
  readonly onward: Onward;
  readonly look?: ButtonProps['look'];
  readonly children: string;
}) {
  const { requests } = useClient();
  const doing = useDoing();
  const plan = () =>
    doing.run(
      () => requests.post(`/api/runs/:run/${kind}`, { params: { run }, body }),
      ({ planning }) => goTo({ kind: 'planning', run, planning }),
    );
  return (
    <>
      <Button look={look} busy={doing.busy} onPress={plan}>
        {children}
      </Button>
      <Problem error={doing.error} />
    </>
  );
}
