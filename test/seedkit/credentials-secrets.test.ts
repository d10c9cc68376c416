import { describe, expect, it } from '@jest/globals';
import { Fn } from 'aws-cdk-lib';

import { permissionsOf, statementsOf } from './statements.js';
import { synthesizedTemplate } from './synthesized-template.js';

const SECRET = 'arn:aws:secretsmanager:eu-central-1:123456789012:secret';

function propertiesOf(props: Parameters<typeof synthesizedTemplate>[0]) {
  const { Resources } = synthesizedTemplate(props) as {
    Resources: Record<string, { Type: string; Properties: Record<string, unknown> }>;
  };
  const project = Object.values(Resources).find(({ Type }) => Type === 'AWS::CodeBuild::Project');
  const { EnvironmentVariables } = project?.Properties['Environment'] as {
    EnvironmentVariables: { Name: string; Value: unknown }[];
  };
  const prepareRun = Object.values(Resources).find(
    ({ Properties }) => Properties?.['FunctionName'] === 'codeseeder-demo-prepare-run',
  );
  const { Variables } = prepareRun?.Properties['Environment'] as { Variables: Record<string, string> };
  return {
    project: Object.fromEntries(EnvironmentVariables.map(({ Name, Value }) => [Name, Value])),
    handler: Variables['CODESEEDER_HAS_REGISTRY_CREDENTIALS'],
    packages: Variables['CODESEEDER_HAS_PACKAGES'],
  };
}

describe('credentials secrets', () => {
  it("Without credentials secrets, the project's variables name none", () => {
    expect(propertiesOf({})).toMatchObject({
      project: { AWS_CODESEEDER_DOCKER_SECRET: 'NONE', AWS_CODESEEDER_MIRROR_SECRET: 'NONE' },
      handler: 'false',
    });
  });

  it('The credentials secrets are passed to builds and to prepare-run', () => {
    const named = propertiesOf({
      dockerCredentialsSecret: 'team-docker-credentials',
      mirrorCredentialsSecret: 'team-mirror-credentials::prod',
    });

    expect(named).toMatchObject({
      project: {
        AWS_CODESEEDER_DOCKER_SECRET: 'team-docker-credentials',
        AWS_CODESEEDER_MIRROR_SECRET: 'team-mirror-credentials::prod',
        AWS_CODESEEDER_NPM_MIRROR_SECRET: 'NONE',
      },
      handler: 'true',
    });
  });

  it('The use of CodeArtifact is passed only to prepare-run', () => {
    const named = propertiesOf({ codeArtifact: true });

    expect(named).toMatchObject({ handler: 'false', packages: 'true' });
    expect(propertiesOf({}).packages).toBe('false');
  });

  it.each([
    ['a name', 'team/docker-secret', [`${SECRET}:team/docker-secret-??????`]],
    ['a name with an entry', 'mirrors::prod', [`${SECRET}:mirrors-??????`]],
    ['an ARN', `${SECRET}:mirrors-AbCdEf::prod`, [`${SECRET}:mirrors-AbCdEf`]],
    ['an ARN without its suffix', `${SECRET}:mirrors`, [`${SECRET}:mirrors`, `${SECRET}:mirrors-??????`]],
  ])('Builds may read a credentials secret given by %s, and no other', (_what, secret, arns) => {
    const template = synthesizedTemplate({ mirrorCredentialsSecret: secret });
    expect(
      permissionsOf(statementsOf(template, 'BuildResourcesPolicy'))['secretsmanager:GetSecretValue'],
    ).toEqual([`${SECRET}:codeseeder/demo/*`, ...arns]);
  });

  it('A secret named only at deployment adds no right to the policy of builds', () => {
    const template = synthesizedTemplate({ mirrorCredentialsSecret: Fn.importValue('the-secret') });
    expect(
      permissionsOf(statementsOf(template, 'BuildResourcesPolicy'))['secretsmanager:GetSecretValue'],
    ).toEqual([`${SECRET}:codeseeder/demo/*`]);
  });

  it('A text that is neither the name nor the ARN of a secret is refused', () => {
    expect(() => synthesizedTemplate({ dockerCredentialsSecret: 'team docker' })).toThrow(
      /must be the name or ARN of a secret/,
    );
  });
});
