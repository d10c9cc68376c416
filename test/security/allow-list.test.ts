import { describe, expect, it } from '@jest/globals';

import { checkAllowed } from '../../lambdas/prepare-run/check-allowed.js';
import { allowListSchema, type BuildOptions } from '../../lib/contract/index.js';
import { statementsOf } from '../seedkit/statements.js';
import { isPermitted, type Call } from './policy-evaluator.js';
import { ALLOWED, synthesizedVariant, type VariantName } from './seedkit-variants.js';

const CODEBUILD = 'arn:aws:codebuild:eu-central-1:123456789012';
const OWN_PROJECT = `${CODEBUILD}:project/codeseeder-demo`;
const IAM = 'arn:aws:iam::123456789012:role';
const SECRET = 'arn:aws:secretsmanager:eu-central-1:123456789012:secret';
const PARAMETER = 'arn:aws:ssm:eu-central-1:123456789012:parameter';
const ECR = '123456789012.dkr.ecr.eu-central-1.amazonaws.com';

type Principal = 'StartBuild' | 'Build';

/** A build option with a resource, and the AWS call that this option causes. */
interface Named {
  readonly build: BuildOptions;
  readonly by: Principal;
  readonly call: Call;
}

function started(build: BuildOptions, context: Record<string, string>): Named {
  const call = { action: 'codebuild:StartBuild', resource: OWN_PROJECT, context };
  return { build, by: 'StartBuild', call };
}

const role = (name: string): Named => ({
  build: { role: `${IAM}/${name}` },
  by: 'StartBuild',
  call: {
    action: 'iam:PassRole',
    resource: `${IAM}/${name}`,
    context: { 'iam:PassedToService': 'codebuild.amazonaws.com' },
  },
});
const project = (name: string): Named => ({
  build: { project: name },
  by: 'StartBuild',
  call: { action: 'codebuild:StartBuild', resource: `${CODEBUILD}:project/${name}` },
});
const fleet = (arn: string) => started({ fleet: arn }, { 'codebuild:environment.fleet.fleetArn': arn });
const image = (name: string) => started({ image: name }, { 'codebuild:environment.image': name });
const privileged = started({ privileged: true }, { 'codebuild:environment.privilegedMode': 'true' });
const secret = (value: string): Named => ({
  build: { environment: { TOKEN: { type: 'SECRETS_MANAGER', value } } },
  by: 'Build',
  call: { action: 'secretsmanager:GetSecretValue', resource: value },
});
const parameter = (value: string): Named => ({
  build: { environment: { TOKEN: { type: 'PARAMETER_STORE', value } } },
  by: 'Build',
  call: { action: 'ssm:GetParameters', resource: value },
});

const LISTED: [string, Named][] = [
  ['a role by its name', role('deployer')],
  ['a role by a pattern', role('team-a')],
  ['a project by its name', project('windows')],
  ['a project by a pattern', project('other-one')],
  ['a fleet by its ARN', fleet(`${CODEBUILD}:fleet/large:1`)],
  ['a fleet by a pattern', fleet(`${CODEBUILD}:fleet/small:2`)],
  ['an image by its name', image('node:24')],
  ['an image by a pattern', image(`${ECR}/tools:1`)],
  ['privileged mode', privileged],
  ['a secret', secret(`${SECRET}:npm-AbCdEf`)],
  ['a parameter by a pattern', parameter(`${PARAMETER}/team/token`)],
];

const UNLISTED: [string, Named][] = [
  ['a role', role('admin')],
  ['a role whose name starts like one', role('deployer-2')],
  ['a role below a path', role('admin/team-a')],
  ['a project', project('production')],
  ['a fleet elsewhere', fleet('arn:aws:codebuild:us-east-1:123456789012:fleet/large:1')],
  ['an image', image('node:24-slim')],
  ['an image that has one in its name', image(`evil.example/${ECR}/tools:1`)],
  ['a secret', secret(`${SECRET}:prod-AbCdEf`)],
  ['a secret of another seedkit', secret(`${SECRET}:codeseeder/demo-2/token-AbCdEf`)],
  ['a parameter', parameter(`${PARAMETER}/prod/token`)],
];

const POLICY_OF: Record<Principal, string> = {
  StartBuild: 'ControlPlaneHandlersStartBuildRoleDefaultPolicy',
  Build: 'BuildResourcesPolicy',
};

function isPermittedIn(variant: VariantName, { by, call }: Named): boolean {
  return isPermitted(statementsOf(synthesizedVariant(variant).template, POLICY_OF[by]), call);
}

function isAcceptedBy(variant: VariantName, { build }: Named): boolean {
  const allow = allowListSchema.parse(variant === 'full' ? ALLOWED : {});
  const executionArn = 'arn:aws:states:eu-central-1:123456789012:execution:codeseeder-demo:run';
  try {
    checkAllowed(build, allow, { seedkit: 'demo', project: 'codeseeder-demo', executionArn });
    return true;
  } catch (error) {
    expect(error).toMatchObject({ code: 'NotAllowed' });
    return false;
  }
}

describe('The allow list', () => {
  it.each(LISTED)('`prepare-run` and IAM allow %s when it is listed', (_what, named) => {
    expect(isAcceptedBy('full', named)).toBe(true);
    expect(isPermittedIn('full', named)).toBe(true);
  });

  it.each(LISTED)('Neither prepare-run nor IAM allows %s when nothing is listed', (_what, named) => {
    expect(isAcceptedBy('minimal', named)).toBe(false);
    expect(isPermittedIn('minimal', named)).toBe(false);
  });

  it.each(UNLISTED)('Neither prepare-run nor IAM allows %s when it is not listed', (_what, named) => {
    expect(isAcceptedBy('full', named)).toBe(false);
    expect(isPermittedIn('full', named)).toBe(false);
  });

  it.each<[string, Named]>([
    ['nothing', started({}, {})],
    ['its own project', project('codeseeder-demo')],
    ['a secret of its own', secret(`${SECRET}:codeseeder/demo/token-AbCdEf`)],
    ['a parameter of its own', parameter(`${PARAMETER}/codeseeder/demo/token`)],
    [
      'privileged mode off',
      started({ privileged: false }, { 'codebuild:environment.privilegedMode': 'false' }),
    ],
  ])('`prepare-run` and IAM allow %s without a list', (_what, named) => {
    expect(isAcceptedBy('minimal', named)).toBe(true);
    expect(isPermittedIn('minimal', named)).toBe(true);
  });
});

describe('The role of a build', () => {
  const BUCKET = 'arn:aws:s3:::the-bucket';
  const BUILD = `${CODEBUILD}:build/codeseeder-demo:0f1e`;
  const OF_BUILD = { 'codebuild:BuildArn': BUILD, 's3:if-none-match': '*' };

  it.each([
    ['change code', 's3:PutObject', `${BUCKET}/bundles/a.zip`],
    ['ask for runs', 's3:PutObject', `${BUCKET}/inbox/a.request.json`],
    ['put a layer that is missing', 's3:PutObject', `${BUCKET}/bundles/b.zip`],
    ['write the input of a run', 's3:PutObject', `${BUCKET}/runs/r/input/invocation.json`],
    ['say how a run was triggered', 's3:PutObject', `${BUCKET}/runs/r/trigger.json`],
    ['write the output of another build', 's3:PutObject', `${BUCKET}/outputs/${BUILD}2/result.json`],
    ['read an output', 's3:GetObject', `${BUCKET}/outputs/${BUILD}/result.json`],
    ['read the inbox', 's3:GetObject', `${BUCKET}/inbox/a.request.json`],
    ['delete', 's3:DeleteObject', `${BUCKET}/outputs/${BUILD}/result.json`],
    ['list everything', 's3:ListBucket', BUCKET],
    ['read another bucket', 's3:GetObject', 'arn:aws:s3:::another-bucket/bundles/a.zip'],
    [
      'change its record',
      'dynamodb:UpdateItem',
      'arn:aws:dynamodb:eu-central-1:123456789012:table/codeseeder-demo-runs',
    ],
    ['start builds', 'codebuild:StartBuild', OWN_PROJECT],
    [
      'start runs',
      'states:StartExecution',
      'arn:aws:states:eu-central-1:123456789012:stateMachine:codeseeder-demo',
    ],
    ['announce', 'events:PutEvents', 'arn:aws:events:eu-central-1:123456789012:event-bus/codeseeder-demo'],
    ['become a handler', 'sts:AssumeRole', `${IAM}/handler`],
    [
      'log elsewhere',
      'logs:PutLogEvents',
      'arn:aws:logs:eu-central-1:123456789012:log-group:/aws/codebuild/codeseeder-demo-2:log-stream:s',
    ],
  ])('A build cannot %s', (_what, action, resource) => {
    const statements = statementsOf(synthesizedVariant('full').template, POLICY_OF.Build);
    expect(isPermitted(statements, { action, resource, context: OF_BUILD })).toBe(false);
  });

  it('A build can write its output and log', () => {
    const statements = statementsOf(synthesizedVariant('full').template, POLICY_OF.Build);
    for (const [action, resource] of [
      ['s3:PutObject', `${BUCKET}/outputs/${BUILD}/result.json`],
      ['s3:GetObject', `${BUCKET}/bundles/a.zip`],
      [
        'logs:PutLogEvents',
        'arn:aws:logs:eu-central-1:123456789012:log-group:/aws/codebuild/codeseeder-demo:log-stream:s',
      ],
    ] as const) {
      expect(isPermitted(statements, { action, resource, context: OF_BUILD })).toBe(true);
    }
  });

  it.each([
    ['bundles/', true],
    ['runs/r/input/', true],
    ['codeseeder/', true],
    ['runs/', false],
    ['runs/r', false],
    ['outputs/', false],
    ['inbox/', false],
    ['', false],
  ])('The permission of a build to list %p is %p', (prefix, isPermittedToList) => {
    const statements = statementsOf(synthesizedVariant('full').template, POLICY_OF.Build);
    const call = { action: 's3:ListBucket', resource: BUCKET, context: { 's3:prefix': prefix } };
    expect(isPermitted(statements, call)).toBe(isPermittedToList);
  });

  it('A request without the ARN of a build puts nothing', () => {
    const statements = statementsOf(synthesizedVariant('full').template, POLICY_OF.Build);
    for (const name of [BUILD, '${codebuild:buildArn}', '*']) {
      const resource = `${BUCKET}/outputs/${name}/result.json`;
      expect(isPermitted(statements, { action: 's3:PutObject', resource })).toBe(false);
    }
  });
});
