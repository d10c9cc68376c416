/** URLs of the registries for `public:npmjs` and `public:pypi`, with a trailing slash. */
export interface PublicRegistries {
  readonly npm: string;
  /** URL of the simple index. */
  readonly pypi: string;
}

const NPM = 'https://registry.npmjs.org/';
const PYPI = 'https://pypi.org/simple/';

/** Returns the registries in the environment variables of npm and pip, otherwise the public ones. */
export function publicRegistries(environment: NodeJS.ProcessEnv): PublicRegistries {
  return {
    npm: httpAddress(environment['npm_config_registry'] ?? environment['NPM_CONFIG_REGISTRY']) ?? NPM,
    pypi: httpAddress(environment['PIP_INDEX_URL']) ?? PYPI,
  };
}

function httpAddress(address: string | undefined): string | undefined {
  if (address === undefined || !/^https?:\/\//.test(address)) return undefined;
  return address.endsWith('/') ? address : `${address}/`;
}
