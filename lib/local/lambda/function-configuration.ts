import type { FunctionConfiguration } from '@aws-sdk/client-lambda';

import type { PlaceContext } from '../place-context.js';
import { functionArn, type StoredFunction } from './stored-function.js';

/** Returns a function in the form of `GetFunctionConfiguration`. */
export function functionConfiguration(
  context: PlaceContext,
  definition: StoredFunction,
): FunctionConfiguration {
  const { logging, deadLetterArn } = definition;
  return {
    FunctionName: definition.name,
    FunctionArn: functionArn(context, definition.name),
    Runtime: definition.runtime as FunctionConfiguration['Runtime'],
    Role: definition.role,
    Handler: definition.handler,
    CodeSize: definition.codeSizeBytes,
    CodeSha256: definition.codeSha256,
    Description: definition.description,
    Timeout: definition.timeoutSeconds,
    MemorySize: definition.memoryMb,
    LastModified: definition.lastModified.replace('Z', '+0000'),
    Version: '$LATEST',
    RevisionId: definition.revision,
    State: 'Active',
    LastUpdateStatus: 'Successful',
    PackageType: 'Zip',
    Architectures: [definition.architecture as 'arm64' | 'x86_64'],
    Environment: { Variables: { ...definition.environment } },
    TracingConfig: { Mode: 'PassThrough' },
    EphemeralStorage: { Size: 512 },
    DeadLetterConfig: deadLetterArn === undefined ? undefined : { TargetArn: deadLetterArn },
    LoggingConfig: {
      LogFormat: logging.format,
      LogGroup: logging.group,
      ApplicationLogLevel: logging.applicationLevel as 'INFO' | undefined,
    },
  };
}
