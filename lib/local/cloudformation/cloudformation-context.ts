import type { PlaceContext } from '../place-context.js';
import type { Objects } from '../ports.js';
import type { StackApplier } from '../template/stack-applier.js';

/** The services and stores that CloudFormation's operations use. */
export interface CloudFormationOptions {
  readonly context: PlaceContext;
  readonly applier: StackApplier;
  /** S3, with the templates that requests name by URL. */
  readonly objects: Pick<Objects, 'read'>;
}
