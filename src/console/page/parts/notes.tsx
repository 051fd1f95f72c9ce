import type { ComponentChildren } from 'preact';
import type { ApiError, Note } from '../../api/parts.ts';
import { GONE } from '../client/answer.ts';
import { useCalled, useKnown } from '../client/hooks.ts';
import { prose } from '../../../style/prose.tsx';

/** A text of okta-reset, in which flags and commands stand out and work as they are typed. */
export function Prose({ children: text }: { readonly children: string }) {
  const called = useCalled();
  return <bdi>{prose(called(text))}</bdi>;
}

/** Why something was refused, and what to do. If the console is gone, that is shown once, above the screen. */
export function Problem({ error }: { readonly error: ApiError | undefined }) {
  const called = useCalled();
  const isLost = useKnown(({ link }) => link.kind === 'lost');
  if (error === undefined || (isLost && error.code === GONE.code)) return null;
  return (
    <div class="note error" role="alert">
      <p>
        <bdi>{error.message}</bdi>
      </p>
      {error.hint !== '' && (
        <p class="muted">
          <bdi>{called(error.hint)}</bdi>
        </p>
      )}
    </div>
  );
}

/** Things worth knowing, in the order in which they came. */
export function Notes({ notes }: { readonly notes: readonly Note[] }) {
  const called = useCalled();
  if (notes.length === 0) return null;
  return (
    <ul class="notes">
      {notes.map((note) => (
        <li class={`note ${note.level}`} key={note.text}>
          <bdi>{called(note.text)}</bdi>
          {note.hint !== undefined && note.hint !== '' && (
            <>
              {' '}
              <bdi class="muted">{called(note.hint)}</bdi>
            </>
          )}
        </li>
      ))}
    </ul>
  );
}

/** A part of a screen with its own heading. */
export function Panel({
  title,
  aside,
  children,
}: {
  readonly title?: string | undefined;
  readonly aside?: ComponentChildren;
  readonly children: ComponentChildren;
}) {
  return (
    <section class="panel">
      {title !== undefined && (
        <div class="panel-head">
          <h2>{title}</h2>
          {aside}
        </div>
      )}
      {children}
    </section>
  );
}
