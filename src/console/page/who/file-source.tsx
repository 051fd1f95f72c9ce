import { useRef, useState } from 'preact/hooks';
import { count } from '../../../domain/counted.ts';
import type { Draft } from '../../api/answers.ts';
import { useClient, useConsole, useDoing } from '../client/hooks.ts';
import { sendUpload } from '../client/upload.ts';
import { Button } from '../parts/button.tsx';
import { Panel, Problem } from '../parts/notes.tsx';
import { useDraft } from '../shell/scope.tsx';
import { FilePeek } from './file-peek.tsx';

/** Sends files to the console, and passes on their ids. */
export function useSend(onSent: (upload: string) => Promise<unknown>) {
  const { requests } = useClient();
  const doing = useDoing();
  const [sent, setSent] = useState<string | undefined>(undefined);
  const send = (name: string, content: Blob, pasted = false) =>
    doing.run(async () => {
      setSent(`Reading ${name}…`);
      const answer = await sendUpload(requests, { name, content, pasted }, (bytes) =>
        setSent(`${name}: ${count(Math.floor((bytes / content.size) * 100))} % read`),
      );
      if (answer.kind === 'ok') await onSent(answer.value.id);
      setSent(undefined);
      return answer;
    });
  return { send, sent, doing };
}

/** A place to drop a file, or to choose one. */
export function Drop({
  label,
  send,
  busy,
  isSmall = false,
}: {
  readonly label: string;
  readonly send: (name: string, content: Blob) => void;
  readonly busy: boolean;
  readonly isSmall?: boolean;
}) {
  const input = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const take = (files: FileList | null | undefined) => {
    const [file] = files ?? [];
    if (file !== undefined) send(file.name, file);
  };
  return (
    <div
      class={`drop${over ? ' over' : ''}${isSmall ? ' small-drop' : ''}`}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        take(event.dataTransfer?.files);
      }}
    >
      <p>Drop a file here, or</p>
      <Button busy={busy} onPress={() => input.current?.click()}>
        {label}
      </Button>
      {!isSmall && (
        <p class="hint">CSV, TSV, Excel, JSON or NDJSON, also gzipped; any column order.</p>
      )}
      <input
        ref={input}
        type="file"
        class="unseen"
        tabIndex={-1}
        aria-label={label}
        onChange={(event) => {
          take(event.currentTarget.files);
          event.currentTarget.value = '';
        }}
      />
    </div>
  );
}

/** Files of users, each with its first rows, the column that names them, and what could not be used. */
export function FileSource({ draft }: { readonly draft: Draft }) {
  const { connection, uploads } = useConsole();
  const { change } = useDraft();
  const ids = draft.files.map(({ id }) => id);
  const add = (upload: string) => change({ files: [...ids, upload] });
  const { send, sent, doing } = useSend(add);
  const { sample } = connection;
  const offersSample =
    sample !== undefined && !ids.includes(sample) && uploads.some(({ id }) => id === sample);
  return (
    <>
      <Panel>
        <Drop
          label={draft.files.length === 0 ? 'Choose a file' : 'Choose another file'}
          send={send}
          busy={doing.busy}
          isSmall={draft.files.length > 0}
        />
        <p class="muted small" role="status">
          {sent}
        </p>
        {offersSample && (
          <div class="actions">
            <Button look="small" onPress={() => void add(sample)}>
              Use the sandbox’s own export
            </Button>
          </div>
        )}
        <Problem error={doing.error} />
      </Panel>
      {draft.files.map((file) => (
        <FilePeek key={file.id} draft={draft} file={file} />
      ))}
    </>
  );
}
