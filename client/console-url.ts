/** AWS console hosts by partition. */
const CONSOLE_HOSTS: Readonly<Record<string, string>> = {
  'aws-cn': 'console.amazonaws.cn',
  'aws-us-gov': 'console.amazonaws-us-gov.com',
};

/** Default account of a local AWS. It is no real AWS account. */
const LOCAL_ACCOUNT = '000000000000';

/** Returns the URL of the execution's page in the AWS console. */
export function executionConsoleUrl(executionArn: string): string {
  const [, partition = 'aws', , region = ''] = executionArn.split(':');
  const host = CONSOLE_HOSTS[partition] ?? 'console.aws.amazon.com';
  return `https://${region}.${host}/states/home?region=${region}#/v2/executions/details/${executionArn}`;
}

/**
 * Returns whether the console has a page for an execution. It has none for an execution in a local AWS.
 *
 * @param consoleUrl the result of {@link executionConsoleUrl}
 */
export function isInConsole(consoleUrl: string): boolean {
  return !consoleUrl.includes(`:${LOCAL_ACCOUNT}:execution:`);
}

/** Returns where to see more about a run: the console's URL, or the command for a run in a local AWS. */
export function whereToSee(runId: string, consoleUrl: string): string {
  return isInConsole(consoleUrl) ? consoleUrl : `codeseeder runs show ${runId}`;
}
