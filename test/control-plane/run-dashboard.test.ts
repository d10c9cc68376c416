import { beforeAll, describe, expect, it } from '@jest/globals';

import { HANDLERS } from '../../lib/contract/index.js';
import { resolved } from '../seedkit/resolved-template.js';
import { synthesizedTemplate, type SynthesizedTemplate } from '../seedkit/synthesized-template.js';

interface Widget {
  readonly type: string;
  readonly x: number;
  readonly width: number;
  readonly properties: { readonly title?: string; readonly markdown?: string; readonly metrics?: unknown[] };
}

let template: SynthesizedTemplate;
let widgets: Widget[];
beforeAll(() => {
  template = synthesizedTemplate();
  const body = resolved(template, dashboard(template)?.Properties['DashboardBody']) as string;
  ({ widgets } = JSON.parse(body) as { widgets: Widget[] });
});

function dashboard(of: SynthesizedTemplate) {
  return Object.values(of.Resources).find(({ Type }) => Type === 'AWS::CloudWatch::Dashboard');
}

function metricsOf(title: string): string {
  const widget = widgets.find(({ properties }) => properties.title === title);
  return JSON.stringify(widget?.properties.metrics);
}

describe('RunDashboard', () => {
  it('The dashboard is named after the seedkit and its region', () => {
    expect(resolved(template, dashboard(template)?.Properties['DashboardName'])).toBe(
      'codeseeder-demo-eu-central-1',
    );
  });

  it.each([
    [
      'Runs',
      [
        'ExecutionsStarted',
        'ExecutionsSucceeded',
        'ExecutionsFailed',
        'ExecutionsTimedOut',
        'ExecutionsAborted',
      ],
    ],
    ['Runs queued or building', ['RUNNING_SUM', 'ExecutionsStarted', 'ExecutionsAborted']],
    ['Time of runs (ms)', ['ExecutionTime', 'p90', 'Maximum']],
    ['Builds started', ['"AWS/CodeBuild","Builds","ProjectName","codeseeder-demo"']],
    ['Time of builds in the queue (s)', ['"AWS/CodeBuild","QueuedDuration"']],
    ['Time of builds (s)', ['"AWS/CodeBuild","Duration"']],
    ['Time of handlers (ms)', ['"AWS/Lambda","Duration"']],
    ['Dead letters', ['ApproximateNumberOfMessagesVisible']],
  ])('The dashboard shows %s', (title, parts) => {
    for (const part of parts) expect(metricsOf(title)).toContain(part);
  });

  it('The dashboard shows errors and throttles of every handler of runs', () => {
    const shown = metricsOf('Errors and throttles of handlers');
    for (const handler of HANDLERS.filter((name) => name !== 'adopt-log-group')) {
      expect(shown).toContain(`"label":"${handler}"`);
      expect(shown).toContain(`"label":"${handler}, throttled"`);
    }
  });

  it('The dashboard shows every alarm', () => {
    const shown = widgets.find(({ type }) => type === 'alarm');
    const alarms = Object.values(template.Resources).filter(({ Type }) => Type === 'AWS::CloudWatch::Alarm');
    expect(shown?.properties).toMatchObject({ alarms: alarms.map(() => expect.any(String)) });
    expect(alarms).toHaveLength(5);
  });

  it('The widgets of the dashboard fit its width', () => {
    for (const { x, width } of widgets) expect(x + width).toBeLessThanOrEqual(24);
  });

  it('The dashboard can be left out', () => {
    expect(dashboard(synthesizedTemplate({ dashboard: false }))).toBeUndefined();
  });
});

describe('sweep alarm', () => {
  it('The alarm of the sweep goes off if reconcile-run was not called for fifteen minutes', () => {
    const alarm = Object.values(template.Resources)
      .map(({ Properties }) => resolved(template, Properties) as Record<string, unknown>)
      .find(({ AlarmName }) => AlarmName === 'codeseeder-demo-sweep-missing');
    expect(alarm).toMatchObject({
      Namespace: 'AWS/Lambda',
      MetricName: 'Invocations',
      Dimensions: [{ Name: 'FunctionName', Value: expect.stringMatching(/ReconcileRun/) }],
      Period: 300,
      EvaluationPeriods: 3,
      Threshold: 1,
      ComparisonOperator: 'LessThanThreshold',
      TreatMissingData: 'breaching',
    });
  });
});
