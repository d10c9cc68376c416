import { type Duration, RemovalPolicy } from 'aws-cdk-lib';
import { type PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Architecture, Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';

import {
  HANDLER_ENVIRONMENTS,
  HANDLER_VARIABLES,
  seedkitNames,
  type HandlerName,
  type HandlerVariable,
} from '../contract/index.js';
import { allow, explainPatterns } from './access-statement.js';
import { handlerFolder } from './handler-assets.js';
import { HANDLER_MEMORY_MIB } from './handler-memory.js';

/** What all handlers of a seedkit have in common. */
export interface HandlerSetting {
  readonly seedkit: string;
  /** Folder with a folder of code for each handler. */
  readonly handlersFolder: string;
  readonly logRetention: RetentionDays;
  readonly encryptionKey?: IKey | undefined;
}

export interface HandlerProps {
  readonly setting: HandlerSetting;
  readonly handler: HandlerName;
  readonly timeout: Duration;
  /** Values of the variables; a handler is given those that it reads and no others. */
  readonly variables: Partial<Record<HandlerVariable, string>>;
  /** What the handler may do, beside writing its log. */
  readonly access: readonly PolicyStatement[];
}

/** One Lambda handler with its own role and log group. */
export class Handler extends Construct {
  readonly function: LambdaFunction;

  constructor(scope: Construct, id: string, props: HandlerProps) {
    super(scope, id);
    const { seedkit, handlersFolder, logRetention, encryptionKey } = props.setting;
    const functionName = seedkitNames.handler(seedkit, props.handler);
    const logGroup = new LogGroup(this, 'LogGroup', {
      logGroupName: `/aws/lambda/${functionName}`,
      retention: logRetention,
      ...(encryptionKey === undefined ? {} : { encryptionKey }),
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    const writeLog = allow('WriteLog', ['logs:CreateLogStream', 'logs:PutLogEvents'], [logGroup.logGroupArn]);
    for (const statement of [writeLog, ...props.access]) role.addToPolicy(statement);
    explainPatterns(role, props.access);
    this.function = new LambdaFunction(this, 'Function', {
      functionName,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      code: Code.fromAsset(handlerFolder(handlersFolder, props.handler)),
      handler: 'index.handler',
      memorySize: HANDLER_MEMORY_MIB[props.handler],
      timeout: props.timeout,
      role,
      logGroup,
      environment: {
        NODE_OPTIONS: '--enable-source-maps',
        ...environmentOf(props.handler, props.variables),
      },
    });
  }
}

function environmentOf(handler: HandlerName, variables: HandlerProps['variables']): Record<string, string> {
  const read: readonly HandlerVariable[] = HANDLER_ENVIRONMENTS[handler];
  return Object.fromEntries(
    read.map((variable) => {
      const value = variables[variable];
      if (value === undefined) throw new Error(`handler ${handler} reads ${variable}, which is not given`);
      return [HANDLER_VARIABLES[variable], value];
    }),
  );
}
