import type { PlaceContext } from '../../place-context.js';
import type { ResourceProvider } from '../../resources/resource-provider.js';
import { generatedName, declaredName, inertProvider } from '../../resources/inert-provider.js';

/** Alarms and dashboards without effect: the local AWS keeps no metrics. */
export function cloudWatchProviders({
  partition,
  region,
  account,
}: PlaceContext): readonly ResourceProvider[] {
  return [
    inertProvider({
      type: 'AWS::CloudWatch::Dashboard',
      reason: 'the local AWS keeps no metrics',
      properties: ['DashboardBody', 'DashboardName', 'Tags'],
      describe: (request, physicalId) => ({
        physicalId: declaredName(request, 'DashboardName') ?? physicalId ?? generatedName(request, 255),
        attributes: {},
      }),
    }),
    inertProvider({
      type: 'AWS::CloudWatch::Alarm',
      reason: 'the local AWS keeps no metrics, so no alarm changes its state',
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
        const name = declaredName(request, 'AlarmName') ?? physicalId ?? generatedName(request, 255);
        return {
          physicalId: name,
          attributes: { Arn: `arn:${partition}:cloudwatch:${region}:${account}:alarm:${name}` },
        };
      },
    }),
  ];
}
