import { readFileSync } from 'node:fs';

import { describe, expect, it } from '@jest/globals';

import { chargingOf, STANDING_USD } from '../../client/seedkit-price.js';
import { synthesizedVariant } from '../security/seedkit-variants.js';

/** Resources of a seedkit with every type of resource. */
const resources = Object.values(synthesizedVariant('full').template.Resources);

/** The part of the guide about costs. */
const page = readFileSync(new URL('../../docs/getting-started.md', import.meta.url), 'utf8');
const section = /### What it costs[^]*?\n## /.exec(page)?.[0];

describe('Prices of a seedkit', () => {
  it('How AWS charges is known for each type of resource that a seedkit can have', () => {
    const types = new Set(resources.map(({ Type }) => Type));

    expect(types.size).toBeGreaterThan(20);
    expect([...types].filter((type) => chargingOf(type) === 'unknown')).toEqual([]);
    expect(chargingOf('AWS::EC2::NatGateway')).toBe('unknown');
  });

  it('The guide to costs has the prices of what is charged without runs', () => {
    for (const { usd } of Object.values(STANDING_USD))
      expect(section).toMatch(new RegExp(`\\b${usd.toFixed(2).replace('.00', '')} USD a month`));
  });

  it('The guide to costs has the number of metrics that the alarms watch', () => {
    const metrics = resources
      .filter(({ Type }) => Type === 'AWS::CloudWatch::Alarm')
      .map(({ Properties }) => (Properties?.['Metrics'] ?? [{ MetricStat: {} }]) as object[])
      .flatMap((watched) => watched.filter((metric) => 'MetricStat' in metric));
    const usd = (metrics.length * STANDING_USD['AWS::CloudWatch::Alarm'].usd).toFixed(2);

    expect(section).toContain(`their ${metrics.length} metrics`);
    expect(section).toContain(`${usd} USD`);
  });
});
