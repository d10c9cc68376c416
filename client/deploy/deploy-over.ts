import { randomBytes } from 'node:crypto';

import { checkRegion, CodeseederError, parseSeedkitContext } from '../../lib/contract/index.js';
import type { AwsClients } from '../connection/aws-clients.js';
import type { DeployEvent, DeployOptions, DeployResult } from '../deploy-types.js';
import { assemblyCacheFolder, synthesizeAssembly } from './assembly.js';
import { discardChangeSet, isAsPlanned, wasOvertaken, type Plan } from './overtaking.js';
import { refuseRetained } from './retained-data.js';
import { refuseRetainedPackages } from './retained-packages.js';
import { runToolkit, type ToolkitEnd } from './run-toolkit.js';
import { deploymentOf } from './seedkit-deployed.js';
import { contextToDeploy } from './settings-context.js';
import { stackFailure, type ResourceEvent } from './stack-failure.js';
import { deployedContext, findStack, wasCreated, type StackState } from './stack-state.js';

/** A deployment that is in progress. */
export interface Deploying {
  readonly name: string;
  readonly stackName: string;
  readonly clients: AwsClients;
  readonly options: DeployOptions;
  readonly tools: DeployTools;
}

/** The steps of a deployment that tests replace. */
export interface DeployTools {
  readonly synthesize: typeof synthesizeAssembly;
  readonly runToolkit: typeof runToolkit;
}

/** Synthesizes and deploys with the CDK. */
export const CDK: DeployTools = { synthesize: synthesizeAssembly, runToolkit };

/**
 * Deploys the seedkit, if its stack is still in the state in which it was found.
 *
 * @returns undefined if another deployment has changed the stack; then this one changes nothing
 * @throws StackFailedError, CodeseederError as `deploySeedkit`
 */
export async function deployOver(
  found: StackState | undefined,
  deploying: Deploying,
): Promise<DeployResult | undefined> {
  const { name, stackName, clients, options, tools } = deploying;
  const { signal, onProgress = () => undefined } = options;
  const client = await clients.cloudFormation();
  const current = found !== undefined && wasCreated(found.status) ? found : undefined;
  const context = contextToDeploy(name, current && deployedContext(current), options);
  const { codeArtifact = false } = parseSeedkitContext(context);
  checkRegion(await client.config.region(), { codeArtifact });
  if (current === undefined) {
    await refuseRetained(clients, name, context, signal);
    if (codeArtifact) await refuseRetainedPackages(clients, name, signal);
  }
  onProgress({ type: 'synthesizing' });
  const assemblyFolder = await tools.synthesize({
    context,
    cacheFolder: assemblyCacheFolder(),
    signal,
  });
  onProgress({ type: 'deploying', stackName });
  const changeSetName = `codeseeder-${randomBytes(6).toString('hex')}`;
  const plan: Plan = { client, stackName, from: found, changeSetName, signal };
  const events: ResourceEvent[] = [];
  const end = await deployAssembly(plan, deploying, assemblyFolder, (event) => {
    if (event.type === 'resource') events.push(event);
    onProgress(event);
  });
  if ('wasLeft' in end) return undefined;
  if ('failure' in end) {
    // If there are no events of resources, the change set was not executed.
    if (events.length === 0 && (await wasOvertaken(plan))) return undefined;
    throw deploymentFailure(stackName, await findStack(client, stackName, signal), end.failure, events);
  }
  const stack = await findStack(client, stackName, signal);
  return { ...deploymentOf(stackName, stack), changed: events.length > 0 };
}

async function deployAssembly(
  plan: Plan,
  { options, tools }: Deploying,
  assemblyFolder: string,
  onEvent: (event: DeployEvent) => void,
): Promise<ToolkitEnd> {
  const { client, changeSetName, from, signal } = plan;
  const { buildImage, roleArn, aws = {} } = options;
  const end = await tools.runToolkit(
    {
      assemblyFolder,
      region: await client.config.region(),
      parameters: typeof buildImage === 'string' ? { BuildImage: buildImage } : {},
      changeSetName,
      roleArn,
      importsExisting: from === undefined || !wasCreated(from.status),
    },
    {
      client,
      endpoint: aws.endpoint,
      signal,
      onEvent,
      mayExecute: () => isAsPlanned(plan),
    },
  );
  if ('wasLeft' in end) await discardChangeSet(plan);
  return end;
}

/** Returns the error of a deployment that the toolkit reported as failed. */
export function deploymentFailure(
  stackName: string,
  stack: StackState | undefined,
  failure: string,
  events: readonly ResourceEvent[],
): CodeseederError {
  const hasFailed = /ROLLBACK|FAILED/.test(stack?.status ?? '');
  if (stack !== undefined && hasFailed && events.some(({ status }) => status.endsWith('_FAILED'))) {
    return stackFailure(stack, 'deployed', events);
  }
  const advice = /bootstrap|No bucket named/i.test(failure)
    ? ' Bootstrap the account and region once: npx cdk bootstrap'
    : '';
  return new CodeseederError(
    'DeployFailed',
    `The stack ${stackName} could not be deployed: ${failure}${advice}`,
  );
}
