/** Returns the ARN of a resource of the seedkit `demo` in the account and region of the tests. */
export const at = (service: string, resource: string): string =>
  `arn:aws:${service}:eu-central-1:123456789012:${resource}`;

export const BUCKET = 'arn:aws:s3:::the-bucket';
export const KEY = at('kms', 'key/the-key');
export const TABLE = at('dynamodb', 'table/codeseeder-demo-runs');
export const LOCKS = at('dynamodb', 'table/codeseeder-demo-locks');
export const BUS = at('events', 'event-bus/codeseeder-demo');
export const MACHINE = at('states', 'stateMachine:codeseeder-demo');
export const EXECUTION = at('states', 'execution:codeseeder-demo:run');
export const MAP_MACHINE = at('states', 'stateMachine:codeseeder-demo_maps');
export const MAP_EXECUTION = at('states', 'execution:codeseeder-demo_maps:map');
export const MAP_CHILD = at('states', 'execution:codeseeder-demo_maps/inputs:child');
export const PROJECT = at('codebuild', 'project/codeseeder-demo');
export const BUILD_ARN = at('codebuild', 'build/codeseeder-demo:0f1e');
export const DEAD_LETTERS = at('sqs', 'codeseeder-demo-dead-letters');
export const BUS_DEAD_LETTERS = at('sqs', 'codeseeder-demo-bus-dead-letters');
export const BUILD_LOG = at('logs', 'log-group:/aws/codebuild/codeseeder-demo');
export const handlerArn = (handler: string): string => at('lambda', `function:codeseeder-demo-${handler}`);
export const ruleArn = (rule: string): string => at('events', `rule/codeseeder-demo-${rule}`);
