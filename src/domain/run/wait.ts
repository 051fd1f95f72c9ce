/** Why calls wait. Each is a cause that a reader might want to distinguish. */
export const WAIT_CAUSES = [
  'window',
  'throttled',
  'concurrency',
  'org-unavailable',
  'own-pace',
  'canary',
] as const;

export type WaitCause = (typeof WAIT_CAUSES)[number];

/** The causes in words. */
export const WAIT_TEXTS: Readonly<Record<WaitCause, string>> = {
  window: 'window spent, waiting for the next',
  throttled: 'rate limit reached (429), waiting as long as Okta says',
  concurrency: 'too many calls at once for the org, slowing down',
  'own-pace': 'keeping the pace you asked for',
  'org-unavailable': 'the org does not answer, retrying',
  canary: 'watching for a mail scanner that opens the links',
};

/** A span of time in which calls waited for one cause. */
export interface WaitSpan {
  readonly cause: WaitCause;
  /** Epoch ms. */
  readonly fromMs: number;
  readonly toMs: number;
  /** Time waited within the span; less than its length if several waits were combined. */
  readonly waitedMs: number;
  readonly waits: number;
}

const MAX_SPANS = 512;
const FIRST_GAP_MS = 250;

function isCause(cause: string): cause is WaitCause {
  return (WAIT_CAUSES as readonly string[]).includes(cause);
}

/** Combines two spans of one cause. The later one can begin before the other ends. */
function joined(one: WaitSpan, next: WaitSpan): WaitSpan {
  const sharedMs = Math.max(0, Math.min(one.toMs, next.toMs) - next.fromMs);
  return {
    cause: one.cause,
    fromMs: Math.min(one.fromMs, next.fromMs),
    toMs: Math.max(one.toMs, next.toMs),
    waitedMs: one.waitedMs + Math.max(0, next.waitedMs - sharedMs),
    waits: one.waits + next.waits,
  };
}

/**
 * Records when calls waited, and for what, in at most 512 spans. If there are more, spans of one cause that are close
 * together become one, so a minute and a week take the same memory.
 */
export class WaitSpans {
  #spans: WaitSpan[] = [];
  #gapMs = FIRST_GAP_MS;

  /** Adds a wait from `fromMs` (epoch ms). Unknown causes and invalid times are ignored. */
  add(cause: string, fromMs: number, waitMs: number): void {
    if (!isCause(cause) || !Number.isFinite(fromMs + waitMs) || waitMs <= 0) return;
    this.#take({ cause, fromMs, toMs: fromMs + waitMs, waitedMs: waitMs, waits: 1 });
    while (this.#spans.length > MAX_SPANS) {
      this.#gapMs *= 2;
      const spans = this.#spans;
      this.#spans = [];
      for (const span of spans) this.#take(span);
    }
  }

  /** Ends the waits at `atMs` (epoch ms) that would have lasted longer. */
  end(atMs: number): void {
    if (!Number.isFinite(atMs)) return;
    this.#spans = this.#spans.flatMap((span) => {
      if (span.toMs <= atMs) return [span];
      if (span.fromMs >= atMs) return [];
      return [{ ...span, toMs: atMs, waitedMs: Math.max(0, span.waitedMs - (span.toMs - atMs)) }];
    });
  }

  /** Returns the spans. Those of one cause are in order of time. */
  spans(): readonly WaitSpan[] {
    return this.#spans;
  }

  #take(span: WaitSpan): void {
    const at = this.#spans.findLastIndex(({ cause }) => cause === span.cause);
    const last = this.#spans[at];
    if (last === undefined || span.fromMs > last.toMs + this.#gapMs) this.#spans.push(span);
    else this.#spans[at] = joined(last, span);
  }
}
