import { useEffect } from 'preact/hooks';

import type { SeedkitInfo, StackView } from '../../api.js';
import { AlarmsSection } from '../components/alarms-section.js';
import { CostsSection } from '../components/costs-section.js';
import { Fact } from '../components/fact.js';
import { QuotasSection } from '../components/quotas-section.js';
import { ResourceSection } from '../components/resource-section.js';
import { StackResources } from '../components/stack-resources.js';
import { ValueTable } from '../components/value-table.js';
import { formatDateTime } from '../model/format.js';
import { useFollowed } from '../use-followed.js';

const POLL_MS = 30_000;

/** What is deployed: the stack, its outputs and settings, the state of its alarms, costs, quotas, its resources. */
export function SeedkitPage({ info }: { readonly info: SeedkitInfo | undefined }) {
  const { value: stack, error } = useFollowed<StackView>('/api/stack', POLL_MS);
  useEffect(() => {
    document.title = `Seedkit ${info?.seedkit ?? ''} · codeseeder console`;
  }, [info]);
  return (
    <div class="resources-page">
      <h1 class="page-title">Seedkit {info?.seedkit}</h1>
      <ResourceSection
        id="stack"
        title="Stack"
        error={error}
        isLoaded={stack !== undefined}
        empty={undefined}
      >
        {stack !== undefined && <Stack stack={stack} info={info} />}
      </ResourceSection>
      <ResourceSection
        id="settings"
        title="Settings"
        error={undefined}
        isLoaded={stack !== undefined}
        empty={
          Object.keys(stack?.settings ?? {}).length > 0
            ? undefined
            : 'The last deployment has left all settings at their defaults.'
        }
      >
        <ValueTable
          label="settings"
          rows={Object.entries(stack?.settings ?? {}).map(([name, value]) => ({ name, value }))}
        />
      </ResourceSection>
      <ResourceSection
        id="outputs"
        title="Outputs"
        error={undefined}
        isLoaded={stack !== undefined}
        empty={undefined}
      >
        <ValueTable label="outputs" rows={stack?.outputs ?? []} />
      </ResourceSection>
      <AlarmsSection />
      <CostsSection region={info?.region} />
      <QuotasSection />
      <StackResources />
    </div>
  );
}

function Stack({ stack, info }: { readonly stack: StackView; readonly info: SeedkitInfo | undefined }) {
  const { stackName, status, reason, createdAt, updatedAt, isProtected } = stack;
  return (
    <div class="panel card">
      <div class="card-head">
        <span class={`status ${toneOf(status)}`}>{status.replaceAll('_', ' ')}</span>
        <h3>{stackName}</h3>
      </div>
      {reason !== undefined && <p>{reason}</p>}
      <dl class="facts">
        <Fact name="Region">{info?.region}</Fact>
        <Fact name="Account">{info?.account}</Fact>
        <Fact name="Created">{timeOf(createdAt)}</Fact>
        <Fact name="Updated">{timeOf(updatedAt)}</Fact>
        <Fact name="Termination protection">{isProtected ? 'on' : 'off'}</Fact>
      </dl>
    </div>
  );
}

function timeOf(time: string | undefined): string | undefined {
  return time === undefined ? undefined : formatDateTime(Date.parse(time));
}

function toneOf(status: string): string {
  if (/FAILED|ROLLBACK/.test(status)) return 'FAILED';
  return status.endsWith('_IN_PROGRESS') ? 'BUILDING' : 'SUCCEEDED';
}
