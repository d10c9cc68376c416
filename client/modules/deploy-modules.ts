import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { CodeseederError } from '../../lib/contract/index.js';
import { connect } from '../connection/connection.js';
import { parseAwsOptions } from '../connection/parse-aws-options.js';
import type {
  DeployedModule,
  DeployModulesOptions,
  DeployModulesResult,
  LocalModules,
} from '../module-types.js';
import type { BuildSetting, BuiltModule } from './built-module.js';
import { readLocalModules, type LocalModule } from './local-module.js';
import { buildNpmPackage, publishNpmPackage } from './npm-package.js';
import { packageRepository, type PackageRepository } from './package-repository.js';
import { buildPythonPackage } from './python-package.js';
import { uploadWheel } from './upload-wheel.js';

interface Built {
  readonly built: BuiltModule;
  readonly setting: BuildSetting;
}

/** Builds all packages, then publishes them one after the other. */
export async function deployModules(
  seedkit: string,
  modules: LocalModules,
  options: DeployModulesOptions = {},
): Promise<DeployModulesResult> {
  const { aws, signal } = options;
  signal?.throwIfAborted();
  const found = await readLocalModules(modules);
  const connection = connect(seedkit, parseAwsOptions(aws ?? {}));
  const { packages } = await connection.deployed();
  if (packages === undefined) {
    throw new CodeseederError(
      'CodeArtifactMissing',
      `The seedkit ${seedkit} has no CodeArtifact repository. Deploy it with one: codeseeder deploy seedkit ${seedkit} --deploy-codeartifact`,
    );
  }
  const repository = packageRepository(packages, await connection.clients.codeArtifact(), signal);
  const folder = await mkdtemp(path.join(tmpdir(), 'codeseeder-modules-'));
  try {
    const built: Built[] = [];
    for (const [index, module] of found.entries()) {
      built.push(await build(module, path.join(folder, `${index}`), options));
    }
    const deployed: DeployedModule[] = [];
    for (const each of built) deployed.push(await publish(each, repository));
    return { ...packages, modules: deployed };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function build(module: LocalModule, folder: string, options: DeployModulesOptions): Promise<Built> {
  const { onProgress, signal } = options;
  const { name, kind, directory } = module;
  await mkdir(folder, { mode: 0o700 });
  const setting = { folder, onProgress, signal };
  onProgress?.({ type: 'building', name, kind, directory });
  const built = await (kind === 'npm' ? buildNpmPackage : buildPythonPackage)(module, setting);
  onProgress?.({ type: 'built', name, version: built.version, sizeBytes: built.sizeBytes });
  return { built, setting };
}

async function publish({ built, setting }: Built, repository: PackageRepository): Promise<DeployedModule> {
  const { name, kind, version } = built;
  const { onProgress, signal } = setting;
  signal?.throwIfAborted();
  const access = await repository.access(kind);
  const replaced = await repository.deleteVersion(built);
  if (replaced) onProgress?.({ type: 'deleted', name, version });
  try {
    if (kind === 'npm') await publishNpmPackage(built, access, setting);
    else await uploadWheel(built, access, signal);
  } catch (error) {
    if (!replaced || !(error instanceof CodeseederError)) throw error;
    throw new CodeseederError(
      error.code,
      `${error.message}\nThe previous version ${version} was deleted. Deploy ${name} again.`,
      { cause: error },
    );
  }
  onProgress?.({ type: 'published', name, version });
  return { name, kind, version, replaced };
}
