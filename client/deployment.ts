import type {
  DeployOptions,
  DeployResult,
  DestroyOptions,
  DestroyResult,
  SeedkitDeployment,
  SeedkitDeploymentOptions,
} from './deploy-types.js';
import type { DeployModulesOptions, DeployModulesResult, LocalModules } from './module-types.js';

/**
 * Deploys a seedkit, or brings the one that exists up to date. Needs the CDK packages, which are loaded now, in
 * processes of their own: `npm i -D aws-cdk-lib constructs @aws-cdk/toolkit-lib@1.40.1`, and an account that was
 * bootstrapped with `npx cdk bootstrap`. What is not said stays as it was deployed.
 *
 * @throws StackFailedError with the resources that failed and why
 * @throws CodeseederError `ToolkitMissing`, `PackFailed`, `StackNotOurs`, `RetainedInTheWay`, `DeployFailed`, `StackBusy`,
 * `InvalidRequest`
 * @example
 * const { outputs } = await deploySeedkit('my-kit', { buildImage: 'aws/codebuild/standard:8.0' });
 */
export async function deploySeedkit(name: string, options: DeployOptions = {}): Promise<DeployResult> {
  const { deploySeedkit: deploy } = await import('./deploy/deploy-seedkit.js');
  return deploy(name, options);
}

/**
 * Empties a seedkit's bucket and deletes bucket and stack. What the seedkit retains, run table and key unless it was
 * deployed otherwise, stays, and must be gone before a seedkit of the same name is deployed again: `deleteData`.
 *
 * @throws StackFailedError, CodeseederError `StackNotOurs`, `TableProtected`
 */
export async function destroySeedkit(name: string, options: DestroyOptions = {}): Promise<DestroyResult> {
  const { destroySeedkit: destroy } = await import('./deploy/destroy-seedkit.js');
  return destroy(name, options);
}

/** Looks whether a seedkit is deployed, and at its outputs. A stack that was rolled back or is being made is not. */
export async function seedkitDeployed(
  name: string,
  options: Pick<SeedkitDeploymentOptions, 'aws'> = {},
): Promise<SeedkitDeployment> {
  const { seedkitDeployed: look } = await import('./deploy/seedkit-deployed.js');
  return look(name, options);
}

/**
 * Publishes local npm and Python packages to the seedkit's CodeArtifact repository, where its builds install them from.
 * A version that is there is replaced. Nothing is published unless all packages are good and can be built; npm's need
 * `npm` here, Python's `python3` with pip.
 *
 * @throws CodeseederError `CodeArtifactMissing`, `ModuleNotPublished`, `SeedkitNotFound`, `InvalidRequest`
 * @example
 * await deployModules('my-kit', { '@team/network': './packages/network', 'team-tools': './python/tools' });
 */
export async function deployModules(
  seedkit: string,
  modules: LocalModules,
  options: DeployModulesOptions = {},
): Promise<DeployModulesResult> {
  const { deployModules: deploy } = await import('./modules/deploy-modules.js');
  return deploy(seedkit, modules, options);
}
