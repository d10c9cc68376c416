import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { builtFile, type BuildSetting, type BuiltModule } from './built-module.js';
import { readPackageFile, type LocalModule } from './local-module.js';
import type { PublishAccess } from './package-repository.js';
import { runTool } from './run-tool.js';

/** Packs a folder with `npm pack`, which runs its `prepack` and `prepare` scripts. */
export async function buildNpmPackage(
  { name, directory }: LocalModule,
  { folder, onProgress, signal }: BuildSetting,
): Promise<BuiltModule> {
  await runTool(`Packing ${name}`, 'npm', ['pack', `--pack-destination=${folder}`], {
    workingFolder: directory,
    onLine: (text) => onProgress?.({ type: 'output', name, text }),
    signal,
  });
  const built = await builtFile(name, folder, '.tgz');
  // The version is read after the scripts, because they may change it. npm drops the build metadata after a plus sign.
  const { version = '' } = await readPackageFile(directory);
  return { name, kind: 'npm', version: version.replace(/\+.*$/, ''), ...built };
}

/**
 * Publishes with npm. The token is passed in a private file, because other users of the machine can read a command
 * line.
 */
export async function publishNpmPackage(
  { name, file }: BuiltModule,
  { endpoint, token }: PublishAccess,
  { folder, onProgress, signal }: BuildSetting,
): Promise<void> {
  const workingFolder = path.join(folder, 'publish');
  await mkdir(workingFolder, { mode: 0o700 });
  const npmrc = path.join(workingFolder, 'npmrc');
  const credential = `${endpoint.replace(/^https?:/, '')}:_authToken=${token}\n`;
  await writeFile(npmrc, credential, { mode: 0o600, flag: 'wx' });
  const [scope] = /^@[^/]+/.exec(name) ?? [];
  const args = [
    'publish',
    file,
    `--registry=${endpoint}`,
    ...(scope === undefined ? [] : [`--${scope}:registry=${endpoint}`]),
    `--userconfig=${npmrc}`,
    // An install without a version gets the package that was published last, even if its version is not the highest.
    '--tag=latest',
    '--ignore-scripts',
  ];
  await runTool(`Publishing ${name}`, 'npm', args, {
    workingFolder,
    environment: withoutRegistries(process.env),
    onLine: (text) => onProgress?.({ type: 'output', name, text }),
    signal,
    secret: token,
  });
}

/** Returns the environment without npm's settings of registries and credentials. */
function withoutRegistries(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(environment).filter(([name]) => !/^npm_config_.*(registry|auth|userconfig)/i.test(name)),
  );
}
