import { conditionEvaluator } from './conditions.js';
import { dependencyOrder } from './dependency-order.js';
import { invalid, NO_VALUE, resolve, resolveMembers, type Scope } from './intrinsics.js';
import { parameterValues } from './parameters.js';
import { referencesOf } from './references.js';
import type { Json, ProvidedResource } from '../resources/resource-provider.js';
import type { StackOutput } from './stack-record.js';
import { stackScope, type StackIdentity } from './stack-scope.js';
import { explicitDependencies, type Template, type TemplateResource } from './template.js';

export interface PlannedResource {
  readonly logicalId: string;
  readonly type: string;
  readonly template: TemplateResource;
}

/**
 * The plan for a stack: its resources in the order of creation, and functions that resolve their properties and the
 * outputs.
 */
export type StackPlan = ReturnType<typeof planStack>;

/**
 * Plans a stack from its template and parameters.
 * @throws LocalAwsError `InvalidTemplate`, `UnsupportedTemplate`
 */
export function planStack(
  identity: StackIdentity,
  template: Template,
  requested: Readonly<Record<string, string>>,
  exported: (name: string) => Json | undefined,
) {
  const parameters = parameterValues(template.Parameters, requested);
  const imports = new Set<string>();
  const condition = conditionEvaluator(template.Conditions, () => scope(true, () => undefined));
  checkNames(template);
  const resources = dependencyOrder(template.Resources)
    .map((logicalId) => plannedResource(logicalId, template))
    .filter(({ template: resource }) => resource.Condition === undefined || condition(resource.Condition));

  function scope(isPreview: boolean, provided: (logicalId: string) => ProvidedResource | undefined): Scope {
    return stackScope({
      identity,
      template,
      parameters,
      condition,
      provided,
      isPreview,
      exported(name) {
        imports.add(name);
        return exported(name);
      },
    });
  }

  return {
    identity,
    template,
    parameters,
    /**
     * The resources to create: those without a condition or with a true one. Each follows its dependencies.
     */
    resources,
    /** Names of the exports of other stacks that were resolved so far. */
    imports: imports as ReadonlySet<string>,
    scope,
    properties: ({ template: resource }: PlannedResource, from: Scope) =>
      resolveMembers(resource.Properties ?? {}, from),
    outputs: (from: Scope) => resolvedOutputs(template, condition, from),
  };
}

function plannedResource(logicalId: string, template: Template): PlannedResource {
  const resource = template.Resources[logicalId] as TemplateResource;
  return { logicalId, type: resource.Type, template: resource };
}

/** Refuses references to names that the template does not declare, as CloudFormation does. */
function checkNames(template: Template): void {
  for (const [logicalId, resource] of Object.entries(template.Resources)) {
    const known = (name: string) =>
      Object.hasOwn(template.Resources, name) ||
      Object.hasOwn(template.Parameters, name) ||
      name.startsWith('AWS::');
    const unknown = [
      ...explicitDependencies(resource).filter((name) => !Object.hasOwn(template.Resources, name)),
      ...[...referencesOf(resource.Properties ?? {})].filter((name) => !known(name)),
    ];
    if (unknown.length > 0) {
      throw invalid(`Unresolved resource dependencies [${unknown.join(', ')}] of ${logicalId}`);
    }
  }
}

function resolvedOutputs(
  template: Template,
  condition: (name: string) => boolean,
  scope: Scope,
): readonly StackOutput[] {
  return Object.entries(template.Outputs)
    .filter(([, output]) => output.Condition === undefined || condition(output.Condition))
    .map(([key, output]) => ({
      key,
      value: outputText(resolve(output.Value, scope), key),
      description: output.Description,
      exportName: output.Export && outputText(resolve(output.Export.Name, scope), key),
    }));
}

function outputText(value: Json | typeof NO_VALUE, key: string): string {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
    return String(value);
  }
  throw invalid(
    `The output ${key} must be text, not ${value === NO_VALUE ? 'nothing' : JSON.stringify(value)}`,
  );
}
