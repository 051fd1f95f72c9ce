import { useEffect, useState } from 'preact/hooks';
import { after } from '../client/timers.ts';
import { Button } from './button.tsx';

const SAID_MS = 2000;

/** Copies a text, and says that it did. */
export function Copy({ text, label }: { readonly text: string; readonly label: string }) {
  const [said, setSaid] = useState<'idle' | 'copied' | 'refused'>('idle');
  useEffect(() => (said === 'idle' ? undefined : after(SAID_MS, () => setSaid('idle'))), [said]);
  const copy = () =>
    void navigator.clipboard.writeText(text).then(
      () => setSaid('copied'),
      () => setSaid('refused'),
    );
  const word = { idle: 'Copy', copied: 'Copied', refused: 'Select it' }[said];
  return (
    <span class="copy" aria-live="polite">
      <Button look="small" label={said === 'idle' ? label : undefined} onPress={copy}>
        {word}
      </Button>
    </span>
  );
}
