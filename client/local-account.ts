/** Default account of a local AWS. It is no real AWS account. */
export const LOCAL_ACCOUNT = '000000000000';

/** Returns whether an ARN names a resource of a local AWS. */
export function isLocalArn(arn: string): boolean {
  return arn.split(':')[4] === LOCAL_ACCOUNT;
}
