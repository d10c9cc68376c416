import type { Json } from '../resources/resource-provider.js';
import { referencesOf } from './references.js';
import { isCustomType } from './stack-resource-provider.js';
import type { Template, TemplateResource } from './template.js';

/**
 * Returns the custom resources of a template that need a function: their `ServiceToken` refers to it, or to a function
 * that has its name in an environment variable, as the CDK's provider framework does.
 */
export function customResourcesOf(
  template: Template,
  functionId: string,
): readonly (readonly [logicalId: string, resource: TemplateResource])[] {
  if (!isFunction(template.Resources[functionId])) return [];
  const resources = Object.entries(template.Resources);
  const functions = new Set([functionId]);
  // The loop also visits the ids that it adds.
  for (const callee of functions) {
    for (const [id, resource] of resources) {
      if (isFunction(resource) && refersTo(resource.Properties?.['Environment'], callee)) functions.add(id);
    }
  }
  return resources.filter(
    ([, { Type, Properties }]) =>
      isCustomType(Type) && [...functions].some((id) => refersTo(Properties?.['ServiceToken'], id)),
  );
}

function isFunction(resource: TemplateResource | undefined): boolean {
  return resource?.Type === 'AWS::Lambda::Function';
}

function refersTo(value: Json | undefined, logicalId: string): boolean {
  return value !== undefined && referencesOf(value).has(logicalId);
}
