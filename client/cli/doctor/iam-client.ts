/** The parts of the IAM client that `doctor` uses. A static import lets the bundler leave the others out. */
export { GetRoleCommand, IAMClient, paginateSimulatePrincipalPolicy } from '@aws-sdk/client-iam';
