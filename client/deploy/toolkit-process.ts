/**
 * The process that deploys an assembly with the CDK's toolkit: 136 MB that the caller's process does not load, and
 * whose settings, the place of AWS among them, are its environment's.
 */
import { BaseCredentials, StackParameters, Toolkit, type IIoHost } from '@aws-cdk/toolkit-lib';

import { resourceEvent } from './stack-failure.js';
import type { ToolkitCredentials, ToolkitJob, ToParent, ToToolkit } from './toolkit-messages.js';

/** The toolkit's message for each event of the stack. */
const ACTIVITY = 'CDK_TOOLKIT_I5502';

/** The toolkit's question whether the change set that it has made is to be executed. */
const CONFIRMATION = 'CDK_TOOLKIT_I5060';

/** A place on this machine is done with most things at once. */
const POLLING_MS = /^http:\/\/(127\.0\.0\.1|\[::1\]|localhost)[:/]/.test(
  process.env['AWS_ENDPOINT_URL'] ?? '',
)
  ? 100
  : 1_000;

type Activity = { readonly event: Parameters<typeof resourceEvent>[0] };

type CredentialsAnswer = Extract<ToToolkit, { type: 'credentials' | 'refused' }>;

const waiting: ((answer: CredentialsAnswer) => void)[] = [];
let decide: (execute: boolean) => void = () => undefined;
let wasLeft = false;

process.on('message', (message: ToToolkit) => {
  if (message.type === 'job') void deploy(message.job);
  else if (message.type === 'decision') decide(message.execute);
  else waiting.shift()?.(message);
});
// Without its caller nobody hears how it ends; CloudFormation goes on by itself.
process.on('disconnect', () => process.exit(1));

const ioHost: IIoHost = {
  async notify({ code, level, message, data }) {
    if (code === ACTIVITY) tell({ type: 'resource', event: resourceEvent((data as Activity).event) });
    else if (level !== 'trace') tell({ type: 'said', level, text: message });
  },
  async requestResponse({ code, defaultResponse }) {
    if (code === CONFIRMATION) await untilTold();
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
    const source = await toolkit.fromAssemblyDirectory(job.assemblyFolder);
    let changed = false;
    const { stacks } = await toolkit.deploy(source, {
      deploymentMethod: {
        method: 'change-set',
        changeSetName: job.changeSetName,
        importExistingResources: job.importsExisting,
      },
      parameters: StackParameters.withExisting({ ...job.parameters }),
      stackEventPollingInterval: POLLING_MS,
    });
    changed = stacks.length > 0;
    tell({ type: 'deployed', changed });
  } catch (error) {
    if (wasLeft) tell({ type: 'left' });
    else tell({ type: 'failed', message: error instanceof Error ? error.message : String(error) });
  }
  process.disconnect();
}

/**
 * Goes on when the change set is to be executed. To answer the toolkit's question with no would have it delete the
 * stack too, with the change sets of others.
 */
async function untilTold(): Promise<void> {
  const execute = await new Promise<boolean>((resolve) => {
    decide = resolve;
    tell({ type: 'prepared' });
  });
  if (execute) return;
  wasLeft = true;
  throw new Error('the change set is not to be executed');
}

async function askForCredentials() {
  const answer = await new Promise<CredentialsAnswer>((resolve) => {
    waiting.push(resolve);
    tell({ type: 'credentials' });
  });
  if (answer.type === 'refused') throw new Error(answer.message);
  return asIdentity(answer.credentials);
}

function asIdentity({ expiresAtMs, ...credentials }: ToolkitCredentials) {
  return { ...credentials, ...(expiresAtMs === undefined ? {} : { expiration: new Date(expiresAtMs) }) };
}

function tell(message: ToParent): void {
  process.send?.(message);
}
