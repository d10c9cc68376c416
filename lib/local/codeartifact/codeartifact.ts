import type { PlaceContext } from '../place-context.js';
import type { UnsignedRoute } from '../server/unsigned-route.js';
import type { ResourceProvider } from '../resources/resource-provider.js';
import { serviceOperations } from '../wire/operation.js';
import type { WireService } from '../wire/wire-service.js';
import { openAccessTokens } from './access-tokens.js';
import { openCatalogue } from './catalogue.js';
import { codeArtifactService } from './codeartifact-service.js';
import { domainProvider } from './domain-provider.js';
import { packageOperations } from './package-operations.js';
import { packageRoute } from './package-route.js';
import { openPackageStore } from './package-store.js';
import { publicRegistries as registriesOf, type PublicRegistries } from './public-registries.js';
import { repositoryProvider } from './repository-provider.js';
import { repositoryOperations } from './repository-operations.js';

export interface CodeArtifactOptions {
  /** The public registries of external connections. @default those that the environment configures for npm and pip */
  readonly publicRegistries?: PublicRegistries;
}

/** CodeArtifact with repositories of npm and Python packages. */
export interface CodeArtifact {
  readonly service: WireService;
  /** The routes by which npm, pip and twine read and publish packages. */
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
    service: codeArtifactService(
      serviceOperations('ValidationException', {
        ...repositoryOperations(context, catalogue, tokens),
        ...packageOperations(context, catalogue, packages),
      }),
    ),
    unsigned: [packageRoute({ context, catalogue, packages, tokens, publicRegistries, now })],
    resourceProviders: [domainProvider(context, catalogue), repositoryProvider(context, catalogue, packages)],
    close: async () => {},
  };
}
