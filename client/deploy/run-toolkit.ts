import { fork, type ChildProcess } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

import type { CloudFormationClient } from '@aws-sdk/client-cloudformation';

import { definedOnly } from '../../lib/contract/defined-only.js';
import { CodeseederError } from '../../lib/contract/index.js';
import type { DeployEvent } from '../deploy-types.js';
import type { ToolkitJob, ToParent, ToToolkit } from './toolkit-messages.js';

const PROGRAM = fileURLToPath(new URL('toolkit-process.js', import.meta.url));

/** Options of {@link runToolkit}. */
export interface ToolkitOptions {
  /** Client whose region and credentials the deployment uses. */
  readonly client: CloudFormationClient;
  /** URL of a local AWS. If undefined, `AWS_ENDPOINT_URL` or AWS itself is used. */
  readonly endpoint: string | undefined;
  readonly onEvent: (event: DeployEvent) => void;
  readonly signal: AbortSignal | undefined;
  /** Called when the change set is ready. Returns whether to execute it. */
  readonly mayExecute: () => Promise<boolean>;
  /** Called when an app is synthesized, before its stacks are deployed. @default they are deployed at once */
  readonly onSynthesized?: ((stackNames: readonly string[]) => Promise<void>) | undefined;
  /** Program that deploys. @default `toolkit-process.js` */
  readonly program?: string | undefined;
}

/** The result of the toolkit. `failure` is its message; the stack's events may have more details. */
export type ToolkitEnd =
  | { readonly changed: boolean }
  | { readonly wasLeft: true }
  | { readonly failure: string };

/**
 * Checks that the CDK's toolkit is installed.
 *
 * @param from file or URL of the importing module
 * @throws CodeseederError `ToolkitMissing`
 */
export function requireToolkit(from = import.meta.url): void {
  try {
    createRequire(from).resolve('@aws-cdk/toolkit-lib');
  } catch (cause) {
    throw new CodeseederError(
      'ToolkitMissing',
      "The AWS CDK's toolkit, which deploys seedkits, is not installed. Run npm install if package.json names it, else: npm i -D -E @aws-cdk/toolkit-lib@1.40.1",
      { cause },
    );
  }
}

/** Deploys an assembly in a separate process. */
export async function runToolkit(job: ToolkitJob, options: ToolkitOptions): Promise<ToolkitEnd> {
  const { signal, endpoint } = options;
  signal?.throwIfAborted();
  const child = fork(options.program ?? PROGRAM, {
    execArgv: [],
    env: { ...process.env, ...definedOnly({ AWS_ENDPOINT_URL: endpoint }) },
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
    let output = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (output = (output + text).slice(-2_000)));
    child.on('message', (message: ToParent) => {
      if (message.type === 'deployed') end = { changed: message.changed };
      else if (message.type === 'left') end = { wasLeft: true };
      else if (message.type === 'failed') end = { failure: message.message };
      else if (message.type === 'prepared') void answer(child, options.mayExecute).catch(reject);
      else if (message.type === 'synthesized')
        void answer(child, () => afterSynthesis(message.stackNames, options)).catch(reject);
      else if (message.type === 'resource') options.onEvent(message.event);
      else if (message.type === 'message') options.onEvent(message);
      else void answerCredentials(child, options.client);
    });
    child.on('error', reject);
    child.on('close', (code, signal) =>
      resolve(end ?? { failure: `The CDK's process ended (${signal ?? code}): ${output.trim()}` }),
    );
    send(child, { type: 'job', job });
  });
}

async function afterSynthesis(
  stackNames: readonly string[],
  { onSynthesized }: ToolkitOptions,
): Promise<boolean> {
  await onSynthesized?.(stackNames);
  return true;
}

/**
 * Answers the child's question whether to execute the changes. If `decide` throws, the answer is no, and the error is
 * thrown.
 */
async function answer(child: ChildProcess, decide: () => Promise<boolean>): Promise<void> {
  let execute = false;
  try {
    execute = await decide();
  } finally {
    send(child, { type: 'decision', execute });
  }
}

async function answerCredentials(child: ChildProcess, client: CloudFormationClient): Promise<void> {
  try {
    const { accessKeyId, secretAccessKey, sessionToken, expiration } = await client.config.credentials();
    const expiresAtMs = expiration?.getTime();
    send(child, {
      type: 'credentials',
      credentials: { accessKeyId, secretAccessKey, sessionToken, expiresAtMs },
    });
  } catch (error) {
    send(child, { type: 'refused', message: error instanceof Error ? error.message : String(error) });
  }
}

function send(child: ChildProcess, message: ToToolkit): void {
  // An error means that the process has ended, which `close` reports.
  child.send(message, () => undefined);
}
