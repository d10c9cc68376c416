import { describe, expect, it } from '@jest/globals';

import { compareSeedkit, compareVersions } from '../../../../client/cli/upgrade/compare-seedkit.js';
import {
  SEEDKIT_CONTEXT_OUTPUT,
  SEEDKIT_OUTPUTS,
  SEEDKIT_VERSION_OUTPUT,
} from '../../../../lib/contract/index.js';

const ALL = Object.fromEntries(Object.keys(SEEDKIT_OUTPUTS).map((name) => [name, 'value']));
const outputsOf = (version: string): Record<string, string> => ({
  ...ALL,
  [SEEDKIT_VERSION_OUTPUT]: version,
  [SEEDKIT_CONTEXT_OUTPUT]: '{}',
});

describe('compareSeedkit', () => {
  it.each([
    ['1.2.0', 'same'],
    ['1.1.9', 'older'],
    ['1.2.0-rc.1', 'older'],
    ['1.3.0-rc.1', 'newer'],
    ['2.0.0', 'newer'],
  ])('A seedkit of %s is %s for a client of 1.2.0', (version, comparison) => {
    expect(compareSeedkit({ outputs: outputsOf(version) }, '1.2.0')).toEqual({
      comparison,
      clientVersion: '1.2.0',
      deployedVersion: version,
      missing: [],
      isOfOwnApp: false,
    });
  });

  it('A seedkit from before the output of the version is older', () => {
    const { [SEEDKIT_VERSION_OUTPUT]: _, ...outputs } = outputsOf('1.2.0');

    expect(compareSeedkit({ outputs }, '1.2.0')).toMatchObject({
      comparison: 'older',
      deployedVersion: undefined,
    });
  });

  it('What the seedkit has no resources for is named once', () => {
    const { ScheduleGroup: _, SchedulerRoleArn: __, MapMachineArn: ___, ...outputs } = outputsOf('1.2.0');

    expect(compareSeedkit({ outputs }, '1.2.0')).toMatchObject({
      comparison: 'older',
      missing: ['maps', 'schedules'],
    });
  });

  it('A stack without the settings of `deploy seedkit` is that of a CDK app', () => {
    const { [SEEDKIT_CONTEXT_OUTPUT]: _, ...outputs } = outputsOf('1.2.0');

    expect(compareSeedkit({ outputs }, '1.2.0')).toMatchObject({ isOfOwnApp: true });
  });
});

describe('compareVersions', () => {
  it('Versions are in the order that Semantic Versioning gives as its example', () => {
    const order = [
      '1.0.0-alpha',
      '1.0.0-alpha.1',
      '1.0.0-alpha.beta',
      '1.0.0-beta',
      '1.0.0-beta.2',
      '1.0.0-beta.11',
    ];
    const versions = [...order, '1.0.0-rc.1', '1.0.0', '1.0.1', '1.2.0', '1.10.0', '2.0.0'];

    expect([...versions].reverse().sort(compareVersions)).toEqual(versions);
    expect(compareVersions('1.0.0+build.1', '1.0.0')).toBe(0);
  });
});
