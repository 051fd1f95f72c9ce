import { Nowhere } from '../shell/waiting.tsx';
export function FollowUp(_: { readonly run: string }) {
  return <Nowhere />;
}
