import { z } from 'zod';

import {
  CodeseederError,
  lockNameSchema,
  parseWith,
  runIdSchema,
  scheduleNameSchema,
} from '../../../lib/contract/index.js';
import type { Connection } from '../../connection/connection.js';
import { filesOf } from '../../connection/seedkit-resources.js';
import type { Lock, Locks } from '../../lock-types.js';
import { locksOfKit } from '../../locks/locks.js';
import type { Schedules, TargetSchedule } from '../../schedule-types.js';
import { schedulesOfKit } from '../../schedules/open-schedules.js';
import type { LocksView, SchedulesView, TargetsView } from '../api.js';
import type { Answer, ApiPart } from './api-part.js';
import { readJsonBody } from './answer.js';
import { kitOf } from './kit-of.js';

const scheduleSchema = z.strictObject({ name: scheduleNameSchema });

const releaseSchema = z.strictObject({
  name: lockNameSchema,
  holder: runIdSchema,
  confirmation: z.string().max(100),
  force: z.boolean(),
});

/** Answers about published targets, schedules and locks. */
export class TargetsPart implements ApiPart {
  readonly #connection: Connection;
  readonly #schedules: Schedules;
  readonly #locks: Locks;

  constructor(connection: Connection) {
    this.#connection = connection;
    const kit = kitOf(connection);
    this.#schedules = schedulesOfKit(kit);
    this.#locks = locksOfKit(kit);
  }

  answerOf(route: string): Answer | undefined {
    switch (route) {
      case 'GET /api/targets':
        return () => this.#targets();
      case 'GET /api/schedules':
        return async (): Promise<SchedulesView> => ({ schedules: await this.#schedules.list() });
      case 'GET /api/locks':
        return async (): Promise<LocksView> => ({ locks: await this.#locks.list() });
      case 'POST /api/schedules/pause':
        return async (_, request) => this.#change('pause', await readJsonBody(request));
      case 'POST /api/schedules/resume':
        return async (_, request) => this.#change('resume', await readJsonBody(request));
      case 'POST /api/locks/release':
        return async (_, request) => this.#release(await readJsonBody(request));
      default:
        return undefined;
    }
  }

  async #targets(): Promise<TargetsView> {
    const { listTargets } = await import('../../../lib/run-store/targets.js');
    return { targets: await listTargets(await filesOf(this.#connection)) };
  }

  #change(change: 'pause' | 'resume', body: unknown): Promise<TargetSchedule> {
    const { name } = parseWith(scheduleSchema, body, 'change of a schedule');
    return this.#schedules[change](name);
  }

  /** Releases a lock that the reader confirmed by its name, if the run that the reader saw still holds it. */
  async #release(body: unknown): Promise<Lock> {
    const { name, holder, confirmation, force } = parseWith(releaseSchema, body, 'release of a lock');
    if (confirmation.trim() !== name) {
      const message = `The answer ${JSON.stringify(confirmation)} is not ${name}. Nothing was released.`;
      throw new CodeseederError('InvalidRequest', message);
    }
    const { holder: current } = await this.#locks.get(name);
    if (current?.runId !== holder) {
      throw new CodeseederError(
        'LockNotHeld',
        `The run ${holder} no longer holds the lock ${name}. Nothing was released. ${current === undefined ? 'No run holds it now.' : `The run ${current.runId} holds it now.`}`,
      );
    }
    return this.#locks.release(name, { force });
  }
}
