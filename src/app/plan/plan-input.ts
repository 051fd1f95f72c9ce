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
      /** The runs that the rows come from; complete only after the rows were read. */
      readonly parents: ReadParents;
      /** The folders of those runs, if they are already known. */
      readonly dirs: readonly string[];
    };

export interface PlanInput {
  readonly org: OrgConfig;
  readonly pace: PaceConfig;
  readonly who: Who;
  readonly spec: ActionSpec;
  readonly policy: PolicyOptions;
  /** Tells whether the admin has looked at a success of another run and wants to repeat it. */
  readonly followsUp?: (userId: string, repeat: Repeat) => boolean;
  /** The run directory; undefined for `reports/<run-id>`. */
  readonly out: string | undefined;
  /**
   * How secrets will be stored. run.json records the age recipients, so that the run can continue without naming them again,
   * and the preview must warn if secrets will not be sealed.
   */
  readonly secrets: SecretsFlags;
}
