import type { PlaceContext } from '../place-context.js';
import type { Objects } from '../ports.js';
import type { StackApplier } from '../template/stack-applier.js';

/** What the operations of CloudFormation work with. */
export interface CloudFormationOptions {
  readonly context: Pick<PlaceContext, 'account' | 'region' | 'partition' | 'clock' | 'endpoint' | 'store'>;
  readonly applier: StackApplier;
  /** Where templates are that requests name by URL. */
  readonly objects: Pick<Objects, 'read'>;
  /** Told of what went wrong after the request was answered. */
  readonly reportProblem: (problem: string, cause?: unknown) => void;
}
