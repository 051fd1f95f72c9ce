import { count, counted } from '../../../domain/counted.ts';
import type { CountQuery } from '../../api/requests.ts';
import { useGet } from '../client/hooks.ts';
import { Problem } from '../parts/notes.tsx';

const TYPING_MS = 500;

/** How many such users the org has, counted now. */
export function LiveCount({ query, name }: { readonly query: CountQuery; readonly name?: string }) {
  const { value, error, asking } = useGet('/api/count', { query }, { waitMs: TYPING_MS });
  return (
    <>
      <p class="live-count" role="status" aria-busy={asking}>
        {name !== undefined && <b>{name}: </b>}
        {value === undefined ? (
          <span class="muted">{error === undefined ? 'Counting…' : ''}</span>
        ) : (
          <>
            <b>
              {value.more ? `more than ${count(value.users)} users` : counted(value.users, 'user')}
            </b>{' '}
            <span class="muted">
              {value.sample
                .slice(0, 3)
                .map(({ login, status }) => `${login} (${status})`)
                .join(', ')}
              {value.users > 3 ? ', …' : ''}
            </span>
          </>
        )}
      </p>
      <Problem error={error} />
    </>
  );
}
