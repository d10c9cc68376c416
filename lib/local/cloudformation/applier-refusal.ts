import { CodeseederError } from '../../contract/index.js';
import { AwsError } from '../wire/aws-error.js';
import type { QueryOperation } from '../wire/query-service.js';
import { validationError } from './query-input.js';

/** Answers what the applier refuses the way the service does: the text tells, the code is always the same. */
export function refusing(operation: QueryOperation): QueryOperation {
  return async (...request) => {
    try {
      return await operation(...request);
    } catch (error) {
      if (error instanceof AwsError || !(error instanceof CodeseederError)) throw error;
      throw validationError(error.message);
    }
  };
}
