import type { Draft } from '../../api/answers.ts';
import { useConsole } from '../client/hooks.ts';
import { FlagForm } from '../parts/flag-form.tsx';
import { Problem } from '../parts/notes.tsx';
import { useDraft } from '../shell/scope.tsx';
import { Drop, useSend } from './file-source.tsx';
import { GroupPicker } from './group-picker.tsx';

/** Ways to read a file and to take a part of it, for the few who need them. */
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

/** Whom never to touch, whatever the sources say. */
export function LeaveOut({ draft }: { readonly draft: Draft }) {
  const { flags } = useConsole();
  const { change } = useDraft();
  const ids = draft.excludes.map(({ id }) => id);
  const { send, sent, doing } = useSend((upload) => change({ excludes: [...ids, upload] }));
  const groups = draft.flags['exclude-group'] ?? [];
  return (
    <>
      <details class="more" open={ids.length + groups.length > 0}>
        <summary>Leave some people alone</summary>
        <ul class="chips">
          {draft.excludes.map(({ id, name }) => (
            <li key={id}>
              <bdi>{`File: ${name}`}</bdi>
              <button
                type="button"
                aria-label={`Take out ${name}`}
                onClick={() => void change({ excludes: ids.filter((other) => other !== id) })}
              >
                ×
              </button>
            </li>
          ))}
          {groups.map((group) => (
            <li key={group}>
              <bdi>{`Group: ${group}`}</bdi>
              <button
                type="button"
                aria-label={`Take out ${group}`}
                onClick={() => {
                  const rest = groups.filter((other) => other !== group);
                  void change({ flags: { 'exclude-group': rest.length === 0 ? null : rest } });
                }}
              >
                ×
              </button>
            </li>
          ))}
        </ul>
        <div class="two">
          <div class="panel">
            <Drop label="Choose a file of people to leave alone" send={send} busy={doing.busy} />
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
