import { resolved } from './resolved-template.js';
import type { SynthesizedTemplate, TemplateResource } from './synthesized-template.js';

/** Returns the resources of a type, with resolved properties. */
export function resourcesOf(type: string, from: SynthesizedTemplate): TemplateResource[] {
  return Object.values(from.Resources)
    .filter(({ Type }) => Type === type)
    .map((resource) => ({
      ...resource,
      Properties: resolved(from, resource.Properties) as Record<string, unknown>,
    }));
}

/** Returns the resource of a type. There must be exactly one. */
export function onlyResource(type: string, from: SynthesizedTemplate): TemplateResource {
  const [resource, ...others] = resourcesOf(type, from);
  if (resource === undefined || others.length > 0)
    throw new Error(`${others.length + 1} resources of ${type}`);
  return resource;
}

/** Returns the table with a name. */
export function tableOf(name: string, from: SynthesizedTemplate): TemplateResource | undefined {
  return resourcesOf('AWS::DynamoDB::Table', from).find(({ Properties }) => Properties['TableName'] === name);
}
