import { Buffer } from 'node:buffer';
import type { Dispatcher } from 'undici';
import type { Expirable } from './deadlines.ts';
import { requestIdOf } from './answer-headers.ts';
import { unpackBody, type Unpacked } from './encoded-body.ts';
import { transportCodeOf } from './transport-failure.ts';
import type { Headers } from './transport.ts';

/** The largest body that is kept of an answer other than 2xx, and the largest that is drained if nobody needs it. */
const ERROR_BODY_BYTES = 64 * 1024;
const DRAINED_BYTES = 1024 * 1024;

/** How a conversation ended: with an answer, or broken. */
export type Ending =
  | {
      readonly kind: 'answered';
      readonly status: number;
      readonly headers: Headers;
      readonly body: string;
    }
  | {
      readonly kind: 'broken';
      readonly code: string;
      readonly started: boolean;
      readonly status: number | undefined;
      readonly requestId: string | undefined;
      readonly headers: Headers;
    };

export interface ConversationTerms {
  readonly keep: 'body' | 'nothing';
  /** The largest 2xx body, both as it arrives and unpacked. */
  readonly maxBytes: number;
  /** Asked when the request is about to leave. True holds it back. */
  readonly held: () => boolean;
  /** Called with the answer, or with the reason why there is none. */
  readonly onEnd: (ending: Ending) => void;
  /** Called when the connection has finished with the call, which can be later than the end of the call. */
  readonly onRelease: (call: Expirable) => void;
}

/** One request and its answer, as undici reports them. Ends exactly once, whatever happens. */
export class Conversation implements Dispatcher.DispatchHandler, Expirable {
  deadlineMs = 0;
  readonly #terms: ConversationTerms;
  #controller: Dispatcher.DispatchController | undefined;
  #status: number | undefined;
  #headers: Headers = {};
  #chunks: Buffer[] = [];
  #bytes = 0;
  #ended = false;

  constructor(terms: ConversationTerms) {
    this.#terms = terms;
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    // A second start means that undici sends the request again because it thinks that it was not received. That is not
    // undici's decision to make.
    const again = this.#controller !== undefined;
    if (again || this.#ended || this.#terms.held()) {
      const code = again ? 'UND_ERR_SOCKET' : 'ABORTED';
      this.#break(code);
      controller.abort(new Error(code));
      return;
    }
    this.#controller = controller;
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    if (status < 200) return;
    this.#status = status;
    this.#headers = headers;
    if (this.#terms.keep === 'nothing' && status < 300) this.#answer('');
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#bytes += chunk.length;
    if (this.#ended) {
      if (this.#bytes > DRAINED_BYTES) controller.abort(new Error('BODY_TOO_LARGE'));
      return;
    }
    const failed = (this.#status ?? 0) >= 300;
    this.#chunks.push(chunk);
    if (failed ? this.#bytes > ERROR_BODY_BYTES : this.#bytes > this.#terms.maxBytes) {
      if (failed) this.#answer(this.#explanation());
      else this.#break('BODY_TOO_LARGE');
      controller.abort(new Error('BODY_TOO_LARGE'));
    }
  }

  onResponseEnd(): void {
    if (!this.#ended) this.#complete();
    this.#terms.onRelease(this);
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#break(transportCodeOf(error, this.#controller !== undefined));
    this.#terms.onRelease(this);
  }

  /** Ends the call because its time is up. */
  expire(): void {
    this.abort('TIMEOUT');
  }

  /** Ends the call from outside, with one of our codes. */
  abort(code: string): void {
    this.#break(code);
    this.#controller?.abort(new Error(code));
    this.#terms.onRelease(this);
  }

  #unpacked(maxBytes: number, whole: boolean): Unpacked {
    const [first] = this.#chunks;
    const body =
      first === undefined || this.#chunks.length > 1 ? Buffer.concat(this.#chunks) : first;
    return unpackBody(body, this.#headers, { maxBytes, whole });
  }

  /** The body of a refusal as far as it arrived. The status is enough without it. */
  #explanation(): string {
    const body = this.#unpacked(ERROR_BODY_BYTES, false);
    return body.kind === 'text' ? body.text : '';
  }

  /** Ends the call after all bytes have arrived. */
  #complete(): void {
    if ((this.#status ?? 0) >= 300) {
      this.#answer(this.#explanation());
      return;
    }
    const body = this.#unpacked(this.#terms.maxBytes, true);
    if (body.kind === 'text') this.#answer(body.text);
    else this.#break(body.code);
  }

  #answer(body: string): void {
    this.#end({ kind: 'answered', status: this.#status ?? 0, headers: this.#headers, body });
  }

  #break(code: string): void {
    const status = this.#status;
    // The status of a refusal is enough, and a body that was cut off only costs its explanation.
    if (status !== undefined && status >= 300) {
      this.#answer(this.#explanation());
      return;
    }
    this.#end({
      kind: 'broken',
      code,
      started: this.#controller !== undefined,
      status,
      requestId: requestIdOf(this.#headers),
      headers: this.#headers,
    });
  }

  #end(ending: Ending): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#chunks = [];
    this.#terms.onEnd(ending);
  }
}
