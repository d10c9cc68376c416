import path from 'node:path';

import { App, DefaultStackSynthesizer, type IReusableStackSynthesizer } from 'aws-cdk-lib';

import { withHandlersFolder } from './handlers-folder.js';

/** Uses an app whose templates nobody deploys, and a handlers folder for its seedkits; both are gone afterwards. */
export function withTemplateApp<Result>(use: (app: App, handlersFolder: string) => Result): Result {
  return withHandlersFolder((handlersFolder) => {
    const app = new App({
      analyticsReporting: false,
      // One test of the whole app holds its template to these rules; they take seconds for each.
      builtinCloudFormationValidation: false,
      outdir: path.join(handlersFolder, 'cdk.out'),
      defaultStackSynthesizer: new DefaultStackSynthesizer({
        generateBootstrapVersionRule: false,
      }) as IReusableStackSynthesizer,
    });
    return use(app, handlersFolder);
  });
}
