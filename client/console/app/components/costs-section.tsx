import { formatUsd } from '../../../build-price.js';
import type { BuildCostsView, DayOfBuilds, StandingCost, StandingCostsView } from '../../api.js';
import { getJson } from '../fetch-api.js';
import { useLoaded } from '../hooks.js';
import { buildTotal, describeStandingCost, sourceOfPrices, standingTotal } from '../model/costs.js';
import { ResourceSection } from './resource-section.js';
import { Table, type TableRow } from './table.js';

/** What the seedkit costs while no run uses it, and what the builds of the last days cost. */
export function CostsSection({ region }: { readonly region: string | undefined }) {
  return (
    <>
      <StandingCosts region={region} />
      <BuildCosts region={region} />
    </>
  );
}

function StandingCosts({ region }: { readonly region: string | undefined }) {
  const { value, error } = useLoaded('standing-costs', (signal) =>
    getJson<StandingCostsView>('/api/standing-costs', signal),
  );
  return (
    <ResourceSection
      id="costs"
      title="Costs each month without runs"
      error={error}
      isLoaded={value !== undefined}
      empty={undefined}
    >
      {value !== undefined && (
        <>
          <p class="quiet">
            {value.reason !== undefined && `${value.reason} In AWS, these resources would have these costs. `}
            {sourceOfPrices(region)}
          </p>
          <Table
            label="costs each month"
            columns={['Resource', 'How it is computed', 'Amount']}
            rows={[
              ...value.costs.map(standingRow),
              { key: 'total', name: 'Together', cells: ['', standingTotal(value)] },
            ]}
          />
          <p class="quiet">Charged by use only, and not in the sum: {value.byUse.join(', ')}.</p>
          {value.unknown.length > 0 && (
            <p class="quiet">Not in the sum, because their price is not known: {value.unknown.join(', ')}.</p>
          )}
        </>
      )}
    </ResourceSection>
  );
}

function standingRow(cost: StandingCost): TableRow {
  const { amount, basis } = describeStandingCost(cost);
  const source = (
    <>
      {basis}{' '}
      <a href={cost.source} target="_blank" rel="noreferrer">
        price list
      </a>
    </>
  );
  return { key: cost.type, name: cost.type, cells: [source, amount] };
}

function BuildCosts({ region }: { readonly region: string | undefined }) {
  const { value, error } = useLoaded('build-costs', (signal) =>
    getJson<BuildCostsView>('/api/build-costs', signal),
  );
  return (
    <ResourceSection
      id="build-costs"
      title="Costs of builds in the last days"
      error={error}
      isLoaded={value !== undefined}
      empty={undefined}
    >
      {value !== undefined && (
        <>
          <p class="quiet">
            {sourceOfPrices(region)} From the records: each started minute of a build at the price of its
            compute type. State transitions, handlers and storage are not in it.
          </p>
          <Table
            label="costs of builds by day, in UTC"
            columns={['Day', 'Runs', 'Amount']}
            rows={[
              ...value.days.map(dayRow),
              { key: 'total', name: 'Together', cells: ['', buildTotal(value) ?? 'no estimate'] },
            ]}
          />
          {value.unpriced.map(({ reason, runs }) => (
            <p key={reason} class="quiet">
              {runs.toLocaleString()} {runs === 1 ? 'run' : 'runs'} without an estimate: {reason}
            </p>
          ))}
          {value.isPartial && <p class="quiet">Only the newest runs are counted: there are too many.</p>}
        </>
      )}
    </ResourceSection>
  );
}

function dayRow({ day, runs, priced, usd }: DayOfBuilds): TableRow {
  const counted = `${runs.toLocaleString()} ${runs === 1 ? 'run' : 'runs'}`;
  return { key: day, name: day, cells: [counted, priced === 0 ? '–' : formatUsd(usd)] };
}
