import { GONE } from '../client/answer.ts';
import { Problem, Prose } from '../parts/notes.tsx';
import { Screen } from '../parts/screen.tsx';
import { Link } from './navigation.tsx';

/** The session has ended, or this tab never had one. */
export function NoSession() {
  return (
    <main class="alone">
      <h1>Open the link in the terminal again</h1>
      <p>
        This tab has no session any more. Press Enter in the terminal where{' '}
        <code>okta-reset console</code> runs: it prints a new link. A run that is under way
        continues meanwhile.
      </p>
    </main>
  );
}

/** Shown before the first answer. */
export function Opening({ isLost }: { readonly isLost: boolean }) {
  return (
    <main class="alone" aria-busy={!isLost}>
      <h1>{isLost ? 'The console does not answer' : 'Opening…'}</h1>
      {isLost && (
        <p>
          <Prose>{GONE.hint}</Prose>
        </p>
      )}
    </main>
  );
}

export function Nowhere() {
  return (
    <Screen
      name="Not found"
      about="This address"
      headline="There is no such screen"
      command="okta-reset runs"
    >
      <p>
        <Link to={{ kind: 'home' }}>All runs</Link>
      </p>
    </Screen>
  );
}

/** Shown while a run is being read, or if it could not be read. */
export function NoRun({ run, error }: { readonly run: string; readonly error: RunError }) {
  return (
    <Screen
      name="Run"
      about={run}
      headline={error === undefined ? 'Reading the run…' : 'This run cannot be shown'}
      command="okta-reset runs"
    >
      <Problem error={error} />
      {error !== undefined && (
        <p class="spaced">
          <Link to={{ kind: 'home' }}>All runs</Link>
        </p>
      )}
    </Screen>
  );
}

type RunError = Parameters<typeof Problem>[0]['error'];
