import { AwsError } from '../wire/aws-error.js';

interface ConditionError {
  readonly body: Record<string, unknown>;
}

/** The part of dynalite that checks the condition of a write. All databases of a process share it. */
export interface ConditionCheck {
  /**
   * Checks the condition of a write while no other write changes the item.
   * @returns the error if it fails
   */
  checkConditional(write: object, existing: object | undefined): ConditionError | null | undefined;
  [ADDS_ITEM]?: boolean;
}

const ADDS_ITEM = Symbol.for('codeseeder.adds-item-of-failed-condition');

/**
 * Makes dynalite add the stored item to the error of a failed condition. Reading it after the error is too late,
 * because another write may have changed or deleted the item since.
 */
export function addItemToFailedCondition(dynalite: ConditionCheck): void {
  if (dynalite[ADDS_ITEM] === true) return;
  dynalite[ADDS_ITEM] = true;
  const check = dynalite.checkConditional.bind(dynalite);
  dynalite.checkConditional = (write, existing) => {
    const error = check(write, existing);
    if (error && existing !== undefined) error.body['Item'] = existing;
    return error;
  };
}

/** Runs a write. If its condition fails, removes the stored item from the error, unless the request asks for it. */
export async function returnItemOfFailedCondition<T>(
  write: { readonly ReturnValuesOnConditionCheckFailure?: string },
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof AwsError) || error.code !== 'ConditionalCheckFailedException') throw error;
    if (write.ReturnValuesOnConditionCheckFailure === 'ALL_OLD') throw error;
    const { Item: _item, ...members } = error.members;
    throw new AwsError(error.code, error.message, error.statusCode, members);
  }
}
