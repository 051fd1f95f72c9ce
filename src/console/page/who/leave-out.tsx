import type { Draft } from '../../api/answers.ts';
import { useConsole } from '../client/hooks.ts';
import { Chips, chipsOf } from '../parts/chips.tsx';
import { FlagForm } from '../parts/flag-form.tsx';
import { Problem } from '../parts/notes.tsx';
import { useDraft } from '../shell/scope.tsx';
import { Drop, useSend } from './file-source.tsx';
import { GroupPicker } from './group-picker.tsx';

/** Flags for reading a file in a special way or taking only a part of it, which few people need. */
const RARE: ReadonlySet<string> = new Set([
  'skip',
  'limit',
  'column',
  'delimiter',
  'encoding',
  'keep-column',
  'filter',
  'user',
]);

/** Users who are never acted on, whatever the sources say. */
export function LeaveOut({ draft }: { readonly draft: Draft }) {
  const { flags } = useConsole();
  const { change } = useDraft();
  const ids = draft.excludes.map(({ id }) => id);
  const { send, sent, doing } = useSend((uploads) => change({ excludes: [...ids, ...uploads] }));
  const groups = draft.flags['exclude-group'] ?? [];
  const files = draft.excludes.map(({ id, name }) => ({
    words: `File: ${name}`,
    drop: () => void change({ excludes: ids.filter((other) => other !== id) }),
  }));
  const excludedGroups = chipsOf(
    groups,
    (rest) => void change({ flags: { 'exclude-group': rest } }),
    (group) => `Group: ${group}`,
  );
  return (
    <>
      <details class="more" open={ids.length + groups.length > 0}>
        <summary>Leave some people alone</summary>
        <Chips chips={[...files, ...excludedGroups]} />
        <div class="two">
          <div class="panel">
            <Drop label="Choose a file of people to leave out" send={send} busy={doing.busy} />
            <p class="muted small" role="status">
              {sent}
            </p>
            <Problem error={doing.error} />
          </div>
          <GroupPicker draft={draft} flag="exclude-group" />
        </div>
      </details>
      <details class="more">
        <summary>More about who</summary>
        <FlagForm flags={flags.filter(({ name }) => RARE.has(name))} draft={draft} />
      </details>
    </>
  );
}
