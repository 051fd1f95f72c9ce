import { Nowhere } from '../shell/waiting.tsx';
export function HandOver(_: { readonly run: string }) {
  return <Nowhere />;
}
