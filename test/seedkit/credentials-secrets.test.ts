import { describe, expect, it } from '@jest/globals';

import { synthesizedTemplate } from './synthesized-template.js';

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

  it('A credentials secret that builds could not read is refused', () => {
    expect(() => synthesizedTemplate({ dockerCredentialsSecret: 'team-docker' })).toThrow(
      /has -docker-credentials in it, such as team-docker-credentials/,
    );
  });
});
