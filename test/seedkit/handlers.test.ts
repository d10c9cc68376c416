import { describe, expect, it } from '@jest/globals';

import {
  HANDLER_ENVIRONMENTS,
  HANDLER_VARIABLES,
  HANDLERS,
  parseHandlerEnvironment,
} from '../../lib/contract/index.js';
import { synthesizedTemplate } from './synthesized-template.js';
import { resourcesOf } from './template-resources.js';

const template = synthesizedTemplate();

describe('RunHandlers', () => {
  const functions = resourcesOf('AWS::Lambda::Function', template);

  it('The handlers are those of the contract', () => {
    expect(functions.map(({ Properties }) => Properties['FunctionName']).sort()).toEqual(
      HANDLERS.map((handler) => `codeseeder-demo-${handler}`).sort(),
    );
  });

  it.each(HANDLERS.map((handler) => [handler] as const))(
    'The handler %s runs on Node 24 with the variables that it reads',
    (handler) => {
      const found = functions.find(
        ({ Properties }) => Properties['FunctionName'] === `codeseeder-demo-${handler}`,
      );
      expect(found?.Properties).toMatchObject({
        Runtime: 'nodejs24.x',
        Architectures: ['arm64'],
        Handler: 'index.handler',
      });
      const { NODE_OPTIONS, ...variables } = (
        found?.Properties['Environment'] as { Variables: Record<string, string> }
      ).Variables;
      expect(NODE_OPTIONS).toBe('--enable-source-maps');
      expect(Object.keys(variables).sort()).toEqual(
        HANDLER_ENVIRONMENTS[handler].map((variable) => HANDLER_VARIABLES[variable]).sort(),
      );
      expect(() => parseHandlerEnvironment(handler, variables)).not.toThrow();
    },
  );

  it('Handlers that read whole invocations and results have the memory for them', () => {
    const memoryOf = Object.fromEntries(
      functions.map(({ Properties }) => [Properties['FunctionName'], Properties['MemorySize']]),
    );
    expect(memoryOf).toEqual({
      'codeseeder-demo-start-run': 1024,
      'codeseeder-demo-prepare-run': 1024,
      'codeseeder-demo-start-build': 512,
      'codeseeder-demo-await-lock': 256,
      'codeseeder-demo-poll-build': 256,
      'codeseeder-demo-wake-run': 256,
      'codeseeder-demo-collect-outcome': 1024,
      'codeseeder-demo-reconcile-run': 512,
      'codeseeder-demo-drive-map': 512,
      'codeseeder-demo-start-target': 1024,
      'codeseeder-demo-adopt-log-group': 512,
    });
  });

  it('Handlers and state machine log into encrypted groups with a retention', () => {
    const groups = resourcesOf('AWS::Logs::LogGroup', template);
    expect(groups.map(({ Properties }) => Properties['LogGroupName']).sort()).toEqual(
      [
        ...HANDLERS.map((handler) => `/aws/lambda/codeseeder-demo-${handler}`),
        '/aws/vendedlogs/states/codeseeder-demo',
        '/aws/vendedlogs/states/codeseeder-demo_maps',
      ].sort(),
    );
    for (const { Properties } of groups) {
      expect(Properties).toMatchObject({
        RetentionInDays: 90,
        KmsKeyId: 'arn:aws:kms:eu-central-1:123456789012:key/the-key',
      });
    }
  });

  it('`prepare-run` gets the allow list', () => {
    const allowing = synthesizedTemplate({ allow: { images: ['node:*'], privileged: true } });
    const prepare = resourcesOf('AWS::Lambda::Function', allowing).find(
      ({ Properties }) => Properties['FunctionName'] === 'codeseeder-demo-prepare-run',
    );
    const { Variables } = prepare?.Properties['Environment'] as { Variables: Record<string, string> };
    expect(parseHandlerEnvironment('prepare-run', Variables).allow).toEqual({
      roles: [],
      projects: [],
      fleets: [],
      secrets: [],
      images: ['node:*'],
      privileged: true,
      debugSessions: false,
    });
  });
});
