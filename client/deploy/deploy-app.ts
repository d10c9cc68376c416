import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import type { CloudFormationClient } from '@aws-sdk/client-cloudformation';

import { CodeseederError } from '../../lib/contract/index.js';
import { createAwsClients } from '../connection/aws-clients.js';
import { parseAwsOptions } from '../connection/parse-aws-options.js';
import type { DeployEvent, SeedkitDeploymentOptions } from '../deploy-types.js';
import { deploymentFailure } from './deploy-over.js';
import { settledStack } from './follow-stack.js';
import { requireToolkit, runToolkit } from './run-toolkit.js';
import type { ResourceEvent } from './stack-failure.js';
import { findStack } from './stack-state.js';

/** A stack of an app after its deployment. */
export interface AppStack {
  /** Name of the stack. */
  readonly stackName: string;
  /** Status of the stack; undefined if it is in another region than the one that the deployment uses. */
  readonly status: string | undefined;
  /** Values of the stack's outputs, by output name. */
  readonly outputs: Readonly<Record<string, string>>;
  /** Whether the deployment changed anything in the stack. */
  readonly changed: boolean;
}

/**
 * Synthesizes a CDK app with the CDK's toolkit, and deploys all its stacks. It first waits for the end of other
 * deployments of them that are in progress.
 *
 * @param app command that runs the app, such as `npx tsx my-app.ts`
 * @throws StackFailedError if CloudFormation could not deploy a stack
 * @throws CodeseederError `ToolkitMissing`, `PackFailed` if the app fails, `DeployFailed`
 */
export async function deployApp(
  app: string,
  { aws = {}, signal, onProgress = () => undefined }: SeedkitDeploymentOptions = {},
): Promise<readonly AppStack[]> {
  const client = await createAwsClients(parseAwsOptions(aws)).cloudFormation();
  requireToolkit();
  const outputFolder = await mkdtemp(path.join(tmpdir(), 'codeseeder-app-'));
  const events: ResourceEvent[] = [];
  let stackNames: readonly string[] | undefined;
  const onEvent = (event: DeployEvent) => {
    if (event.type === 'resource') {
      const { stackName } = event;
      if (!events.some((former) => former.stackName === stackName))
        onProgress({ type: 'deploying', stackName });
      events.push(event);
    }
    onProgress(event);
  };
  try {
    const job = {
      app,
      outputFolder,
      region: await client.config.region(),
      parameters: {},
      changeSetName: `codeseeder-${randomBytes(6).toString('hex')}`,
      importsExisting: false,
    };
    const end = await runToolkit(job, {
      client,
      endpoint: aws.endpoint,
      signal,
      onEvent,
      mayExecute: async () => true,
      onSynthesized: async (names) => {
        stackNames = names;
        for (const name of names) await settledStack(client, name, onProgress, signal);
      },
    });
    if ('failure' in end) throw await failureOf(app, client, end.failure, stackNames, events);
    return await Promise.all((stackNames ?? []).map((name) => appStack(client, name, events)));
  } finally {
    await rm(outputFolder, { recursive: true, force: true });
  }
}

async function failureOf(
  app: string,
  client: CloudFormationClient,
  failure: string,
  stackNames: readonly string[] | undefined,
  events: readonly ResourceEvent[],
): Promise<CodeseederError> {
  if (stackNames === undefined) {
    const message = `The app ${JSON.stringify(app)} could not be synthesized: ${failure}`;
    return new CodeseederError('PackFailed', message);
  }
  const failed = events.findLast(({ status }) => /ROLLBACK|FAILED/.test(status))?.stackName;
  const stack = failed === undefined ? undefined : await findStack(client, failed);
  const ofStack = events.filter(({ stackName }) => stackName === failed);
  return deploymentFailure(failed ?? stackNames.join(', '), stack, failure, ofStack);
}

async function appStack(
  client: CloudFormationClient,
  stackName: string,
  events: readonly ResourceEvent[],
): Promise<AppStack> {
  const stack = await findStack(client, stackName);
  const changed = events.some((event) => event.stackName === stackName);
  return { stackName, status: stack?.status, outputs: stack?.outputs ?? {}, changed };
}
