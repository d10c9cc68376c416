import type { SynthesizedTemplate, TemplateResource } from './synthesized-template.js';

const PSEUDO_PARAMETERS: Record<string, string> = {
  'AWS::Partition': 'aws',
  'AWS::Region': 'eu-central-1',
  'AWS::AccountId': '123456789012',
  'AWS::URLSuffix': 'amazonaws.com',
};

/** Returns the end of a resource's ARN from its properties, by type. */
const ARN_OF: Record<string, (properties: Record<string, unknown>) => string> = {
  'AWS::Lambda::Function': ({ FunctionName }) =>
    `lambda:eu-central-1:123456789012:function:${text(FunctionName)}`,
  'AWS::Events::EventBus': ({ Name }) => `events:eu-central-1:123456789012:event-bus/${text(Name)}`,
  'AWS::Events::Rule': ({ Name }) => `events:eu-central-1:123456789012:rule/${text(Name)}`,
  'AWS::DynamoDB::Table': ({ TableName }) => `dynamodb:eu-central-1:123456789012:table/${text(TableName)}`,
  'AWS::SQS::Queue': ({ QueueName }) => `sqs:eu-central-1:123456789012:${text(QueueName)}`,
  'AWS::Logs::LogGroup': ({ LogGroupName }) =>
    `logs:eu-central-1:123456789012:log-group:${text(LogGroupName)}:*`,
  'AWS::KMS::Key': () => 'kms:eu-central-1:123456789012:key/the-key',
  'AWS::S3::Bucket': () => 's3:::the-bucket',
};

/** Returns the value of `Ref` from a resource's properties, by type. */
const REF_OF: Record<string, (properties: Record<string, unknown>) => string> = {
  'AWS::DynamoDB::Table': ({ TableName }) => text(TableName),
  'AWS::Events::EventBus': ({ Name }) => text(Name),
  'AWS::S3::Bucket': () => 'the-bucket',
  'AWS::StepFunctions::StateMachine': ({ StateMachineName }) =>
    `arn:aws:states:eu-central-1:123456789012:stateMachine:${text(StateMachineName)}`,
};

/** Resolves a value of the template as deployed in `eu-central-1` of account `123456789012`. */
export function resolved(template: SynthesizedTemplate, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => resolved(template, item));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value as Record<string, unknown>);
  const [[name, argument] = ['', undefined]] = entries;
  if (entries.length === 1 && (name === 'Ref' || name.startsWith('Fn::')))
    return call(template, name, argument);
  return Object.fromEntries(entries.map(([key, item]) => [key, resolved(template, item)]));
}

function call(template: SynthesizedTemplate, name: string, argument: unknown): unknown {
  switch (name) {
    case 'Ref':
      return reference(template, text(argument));
    case 'Fn::GetAtt':
      return attribute(template, ...(argument as [string, string]));
    case 'Fn::Join': {
      const [separator, items] = argument as [string, unknown[]];
      return (resolved(template, items) as string[]).join(separator);
    }
    default:
      return { [name]: resolved(template, argument) };
  }
}

function reference(template: SynthesizedTemplate, logicalId: string): string {
  const resource = template.Resources[logicalId];
  if (resource === undefined) return PSEUDO_PARAMETERS[logicalId] ?? `\${${logicalId}}`;
  const ref = REF_OF[resource.Type];
  return ref === undefined ? `\${${logicalId}}` : ref(resolvedProperties(template, resource));
}

function attribute(template: SynthesizedTemplate, logicalId: string, name: string): string {
  const resource = template.Resources[logicalId];
  const arn = resource === undefined || name !== 'Arn' ? undefined : ARN_OF[resource.Type];
  if (resource === undefined || arn === undefined) return `\${${logicalId}.${name}}`;
  return `arn:aws:${arn(resolvedProperties(template, resource))}`;
}

/** Resolves only the names of a resource, because its policy may refer to the resource itself. */
function resolvedProperties(template: SynthesizedTemplate, { Properties }: TemplateResource) {
  const names = Object.entries(Properties).filter(([name]) => name.endsWith('Name'));
  return resolved(template, Object.fromEntries(names)) as Record<string, unknown>;
}

function text(value: unknown): string {
  if (typeof value !== 'string') throw new Error(`not text: ${JSON.stringify(value)}`);
  return value;
}
