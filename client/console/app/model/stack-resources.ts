/** Groups the resources of a stack by type. */
import type { StackResource } from '../../api.js';

/** Groups resources by type, such as `AWS::Lambda::Function`, in the order of the first resource of each type. */
export function byType(
  resources: readonly StackResource[],
): (readonly [type: string, resources: readonly StackResource[]])[] {
  const groups = new Map<string, StackResource[]>();
  for (const resource of resources) {
    const { type } = resource;
    groups.set(type, [...(groups.get(type) ?? []), resource]);
  }
  return [...groups];
}
