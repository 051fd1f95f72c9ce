import { useState } from 'preact/hooks';
import { counted } from '../../../domain/counted.ts';
import type { Draft } from '../../api/answers.ts';
import { Button } from '../parts/button.tsx';
import { Field } from '../parts/field.tsx';
import { Panel, Problem } from '../parts/notes.tsx';
import { useDraft } from '../shell/scope.tsx';
import { FilePeek } from './file-peek.tsx';
import { useSend } from './file-source.tsx';
import { useLeftover } from './leftover.ts';

/** Users pasted as text, one per line. */
export function PasteSource({ draft }: { readonly draft: Draft }) {
  const { change } = useDraft();
  const [text, setText] = useState('');
  const ids = draft.files.map(({ id }) => id);
  const { send, sent, doing } = useSend((uploads) => change({ files: [...ids, ...uploads] }));
  const lines = text.split('\n').filter((line) => line.trim() !== '').length;
  useLeftover(
    lines === 0
      ? undefined
      : `The list you pasted is not added yet. Press “Add ${counted(lines, 'line')}”, or clear the field.`,
  );
  const add = (event: Event) => {
    event.preventDefault();
    if (lines === 0) return;
    const list = { name: 'pasted.txt', content: new Blob([text]), pasted: true };
    send([list], () => setText(''));
  };
  return (
    <>
      <Panel>
        <form onSubmit={add}>
          <Field
            label="Logins, email addresses or ids, one per line"
            lines={8}
            value={text}
            onInput={setText}
            mono
            placeholder={'nadia.kay@acme.example\n00u1a2b3c4d5e6f7g8h9'}
          />
          <div class="actions">
            <Button submit busy={doing.busy} off={lines === 0 ? 'Paste somebody first' : undefined}>
              {lines === 0 ? 'Add them' : `Add ${counted(lines, 'line')}`}
            </Button>
            <span class="muted small" role="status">
              {sent}
            </span>
          </div>
        </form>
        <Problem error={doing.error} />
      </Panel>
      {draft.files.map((file) => (
        <FilePeek key={file.id} draft={draft} file={file} />
      ))}
    </>
  );
}
