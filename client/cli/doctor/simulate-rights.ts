import type { EvaluationResult, IAMClient } from '@aws-sdk/client-iam';

import type { AwsOptions } from '../../aws-options.js';
import { awsConfiguration } from '../../connection/aws-configuration.js';
import { describeProblem, isDenied, within } from './check.js';
import type { SimulatedCalls } from './simulated-calls.js';

/** Time within which IAM must answer all requests of a check. */
const TIMEOUT_MS = 10_000;

/** What IAM's simulation of a principal's policies says about calls. */
export type Simulation =
  | {
      readonly outcome: 'allowed' | 'denied' | 'conditional';
      /** ARN of the user or role whose policies were simulated. */
      readonly principal: string;
      /** Actions that the policies do not allow, sorted. */
      readonly denied: readonly string[];
      /** Condition keys in the policies that have no value in a simulation, such as `aws:SourceIp`. */
      readonly conditions: readonly string[];
    }
  | { readonly outcome: 'unknown'; readonly reason: string };

/** A principal that has policies. */
interface Principal {
  readonly arn: string;
  /** Name of the role of a session; undefined for a user. */
  readonly role?: string;
}

/**
 * Simulates the policies of the caller. IAM evaluates the policies of the user or role, their permissions boundary and
 * service control policies, and performs no call. It does not evaluate the policies of resources, such as buckets, keys
 * and roles, those of the session and of VPC endpoints, and resource control policies. The result is therefore a
 * strong hint, and not a proof.
 *
 * - `allowed`: the policies allow each call
 * - `denied`: they do not allow some
 * - `conditional`: they do not allow some, which may depend on condition keys without a value
 * - `unknown`: the caller has no policies to simulate, such as a root user, or the simulation failed
 *
 * @param caller ARN of the identity, as STS returns it
 * @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_testing-policies.html
 */
export async function simulateRights(
  aws: AwsOptions,
  caller: string,
  calls: readonly SimulatedCalls[],
): Promise<Simulation> {
  const principal = principalOf(caller);
  if (principal === undefined) {
    return { outcome: 'unknown', reason: `IAM cannot simulate the policies of ${caller}` };
  }
  const { IAMClient: Client } = await import('./iam-client.js');
  const client = new Client({ ...(await awsConfiguration(aws)), maxAttempts: 3 });
  try {
    return await within(TIMEOUT_MS, (signal) => simulateAs(principal, client, calls, signal));
  } catch (error) {
    const action = isDenied(error) ? deniedAction(error) : undefined;
    return {
      outcome: 'unknown',
      reason: action === undefined ? describeProblem(error) : `you may not use ${action} on ${principal.arn}`,
    };
  } finally {
    client.destroy();
  }
}

/** Returns the user, or the role of a session. A root user and a federated user have no policies to simulate. */
export function principalOf(caller: string): Principal | undefined {
  const user = /^arn:[\w-]+:iam::\d{12}:user\/.+$/.exec(caller);
  if (user !== null) return { arn: caller };
  const [, partition, account, role] =
    /^arn:([\w-]+):sts::(\d{12}):assumed-role\/([^/]+)\/.+$/.exec(caller) ?? [];
  if (role === undefined) return undefined;
  return { arn: `arn:${partition}:iam::${account}:role/${role}`, role };
}

/** Simulates as a role without a path first, because the ARN of a session does not have the path of its role. */
async function simulateAs(
  { arn, role }: Principal,
  client: IAMClient,
  calls: readonly SimulatedCalls[],
  signal: AbortSignal,
): Promise<Simulation> {
  try {
    return await simulateAll(arn, client, calls, signal);
  } catch (error) {
    if (role === undefined || !(error instanceof Error) || !/^NoSuchEntity/.test(error.name)) throw error;
    const { GetRoleCommand } = await import('./iam-client.js');
    const { Role } = await client.send(new GetRoleCommand({ RoleName: role }), { abortSignal: signal });
    if (Role?.Arn === undefined) throw error;
    return simulateAll(Role.Arn, client, calls, signal);
  }
}

async function simulateAll(
  principal: string,
  client: IAMClient,
  calls: readonly SimulatedCalls[],
  signal: AbortSignal,
): Promise<Simulation> {
  const results = (await Promise.all(calls.map((call) => resultsOf(principal, client, call, signal)))).flat();
  const missing = results.filter((result) => decisionsOf(result).some((decision) => decision !== 'allowed'));
  const conditions = uniqueSorted((missing.length === 0 ? results : missing).flatMap(conditionsOf));
  const denied = uniqueSorted(missing.map(({ EvalActionName = '' }) => EvalActionName));
  if (denied.length === 0) return { outcome: 'allowed', principal, denied, conditions };
  const isCertain = missing.some((result) => conditionsOf(result).length === 0);
  return { outcome: isCertain ? 'denied' : 'conditional', principal, denied, conditions };
}

/**
 * Simulates calls with one context. IAM returns the results in pages. It documents no limit of the actions of a
 * request; those here are at most nine.
 */
async function resultsOf(
  principal: string,
  client: IAMClient,
  { actions, resources, context = {} }: SimulatedCalls,
  abortSignal: AbortSignal,
): Promise<EvaluationResult[]> {
  const { paginateSimulatePrincipalPolicy } = await import('./iam-client.js');
  const pages = paginateSimulatePrincipalPolicy(
    { client },
    {
      PolicySourceArn: principal,
      ActionNames: [...actions],
      ResourceArns: [...resources],
      ContextEntries: Object.entries(context).map(([ContextKeyName, value]) => ({
        ContextKeyName,
        ContextKeyValues: [value],
        ContextKeyType: /^(true|false)$/.test(value) ? 'boolean' : 'string',
      })),
    },
    { abortSignal },
  );
  const results: EvaluationResult[] = [];
  for await (const { EvaluationResults = [] } of pages) results.push(...EvaluationResults);
  return results;
}

/** Returns the decision of each resource; that of the action if IAM lists no resources. */
function decisionsOf({ EvalDecision, ResourceSpecificResults = [] }: EvaluationResult) {
  if (ResourceSpecificResults.length === 0) return [EvalDecision];
  return ResourceSpecificResults.map(({ EvalResourceDecision }) => EvalResourceDecision);
}

/** Returns the condition keys of the policies that the simulation had no value for. */
function conditionsOf({ MissingContextValues = [], ResourceSpecificResults = [] }: EvaluationResult) {
  return [
    ...MissingContextValues,
    ...ResourceSpecificResults.flatMap(({ MissingContextValues: ofResource = [] }) => ofResource),
  ];
}

function uniqueSorted(names: readonly string[]): string[] {
  return [...new Set(names)].sort();
}

/** Returns the action of IAM that a message refuses. */
function deniedAction(error: unknown): string {
  const [action = 'iam:SimulatePrincipalPolicy'] = /iam:\w+/.exec((error as Error).message) ?? [];
  return action;
}
