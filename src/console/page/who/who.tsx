import { useCallback, useState } from 'preact/hooks';
import { count } from '../../../domain/counted.ts';
import type { Draft } from '../../api/answers.ts';
import { useConsole } from '../client/hooks.ts';
import { Choice } from '../parts/field.tsx';
import { FlagForm } from '../parts/flag-form.tsx';
import { Panel, Problem } from '../parts/notes.tsx';
import { Screen } from '../parts/screen.tsx';
import { Link } from '../shell/navigation.tsx';
import { useDraft } from '../shell/scope.tsx';
import { Chosen } from './chosen.tsx';
import { Everyone } from './everyone.tsx';
import { FileSource } from './file-source.tsx';
import { GroupPicker } from './group-picker.tsx';
import { LeaveOut } from './leave-out.tsx';
import { PasteSource } from './paste-source.tsx';
import { SearchSource } from './search-source.tsx';
import { LeftoverContext, type Leftovers } from './leftover.ts';

type Source = 'file' | 'paste' | 'group' | 'search' | 'log' | 'all';

function firstSource({ files, flags }: Draft): Source {
  if (files.length > 0) return 'file';
  if (flags['group'] !== undefined) return 'group';
  if (flags['search'] !== undefined || flags['filter'] !== undefined) return 'search';
  if (flags['log'] !== undefined) return 'log';
  return flags['all'] === undefined ? 'file' : 'all';
}

/** Tells whether a flag is about the System Log, whose panel fills it in. */
const ofLog = (name: string) => name === 'log' || name.startsWith('log-');

function SourcePanel({ source, draft }: { readonly source: Source; readonly draft: Draft }) {
  const { flags } = useConsole();
  switch (source) {
    case 'file':
      return <FileSource draft={draft} />;
    case 'paste':
      return <PasteSource draft={draft} />;
    case 'group':
      return <GroupPicker flag="group" draft={draft} />;
    case 'search':
      return <SearchSource draft={draft} />;
    case 'log':
      return (
        <Panel title="Users of events in the System Log">
          <FlagForm flags={flags.filter(({ name }) => ofLog(name))} draft={draft} />
        </Panel>
      );
    case 'all':
      return <Everyone draft={draft} />;
    default: {
      const never: never = source;
      return never;
    }
  }
}

function headlineOf({ hasWho, files, flags }: Draft): string {
  if (!hasWho) return 'Who is it for?';
  const sources =
    files.length + Object.keys(flags).filter((name) => SOURCES.has(name) || name === 'log').length;
  return sources === 1 ? 'Who it is for' : `Who it is for: ${count(sources)} sources together`;
}

const SOURCES: ReadonlySet<string> = new Set(['user', 'search', 'filter', 'group', 'all']);

function useLeftovers() {
  const [leftovers, setLeftovers] = useState<Leftovers>(new Map());
  const keep = useCallback(
    (form: string, words: string | undefined) =>
      setLeftovers((before) => {
        if (before.get(form) === words) return before;
        const next = new Map(before);
        if (words === undefined) next.delete(form);
        else next.set(form, words);
        return next;
      }),
    [],
  );
  const [first] = leftovers.values();
  return { keep, first };
}

function Next({
  draft,
  leftover,
}: {
  readonly draft: Draft;
  readonly leftover: string | undefined;
}) {
  if (leftover !== undefined)
    return (
      <p class="note warning" role="status">
        {leftover}
      </p>
    );
  if (!draft.hasWho) return <p class="muted">Choose somebody first.</p>;
  return (
    <Link to={{ kind: 'draft', draft: draft.id, step: 'what' }} class="button primary">
      Next: what happens to them
    </Link>
  );
}

/** Who to act on: files, lists, groups and searches, and who to leave out. */
export function Who({ draft }: { readonly draft: Draft }) {
  const { flags } = useConsole();
  const { error } = useDraft();
  const [source, setSource] = useState<Source>(() => firstSource(draft));
  const { keep, first } = useLeftovers();
  const options: readonly (readonly [Source, string])[] = [
    ['file', 'A file'],
    ['paste', 'Paste a list'],
    ['group', 'A group'],
    ['search', 'Okta search'],
    ...(flags.some(({ name }) => ofLog(name)) ? ([['log', 'System Log']] as const) : []),
    ['all', 'Everyone'],
  ];
  return (
    <Screen
      name="Who"
      about="Who · nothing is sent"
      headline={headlineOf(draft)}
      sub="You can combine sources. Each user counts once."
      command={draft.command}
    >
      <Choice
        label="Where the users come from"
        options={options}
        chosen={source}
        onChoose={setSource}
      />
      <Problem error={error} />
      <LeftoverContext.Provider value={keep}>
        <SourcePanel source={source} draft={draft} />
      </LeftoverContext.Provider>
      <Chosen draft={draft} />
      <LeaveOut draft={draft} />
      <div class="actions">
        <Next draft={draft} leftover={first} />
      </div>
    </Screen>
  );
}
