import type { AwsOptions, AwsSession } from '../aws-options.js';
import type { RunOptions, SeedkitDefaults, SeedkitOptions } from '../seedkit-types.js';
import { connect, type Connection } from './connection.js';
import { identityOf } from './identity.js';
import { parseAwsOptions } from './parse-aws-options.js';

/** A kit's defaults and its ways to AWS, both found when they are first needed. */
export interface KitAccess {
  readonly name: string;
  /** The defaults: evaluated once, shared by those who ask at the same time, evaluated again if that failed. */
  defaults(): Promise<RunOptions>;
  /**
   * The way to AWS that a call asks for, else the kit's. The same credentials, region and place give the same
   * connection, so that its clients and the seedkit found with it are shared, and no other's ever are.
   */
  connection(session?: AwsSession): Promise<Connection>;
}

/** Connections a kit keeps; one of a role or token long gone makes room. Runs hold on to their own. */
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
      const wanted = session ?? aws ?? {};
      return connectionFor(
        parseAwsOptions(typeof wanted === 'function' ? await wanted() : wanted),
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
    const connection = connections.get(identity) ?? connect(name, aws, deploysMissing);
    connections.delete(identity);
    connections.set(identity, connection);
    const [oldest] = connections.keys();
    if (connections.size > CONNECTIONS_KEPT && oldest !== undefined) connections.delete(oldest);
    return connection;
  }
}

async function evaluate(options: SeedkitDefaults): Promise<SeedkitOptions> {
  return typeof options === 'function' ? options() : options;
}
