import type { ComponentChildren } from 'preact';
import type { ApiError, Note } from '../../api/parts.ts';

/** Why something was refused, and what to do. */
export function Problem({ error }: { readonly error: ApiError | undefined }) {
  if (error === undefined) return null;
  return (
    <div class="note error" role="alert">
      <p>
        <bdi>{error.message}</bdi>
      </p>
      {error.hint !== '' && (
        <p class="muted">
          <bdi>{error.hint}</bdi>
        </p>
      )}
    </div>
  );
}

/** Things worth knowing, in the order they came. */
export function Notes({ notes }: { readonly notes: readonly Note[] }) {
  if (notes.length === 0) return null;
  return (
    <ul class="notes">
      {notes.map((note) => (
        <li class={`note ${note.level}`} key={note.text}>
          <bdi>{note.text}</bdi>
          {note.hint !== undefined && note.hint !== '' && (
            <>
              {' '}
              <bdi class="muted">{note.hint}</bdi>
            </>
          )}
        </li>
      ))}
    </ul>
  );
}

/** A part of a screen with a heading of its own. */
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
