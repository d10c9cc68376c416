import path from 'node:path';

import { App, DefaultStackSynthesizer, type IReusableStackSynthesizer } from 'aws-cdk-lib';

import { withHandlersFolder } from './handlers-folder.js';

/**
 * Calls a function with a CDK app and a temporary folder of handlers, for templates that are not deployed. Meanwhile,
 * errors have no stack traces, because the CDK makes one for each acknowledged finding, which no test reads.
 */
export function withTemplateApp<Result>(use: (app: App, handlersFolder: string) => Result): Result {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    return withHandlersFolder((handlersFolder) => use(templateApp(handlersFolder), handlersFolder));
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

function templateApp(handlersFolder: string): App {
  return new App({
    analyticsReporting: false,
    // The validation takes seconds for each template, so only one test of the whole app uses it.
    builtinCloudFormationValidation: false,
    outdir: path.join(handlersFolder, 'cdk.out'),
    // Leaves out what a template does not contain.
    treeMetadata: false,
    context: {
      'aws:cdk:disable-asset-staging': true,
      'aws:cdk:disable-creation-stack-traces': true,
      'aws:cdk:performance-reporting': false,
    },
    defaultStackSynthesizer: new DefaultStackSynthesizer({
      generateBootstrapVersionRule: false,
    }) as IReusableStackSynthesizer,
  });
}
