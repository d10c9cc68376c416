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
 * Deploys a seedkit, or updates an existing one. Settings that are left out keep their deployed values.
 *
 * It needs the CDK packages, `npm i -D aws-cdk-lib constructs @aws-cdk/toolkit-lib@1.40.1`, which run in processes of
 * their own, and an account that was bootstrapped with `npx cdk bootstrap`.
 *
 * @throws StackFailedError if CloudFormation could not deploy the stack
 * @throws CodeseederError `ToolkitMissing`, `PackFailed`, `StackNotOurs`, `RetainedInTheWay`, `DeployFailed`,
 * `StackBusy`, `InvalidRequest`
 * @example
 * const { outputs } = await deploySeedkit('my-kit', { buildImage: 'aws/codebuild/standard:8.0' });
 */
export async function deploySeedkit(name: string, options: DeployOptions = {}): Promise<DeployResult> {
  const { deploySeedkit: deploy } = await import('./deploy/deploy-seedkit.js');
  return deploy(name, options);
}

/**
 * Deletes a seedkit's stack, and empties and deletes its bucket. Retained resources stay: run table, key and packages,
 * unless the seedkit was deployed with `removalPolicy: 'destroy'`. `deleteData` deletes them, too. While the run
 * table exists, a new seedkit of the same name can only be deployed if neither the table nor the new seedkit has a KMS
 * key (`encryption: false`).
 *
 * @throws StackFailedError if CloudFormation could not delete the stack
 * @throws CodeseederError `StackNotOurs`, `StackImported`, `BucketNotEmptied`, `TableProtected`; with `deleteData` also
 *   those of {@link deploySeedkit}
 * @example
 * const { retained } = await destroySeedkit('my-kit');
 */
export async function destroySeedkit(name: string, options: DestroyOptions = {}): Promise<DestroyResult> {
  const { destroySeedkit: destroy } = await import('./deploy/destroy-seedkit.js');
  return destroy(name, options);
}

/**
 * Returns whether a seedkit is deployed, and the outputs of its stack. A seedkit is not deployed while its stack is
 * being created or deleted, after its creation was rolled back, and while the stack's status ends with `_FAILED`.
 *
 * @example
 * const { deployed, outputs } = await seedkitDeployed('my-kit');
 */
export async function seedkitDeployed(
  name: string,
  options: Pick<SeedkitDeploymentOptions, 'aws'> = {},
): Promise<SeedkitDeployment> {
  const { seedkitDeployed: look } = await import('./deploy/seedkit-deployed.js');
  return look(name, options);
}

/**
 * Publishes local npm and Python packages to the seedkit's CodeArtifact repository, which its builds install from. An
 * existing version is replaced. All packages are checked and built before the first one is published. npm packages need
 * `npm` on this machine, Python packages `python3` with pip.
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
