import { fork, type ChildProcess } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

import type { CloudFormationClient } from '@aws-sdk/client-cloudformation';

import { CodeseederError } from '../../lib/contract/index.js';
import type { DeployEvent } from '../deploy-types.js';
import type { ToolkitJob, ToParent, ToToolkit } from './toolkit-messages.js';

const PROGRAM = fileURLToPath(new URL('toolkit-process.js', import.meta.url));

export interface ToolkitOptions {
  /** Whose region and credentials the deployment has. */
  readonly client: CloudFormationClient;
  /** URL of a local place. @default AWS itself, or `AWS_ENDPOINT_URL` */
  readonly endpoint: string | undefined;
  readonly onEvent: (event: DeployEvent) => void;
  readonly signal: AbortSignal | undefined;
  /** Asked once the change set stands ready. */
  readonly mayExecute: () => Promise<boolean>;
  /** What deploys. @default the process with the CDK's toolkit */
  readonly program?: string;
}

/** How the toolkit ended; why it failed, in its own words, is not always all that the stack has to tell. */
export type ToolkitEnd =
  { readonly changed: boolean } | { readonly left: true } | { readonly failure: string };

/**
 * @param from file or URL that the toolkit is looked for from
 * @throws CodeseederError `ToolkitMissing`
 */
export function requireToolkit(from = import.meta.url): void {
  try {
    createRequire(from).resolve('@aws-cdk/toolkit-lib');
  } catch (cause) {
    throw new CodeseederError(
      'ToolkitMissing',
      "A seedkit is deployed with the AWS CDK's toolkit, which is not installed here. Install it: npm i -D -E @aws-cdk/toolkit-lib@1.40.1",
      { cause },
    );
  }
}

/** Deploys an assembly in a process of its own. */
export async function runToolkit(job: ToolkitJob, options: ToolkitOptions): Promise<ToolkitEnd> {
  const { signal, endpoint } = options;
  signal?.throwIfAborted();
  const child = fork(options.program ?? PROGRAM, {
    execArgv: [],
    env: { ...process.env, ...(endpoint === undefined ? {} : { AWS_ENDPOINT_URL: endpoint }) },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  const abort = () => child.kill();
  signal?.addEventListener('abort', abort, { once: true });
  try {
    const end = await untilEnd(child, job, options);
    signal?.throwIfAborted();
    return end;
  } finally {
    signal?.removeEventListener('abort', abort);
  }
}

function untilEnd(child: ChildProcess, job: ToolkitJob, options: ToolkitOptions): Promise<ToolkitEnd> {
  return new Promise((resolve, reject) => {
    let end: ToolkitEnd | undefined;
    let said = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (said = (said + text).slice(-2_000)));
    child.on('message', (message: ToParent) => {
      if (message.type === 'deployed') end = { changed: message.changed };
      else if (message.type === 'left') end = { left: true };
      else if (message.type === 'failed') end = { failure: message.message };
      else if (message.type === 'prepared') void answerPrepared(child, options).catch(reject);
      else if (message.type === 'resource') options.onEvent(message.event);
      else if (message.type === 'said') options.onEvent(message);
      else void answerCredentials(child, options.client);
    });
    child.on('error', reject);
    child.on('close', (code, signal) =>
      resolve(end ?? { failure: `The CDK's process ended (${signal ?? code}): ${said.trim()}` }),
    );
    tell(child, { type: 'job', job });
  });
}

/** @throws what kept the question from being answered; the change set is not executed then */
async function answerPrepared(child: ChildProcess, { mayExecute }: ToolkitOptions): Promise<void> {
  let execute = false;
  try {
    execute = await mayExecute();
  } finally {
    tell(child, { type: 'decision', execute });
  }
}

async function answerCredentials(child: ChildProcess, client: CloudFormationClient): Promise<void> {
  try {
    const { accessKeyId, secretAccessKey, sessionToken, expiration } = await client.config.credentials();
    tell(child, {
      type: 'credentials',
      credentials: {
        accessKeyId,
        secretAccessKey,
        ...(sessionToken !== undefined && { sessionToken }),
        ...(expiration !== undefined && { expiresAtMs: expiration.getTime() }),
      },
    });
  } catch (error) {
    tell(child, { type: 'refused', message: error instanceof Error ? error.message : String(error) });
  }
}

function tell(child: ChildProcess, message: ToToolkit): void {
  // A process that is gone has said why, or its exit does.
  child.send(message, () => undefined);
}
