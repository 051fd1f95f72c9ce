import { Nowhere } from '../shell/waiting.tsx';
export function Row(_: { readonly run: string; readonly row: number }) {
  return <Nowhere />;
}
