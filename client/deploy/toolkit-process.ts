/**
 * The process that deploys an assembly with the CDK's toolkit. The caller's process does not load the toolkit's 136 MB.
 * The toolkit reads its settings, such as the endpoint, from the environment of this process.
 */
import {
  BaseCredentials,
  StackParameters,
  Toolkit,
  type ICloudAssemblySource,
  type IIoHost,
} from '@aws-cdk/toolkit-lib';

import { definedOnly } from '../../lib/contract/defined-only.js';
import { lightenToolkit, loadToolkitClasses } from './lighten-toolkit.js';
import { resourceEvent } from './stack-failure.js';
import type { ToolkitCredentials, ToolkitJob, ToParent, ToToolkit } from './toolkit-messages.js';

/** Code of the toolkit's message for an event of the stack. */
const ACTIVITY = 'CDK_TOOLKIT_I5502';

/** Code of the toolkit's question whether to execute the change set. */
const CONFIRMATION = 'CDK_TOOLKIT_I5060';

/** Code of the toolkit's message for a line that the app printed on standard error. */
const APP_ERROR = 'CDK_ASSEMBLY_E1002';

/** Polling interval. It is short for a local AWS, which finishes most operations immediately. */
const POLLING_MS = /^http:\/\/(127\.0\.0\.1|\[::1\]|localhost)[:/]/.test(
  process.env['AWS_ENDPOINT_URL'] ?? '',
)
  ? 100
  : 1_000;

type Activity = { readonly event: Parameters<typeof resourceEvent>[0] };

type CredentialsAnswer = Extract<ToToolkit, { type: 'credentials' | 'refused' }>;

lightenToolkit(loadToolkitClasses());

const waiting: ((answer: CredentialsAnswer) => void)[] = [];
let decide: (execute: boolean) => void = () => undefined;
let wasLeft = false;
const appErrors: string[] = [];

process.on('message', (message: ToToolkit) => {
  if (message.type === 'job') void deploy(message.job);
  else if (message.type === 'decision') decide(message.execute);
  else waiting.shift()?.(message);
});
// Ends when the caller has ended. CloudFormation finishes the deployment.
process.on('disconnect', () => process.exit(1));

const ioHost: IIoHost = {
  async notify({ code, level, message, data }) {
    if (code === ACTIVITY) sendToParent({ type: 'resource', event: resourceEvent((data as Activity).event) });
    else if (level !== 'trace' && code === APP_ERROR) appErrors.push(message);
    if (code !== ACTIVITY && level !== 'trace') sendToParent({ type: 'message', level, text: message });
  },
  async requestResponse({ code, defaultResponse }) {
    if (code === CONFIRMATION) await confirmExecution();
    return defaultResponse;
  },
};

async function deploy(job: ToolkitJob): Promise<void> {
  try {
    const toolkit = new Toolkit({
      ioHost,
      color: false,
      emojis: false,
      sdkConfig: {
        baseCredentials: BaseCredentials.custom({ provider: askForCredentials, region: job.region }),
      },
    });
    const source =
      'app' in job
        ? await synthesizedApp(toolkit, job.app, job.outputFolder)
        : await toolkit.fromAssemblyDirectory(job.assemblyFolder);
    let changed = false;
    const { stacks } = await toolkit.deploy(source, {
      deploymentMethod: {
        method: 'change-set',
        changeSetName: job.changeSetName,
        importExistingResources: job.importsExisting,
      },
      ...definedOnly({ roleArn: job.roleArn }),
      parameters: StackParameters.withExisting({ ...job.parameters }),
      stackEventPollingInterval: POLLING_MS,
    });
    changed = stacks.length > 0;
    sendToParent({ type: 'deployed', changed });
  } catch (error) {
    if (wasLeft) sendToParent({ type: 'left' });
    else sendToParent({ type: 'failed', message: `${messageOf(error)} ${appErrors.join('\n')}`.trim() });
  }
  process.disconnect();
}

/** Synthesizes an app and returns its assembly when the caller has confirmed to deploy its stacks. */
async function synthesizedApp(toolkit: Toolkit, app: string, outdir: string): Promise<ICloudAssemblySource> {
  const source = await toolkit.fromCdkApp(app, { outdir });
  const assembly = await toolkit.synth(source);
  appErrors.length = 0;
  const stackNames = assembly.cloudAssembly.stacksRecursively.map(({ stackName }) => stackName);
  await confirm({ type: 'synthesized', stackNames });
  return assembly;
}

/**
 * Returns if the change set may be executed, and throws otherwise. The toolkit's question is never answered with no:
 * the toolkit would then also delete the stack, with the change sets of other deployments.
 */
async function confirmExecution(): Promise<void> {
  await confirm({ type: 'prepared' });
}

/** Returns if the caller answers yes, and throws otherwise. */
async function confirm(question: Extract<ToParent, { type: 'prepared' | 'synthesized' }>): Promise<void> {
  const execute = await new Promise<boolean>((resolve) => {
    decide = resolve;
    sendToParent(question);
  });
  if (execute) return;
  wasLeft = true;
  throw new Error('The caller decided not to deploy.');
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

async function askForCredentials() {
  const answer = await new Promise<CredentialsAnswer>((resolve) => {
    waiting.push(resolve);
    sendToParent({ type: 'credentials' });
  });
  if (answer.type === 'refused') throw new Error(answer.message);
  return asIdentity(answer.credentials);
}

function asIdentity({ expiresAtMs, sessionToken, ...credentials }: ToolkitCredentials) {
  const expiration = expiresAtMs === undefined ? undefined : new Date(expiresAtMs);
  return { ...credentials, ...definedOnly({ sessionToken, expiration }) };
}

function sendToParent(message: ToParent): void {
  process.send?.(message);
}
