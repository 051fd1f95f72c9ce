import type { Clock } from '../../domain/clock.ts';
import type { OrgReader } from '../../domain/org/org.ts';
import { scanLog } from './log-scan.ts';
import type { LogAnswer, LogQuestion } from './log-scan.ts';

/** Questions that arrive within this time share one scan, because the log's bucket is small. */
const GATHER_MS = 5000;

interface Asked {
  readonly question: LogQuestion;
  readonly resolve: (answer: LogAnswer) => void;
  readonly reject: (error: unknown) => void;
}

/** Collects questions about rows for the System Log, and answers them in one scan at a time. */
export class LogQuestions {
  readonly #org: Pick<OrgReader, 'logEvents' | 'serverNowMs'>;
  readonly #clock: Clock;
  readonly #signal: AbortSignal;
  #asked: Asked[] = [];
  #busy = false;

  constructor(
    org: Pick<OrgReader, 'logEvents' | 'serverNowMs'>,
    clock: Clock,
    signal: AbortSignal,
  ) {
    this.#org = org;
    this.#clock = clock;
    this.#signal = signal;
  }

  /** Resolves with what the log shows; rejects on abort. */
  ask(question: LogQuestion): Promise<LogAnswer> {
    return new Promise((resolve, reject) => {
      this.#asked.push({ question, resolve, reject });
      if (!this.#busy) void this.#work();
    });
  }

  async #work(): Promise<void> {
    this.#busy = true;
    while (this.#asked.length > 0) await this.#answer();
    this.#busy = false;
  }

  async #answer(): Promise<void> {
    let asked: readonly Asked[] = [];
    try {
      await this.#clock.sleep(GATHER_MS, this.#signal);
      asked = this.#asked.splice(0);
      const questions = asked.map(({ question }) => question);
      const answers = await scanLog(this.#org, questions, this.#clock, this.#signal);
      for (const { question, resolve } of asked) resolve(answers.get(question) ?? 'not-found');
    } catch (error) {
      for (const { reject } of [...asked, ...this.#asked.splice(0)]) reject(error);
    }
  }
}
