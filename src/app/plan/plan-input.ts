import type { OrgConfig } from '../../config/org.ts';
import type { SecretsFlags } from '../../config/output.ts';
import type { PaceConfig } from '../../config/pace.ts';
import type { SelectionConfig } from '../../config/selection.ts';
import type { ActionSpec } from '../../domain/plan/action.ts';
import type { Row } from '../../domain/row/row.ts';
import type { PolicyOptions } from '../../domain/run/run-file.ts';
import type { Repeat } from '../../plan/verdicts/repeats.ts';
import type { ReadParents } from '../rerun/parent-runs.ts';

/** Which users a plan is over: a selection, or rows of an earlier run. */
export type Who =
  | { readonly kind: 'selection'; readonly selection: SelectionConfig }
  | {
      readonly kind: 'rows';
      readonly rows: () => AsyncIterable<Row>;
      readonly asTyped: readonly string[];
      /** The runs they come from; complete after the rows were read. */
      readonly parents: ReadParents;
      /** Folders of those runs, as far as they are known earlier. */
      readonly dirs: readonly string[];
    };

export interface PlanInput {
  readonly org: OrgConfig;
  readonly pace: PaceConfig;
  readonly who: Who;
  readonly spec: ActionSpec;
  readonly policy: PolicyOptions;
  /** Successes of other runs that the admin has looked at and wants to repeat. */
  readonly followsUp?: (userId: string, repeat: Repeat) => boolean;
  /** The run directory; undefined for `reports/<run-id>`. */
  readonly out: string | undefined;
  /**
   * How secrets will be written. run.json stores the age recipients, so that the run can continue without naming them
   * again; the preview must warn if secrets are not sealed.
   */
  readonly secrets: SecretsFlags;
}
