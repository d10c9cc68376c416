import { spawn } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { access, mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { deployIdOf } from '../../lib/contract/deploy-id.js';
import { CodeseederError } from '../../lib/contract/index.js';
import { awaitSynthesis } from './await-synthesis.js';

/** `dist/` of this package, which has the CDK app and the handlers. */
const DISTRIBUTION = fileURLToPath(new URL('../../', import.meta.url));

/** Matches the programs in `dist/` that the app does not load: the command line and the local AWS. */
const NOT_OF_APP = /^(bin\/codeseeder\.js$|lib\/local\/)/;

/** The context of the CDK app: text by name. */
export type SeedkitContextText = Readonly<Record<string, string>>;

/** Options of {@link synthesizeAssembly}. */
export interface AssemblyOptions {
  /** Context of the app: the seedkit's `name` and its settings. */
  readonly context: SeedkitContextText;
  /** Folder that keeps assemblies for later calls. */
  readonly cacheFolder: string;
  readonly signal?: AbortSignal | undefined;
  /** Folder of the built package. @default this package's */
  readonly distribution?: string | undefined;
}

/** Returns the folder of assemblies that all deployments of this user share. */
export function assemblyCacheFolder(
  environment: Readonly<Record<string, string | undefined>> = process.env,
): string {
  const cache = environment['XDG_CACHE_HOME'] || path.join(environment['HOME'] || homedir(), '.cache');
  return path.join(cache, 'codeseeder', 'assemblies');
}

/**
 * Synthesizes the seedkit by running the CDK app in a separate process. If the app, the handlers, the context and the
 * versions of the CDK and Node.js are unchanged, it returns the assembly of an earlier call.
 *
 * @returns the assembly's folder
 * @throws CodeseederError `PackFailed` if the CDK packages are missing or the app fails
 */
export async function synthesizeAssembly(options: AssemblyOptions): Promise<string> {
  const distribution = options.distribution ?? DISTRIBUTION;
  const folder = path.join(options.cacheFolder, await digestOfInputs(options.context, distribution));
  if (await exists(path.join(folder, 'manifest.json'))) return folder;

  await mkdir(options.cacheFolder, { recursive: true });
  const unfinished = `${folder}.${randomUUID()}`;
  try {
    await runApp(options, distribution, unfinished);
    await rename(unfinished, folder).catch(async (error: unknown) => {
      // Another caller may have made the same assembly in the meantime.
      if (!(await exists(path.join(folder, 'manifest.json')))) throw error;
    });
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
  return folder;
}

async function digestOfInputs(context: SeedkitContextText, distribution: string): Promise<string> {
  // The app's default deploy id is added, because a deployed seedkit gives it and a new one does not.
  const whole = { deployId: deployIdOf(context['name'] ?? ''), ...context };
  const sorted = JSON.stringify(Object.entries(whole).sort(([left], [right]) => (left < right ? -1 : 1)));
  const hash = createHash('sha256').update(
    `${sorted}\0${await cdkVersion(distribution)}\0${process.version}`,
  );
  for (const part of ['bin', 'lib', 'lambdas']) {
    const entries = await readdir(path.join(distribution, part), { recursive: true, withFileTypes: true });
    const files = entries
      .filter((entry) => entry.isFile() && /\.m?js$/.test(entry.name))
      .map((entry) => path.relative(distribution, path.join(entry.parentPath, entry.name)))
      .filter((file) => !NOT_OF_APP.test(file));
    for (const file of files.sort()) {
      const { mtimeMs, size } = await stat(path.join(distribution, file));
      hash.update(`${file}\0${mtimeMs}\0${size}\0`);
    }
  }
  return hash.digest('hex').slice(0, 32);
}

async function cdkVersion(distribution: string): Promise<string> {
  try {
    const manifest = createRequire(path.join(distribution, 'index.js')).resolve('aws-cdk-lib/package.json');
    return (JSON.parse(await readFile(manifest, 'utf8')) as { version: string }).version;
  } catch (cause) {
    throw new CodeseederError(
      'PackFailed',
      'The AWS CDK, which synthesizes seedkits, is not installed. Run npm install if package.json names it, else: npm i -D aws-cdk-lib@2.276.0 constructs@10.8.1',
      { cause },
    );
  }
}

async function runApp(options: AssemblyOptions, distribution: string, outputFolder: string): Promise<void> {
  const child = spawn(process.execPath, [path.join(distribution, 'bin', 'seedkit.js')], {
    env: {
      ...process.env,
      // The CDK's validation takes several times as long as the synthesis, and its warnings are not shown here.
      CDK_VALIDATION: 'false',
      CDK_OUTDIR: outputFolder,
      CDK_CONTEXT_JSON: JSON.stringify(options.context),
    },
    stdio: ['ignore', 'ignore', 'pipe'],
    signal: options.signal,
  });
  await awaitSynthesis(child, 'The seedkit');
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
