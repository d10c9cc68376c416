import type { ResourcesView, StackResource } from '../../api.js';
import { getJson } from '../fetch-api.js';
import { useLoaded } from '../hooks.js';
import { byType } from '../model/stack-resources.js';
import { ResourceSection } from './resource-section.js';

/** The resources of the stack, by type. */
export function StackResources() {
  const { value, error } = useLoaded('resources', (signal) =>
    getJson<ResourcesView>('/api/resources', signal),
  );
  return (
    <ResourceSection
      id="resources"
      title="Resources"
      error={error}
      isLoaded={value !== undefined}
      empty={value?.resources.length === 0 ? 'The stack has no resources.' : undefined}
    >
      {byType(value?.resources ?? []).map(([type, resources]) => (
        <details key={type} class="panel type">
          <summary>
            {type} <small>{resources.length}</small>
          </summary>
          <ul>
            {resources.map((resource) => (
              <Resource key={resource.name} resource={resource} />
            ))}
          </ul>
        </details>
      ))}
    </ResourceSection>
  );
}

function Resource({ resource: { name, id, status } }: { readonly resource: StackResource }) {
  const isComplete = status.endsWith('_COMPLETE') && !status.includes('ROLLBACK');
  return (
    <li>
      <code>{id === '' ? name : id}</code>
      {!isComplete && <span class="label">{status}</span>}
    </li>
  );
}
