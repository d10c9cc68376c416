/** Where `public:npmjs` and `public:pypi` lead from this machine, each with a slash at its end. */
export interface PublicRegistries {
  readonly npm: string;
  /** The simple index. */
  readonly pypi: string;
}

const NPM = 'https://registry.npmjs.org/';
const PYPI = 'https://pypi.org/simple/';

/** The registries that npm and pip are set to by their environment variables, else the public ones. */
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
