import type { JsonObject } from '../../resources/resource-provider.js';
import type { Integration } from '../interpreter/integration.js';
import { asException, type NestedExecutions } from './start-execution.js';
import { integrationError } from './service-answer.js';

/**
 * Returns the SDK integration `aws-sdk:sfn:stopExecution`. An execution may also stop itself.
 * @param executions returns the operations. It is a function, because Step Functions is created after its integrations
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/supported-services-awssdk.html
 */
export function stopExecution(
  executions: () => Pick<NestedExecutions, 'stop'>,
): Readonly<Record<string, Integration>> {
  return {
    'aws-sdk:sfn:stopExecution': {
      required: ['ExecutionArn'],
      optional: ['Cause', 'Error'],
      call: (args) => stopped(executions(), args),
    },
  };
}

async function stopped(executions: Pick<NestedExecutions, 'stop'>, args: JsonObject): Promise<unknown> {
  const { ExecutionArn: executionArn, Error: error, Cause: cause } = args;
  try {
    const { stopDate = 0 } = await executions.stop({ executionArn, error, cause });
    return { StopDate: new Date(Math.round(stopDate * 1_000)).toISOString() };
  } catch (thrown) {
    throw integrationError(asException(thrown), 'Sfn', 'Sfn');
  }
}
