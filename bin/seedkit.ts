/**
 * The CDK app of one seedkit: `npx cdk synth -c name=demo`. Reads context and nothing else.
 *
 * Context: `name` the seedkit's name; `deployId` its six letters, to keep those of a stack that exists.
 */
import { App, DefaultStackSynthesizer, type IReusableStackSynthesizer } from 'aws-cdk-lib';

import { CodeseederError, seedkitNames } from '../lib/contract/index.js';
import { SeedkitStack } from '../lib/seedkit/seedkit-stack.js';

const OWN_CONTEXT = ['name', 'deployId'];

/** The same template whoever runs the app, the `cdk` command with its settings or the app on its own. */
const TEMPLATE_SETTINGS = {
  'aws:cdk:enable-path-metadata': false,
  'aws:cdk:enable-asset-metadata': false,
};

function synthesize(): void {
  const app = new App({
    analyticsReporting: false,
    autoSynth: false,
    postCliContext: TEMPLATE_SETTINGS,
    // The `cdk` command checks the bootstrap's version itself; a rule in the template would ask again.
    defaultStackSynthesizer: new DefaultStackSynthesizer({
      generateBootstrapVersionRule: false,
    }) as IReusableStackSynthesizer,
  });
  const { name, deployId } = ownContext(app.node.getAllContext() as Record<string, unknown>);
  if (name === undefined) {
    throw new CodeseederError('InvalidRequest', 'Say which seedkit to synthesize: cdk synth -c name=demo');
  }
  new SeedkitStack(app, seedkitNames.stack(name), {
    seedkitName: name,
    ...(deployId === undefined ? {} : { deployId }),
  });
  app.synth();
}

/** Keys of the CDK's own have a colon or a slash in them; any other that is not ours is a slip of the pen. */
function ownContext(context: Record<string, unknown>): Record<string, string | undefined> {
  const own = Object.entries(context).filter(([key]) => !/[:/]/.test(key));
  for (const [key, value] of own) {
    if (!OWN_CONTEXT.includes(key)) {
      throw new CodeseederError(
        'InvalidRequest',
        `The context ${JSON.stringify(key)} is not known; the seedkit app reads ${OWN_CONTEXT.join(' and ')}.`,
      );
    }
    if (typeof value !== 'string') {
      throw new CodeseederError('InvalidRequest', `The context ${JSON.stringify(key)} is not text.`);
    }
  }
  return Object.fromEntries(own) as Record<string, string>;
}

try {
  synthesize();
} catch (error) {
  if (!(error instanceof CodeseederError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 2;
}
