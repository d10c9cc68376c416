import type { AwsOptions, AwsSession } from './aws-options.js';
import type { RunOptions, SeedkitDefaults, SeedkitOptions } from './run-option-types.js';
import { connect, type Connection } from './connection/connection.js';
import { identityOf } from './connection/identity.js';
import { parseAwsOptions } from './connection/parse-aws-options.js';

/** The defaults of a seedkit and its connections to AWS, both created on first use. */
export interface KitAccess {
  readonly name: string;
  /** Returns the defaults. They are evaluated once, also by concurrent calls, and again after an error. */
  defaults(): Promise<RunOptions>;
  /**
   * Returns the connection for a session, by default the kit's. The same credentials, region and endpoint share one
   * connection and its clients.
   */
  connection(session?: AwsSession): Promise<Connection>;
}

/**
 * Number of connections that a kit keeps. If there are more, the least recently used one is dropped. Handles of runs
 * keep the connection that they use.
 */
const CONNECTIONS_KEPT = 100;

export function createKitAccess(name: string, options: SeedkitDefaults): KitAccess {
  const connections = new Map<string, Connection>();
  let evaluated: Promise<SeedkitOptions> | undefined;
  return {
    name,
    async defaults() {
      const { deployIfNotExists: _, ...runDefaults } = await defaults();
      return runDefaults;
    },
    async connection(session) {
      const { aws, deployIfNotExists = false } = await defaults();
      const source = session ?? aws ?? {};
      return connectionFor(
        parseAwsOptions(typeof source === 'function' ? await source() : source),
        deployIfNotExists,
      );
    },
  };

  function defaults(): Promise<SeedkitOptions> {
    evaluated ??= evaluate(options).catch((error: unknown) => {
      evaluated = undefined;
      throw error;
    });
    return evaluated;
  }

  function connectionFor(aws: AwsOptions, deploysMissing: boolean): Connection {
    const identity = identityOf(aws);
    const connection =
      connections.get(identity) ??
      connect(name, aws, deploysMissing ? () => deployMissing(name, aws) : undefined);
    connections.delete(identity);
    connections.set(identity, connection);
    const [oldest] = connections.keys();
    if (connections.size > CONNECTIONS_KEPT && oldest !== undefined) connections.delete(oldest);
    return connection;
  }
}

async function deployMissing(name: string, aws: AwsOptions): Promise<void> {
  const { ensureDeployed } = await import('./deploy/ensure-deployed.js');
  await ensureDeployed(name, aws);
}

async function evaluate(options: SeedkitDefaults): Promise<SeedkitOptions> {
  return typeof options === 'function' ? options() : options;
}
