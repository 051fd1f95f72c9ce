import type { ComponentChildren, TargetedMouseEvent } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { pathOf, type Route, routeOf } from '../route.ts';

const MOVED = 'okta-reset-moved';

/** Goes to a screen. `replace` removes the previous one from the history. */
export function goTo(route: Route, { replace = false, search = '' } = {}): void {
  const address = pathOf(route) + search;
  if (replace) history.replaceState(null, '', address);
  else history.pushState(null, '', address);
  dispatchEvent(new Event(MOVED));
}

/** Keeps the filter of a table in the address, so that reload and back restore it. */
export function keepSearch(search: URLSearchParams): void {
  const text = search.toString();
  history.replaceState(null, '', location.pathname + (text === '' ? '' : `?${text}`));
}

/** Returns the screen that the address names. */
export function useRoute(): Route {
  const [path, setPath] = useState(location.pathname);
  useEffect(() => {
    const read = () => setPath(location.pathname);
    addEventListener('popstate', read);
    addEventListener(MOVED, read);
    return () => {
      removeEventListener('popstate', read);
      removeEventListener(MOVED, read);
    };
  }, []);
  return routeOf(path);
}

interface LinkProps {
  readonly to: Route;
  readonly search?: string;
  readonly class?: string | undefined;
  readonly current?: 'page' | 'step' | undefined;
  /** Whether it is in a line that other keys reach. */
  readonly offTab?: boolean;
  /** Whether it replaces this screen, so that the back button skips this one. */
  readonly replace?: boolean;
  readonly children: ComponentChildren;
}

/** A link to another screen. A middle click opens a tab, as with any link. */
export function Link(props: LinkProps) {
  const { to, search = '', class: look, current, offTab, replace, children } = props;
  const follow = (event: TargetedMouseEvent<HTMLAnchorElement>) => {
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey)
      return;
    event.preventDefault();
    goTo(to, { search, replace: replace === true });
  };
  return (
    <a
      href={pathOf(to) + search}
      class={look}
      aria-current={current}
      tabIndex={offTab === true ? -1 : undefined}
      onClick={follow}
    >
      {children}
    </a>
  );
}
