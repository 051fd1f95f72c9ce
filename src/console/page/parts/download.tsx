import type { RunDetail } from '../../api/run-answers.ts';
import { useClient, useDoing } from '../client/hooks.ts';
import { Button } from './button.tsx';
import { Problem } from './notes.tsx';

type RunFile = RunDetail['files'][number];

/** `12.4 kB`. */
function sizeOf(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  const [value, unit] = bytes < 1_000_000 ? [bytes / 1000, 'kB'] : [bytes / 1_000_000, 'MB'];
  return `${value.toFixed(value < 10 ? 1 : 0)} ${unit}`;
}

/** Saves a file of a run. It is fetched with the page's key, which a link could not send. */
export function Download({
  run,
  file,
  words,
}: {
  readonly run: string;
  readonly file: RunFile;
  readonly words: string;
}) {
  const { requests } = useClient();
  const doing = useDoing();
  const save = () =>
    doing.run(
      () => requests.file(run, file.kind),
      (content) => {
        const url = URL.createObjectURL(content);
        const link = document.createElement('a');
        link.href = url;
        link.download = file.name;
        link.click();
        URL.revokeObjectURL(url);
      },
    );
  return (
    <>
      <Button busy={doing.busy} onPress={save}>
        {words} <span class="size">{sizeOf(file.bytes)}</span>
      </Button>
      <Problem error={doing.error} />
    </>
  );
}
