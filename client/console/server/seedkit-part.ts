import type { Connection } from '../../connection/connection.js';
import type { SeedkitInfo } from '../api.js';
import type { Answer, ApiPart } from './api-part.js';

/** Answers about the seedkit. */
export class SeedkitPart implements ApiPart {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  answerOf(route: string): Answer | undefined {
    return route === 'GET /api/seedkit' ? () => this.#info() : undefined;
  }

  async #info(): Promise<SeedkitInfo> {
    const { stateMachineArn } = await this.#connection.deployed();
    const [, , , region = '', account = ''] = stateMachineArn.split(':');
    return { seedkit: this.#connection.seedkit, region, account };
  }
}
