import type { PlaceContext } from '../place-context.js';
import type { UnsignedRoute } from '../server/unsigned-route.js';
import type { ResourceProvider } from '../template/resource-provider.js';
import type { WireService } from '../wire/wire-service.js';
import { openAccessTokens } from './access-tokens.js';
import { openCatalogue } from './catalogue.js';
import { codeArtifactService } from './codeartifact-service.js';
import { domainProvider } from './domain-provider.js';
import { packageRoutes } from './package-operations.js';
import { packageRoute } from './package-route.js';
import { openPackageStore } from './package-store.js';
import { publicRegistries as registriesOf, type PublicRegistries } from './public-registries.js';
import { repositoryProvider } from './repository-provider.js';
import { repositoryRoutes } from './repository-operations.js';

export interface CodeArtifactOptions {
  /** Where external connections lead. @default what npm and pip are set to by the environment */
  readonly publicRegistries?: PublicRegistries;
}

/** CodeArtifact: repositories of npm's and Python's packages. */
export interface CodeArtifact {
  readonly service: WireService;
  /** Where npm, pip and twine read and publish packages. */
  readonly unsigned: readonly UnsignedRoute[];
  readonly resourceProviders: ResourceProvider[];
  close(): Promise<void>;
}

export async function createCodeArtifact(
  context: PlaceContext,
  { publicRegistries = registriesOf(process.env) }: CodeArtifactOptions = {},
): Promise<CodeArtifact> {
  const catalogue = openCatalogue(context);
  const packages = await openPackageStore(context, catalogue);
  const tokens = await openAccessTokens(context);
  const now = () => context.clock.now();
  return {
    service: codeArtifactService(context.account, {
      ...repositoryRoutes(context, catalogue, tokens),
      ...packageRoutes(catalogue, packages),
    }),
    unsigned: [packageRoute({ context, catalogue, packages, tokens, publicRegistries, now })],
    resourceProviders: [domainProvider(context, catalogue), repositoryProvider(context, catalogue, packages)],
    close: async () => {},
  };
}
