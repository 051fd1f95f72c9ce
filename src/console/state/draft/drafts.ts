import type { PlanInput } from '../../../app/plan/plan-input.ts';
import { ACTION, POLICY, WHAT } from '../../../config/action.ts';
import type { Flag, Given } from '../../../config/flags/flag.ts';
import { GUARDS } from '../../../config/guards.ts';
import { ORG, type OrgConfig } from '../../../config/org.ts';
import { resolveSecretsPlace, SECRETS } from '../../../config/output.ts';
import { PACE } from '../../../config/pace.ts';
import { refuseNobody, WHO } from '../../../config/selection.ts';
import { AppError } from '../../../domain/codes/app-error.ts';
import type { Draft } from '../../api/answers.ts';
import { BOUNDS } from '../../api/bounds.ts';
import type { Planning } from '../../api/live.ts';
import type { DraftRequest } from '../../api/requests.ts';
import { apiErrorOf, notFound, notNow, Refusal } from '../../refusal.ts';
import { newId, type ConsoleContext } from '../console-context.ts';
import { FLAGS_FOR } from './draft-flags.ts';
import { changed, commandLine, only, withOrg, type FlagValues } from './given.ts';
import type { Uploads } from './uploads.ts';

const FLAGS: readonly Flag[] = [WHO, WHAT, POLICY, GUARDS, PACE, SECRETS, ORG].flatMap(
  ({ flags }) => Object.values<Flag>(flags),
);

interface KeptDraft {
  readonly id: string;
  readonly flags: FlagValues;
  readonly files: readonly string[];
  readonly excludes: readonly string[];
}

const NEW = { flags: new Map<string, readonly string[]>(), files: [], excludes: [] } as const;

/** What the page fills in before there is a plan: the same flags as in a command line. */
export class Drafts {
  readonly #console: ConsoleContext;
  readonly #uploads: Uploads;
  readonly #drafts = new Map<string, KeptDraft>();

  constructor(console: ConsoleContext, uploads: Uploads) {
    this.#console = console;
    this.#uploads = uploads;
  }

  ids(): readonly string[] {
    return [...this.#drafts.keys()];
  }

  has(id: string): boolean {
    return this.#drafts.has(id);
  }

  begin(request: DraftRequest): string {
    if (this.#drafts.size >= BOUNDS.drafts)
      throw new Refusal('TOO_MANY', 'There are too many drafts.', 'Restart the console.');
    return this.#keep({ id: newId(), ...NEW }, request);
  }

  /** Changes a draft. Throws NOT_FOUND, BAD_REQUEST. */
  change(id: string, request: DraftRequest): void {
    this.#keep(this.#of(id), request);
  }

  /** Returns the draft as the page sees it. `origin` is that of the org that the console is connected to. */
  show(id: string, origin: string | undefined, planning: Planning | undefined): Draft {
    const draft = this.#of(id);
    const given = this.given(id);
    const problem = problemOf(given);
    const info = (upload: string) => this.#uploads.info(upload);
    return {
      id,
      flags: Object.fromEntries(draft.flags),
      files: draft.files.map(info),
      excludes: draft.excludes.map(info),
      hasWho: whoProblem(given) === undefined,
      spec: specOf(given),
      problem: problem && apiErrorOf(problem),
      command: commandLine(
        'plan',
        withOrg(given, origin, this.#console.host.env['OKTA_CLIENT_ORGURL']),
        FLAGS,
      ),
      planning,
    };
  }

  /** Returns the flags of a draft, as a command line would have them. Throws NOT_FOUND. */
  given(id: string): Given {
    const { flags, files, excludes } = this.#of(id);
    const names = (ids: readonly string[]) => ids.map((upload) => this.#uploads.info(upload).name);
    const { files: file, excludeFiles } = WHO.flags;
    return new Map([
      ...(files.length === 0 ? [] : [[file.name, names(files)] as const]),
      ...(excludes.length === 0 ? [] : [[excludeFiles.name, names(excludes)] as const]),
      ...flags,
    ]);
  }

  /** Returns those of its flags that apply to an execution. Throws NOT_FOUND. */
  forExecution(id: string): FlagValues {
    return only(this.#of(id).flags, FLAGS_FOR.execute);
  }

  /** Returns what is to be planned. Throws USAGE, SECRETS_NO_PLACE, NOT_NOW while a file is still being uploaded. */
  planInput(id: string, org: OrgConfig): PlanInput {
    const { files, excludes } = this.#of(id);
    const late = [...files, ...excludes].find((upload) => !this.#uploads.info(upload).complete);
    if (late !== undefined)
      throw notNow('A file is still being uploaded.', 'Wait until it is complete.');
    const given = this.given(id);
    const problem = problemOf(given);
    if (problem !== undefined) throw problem;
    return {
      org,
      pace: PACE.read(given),
      who: { kind: 'selection', selection: WHO.read(given) },
      spec: ACTION.read(given),
      policy: POLICY.read(given),
      out: undefined,
      secrets: SECRETS.read(given),
    };
  }

  #of(id: string): KeptDraft {
    const found = this.#drafts.get(id);
    if (found === undefined) throw notFound('draft');
    return found;
  }

  #keep(draft: KeptDraft, request: DraftRequest): string {
    const { files = draft.files, excludes = draft.excludes } = request;
    for (const upload of [...files, ...excludes]) this.#uploads.info(upload);
    const flags = changed(draft.flags, request.flags ?? {}, FLAGS_FOR.draft);
    this.#drafts.set(draft.id, { id: draft.id, flags, files, excludes });
    this.#console.events.tell({ type: 'draft', draft: draft.id });
    return draft.id;
  }
}

function found(check: () => unknown): AppError | undefined {
  try {
    check();
    return undefined;
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
}

const whoProblem = (given: Given) =>
  found(() => {
    refuseNobody(given);
    WHO.read(given);
  });

function specOf(given: Given) {
  return found(() => ACTION.read(given)) === undefined ? ACTION.read(given) : undefined;
}

/** Returns the first problem that prevents a draft from being planned. */
function problemOf(given: Given): AppError | undefined {
  return (
    whoProblem(given) ??
    found(() => {
      for (const group of [POLICY, PACE, GUARDS]) group.read(given);
      resolveSecretsPlace(SECRETS.read(given), ACTION.read(given));
    })
  );
}
