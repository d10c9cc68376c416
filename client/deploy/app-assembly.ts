import { spawn } from 'node:child_process';
import { mkdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';

import { CodeseederError } from '../../lib/contract/index.js';
import { awaitSynthesis } from './await-synthesis.js';

/** Options of {@link synthesizeApp}. */
export interface AppOptions {
  /** Command that runs the CDK app, such as `npx tsx my-app.ts`. A shell runs it. */
  readonly command: string;
  /** Folder of the assembly. Its former contents are deleted. */
  readonly outputFolder: string;
  /** Account and region that the app sees as `CDK_DEFAULT_ACCOUNT` and `CDK_DEFAULT_REGION`. */
  readonly account: string;
  readonly region: string;
  /**
   * Folder to run the command in. Its `cdk.json` and `cdk.context.json` give the app's context.
   * @default the working folder
   */
  readonly folder?: string | undefined;
  /** Receives what the app prints. @default it is discarded */
  readonly onOutput?: ((text: string) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Synthesizes a CDK app by running it as the `cdk` command does.
 *
 * @returns the assembly's folder
 * @throws CodeseederError `PackFailed` if the app fails, has no assembly, or needs lookups in an AWS account
 */
export async function synthesizeApp(options: AppOptions): Promise<string> {
  const { command, outputFolder, folder = process.cwd() } = options;
  await rm(outputFolder, { recursive: true, force: true });
  await mkdir(outputFolder, { recursive: true });
  await runCommand(options, folder, await contextOf(folder));
  const manifest = await readJson(path.join(outputFolder, 'manifest.json'));
  if (manifest === undefined) {
    throw new CodeseederError(
      'PackFailed',
      `The command ${JSON.stringify(command)} ended without a cloud assembly. It must run a CDK app, such as npx tsx my-app.ts, that does not set outdir.`,
    );
  }
  const { missing } = manifest;
  if (Array.isArray(missing) && missing.length > 0) {
    const keys = missing.map((entry: { readonly key?: string }) => entry.key).join(', ');
    throw new CodeseederError(
      'PackFailed',
      `The app looks up values of an AWS account that cdk.context.json does not have: ${keys}. Run \`npx cdk synth\` once with credentials of that account, or give the values in the app.`,
    );
  }
  return outputFolder;
}

async function runCommand(options: AppOptions, folder: string, context: object): Promise<void> {
  const { command, outputFolder, account, region, signal, onOutput = () => undefined } = options;
  const child = spawn(command, {
    shell: true,
    cwd: folder,
    env: {
      ...process.env,
      CDK_OUTDIR: outputFolder,
      CDK_CONTEXT_JSON: JSON.stringify(context),
      CDK_DEFAULT_ACCOUNT: account,
      CDK_DEFAULT_REGION: region,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    signal,
  });
  await awaitSynthesis(child, `The app ${JSON.stringify(command)}`, onOutput);
}

/** Returns the context that the `cdk` command gives an app. */
async function contextOf(folder: string): Promise<object> {
  const settings = await readJson(path.join(folder, 'cdk.json'));
  const lookups = await readJson(path.join(folder, 'cdk.context.json'));
  return {
    'aws:cdk:enable-path-metadata': true,
    'aws:cdk:enable-asset-metadata': true,
    ...asObject(settings?.['context']),
    ...lookups,
  };
}

function asObject(value: unknown): object {
  return typeof value === 'object' && value !== null ? value : {};
}

/** Reads a JSON file. @returns undefined if the file does not exist */
async function readJson(file: string): Promise<Record<string, unknown> | undefined> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch (cause) {
    throw new CodeseederError('PackFailed', `The file ${file} is not valid JSON.`, { cause });
  }
}
