import type { PlaceContext } from '../../place-context.js';
import type { ResourceProvider } from '../resource-provider.js';
import { generatedName, givenName, inertProvider } from './inert-provider.js';

/** Alarms, which never ring, and dashboards that nobody sees: the place keeps no metrics. */
export function cloudWatchProviders({
  partition,
  region,
  account,
}: PlaceContext): readonly ResourceProvider[] {
  return [
    inertProvider({
      type: 'AWS::CloudWatch::Dashboard',
      reason: 'the place keeps no metrics, so there is nothing to show',
      properties: ['DashboardBody', 'DashboardName', 'Tags'],
      describe: (request, physicalId) => ({
        physicalId: givenName(request, 'DashboardName') ?? physicalId ?? generatedName(request, 255),
        attributes: {},
      }),
    }),
    inertProvider({
      type: 'AWS::CloudWatch::Alarm',
      reason: 'the place keeps no metrics, so no alarm rings here',
      properties: [
        'ActionsEnabled',
        'AlarmActions',
        'AlarmDescription',
        'AlarmName',
        'ComparisonOperator',
        'DatapointsToAlarm',
        'Dimensions',
        'EvaluateLowSampleCountPercentile',
        'EvaluationPeriods',
        'ExtendedStatistic',
        'InsufficientDataActions',
        'MetricName',
        'Metrics',
        'Namespace',
        'OKActions',
        'Period',
        'Statistic',
        'Tags',
        'Threshold',
        'ThresholdMetricId',
        'TreatMissingData',
        'Unit',
      ],
      describe(request, physicalId) {
        const name = givenName(request, 'AlarmName') ?? physicalId ?? generatedName(request, 255);
        return {
          physicalId: name,
          attributes: { Arn: `arn:${partition}:cloudwatch:${region}:${account}:alarm:${name}` },
        };
      },
    }),
  ];
}
