import type { QuotasView } from '../../api.js';
import { getJson } from '../fetch-api.js';
import { useLoaded } from '../hooks.js';
import { ResourceSection } from './resource-section.js';

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
      <div class="panel table-box" tabIndex={0} role="region" aria-label="Table of quotas">
        <table>
          <thead class="visually-hidden">
            <tr>
              <th scope="col">Quota</th>
              <th scope="col">Service</th>
              <th scope="col">Value</th>
            </tr>
          </thead>
          <tbody>
            {(value?.quotas ?? []).map(({ service, name, value: limit, isAdjustable }) => (
              <tr key={`${service} ${name}`}>
                <th scope="row">{name}</th>
                <td class="quiet">
                  {service}
                  {isAdjustable ? '' : ', not adjustable'}
                </td>
                <td>{limit.toLocaleString()}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </ResourceSection>
  );
}

function emptyText(view: QuotasView | undefined): string | undefined {
  if (view?.problem !== undefined) return `The quotas cannot be read. ${view.problem}`;
  return view?.quotas.length === 0 ? 'Service Quotas has no quotas of builds.' : undefined;
}
