import type { JsonObject } from '../../resources/resource-provider.js';
import { isObject } from './definition-fields.js';

/** The execution that makes the call. */
export interface IntegrationCall {
  readonly executionArn: string;
  readonly stateMachineArn: string;
  /** Aborts if the result is no longer needed. */
  readonly signal: AbortSignal;
}

/** A service integration: an operation of a service that Task states can call. */
export interface Integration {
  /** Members that `Arguments` must have. */
  readonly required: readonly string[];
  readonly optional: readonly string[];
  /** Whether the task waits, after the call, until its token is returned. */
  readonly waitsForToken?: boolean | undefined;
  /**
   * Waits until the work that the call started has ended. If the signal aborts, stops that work.
   * @param answer result of the call
   * @returns the task's result
   * @throws StateError
   * @default the task does not wait, and its result is that of the call
   */
  finish?(answer: unknown, call: IntegrationCall): Promise<unknown>;
  /**
   * Calls the service.
   * @returns the result in the form that the integration has in Step Functions
   * @throws StateError with the name that the integration reports
   */
  call(args: JsonObject, call: IntegrationCall): Promise<unknown>;
}

/** Integrations by the part of a Task's `Resource` after `arn:<partition>:states:::`. */
export type Integrations = Readonly<Record<string, Integration>>;

/** The parts of integrations that are needed to check a definition. */
export type IntegrationShapes = Readonly<
  Record<string, Pick<Integration, 'required' | 'optional' | 'waitsForToken'>>
>;

/**
 * Describes the problem of an integration's arguments: they are not an object, or have an unknown or missing member.
 * @returns undefined if there is no problem
 */
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
