import { dirname } from 'node:path';

import { type PlaceContext, placeEnvironment } from '../place-context.js';
import type { StoredFunction } from './stored-function.js';

export interface WorkerFolders {
  /** The function's unpacked code. */
  readonly code: string;
  /** An empty home folder, so that SDKs do not find the developer's AWS configuration. */
  readonly home: string;
}

/**
 * Returns the complete environment of a worker: the variables of the template, those of Lambda, and those by which
 * SDKs find the local AWS. Variables of the developer are not passed on.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
 */
export function workerEnvironment(
  context: PlaceContext,
  definition: StoredFunction,
  folders: WorkerFolders,
  logStream: string,
): Record<string, string> {
  const { logging } = definition;
  const environment: Record<string, string> = {
    PATH: [dirname(process.execPath), '/usr/local/bin', '/usr/bin', '/bin'].join(':'),
    LANG: 'en_US.UTF-8',
    ...definition.environment,
    TZ: definition.environment['TZ'] ?? ':UTC',
    HOME: folders.home,
    LAMBDA_TASK_ROOT: folders.code,
    _HANDLER: definition.handler,
    AWS_EXECUTION_ENV: `AWS_Lambda_${definition.runtime}`,
    AWS_LAMBDA_FUNCTION_NAME: definition.name,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(definition.memoryMb),
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_GROUP_NAME: logging.group,
    AWS_LAMBDA_LOG_STREAM_NAME: logStream,
    AWS_LAMBDA_LOG_FORMAT: logging.format,
    ...placeEnvironment(context),
  };
  if (logging.applicationLevel !== undefined) environment['AWS_LAMBDA_LOG_LEVEL'] = logging.applicationLevel;
  return environment;
}
