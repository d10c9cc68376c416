import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { builtFile, type BuildSetting, type BuiltModule } from './built-module.js';
import { readPackageFile, type LocalModule } from './local-module.js';
import type { PublishAccess } from './package-repository.js';
import { runTool } from './run-tool.js';

/** Packs a folder as npm does, its `prepack` and `prepare` scripts included. */
export async function buildNpmPackage(
  { name, directory }: LocalModule,
  { folder, onProgress, signal }: BuildSetting,
): Promise<BuiltModule> {
  await runTool(`Packing ${name}`, 'npm', ['pack', `--pack-destination=${folder}`], {
    workingFolder: directory,
    onLine: (text) => onProgress?.({ type: 'said', name, text }),
    signal,
  });
  const built = await builtFile(name, folder, '.tgz');
  // Read after its scripts ran; npm leaves what follows a plus sign out.
  const { version = '' } = await readPackageFile(directory);
  return { name, kind: 'npm', version: version.replace(/\+.*$/, ''), ...built };
}

/** Publishes with npm itself, whose token is in a file for nobody else: anybody can read a command line. */
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
    // What is deployed last is what others get that name no version, even if it is not the highest.
    '--tag=latest',
    '--ignore-scripts',
  ];
  await runTool(`Publishing ${name}`, 'npm', args, {
    workingFolder,
    environment: withoutRegistries(process.env),
    onLine: (text) => onProgress?.({ type: 'said', name, text }),
    signal,
    secret: token,
  });
}

/** Settings of npm that could lead to another registry or log in to one. */
function withoutRegistries(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(environment).filter(([name]) => !/^npm_config_.*(registry|auth|userconfig)/i.test(name)),
  );
}
