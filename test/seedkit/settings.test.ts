import { describe, expect, it } from '@jest/globals';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';

import { permissionsOf, statementsOf } from './statements.js';
import { synthesizedTemplate } from './synthesized-template.js';

describe('logRetention: INFINITE', () => {
  it('Logs that are kept forever have no retention in the template', () => {
    const { Resources } = synthesizedTemplate({ logRetention: RetentionDays.INFINITE });
    const groups = Object.values(Resources).filter(({ Type }) => /LogGroup$/.test(Type));
    expect(groups.map(({ Type }) => Type)).toContain('Custom::CodeseederLogGroup');
    for (const { Properties } of groups) expect(Properties).not.toHaveProperty('RetentionInDays');
  });
});

describe('build image in ECR', () => {
  it("Builds may pull a default image of the account's own registry", () => {
    const buildImage = '123456789012.dkr.ecr.eu-central-1.amazonaws.com/team/tools:1.2';
    expect(
      permissionsOf(statementsOf(synthesizedTemplate({ buildImage }), 'BuildResourcesPolicy')),
    ).toMatchObject({
      'ecr:BatchGetImage': ['arn:aws:ecr:eu-central-1:123456789012:repository/team/tools'],
      'ecr:GetAuthorizationToken': ['*'],
    });
  });
});

describe('allowed project', () => {
  it('Clients may read the log of an allowed project', () => {
    const template = synthesizedTemplate({ allow: { projects: ['team-builds'] } });
    expect(permissionsOf(statementsOf(template, 'ClientPolicy'))['logs:GetLogEvents']).toEqual(
      ['codeseeder-demo', 'team-builds'].flatMap((project) => {
        const group = `arn:aws:logs:eu-central-1:123456789012:log-group:/aws/codebuild/${project}`;
        return [group, `${group}:*`];
      }),
    );
  });
});

describe('allowed secret', () => {
  const arn = 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:npm';

  it.each([
    ['by its name', arn, [arn, `${arn}-??????`]],
    ['by its whole ARN', `${arn}-AbCdEf`, [`${arn}-AbCdEf`]],
    ['by a pattern', `${arn}*`, [`${arn}*`]],
  ])('A build may read a secret that is allowed %s', (_how, secret, resources) => {
    const template = synthesizedTemplate({ allow: { secrets: [secret] } });
    expect(
      permissionsOf(statementsOf(template, 'BuildResourcesPolicy'))['secretsmanager:GetSecretValue'],
    ).toEqual(expect.arrayContaining(resources));
  });
});
