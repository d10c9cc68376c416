/** The content of a `codeseeder.config.ts`. */
import type { RunOptions } from '../run-option-types.js';

/**
 * Default options of the runs that the command line starts: those of {@link RunOptions}, except for `aws`, `name`
 * and listeners. Paths of `dirs`, `files`, `localModules` and `requirementsFiles` are relative to the folder of
 * the config.
 */
export type ConfigOptions = Omit<RunOptions, 'aws' | 'name' | 'onProgress' | 'onLog'>;

/** Where the command line finds a seedkit, and what its runs have in common. */
export interface ConfigEnvironment {
  /**
   * Name of the seedkit.
   * @default none: `--seedkit` or `CODESEEDER_SEEDKIT` names it
   */
  readonly seedkit?: string | undefined;
  /**
   * AWS region of the seedkit, such as `eu-central-1`.
   * @default the AWS SDK's
   */
  readonly region?: string | undefined;
  /**
   * Profile of the shared AWS configuration.
   * @default the AWS SDK's
   */
  readonly profile?: string | undefined;
  /**
   * Whether the seedkit is in a local AWS on this machine, which `codeseeder local up` starts. Commands then use its
   * endpoint, region and credentials, and not `region` and `profile`. A variable `AWS_ENDPOINT_URL` overrides it.
   * @default false
   */
  readonly local?: boolean | undefined;
  /**
   * Default options of runs. Options in code, of `--options FILE` and of flags override single values of them, are
   * appended to lists, and are merged into maps.
   * @default none
   */
  readonly options?: ConfigOptions | undefined;
}

/** The default export of `codeseeder.config.ts`, or the content of `codeseeder.config.json`. */
export interface CodeseederConfig extends ConfigEnvironment {
  /**
   * Environments by name, such as `prod`. `--environment NAME` or `CODESEEDER_ENVIRONMENT` chooses one, whose members
   * override those beside `environments`. Its options are merged with them.
   * @default none
   */
  readonly environments?: Readonly<Record<string, ConfigEnvironment>> | undefined;
}
