import { randomBytes } from 'node:crypto';

import type { CloudFormationClient } from '@aws-sdk/client-cloudformation';

import {
  CodeseederError,
  parseSeedkitContext,
  parseSeedkitName,
  seedkitNames,
} from '../../lib/contract/index.js';
import { createAwsClients } from '../connection/aws-clients.js';
import { parseAwsOptions } from '../connection/parse-aws-options.js';
import type { DeployEvent, DeployOptions, DeployResult } from '../deploy-types.js';
import { assemblyCacheFolder, synthesizeAssembly, type SeedkitContextText } from './assembly.js';
import { followStack } from './follow-stack.js';
import { refuseRetained } from './retained-data.js';
import { requireToolkit, runToolkit } from './run-toolkit.js';
import { deploymentOf } from './seedkit-deployed.js';
import { contextToDeploy } from './settings-context.js';
import { stackFailure, type ResourceEvent } from './stack-failure.js';
import {
  deployedContext,
  findStack,
  isUnderWay,
  refuseForeign,
  wasCreated,
  type StackState,
} from './stack-state.js';

/** Deploys a seedkit, after whatever deployment of it is under way. */
export async function deploySeedkit(name: string, options: DeployOptions = {}): Promise<DeployResult> {
  const { aws = {}, signal, onProgress = () => undefined } = options;
  const stackName = seedkitNames.stack(parseSeedkitName(name));
  const clients = createAwsClients(parseAwsOptions(aws));
  const client = await clients.cloudFormation();
  // What is wrong with the options themselves is told before AWS is asked.
  contextOf(name, undefined, options);
  requireToolkit();
  const found = await settledStack(client, stackName, onProgress, signal);
  if (found !== undefined) refuseForeign(found);
  const current = found !== undefined && wasCreated(found.status) ? found : undefined;

  const context = contextOf(name, current && deployedContext(current), options);
  if (current === undefined) await refuseRetained(clients, name, context, signal);
  onProgress({ type: 'synthesizing' });
  const assemblyFolder = await synthesizeAssembly({
    context,
    cacheFolder: assemblyCacheFolder(),
    ...(signal && { signal }),
  });
  onProgress({ type: 'deploying', stackName });
  const events: ResourceEvent[] = [];
  const end = await runToolkit(
    {
      assemblyFolder,
      region: await client.config.region(),
      parameters: typeof options.buildImage === 'string' ? { BuildImage: options.buildImage } : {},
      changeSetName: `codeseeder-${randomBytes(6).toString('hex')}`,
      importsExisting: current === undefined,
    },
    {
      client,
      endpoint: aws.endpoint,
      signal,
      onEvent(event) {
        if (event.type === 'resource') events.push(event);
        onProgress(event);
      },
    },
  );
  const stack = await findStack(client, stackName, signal);
  if ('failure' in end) throw deploymentFailure(stackName, stack, end.failure, events);
  return { ...deploymentOf(stackName, stack), changed: events.length > 0 };
}

function contextOf(
  name: string,
  deployed: SeedkitContextText | undefined,
  options: DeployOptions,
): SeedkitContextText {
  const context = contextToDeploy(name, deployed, options);
  parseSeedkitContext(context);
  return context;
}

/** The stack once nothing is under way; what a deployment before comes to is its caller's business. */
export async function settledStack(
  client: CloudFormationClient,
  stackName: string,
  onProgress: (event: DeployEvent) => void,
  signal: AbortSignal | undefined,
): Promise<StackState | undefined> {
  const stack = await findStack(client, stackName, signal);
  if (stack === undefined || !isUnderWay(stack.status)) return stack;
  onProgress({ type: 'waiting', stackName, status: stack.status });
  return followStack(client, stack.stackId, { onEvent: onProgress, ...(signal && { signal }) });
}

function deploymentFailure(
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
    ? ' Prepare the account and region once: npx cdk bootstrap'
    : '';
  return new CodeseederError(
    'DeployFailed',
    `The stack ${stackName} could not be deployed: ${failure}${advice}`,
  );
}
