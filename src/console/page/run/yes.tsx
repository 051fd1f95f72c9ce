import type { RunDetail } from '../../api/run-answers.ts';
import { useClient, useDoing, useGet } from '../client/hooks.ts';
import { Problem } from '../parts/notes.tsx';
import { ConsentForm, yesWords } from './consent.tsx';

/** The yes to a plan: to all of it, or with `canary` to this number first. */
export function Yes({
  run,
  canary,
  isPreparing = false,
}: {
  readonly run: RunDetail;
  readonly canary?: string;
  /** The yes was given, and is checked before the first call. */
  readonly isPreparing?: boolean;
}) {
  const { requests } = useClient();
  const doing = useDoing();
  const params = { run: run.id };
  const consent = useGet('/api/runs/:run/consent', {
    params,
    ...(canary === undefined ? {} : { query: { canary } }),
  });
  const { value } = consent;
  if (value === undefined) return <Problem error={consent.error} />;
  const flags = canary === undefined ? {} : { flags: { canary: [canary] } };
  return (
    <ConsentForm
      sentence={value.sentence}
      confirm={value.confirm}
      later={value.later}
      yes={yesWords(value.users)}
      onYes={(confirm) =>
        doing.run(() =>
          requests.post('/api/runs/:run/execute', {
            params,
            body: { shown: run.shown, confirm, ...flags },
          }),
        )
      }
      busy={doing.busy || isPreparing}
      error={doing.error}
    />
  );
}
