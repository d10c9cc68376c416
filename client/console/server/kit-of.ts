import type { Connection } from '../../connection/connection.js';
import type { KitAccess } from '../../kit-access.js';

/** Returns a kit with one connection, for the functions of the client that open one. */
export function kitOf(connection: Connection): KitAccess {
  return {
    name: connection.seedkit,
    defaults: async () => ({}),
    connection: async () => connection,
  };
}
