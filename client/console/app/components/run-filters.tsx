import { useEffect, useId, useState } from 'preact/hooks';

import type { HoursOfRuns } from '../../api.js';
import { faultOfFilter, type FilterName, type Filters, STATUSES, TRIGGERS } from '../model/filters.js';
import { formatStatus } from '../model/format.js';
import { countOf } from '../model/hour-counts.js';

interface FiltersProps {
  readonly filters: Filters;
  readonly change: (filters: Filters) => void;
}

/** Buttons that list the runs of one status, each with the number of runs of 24 hours. */
export function StatusFilter(props: FiltersProps & { readonly counted: HoursOfRuns | undefined }) {
  const { filters, change, counted } = props;
  return (
    <div class="statuses" role="group" aria-label="Status">
      <button
        type="button"
        aria-pressed={filters.status === undefined}
        onClick={() => change({ ...filters, status: '' })}
      >
        All
      </button>
      {STATUSES.map((status) => (
        <button
          key={status}
          type="button"
          aria-pressed={filters.status === status}
          onClick={() => change({ ...filters, status: filters.status === status ? '' : status })}
        >
          <i class={`dot ${status}`} aria-hidden="true" />
          {capital(formatStatus(status))}
          <Count count={countOf(counted, status)} />
        </button>
      ))}
    </div>
  );
}

function Count({ count }: { readonly count: number | undefined }) {
  if (count !== undefined) return <small>{count}</small>;
  return (
    <small>
      <span aria-hidden="true">–</span>
      <span class="visually-hidden">number not known</span>
    </small>
  );
}

const FIELDS: readonly (readonly [name: FilterName, label: string, hint: string])[] = [
  ['target', 'Whole target or name', 'src/deploy.ts#network'],
  ['label', 'Label', 'stage=prod'],
  ['lock', 'Lock', 'deploy-prod'],
  ['map', 'Map', 'map id'],
];

/** Fields of the other filters. A value counts once the field is left, or with Enter. */
export function FieldFilters({ filters, change }: FiltersProps) {
  const set = (name: FilterName, value: string) => change({ ...filters, [name]: value.trim() });
  const chosen = Object.keys(filters).filter((name) => name !== 'status').length;
  return (
    <details class="fields" open={chosen > 0 || matchMedia('(min-width: 760px)').matches}>
      <summary>Filters{chosen > 0 ? ` (${chosen})` : ''}</summary>
      <div class="field-row">
        {FIELDS.map(([name, label, hint]) => (
          <TextField
            key={name}
            label={label}
            hint={hint}
            value={filters[name] ?? ''}
            fault={faultOfFilter(name, filters[name])}
            set={(value) => set(name, value)}
          />
        ))}
        <label>
          Trigger
          <select
            value={filters.trigger ?? ''}
            onChange={(event) => set('trigger', event.currentTarget.value)}
          >
            <option value="">any</option>
            {TRIGGERS.map((trigger) => (
              <option key={trigger} value={trigger}>
                {trigger}
              </option>
            ))}
          </select>
        </label>
        <label>
          Day (UTC)
          <input
            type="date"
            value={filters.day ?? ''}
            onChange={(event) => set('day', event.currentTarget.value)}
          />
        </label>
        {chosen > 0 && (
          <button type="button" onClick={() => change({ status: filters.status ?? '' })}>
            Clear
          </button>
        )}
      </div>
    </details>
  );
}

/** A field for a text, with what is wrong with the text below. Keeps what is typed when the page is drawn again. */
function TextField(props: {
  readonly label: string;
  readonly hint: string;
  readonly value: string;
  readonly fault: string | undefined;
  readonly set: (value: string) => void;
}) {
  const { label, hint, value, fault, set } = props;
  const id = useId();
  const [typed, setTyped] = useState(value);
  useEffect(() => setTyped(value), [value]);
  return (
    <div>
      <label>
        {label}
        <input
          type="text"
          value={typed}
          placeholder={hint}
          spellcheck={false}
          aria-invalid={fault !== undefined}
          aria-describedby={fault === undefined ? undefined : id}
          onInput={(event) => setTyped(event.currentTarget.value)}
          onChange={(event) => set(event.currentTarget.value)}
        />
      </label>
      {fault !== undefined && (
        <p class="field-fault" id={id} role="alert">
          {fault}
        </p>
      )}
    </div>
  );
}

function capital(text: string): string {
  return text.charAt(0) + text.slice(1).toLowerCase();
}
