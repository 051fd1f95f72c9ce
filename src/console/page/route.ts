/** Which screen the page shows. The address says it, so that back, reload and a second tab work. */

export type DraftStep = 'who' | 'what' | 'preview';
export type RunScreen = 'open' | 'preview' | 'try' | 'go' | 'followup' | 'handover' | 'evidence';

export type Route =
  | { readonly kind: 'home' }
  | { readonly kind: 'connect' }
  | {
      readonly kind: 'draft';
      readonly draft: string;
      readonly step: DraftStep;
      /** The planning that the preview shows; undefined for the newest one of the draft in its current state. */
      readonly planning?: string | undefined;
    }
  | { readonly kind: 'run'; readonly run: string; readonly screen: RunScreen }
  /** A rerun or a resend of the run is being planned. */
  | { readonly kind: 'planning'; readonly run: string; readonly planning: string }
  | { readonly kind: 'row'; readonly run: string; readonly row: number }
  | { readonly kind: 'nowhere' };

const DRAFT_STEPS: readonly DraftStep[] = ['who', 'what', 'preview'];
const RUN_SCREENS: readonly RunScreen[] = [
  'preview',
  'try',
  'go',
  'followup',
  'handover',
  'evidence',
];

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

function runRoute(run: string, rest: readonly string[]): Route {
  const [screen, id] = rest;
  if (screen === undefined) return { kind: 'run', run, screen: 'open' };
  if (screen === 'rows' && /^\d{1,9}$/.test(id ?? '')) return { kind: 'row', run, row: Number(id) };
  if (screen === 'planning' && id !== undefined) return { kind: 'planning', run, planning: id };
  const known = RUN_SCREENS.find((name) => name === screen);
  return known === undefined ? { kind: 'nowhere' } : { kind: 'run', run, screen: known };
}

/** Reads the path of an address. */
export function routeOf(path: string): Route {
  const [first, id, ...rest] = path
    .split('/')
    .filter((part) => part !== '')
    .map(decoded);
  if (first === undefined) return { kind: 'home' };
  if (first === 'connect' && id === undefined) return { kind: 'connect' };
  if (first === 'runs') return id === undefined ? { kind: 'home' } : runRoute(id, rest);
  if (first === 'new' && id !== undefined) {
    const step = DRAFT_STEPS.find((name) => name === (rest[0] ?? 'who'));
    const planning = step === 'preview' ? rest[1] : undefined;
    if (step !== undefined) return { kind: 'draft', draft: id, step, planning };
  }
  return { kind: 'nowhere' };
}

/** Writes the path that `routeOf` reads. */
export function pathOf(route: Route): string {
  const id = encodeURIComponent;
  switch (route.kind) {
    case 'home':
    case 'nowhere':
      return '/';
    case 'connect':
      return '/connect';
    case 'draft':
      return `/new/${id(route.draft)}/${route.step}${route.planning === undefined ? '' : `/${id(route.planning)}`}`;
    case 'run':
      return `/runs/${id(route.run)}${route.screen === 'open' ? '' : `/${route.screen}`}`;
    case 'planning':
      return `/runs/${id(route.run)}/planning/${id(route.planning)}`;
    case 'row':
      return `/runs/${id(route.run)}/rows/${route.row}`;
    default: {
      const never: never = route;
      return never;
    }
  }
}
