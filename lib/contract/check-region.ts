import { CodeseederError } from './codeseeder-error.js';
import { REGIONS_WITHOUT } from './region-facts.js';

/**
 * Fails fast: refuses a region that lacks a service of the seedkit, before CloudFormation does.
 *
 * @param region name of the region
 * @throws CodeseederError `InvalidRequest` that names the region and the missing service
 */
export function checkRegion(region: string, { codeArtifact }: { readonly codeArtifact: boolean }): void {
  const lacks = (regions: readonly string[]) => regions.includes(region);
  if (lacks(REGIONS_WITHOUT.codeBuild)) {
    throw new CodeseederError(
      'InvalidRequest',
      `The region ${region} has no CodeBuild projects in CloudFormation, so a seedkit cannot be deployed there. Deploy it in another region.`,
    );
  }
  if (codeArtifact && lacks(REGIONS_WITHOUT.codeArtifact)) {
    throw new CodeseederError(
      'InvalidRequest',
      `The region ${region} has no CodeArtifact. Deploy the seedkit without codeArtifact (--skip-codeartifact), or in another region.`,
    );
  }
}
