import { useRef, useState } from 'preact/hooks';
import { count } from '../../../domain/counted.ts';
import type { Draft } from '../../api/answers.ts';
import type { Answer } from '../client/answer.ts';
import { useClient, useConsole, useDoing } from '../client/hooks.ts';
import { sendUpload } from '../client/upload.ts';
import { Button } from '../parts/button.tsx';
import { Panel, Problem } from '../parts/notes.tsx';
import { useDraft } from '../shell/scope.tsx';
import { FilePeek } from './file-peek.tsx';

/** What is sent: a file, or a list that was pasted. */
export interface Sending {
  readonly name: string;
  readonly content: Blob;
  readonly pasted: boolean;
}

/** Sends files to the console one after the other, and passes on the ids of those that have arrived. */
export function useSend(onSent: (uploads: readonly string[]) => Promise<unknown>) {
  const { requests } = useClient();
  const doing = useDoing();
  const [sent, setSent] = useState<string | undefined>(undefined);
  // What is chosen can change while a file is being sent.
  const then = useRef(onSent);
  then.current = onSent;
  const send = (files: readonly Sending[], onDone?: () => void) =>
    doing.run<unknown>(async () => {
      const arrived: string[] = [];
      let answer: Answer<unknown> = { kind: 'ok', value: undefined };
      for (const file of files) {
        const { name, content } = file;
        setSent(`Reading ${name}…`);
        const one = await sendUpload(requests, file, (bytes) =>
          setSent(`${name}: ${count(Math.floor((bytes / content.size) * 100))} % read`),
        );
        if (one.kind === 'ok') arrived.push(one.value.id);
        else answer = one;
      }
      if (arrived.length > 0) await then.current(arrived);
      setSent(undefined);
      return answer;
    }, onDone);
  return { send, sent, doing };
}

/** A place to drop files, or to choose some. */
export function Drop({
  label,
  send,
  busy,
  isSmall = false,
}: {
  readonly label: string;
  readonly send: (files: readonly Sending[]) => void;
  readonly busy: boolean;
  readonly isSmall?: boolean;
}) {
  const input = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const take = (files: FileList | null | undefined) => {
    const all = [...(files ?? [])].map((file) => ({
      ...{ name: file.name, content: file, pasted: false },
    }));
    if (all.length > 0) send(all);
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
        multiple
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
  const add = (uploads: readonly string[]) => change({ files: [...ids, ...uploads] });
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
            <Button look="small" onPress={() => void add([sample])}>
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
