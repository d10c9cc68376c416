import { createStackApplier, type StackApplier } from '../../../lib/local/template/stack-applier.js';
import type { ApplyRequest } from '../../../lib/local/template/new-stack-record.js';
import type { PlaceContext } from '../../../lib/local/place-context.js';
import type { Json } from '../../../lib/local/resources/resource-provider.js';
import type { StackRecord } from '../../../lib/local/template/stack-record.js';
import { providerRegistry } from '../../../lib/local/template/stack-resource-provider.js';
import { openTestPlaceContext, type TestPlaceContext } from '../test-place-context.js';
import { aFakeProvider, type FakeProvider } from './fake-provider.js';

export interface StackBench {
  readonly context: TestPlaceContext;
  readonly applier: StackApplier;
  readonly provider: FakeProvider;
  apply(
    resources: Readonly<Record<string, Json>>,
    more?: Partial<ApplyRequest> & { readonly sections?: Readonly<Record<string, Json>> },
  ): Promise<StackRecord>;
  /** Returns an applier with the same store, as after a restart of the local AWS. */
  restarted(): Promise<StackApplier>;
}

/** Creates an applier for templates with fake resources of the type `Test::Thing`. */
export async function aStackBench(overrides: Partial<PlaceContext> = {}): Promise<StackBench> {
  const context = await openTestPlaceContext(overrides);
  const provider = aFakeProvider();
  const providers = providerRegistry([provider]);
  const applier = await createStackApplier(context, providers);
  return {
    context,
    applier,
    provider,
    restarted: () => createStackApplier(context, providers),
    apply: (resources, { sections = {}, ...more } = {}) =>
      applier.apply({
        stackName: 'demo',
        templateText: JSON.stringify({ Resources: resources, ...sections }),
        ...more,
      }),
  };
}

export function aThing(properties: Json = {}, attributes: Readonly<Record<string, Json>> = {}): Json {
  return { Type: 'Test::Thing', Properties: properties, ...attributes };
}
