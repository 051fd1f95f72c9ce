import { createContext } from 'preact';
import { useCallback, useContext, useEffect, useRef, useState } from 'preact/hooks';
import { asCalled, PROGRAM } from '../../../domain/program.ts';
import type { Gets } from '../../api.ts';
import type { State } from '../../api/answers.ts';
import type { ApiError } from '../../api/parts.ts';
import type { Answer } from './answer.ts';
import type { Client } from './client.ts';
import type { Known } from './known.ts';
import type { GetAsk } from './requests.ts';
import { after, every, nowMs } from './timers.ts';

export const ClientContext = createContext<Client | undefined>(undefined);

export function useClient(): Client {
  const client = useContext(ClientContext);
  if (client === undefined) throw new Error('The page has no client');
  return client;
}

/** Returns what the page knows, or a part of it, and draws again when that part changes. */
export function useKnown<T>(select: (known: Known) => T): T {
  const client = useClient();
  const [, draw] = useState(0);
  const shown = select(client.known);
  const last = useRef(shown);
  last.current = shown;
  const chosen = useRef(select);
  chosen.current = select;
  useEffect(
    () =>
      client.listen(() => {
        if (!Object.is(chosen.current(client.known), last.current)) draw((n) => n + 1);
      }),
    [client],
  );
  return shown;
}

/** Returns the state of the console. A screen is drawn only once there is one. */
export function useConsole(): State {
  const state = useKnown((known) => known.state);
  if (state === undefined) throw new Error('A screen was drawn before the state was read');
  return state;
}

/** Returns a function that rewrites the commands in a text for the way the console was started. */
export function useCalled(): (text: string) => string {
  const program = useKnown(({ state }) => state?.program ?? PROGRAM);
  return useCallback((text: string) => asCalled(text, program), [program]);
}

/** The answer of a GET. While it is requested again, the earlier answer stays. */
export interface Asked<T> {
  readonly value: T | undefined;
  readonly error: ApiError | undefined;
  readonly asking: boolean;
  readonly again: () => void;
}

/**
 * Sends a GET, and sends it again when `ask` or `version` changes, abandoning the earlier one. If `ask` is undefined,
 * nothing is sent. `waitMs` waits for the next key press first.
 */
export function useGet<Path extends keyof Gets>(
  path: Path,
  ask: GetAsk<Path> | undefined,
  {
    version = '',
    waitMs = 0,
  }: { readonly version?: string | number; readonly waitMs?: number } = {},
): Asked<Gets[Path]['answer']> {
  const { requests } = useClient();
  const [round, setRound] = useState(0);
  const key = ask === undefined ? '' : JSON.stringify(ask);
  const [got, setGot] = useState<{
    readonly key: string;
    readonly answer: Answer<Gets[Path]['answer']> | undefined;
  }>({ key: '', answer: undefined });
  const [asking, setAsking] = useState(ask !== undefined);
  useEffect(() => {
    if (ask === undefined) {
      setAsking(false);
      return;
    }
    setAsking(true);
    const gone = new AbortController();
    const send = async () => {
      const answer = await requests.get(path, ask, gone.signal);
      if (answer.kind === 'aborted') return;
      setGot({ key, answer });
      setAsking(false);
    };
    const stop = after(waitMs, () => void send());
    return () => {
      stop();
      gone.abort();
    };
  }, [path, key, round, version]);
  const again = useCallback(() => setRound((n) => n + 1), []);
  const answer = ask === undefined ? undefined : got.answer;
  return {
    value: answer?.kind === 'ok' ? answer.value : undefined,
    error: answer?.kind === 'refused' ? answer.error : undefined,
    asking,
    again,
  };
}

/** The action of a button: whether it is in progress, and why it was refused. */
export interface Doing {
  readonly busy: boolean;
  readonly error: ApiError | undefined;
  /** Runs it. `then` gets the value of a good answer. A second press while the first is in progress does nothing. */
  readonly run: <T>(work: () => Promise<Answer<T>>, then?: (value: T) => void) => void;
  readonly clear: () => void;
}

export function useDoing(): Doing {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ApiError | undefined>(undefined);
  const under = useRef(false);
  const run = useCallback(<T>(work: () => Promise<Answer<T>>, then?: (value: T) => void) => {
    if (under.current) return;
    under.current = true;
    setBusy(true);
    setError(undefined);
    void work().then((answer) => {
      under.current = false;
      setBusy(false);
      if (answer.kind === 'refused') setError(answer.error);
      if (answer.kind === 'ok') then?.(answer.value);
    });
  }, []);
  const clear = useCallback(() => setError(undefined), []);
  return { busy, error, run, clear };
}

/** Returns the server's time, updated once a second. Epoch ms. */
export function useServerNow(): number {
  const ahead = useKnown((known) => known.clockAheadMs);
  const [now, setNow] = useState(nowMs());
  useEffect(() => every(1000, () => setNow(nowMs())), []);
  return now + ahead;
}
