import { CfnOutput } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

import { SEEDKIT_OUTPUTS, seedkitNames, type SeedkitOutputName } from '../contract/index.js';

/** Declares the stack's outputs, each exported under the name that other stacks import. */
export function declareOutputs(
  scope: Construct,
  seedkit: string,
  values: Partial<Record<SeedkitOutputName, string>>,
): void {
  for (const [name, suffix] of Object.entries(SEEDKIT_OUTPUTS)) {
    const value = values[name as SeedkitOutputName];
    if (value === undefined) continue;
    new CfnOutput(scope, name, { value, exportName: `${seedkitNames.prefix(seedkit)}-${suffix}` });
  }
}
