/** Default account of a local AWS. It is no real AWS account. */
export const LOCAL_ACCOUNT = '000000000000';

/** Returns whether an ARN names a resource of a local AWS. */
export function isLocalArn(arn: string): boolean {
  return arn.split(':')[4] === LOCAL_ACCOUNT;
}

/** Returns what to check if a seedkit does not have an id. @param arn any ARN of the seedkit */
export function adviceOnUnknownId(arn: string): string {
  return isLocalArn(arn)
    ? 'Check the id and the seedkit. A local AWS has only what was started in it.'
    : 'Check the id, the seedkit, the account and the region.';
}
