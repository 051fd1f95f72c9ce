import { count } from '../../../domain/counted.ts';
import type { RunDetail, TableRow } from '../../api/run-answers.ts';
import { useClient } from '../client/hooks.ts';
import { sendUpload } from '../client/upload.ts';
import { Button } from '../parts/button.tsx';
import { Problem } from '../parts/notes.tsx';
import type { Selection } from '../parts/table/selection.ts';
import { useReplan } from './replan.ts';

/** Every user that is acted on has an id. */
const idOf = ({ userId, input }: TableRow) => userId ?? input;

/** Excludes the ticked users: they become an exclude list of the plan's draft, which is planned again. */
export function LeaveOutSelected({
  draft,
  selection,
}: {
  readonly draft: NonNullable<RunDetail['draft']>;
  readonly selection: Selection;
}) {
  const { requests } = useClient();
  const { replan, doing } = useReplan(draft);
  const rows = [...selection.rows.values()];
  const leaveOut = () =>
    replan(async () => {
      const content = new Blob([`id\n${rows.map(idOf).join('\n')}\n`]);
      const file = { name: 'left-out.csv', content, pasted: false };
      const sent = await sendUpload(requests, file, () => undefined);
      if (sent.kind !== 'ok') return sent;
      const before = await requests.get('/api/drafts/:draft', { params: { draft } });
      if (before.kind !== 'ok') return before;
      const excludes = [...before.value.excludes.map(({ id }) => id), sent.value.id];
      return { kind: 'ok', value: { excludes } };
    });
  return (
    <>
      <p class="selected small">
        {rows.length === 0 ? (
          <span class="muted">Tick rows to leave those users out.</span>
        ) : (
          <>
            <span>{count(rows.length)} ticked</span>
            <Button look="small" busy={doing.busy} onPress={leaveOut}>
              {rows.length === 1 ? 'Leave this one out' : `Leave these ${count(rows.length)} out`}
            </Button>
            <Button look="small" onPress={selection.clear}>
              Clear
            </Button>
          </>
        )}
      </p>
      <Problem error={doing.error} />
    </>
  );
}
