/** The entry `codeseeder/config`. It imports nothing, so that a config loads fast. */
import type { CodeseederConfig } from './config-types.js';

export type { CodeseederConfig, ConfigEnvironment, ConfigOptions } from './config-types.js';

/**
 * Returns the config as it is. Editors and `tsc` check it while you write it.
 *
 * @example
 * export default defineConfig({
 *   seedkit: 'my-kit',
 *   environments: { prod: { seedkit: 'prod-kit', region: 'eu-central-1', profile: 'prod' } },
 * });
 */
export function defineConfig<const Config extends CodeseederConfig>(config: Config): Config {
  return config;
}
