import { invalid } from './intrinsics.js';
import { referencesOf } from './references.js';
import { explicitDependencies, type TemplateResource } from './template.js';

/**
 * Returns logical ids in the order of the template, except that each follows its dependencies.
 *
 * @throws LocalAwsError `InvalidTemplate` naming the cycle
 */
export function dependencyOrder(resources: Readonly<Record<string, TemplateResource>>): readonly string[] {
  const ordered = new Set<string>();
  const path: string[] = [];

  function visit(logicalId: string): void {
    if (ordered.has(logicalId)) return;
    const start = path.indexOf(logicalId);
    if (start >= 0) {
      throw invalid(
        `Circular dependency between resources: ${[...path.slice(start), logicalId].join(' -> ')}`,
      );
    }
    path.push(logicalId);
    dependenciesOf(logicalId, resources).forEach(visit);
    path.pop();
    ordered.add(logicalId);
  }

  Object.keys(resources).forEach(visit);
  return [...ordered];
}

function dependenciesOf(
  logicalId: string,
  resources: Readonly<Record<string, TemplateResource>>,
): readonly string[] {
  const resource = resources[logicalId];
  if (resource === undefined) return [];
  const names = new Set([...explicitDependencies(resource), ...referencesOf(resource.Properties ?? {})]);
  return [...names].filter((name) => Object.hasOwn(resources, name));
}
