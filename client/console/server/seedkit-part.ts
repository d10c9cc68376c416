import type { Connection } from '../../connection/connection.js';
import { isLocalArn } from '../../local-account.js';
import type { SeedkitInfo } from '../api.js';
import type { Answer, ApiPart } from './api-part.js';
import { buildCostsView, standingCostsView } from './costs-api.js';
import { alarmsView, quotasView } from './health-api.js';
import { resourcesView, stackView } from './stack-api.js';

/** How the console was started. */
export type ServedConsole = Pick<SeedkitInfo, 'program' | 'servedBy'>;

/** Answers about the seedkit. */
export class SeedkitPart implements ApiPart {
  readonly #connection: Connection;
  readonly #served: ServedConsole;

  constructor(connection: Connection, served: ServedConsole) {
    this.#connection = connection;
    this.#served = served;
  }

  answerOf(route: string): Answer | undefined {
    switch (route) {
      case 'GET /api/seedkit':
        return () => this.#info();
      case 'GET /api/stack':
        return () => stackView(this.#connection);
      case 'GET /api/alarms':
        return () => alarmsView(this.#connection);
      case 'GET /api/quotas':
        return () => quotasView(this.#connection);
      case 'GET /api/standing-costs':
        return () => standingCostsView(this.#connection);
      case 'GET /api/build-costs':
        return () => buildCostsView(this.#connection, Date.now());
      case 'GET /api/resources':
        return () => resourcesView(this.#connection);
      default:
        return undefined;
    }
  }

  async #info(): Promise<SeedkitInfo> {
    const { stateMachineArn } = await this.#connection.deployed();
    const [, , , region = '', account = ''] = stateMachineArn.split(':');
    const isLocal = isLocalArn(stateMachineArn);
    return { seedkit: this.#connection.seedkit, region, account, isLocal, ...this.#served };
  }
}
