/** Prints the output of the demo. */
import { styleText } from 'node:util';
import type { HistoryEntry, ProgressEvent, RunRecord } from 'codeseeder';
import { RemoteError } from 'codeseeder';

import type { LocalAwsDescription } from './local-aws.js';
import type { ReceivedEvent } from './received-events.js';

const isPlain = !process.stdout.isTTY || Boolean(process.env['NO_COLOR']);
const style = (format: 'bold' | 'dim' | 'red' | 'green', text: string) =>
  isPlain ? text : styleText(format, text);

export function title(text: string): void {
  console.log(`\n${style('bold', text)}`);
}

export function progress(event: ProgressEvent): void {
  switch (event.type) {
    case 'packed':
      return console.log(
        style(
          'dim',
          `  packed ${event.files} ${event.files === 1 ? 'file' : 'files'}, ${event.sizeBytes} bytes, digest ${event.digest.slice(0, 12)}`,
        ),
      );
    case 'uploaded':
      return console.log(
        style('dim', `  ${event.layer}: ${event.alreadyPresent ? 'already in the bucket' : 'uploaded'}`),
      );
    case 'submitted':
      return console.log(style('dim', `  run ${event.runId}`));
    case 'status':
      return console.log(style('dim', `  ${event.status}`));
    case 'phase':
      return console.log(style('dim', `  phase ${event.phase}`));
    default:
      return undefined;
  }
}

export function logLine(line: string): void {
  console.log(style('dim', `  | ${line}`));
}

export function value(returned: unknown): void {
  console.log(style('green', `  => ${JSON.stringify(returned)}`));
}

export function remoteError(error: unknown): void {
  if (!(error instanceof RemoteError)) throw error;
  console.log(style('red', `  => threw ${error.remoteName}: ${error.message}`));
  const frames = (error.remoteStack ?? '').split('\n').slice(1);
  console.log(frames.filter((frame) => frame.includes('examples/')).join('\n'));
}

export function records(runs: readonly RunRecord[]): void {
  for (const { runId, status, durationMs = 0, target = '', failure } of runs) {
    const seconds = (durationMs / 1_000).toFixed(1).padStart(5);
    console.log(
      `  ${runId}  ${status.padEnd(9)} ${seconds} s  ${target}${failure ? `  (${failure.code})` : ''}`,
    );
  }
}

export function events(received: readonly ReceivedEvent[]): void {
  for (const { time, detail } of received) {
    console.log(
      `  ${time}  ${detail.runId}  ${detail.status}${detail.failure ? ` (${detail.failure.code})` : ''}`,
    );
  }
}

export function history(entries: readonly HistoryEntry[]): void {
  const startedAtMs = entries[0]?.timestampMs ?? 0;
  for (const { id, timestampMs, type, state = '', failure = '' } of entries) {
    const seconds = ((timestampMs - startedAtMs) / 1_000).toFixed(2).padStart(6);
    console.log(
      `  ${String(id).padStart(3)} ${seconds} s  ${type.padEnd(22)} ${state.padEnd(16)} ${failure.slice(0, 60)}`,
    );
  }
}

/** The command line of this clone. In its folder, `npx codeseeder` would build the package again first. */
const CODESEEDER = 'node dist/bin/codeseeder.js';

/** Prints commands to explore a local AWS that stays up. */
export function howToExplore({ environment, outputs }: LocalAwsDescription, folder: string): void {
  title('The local AWS stays up. Explore it with the AWS CLI:');
  console.log(
    [
      ...Object.entries(environment).map(([name, text]) => `  export ${name}=${text}`),
      '',
      `  aws stepfunctions list-executions --state-machine-arn ${outputs['StateMachineArn']}`,
      `  aws dynamodb scan --table-name ${outputs['RunTable']}`,
      `  aws s3 ls s3://${outputs['Bucket']} --recursive`,
      `  aws logs tail /aws/codebuild/${outputs['CodeBuildProject']}`,
      `  ${CODESEEDER} runs list`,
      '',
      'and stop it with',
      '',
      `  ${CODESEEDER} local down demo --data ${folder}/local-aws && rm -r ${folder}`,
    ].join('\n'),
  );
}
