import { expect, it } from '@jest/globals';

import { missingValueAdvice } from '../../../../client/cli/run/missing-value.js';
import type { RunFailure } from '../../../../lib/contract/index.js';

const SECRET =
  "Secrets Manager Error: ResourceNotFoundException: Secrets Manager can't find the specified secret.";
const PARAMETER = 'Decrypted Variables Error: parameter does not exist: /codeseeder/demo/gone';

const adviceIn = (account: string, message: string, code: RunFailure['code'] = 'BuildFailed') =>
  missingValueAdvice({
    seedkit: 'demo',
    executionArn: `arn:aws:states:eu-west-1:${account}:execution:codeseeder-demo:run-1`,
    failure: { code, message: `The build failed in the phase DOWNLOAD_SOURCE: ${message}` },
  });

it.each([
  [`${SECRET} (codeseeder/demo/gone)`, 'secret set demo codeseeder/demo/gone'],
  [`${SECRET} (codeseeder/demo/gone:key)`, 'secret set demo codeseeder/demo/gone'],
  [`${SECRET} (arn:aws:secretsmanager:eu-west-1:000000000000:secret:gone)`, 'secret set demo NAME'],
  [PARAMETER, 'parameter set demo /codeseeder/demo/gone'],
])('A run in a local AWS that ends with %j gets the command of the local AWS: %s', (message, command) => {
  expect(adviceIn('000000000000', message)).toMatch(
    new RegExp(`on standard input: codeseeder local ${command}$`),
  );
});

it.each([
  [SECRET, 'aws secretsmanager create-secret --name NAME --secret-string file://FILE'],
  [PARAMETER, 'aws ssm put-parameter --name /codeseeder/demo/gone --type SecureString --value file://FILE'],
])('A run in AWS that ends with %j gets the command of the AWS CLI: %s', (message, command) => {
  expect(adviceIn('123456789012', message)).toMatch(new RegExp(`${command}$`));
});

it('A secret without the wanted version, and a command that prints such a message, get no command', () => {
  const version = "Secrets Manager can't find the specified secret value for staging label: OLD";
  expect(adviceIn('123456789012', version)).toBeUndefined();
  expect(adviceIn('123456789012', PARAMETER, 'CommandFailed')).toBeUndefined();
});
