import type { RunRecord } from '../../../lib/contract/index.js';
import { isLocalArn } from '../../local-account.js';

/** CodeBuild's error for a secret that does not exist. The local AWS adds the reference to the secret. */
const MISSING_SECRET = /Secrets Manager can't find the specified secret\.(?: \(([^)\s]+)\))?/;

/** CodeBuild's error for a parameter that does not exist. */
const MISSING_PARAMETER = /parameter does not exist: (\S+)/i;

/**
 * Returns the command that creates the secret or the parameter that a build did not find, in the AWS of the run;
 * undefined for another failure. The command has no value: it reads one from standard input or from a file.
 */
export function missingValueAdvice({
  seedkit,
  failure,
  executionArn,
}: Pick<RunRecord, 'seedkit' | 'failure' | 'executionArn'>): string | undefined {
  if (failure?.code !== 'BuildFailed') return undefined;
  const isLocal = isLocalArn(executionArn);
  const secret = MISSING_SECRET.exec(failure.message);
  if (secret !== null) {
    const name = nameOfSecret(secret[1]);
    return isLocal
      ? `To create the secret, with its value on standard input: codeseeder local secret set ${seedkit} ${name}`
      : `To create the secret, with its value in a file: aws secretsmanager create-secret --name ${name} --secret-string file://FILE`;
  }
  const [, found] = MISSING_PARAMETER.exec(failure.message) ?? [];
  if (found === undefined) return undefined;
  const name = found.replace(/[.,;]$/, '');
  return isLocal
    ? `To create the parameter, with its value on standard input: codeseeder local parameter set ${seedkit} ${name}`
    : `To create the parameter, with its value in a file: aws ssm put-parameter --name ${name} --type SecureString --value file://FILE`;
}

/** Returns the name of a secret of a reference such as `NAME:KEY`; `NAME` if the message has none, or an ARN. */
function nameOfSecret(reference: string | undefined): string {
  if (reference === undefined || reference.startsWith('arn:')) return 'NAME';
  return reference.split(':')[0] ?? 'NAME';
}
