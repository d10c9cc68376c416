import type { QuotasView, ShownQuota } from '../../api.js';
import { getJson } from '../fetch-api.js';
import { useLoaded } from '../hooks.js';
import { ResourceSection } from './resource-section.js';
import { Table, type TableRow } from './table.js';

/** The quotas of the account that limit runs. */
export function QuotasSection() {
  const { value, error } = useLoaded('quotas', (signal) => getJson<QuotasView>('/api/quotas', signal));
  return (
    <ResourceSection
      id="quotas"
      title="Quotas"
      error={error}
      isLoaded={value !== undefined}
      empty={emptyText(value)}
    >
      <Table label="quotas" columns={['Quota', 'Service', 'Value']} rows={(value?.quotas ?? []).map(rowOf)} />
    </ResourceSection>
  );
}

function rowOf({ service, name, value, isAdjustable }: ShownQuota): TableRow {
  return {
    key: `${service} ${name}`,
    name,
    cells: [
      <span class="quiet">
        {service}
        {isAdjustable ? '' : ', not adjustable'}
      </span>,
      value.toLocaleString(),
    ],
  };
}

function emptyText(view: QuotasView | undefined): string | undefined {
  if (view?.problem !== undefined) return `The quotas cannot be read. ${view.problem}`;
  return view?.quotas.length === 0 ? 'Service Quotas has no quotas of builds.' : undefined;
}
