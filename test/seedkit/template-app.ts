import path from 'node:path';

import { App, DefaultStackSynthesizer, type IReusableStackSynthesizer } from 'aws-cdk-lib';

import { withHandlersFolder } from './handlers-folder.js';

/** Calls a function with an app for templates that are not deployed and a temporary handlers folder. */
export function withTemplateApp<Result>(use: (app: App, handlersFolder: string) => Result): Result {
  return withHandlersFolder((handlersFolder) => {
    const app = new App({
      analyticsReporting: false,
      // The validation takes seconds for each template. One test of the whole app runs it.
      builtinCloudFormationValidation: false,
      outdir: path.join(handlersFolder, 'cdk.out'),
      defaultStackSynthesizer: new DefaultStackSynthesizer({
        generateBootstrapVersionRule: false,
      }) as IReusableStackSynthesizer,
    });
    return use(app, handlersFolder);
  });
}
