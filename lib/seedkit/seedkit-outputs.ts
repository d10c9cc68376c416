import { CfnOutput } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

import {
  PACKAGE_VERSION,
  SEEDKIT_OUTPUTS,
  SEEDKIT_VERSION_OUTPUT,
  seedkitNames,
  type SeedkitOutputName,
} from '../contract/index.js';

/** Values of the outputs by name. An output without a value is not declared. */
export type SeedkitOutputValues = Readonly<Partial<Record<SeedkitOutputName, string | undefined>>>;

/** Declares the outputs of the stack. Each but the version is exported, so other stacks can import it. */
export function declareOutputs(scope: Construct, seedkit: string, values: SeedkitOutputValues): void {
  for (const [name, suffix] of Object.entries(SEEDKIT_OUTPUTS)) {
    const value = values[name as SeedkitOutputName];
    if (value === undefined) continue;
    new CfnOutput(scope, name, { value, exportName: `${seedkitNames.prefix(seedkit)}-${suffix}` });
  }
  new CfnOutput(scope, SEEDKIT_VERSION_OUTPUT, {
    description: 'Version of codeseeder that made the template',
    value: PACKAGE_VERSION,
  });
}
