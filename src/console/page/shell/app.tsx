import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';
import type { Client } from '../client/client.ts';
import { ClientContext, useKnown } from '../client/hooks.ts';
import { Connect } from '../connect/connect.tsx';
import { DraftScreen } from './draft-screen.tsx';
import { Home } from '../home/home.tsx';
import { PlanningOfRun } from '../preview/planning-of-run.tsx';
import { Row } from '../row/row.tsx';
import type { Route } from '../route.ts';
import { RunScreen } from './run-screen.tsx';
import { NoSession, Nowhere, Opening } from './waiting.tsx';
import { useRoute } from './navigation.tsx';
import { Notices } from './notices.tsx';
import { ScopeOf } from './scope.tsx';
import { Steps } from './steps.tsx';
import { TopBar } from './top-bar.tsx';

function screenOf(route: Route): ComponentChildren {
  switch (route.kind) {
    case 'home':
      return <Home />;
    case 'connect':
      return <Connect />;
    case 'draft':
      return <DraftScreen key={route.draft} step={route.step} planning={route.planning} />;
    case 'run':
      return (
        <RunScreen key={`${route.run} ${route.screen}`} run={route.run} screen={route.screen} />
      );
    case 'planning':
      return <PlanningOfRun run={route.run} planning={route.planning} />;
    case 'row':
      return <Row key={`${route.run} ${route.row}`} run={route.run} row={route.row} />;
    case 'nowhere':
      return <Nowhere />;
    default: {
      const never: never = route;
      return never;
    }
  }
}

function Page() {
  const route = useRoute();
  const link = useKnown((known) => known.link.kind);
  const isKnown = useKnown((known) => known.state !== undefined);
  if (link === 'no-session') return <NoSession />;
  if (!isKnown) return <Opening isLost={link === 'lost'} />;
  return (
    <>
      <a class="skip" href="#main">
        Skip to the content
      </a>
      <TopBar />
      <Notices />
      <ScopeOf route={route}>
        <div class={route.kind === 'home' ? 'shell wide' : 'shell'}>
          <Steps route={route} />
          <div class="screen">{screenOf(route)}</div>
        </div>
      </ScopeOf>
    </>
  );
}

/** A file that is dropped outside its area must not replace the page. */
function useNoDropOutside(): void {
  useEffect(() => {
    const keep = (event: Event) => event.preventDefault();
    addEventListener('dragover', keep);
    addEventListener('drop', keep);
    return () => {
      removeEventListener('dragover', keep);
      removeEventListener('drop', keep);
    };
  }, []);
}

/** The page. */
export function App({ client }: { readonly client: Client }) {
  useEffect(() => {
    const over = new AbortController();
    void client.follow(over.signal);
    return () => over.abort();
  }, [client]);
  useNoDropOutside();
  return (
    <ClientContext.Provider value={client}>
      <Page />
    </ClientContext.Provider>
  );
}
