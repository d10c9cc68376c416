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
import { definedOnly } from '../contract/defined-only.js';
import { handlerFolder } from './handler-assets.js';
import { HANDLER_MEMORY_MIB } from './handler-memory.js';

/** Settings that all handlers of a seedkit have in common. */
export interface HandlerSetting {
  /** Name of the seedkit. */
  readonly seedkit: string;
  /** Folder that has one folder of code for each handler. */
  readonly handlersFolder: string;
  /** How long the logs are kept. */
  readonly logRetention: RetentionDays;
  /**
   * KMS key of logs and data.
   * @default AWS's keys encrypt them
   */
  readonly encryptionKey?: IKey | undefined;
}

/** Properties of a {@link Handler}. */
export interface HandlerProps {
  readonly setting: HandlerSetting;
  readonly handler: HandlerName;
  readonly timeout: Duration;
  /** Values of the environment variables. The handler gets only those that it reads. */
  readonly variables: Partial<Record<HandlerVariable, string>>;
  /** Statements of the handler's role, in addition to the one for its log. */
  readonly access: readonly PolicyStatement[];
}

/** A Lambda handler with its own role and log group. */
export class Handler extends Construct {
  readonly function: LambdaFunction;

  constructor(scope: Construct, id: string, props: HandlerProps) {
    super(scope, id);
    const { seedkit, handlersFolder, logRetention, encryptionKey } = props.setting;
    const functionName = seedkitNames.handler(seedkit, props.handler);
    const logGroup = new LogGroup(this, 'LogGroup', {
      logGroupName: `/aws/lambda/${functionName}`,
      retention: logRetention,
      ...definedOnly({ encryptionKey }),
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
      if (value === undefined)
        throw new Error(`The handler ${handler} reads the variable ${variable}, which has no value.`);
      return [HANDLER_VARIABLES[variable], value];
    }),
  );
}
