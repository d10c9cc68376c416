import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { describe, expect, it } from '@jest/globals';

/** Context key with which the CDK's validation of templates fails instead of warning. */
const STRICT = '@aws-cdk/core:validateAgainstDefaultRules';

/** Runs the app as the `cdk` command does. */
function runApp(context: Record<string, unknown>) {
  const outputFolder = mkdtempSync(path.join(tmpdir(), 'codeseeder-assembly-'));
  try {
    const { status, stderr } = spawnSync(process.execPath, ['dist/bin/seedkit.js'], {
      encoding: 'utf8',
      env: {
        ...process.env,
        NODE_OPTIONS: '',
        CDK_VALIDATION: STRICT in context ? undefined : 'false',
        CDK_OUTDIR: outputFolder,
        CDK_CONTEXT_JSON: JSON.stringify({ 'aws:cdk:enable-path-metadata': true, ...context }),
      },
    });
    const file = path.join(outputFolder, 'aws-codeseeder-demo.template.json');
    const template = existsSync(file) ? JSON.stringify(JSON.parse(readFileSync(file, 'utf8'))) : '';
    return { status, stderr, template };
  } finally {
    rmSync(outputFolder, { recursive: true });
  }
}

const REFUSED: readonly (readonly [context: Record<string, unknown>, message: string])[] = [
  [{}, 'cdk synth -c name=demo'],
  [{ name: 'Not A Name' }, 'context name "Not A Name" is not valid: a seedkit name is'],
  [{ name: 'demo', nmae: 'x' }, 'context "nmae" is not known; the seedkit app reads name, deployId,'],
  [{ name: 7 }, 'context "name" is not text'],
  [{ name: 'demo', vpcId: 'vpc-11111111' }, 'subnetIds and securityGroupIds are missing'],
];

/** Program that runs the app for each context in CONTEXTS, and prints its exit code and output. */
const RUN_EACH = `
let said;
process.stderr.write = (text) => void (said += text);
const answers = [];
for (const context of JSON.parse(process.env.CONTEXTS)) {
  said = '';
  process.exitCode = 0;
  process.env.CDK_CONTEXT_JSON = JSON.stringify(context);
  await import('./dist/bin/seedkit.js?' + answers.length);
  answers.push({ status: process.exitCode, stderr: said });
}
process.exitCode = 0;
console.log(JSON.stringify(answers));`;

/** Runs the app for all contexts in one process, because loading the CDK takes a second. */
function runAppForEach(contexts: readonly unknown[]): { status: number; stderr: string }[] {
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', RUN_EACH], {
    encoding: 'utf8',
    env: { ...process.env, NODE_OPTIONS: '', CONTEXTS: JSON.stringify(contexts) },
  });
  if (stdout === '') throw new Error(`The app did not run: ${stderr}`);
  return JSON.parse(stdout) as { status: number; stderr: string }[];
}

describe('CDK app', () => {
  it('The app refuses wrong contexts, each with a message of one line', () => {
    const answers = runAppForEach(REFUSED.map(([context]) => context));
    expect(answers.map(({ status, stderr }) => [status, ...stderr.trim().split('\n')])).toEqual(
      REFUSED.map(([, message]) => [2, expect.stringContaining(message)]),
    );
  });

  it("The app's template passes the validation of CloudFormation", () => {
    const { status, stderr } = runApp({ name: 'demo', codeArtifact: 'true', [STRICT]: true });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });

  it('The app passes each value of the context to the stack', () => {
    const { status, template } = runApp({
      name: 'demo',
      deployId: 'abcdef',
      buildImage: 'node:24',
      policyArns: 'arn:aws:iam::aws:policy/ReadOnlyAccess, arn:aws:iam::123456789012:policy/more',
      permissionsBoundary: 'arn:aws:iam::123456789012:policy/boundary',
      rolePath: '/roles/',
      policyPath: '/policies/',
      vpcId: 'vpc-11111111',
      subnetIds: 'subnet-11111111,subnet-22222222',
      securityGroupIds: 'sg-11111111',
      codeArtifact: 'true',
      encryption: 'false',
      dockerCredentialsSecret: 'a-docker-credentials',
      mirrorCredentialsSecret: 'a-mirror-credentials::prod',
      allow: '{"images":["node:*"]}',
      objectExpirationDays: '7',
      recordExpirationDays: '10',
      logRetentionDays: '14',
      removalPolicy: 'destroy',
      deletionProtection: 'true',
      accessLogsBucket: 'access-logs',
      dashboard: 'false',
      synthesizer: 'default',
    });
    expect(status).toBe(0);
    for (const part of [
      '"Default":"node:24"',
      '-abcdef"',
      '"arn:aws:iam::aws:policy/ReadOnlyAccess","arn:aws:iam::123456789012:policy/more"]',
      '"PermissionsBoundary":"arn:aws:iam::123456789012:policy/boundary"',
      '"Path":"/roles/"',
      '"Path":"/policies/"',
      '"VpcConfig":{"SecurityGroupIds":["sg-11111111"],"Subnets":["subnet-11111111","subnet-22222222"],"VpcId":"vpc-11111111"}',
      '"Type":"AWS::CodeArtifact::Domain"',
      '"AWS_CODESEEDER_DOCKER_SECRET","Type":"PLAINTEXT","Value":"a-docker-credentials"',
      '"AWS_CODESEEDER_MIRROR_SECRET","Type":"PLAINTEXT","Value":"a-mirror-credentials::prod"',
      '\\"images\\":[\\"node:*\\"]',
      '"CODESEEDER_RECORD_EXPIRATION_DAYS":"10"',
      '"ExpirationInDays":7',
      '"RetentionInDays":14',
      '"DeletionPolicy":"Delete"',
      '"DeletionProtectionEnabled":true',
      '"LoggingConfiguration":{"DestinationBucketName":"access-logs","LogFilePrefix":"codeseeder-demo/"}',
    ]) {
      expect(template).toContain(part);
    }
    expect(template).not.toMatch(/AWS::(KMS::Key|CloudWatch::Dashboard)"/);
  });
});
