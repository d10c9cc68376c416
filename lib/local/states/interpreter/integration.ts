import type { JsonObject } from '../../resources/resource-provider.js';
import { isObject } from './definition-fields.js';

/** The execution that calls an integration. */
export interface IntegrationCall {
  readonly executionArn: string;
  readonly stateMachineArn: string;
  /** Aborts when the result is no longer needed. */
  readonly signal: AbortSignal;
}

/** A service that a Task state can call. */
export interface Integration {
  /** Members that `Arguments` must have. */
  readonly required: readonly string[];
  readonly optional: readonly string[];
  /** Whether the task waits, after the call, until its token is returned. */
  readonly waitsForToken?: boolean | undefined;
  /**
   * Waits, after the call, until the work that the call started has ended. If the signal aborts, stops that work.
   * @param answer result of the call
   * @returns the task's result, which replaces that of the call
   * @throws StateError
   * @default the result of the call is the task's result
   */
  finish?(answer: unknown, call: IntegrationCall): Promise<unknown>;
  /**
   * @returns the task's result in the form of the service's integration
   * @throws StateError with the integration's own error name
   */
  call(args: JsonObject, call: IntegrationCall): Promise<unknown>;
}

/** Integrations by the part of a Task's `Resource` after `arn:<partition>:states:::`. */
export type Integrations = Readonly<Record<string, Integration>>;

/** Members of a Task's `Arguments` by integration. */
export type IntegrationShapes = Readonly<
  Record<string, Pick<Integration, 'required' | 'optional' | 'waitsForToken'>>
>;

/** Describes what is wrong with an integration's arguments: that they are no object, or the first unknown or missing member. */
export function argumentsProblem(
  { required, optional }: Pick<Integration, 'required' | 'optional'>,
  args: unknown,
): string | undefined {
  if (!isObject(args)) return `Expected an object, not ${JSON.stringify(args)}`;
  const names = Object.keys(args);
  const unknown = names.find((name) => !required.includes(name) && !optional.includes(name));
  if (unknown !== undefined) return `The field "${unknown}" is not supported by Step Functions`;
  const missing = required.find((name) => !names.includes(name));
  return missing === undefined ? undefined : `The field "${missing}" is required but was missing`;
}
