import { LOCAL_CONSOLE_VARIABLE } from '../lib/contract/local-console.js';
import { LOCAL_ACCOUNT } from './local-account.js';

/** AWS console hosts by partition. */
const CONSOLE_HOSTS: Readonly<Record<string, string>> = {
  'aws-cn': 'console.amazonaws.cn',
  'aws-us-gov': 'console.amazonaws-us-gov.com',
};

/**
 * Returns the URL of the execution's page: in the AWS console, or for an execution in a local AWS in the console that
 * `codeseeder local up` serves, if `CODESEEDER_CONSOLE_URL` is set.
 */
export function executionConsoleUrl(executionArn: string): string {
  const [, partition = 'aws', , region = '', account, , machine = '', name = ''] = executionArn.split(':');
  const local = account === LOCAL_ACCOUNT ? localConsoleUrl() : undefined;
  // The machine of maps has an underscore, which no seedkit's name has.
  if (local !== undefined) return `${local}/${machine.endsWith('_maps') ? 'maps' : 'runs'}/${name}`;
  const host = CONSOLE_HOSTS[partition] ?? 'console.aws.amazon.com';
  return `https://${region}.${host}/states/home?region=${region}#/v2/executions/details/${executionArn}`;
}

/** Returns the URL in the variable, unless it is not one of this machine. */
function localConsoleUrl(): string | undefined {
  const url = process.env[LOCAL_CONSOLE_VARIABLE] ?? '';
  return /^http:\/\/127\.0\.0\.1:\d{1,5}$/.test(url) ? url : undefined;
}

/**
 * Returns whether a console has a page for an execution. The AWS console has none for an execution in a local AWS.
 *
 * @param consoleUrl the result of {@link executionConsoleUrl}
 */
export function isInConsole(consoleUrl: string): boolean {
  return !consoleUrl.includes(`:${LOCAL_ACCOUNT}:execution:`);
}

/**
 * Returns where to see more about a run: the console's URL, or the command for a run in a local AWS without a console.
 */
export function whereToSee(runId: string, consoleUrl: string): string {
  return isInConsole(consoleUrl) ? consoleUrl : `codeseeder runs show ${runId}`;
}
