import type { JsonObject } from '../../template/resource-provider.js';

/** What an integration knows of the execution that calls it. */
export interface IntegrationCall {
  readonly executionArn: string;
  readonly stateMachineArn: string;
  /** Aborts when nobody waits for the answer any more. */
  readonly signal: AbortSignal;
}

/** A service that a Task state can call. */
export interface Integration {
  /** Members that its `Arguments` must have. */
  readonly required: readonly string[];
  readonly optional: readonly string[];
  /**
   * @returns the task's result as the service's integration gives it
   * @throws StateError with the integration's own error name
   */
  call(args: JsonObject, call: IntegrationCall): Promise<unknown>;
}

/** Integrations by what stands behind `arn:<partition>:states:::` in a Task's `Resource`. */
export type Integrations = Readonly<Record<string, Integration>>;

/** What a Task's `Arguments` may hold, by integration. */
export type IntegrationShapes = Readonly<Record<string, Pick<Integration, 'required' | 'optional'>>>;

/** The first member that an integration does not take, or lacks, in words. */
export function argumentsProblem(
  { required, optional }: Pick<Integration, 'required' | 'optional'>,
  args: JsonObject,
): string | undefined {
  const names = Object.keys(args);
  const unknown = names.find((name) => !required.includes(name) && !optional.includes(name));
  if (unknown !== undefined) return `The field "${unknown}" is not supported by Step Functions`;
  const missing = required.find((name) => !names.includes(name));
  return missing === undefined ? undefined : `The field "${missing}" is required but was missing`;
}
