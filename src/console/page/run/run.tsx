import { Nowhere } from '../shell/waiting.tsx';
export function Run(_: { readonly run: string }) {
  return <Nowhere />;
}
