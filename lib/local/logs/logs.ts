import type { PlaceContext } from '../place-context.js';
import type { LogWriter } from '../ports.js';
import type { ResourceProvider } from '../resources/resource-provider.js';
import { jsonService } from '../wire/json-service.js';
import { type CheckedOperations, serviceOperations } from '../wire/operation.js';
import type { WireService } from '../wire/wire-service.js';
import { groupOperations } from './group-operations.js';
import { LogCatalogue } from './log-catalogue.js';
import { logGroupProvider } from './log-group-provider.js';
import { streamOperations } from './stream-operations.js';

/** CloudWatch Logs, with access for other services. */
export interface Logs extends LogWriter {
  readonly service: WireService;
  readonly operations: CheckedOperations<
    ReturnType<typeof groupOperations> & ReturnType<typeof streamOperations>
  >;
  readonly resourceProviders: readonly ResourceProvider[];
  close(): Promise<void>;
}

/** Opens CloudWatch Logs with the groups, streams and events that the data folder has. */
export async function createLogs(context: PlaceContext): Promise<Logs> {
  const catalogue = await LogCatalogue.open(context);
  const operations = serviceOperations('InvalidParameterException', {
    ...groupOperations(context, catalogue),
    ...streamOperations(context, catalogue),
  });
  const appending = new Set<Promise<void>>();

  async function append(...[group, stream, lines]: Parameters<LogWriter['append']>): Promise<void> {
    await catalogue.ensure(group, stream);
    await catalogue.append(group, stream, lines);
  }
  return {
    operations,
    service: jsonService({
      signingName: 'logs',
      targetPrefix: 'Logs_20140328',
      jsonVersion: '1.1',
      operations,
    }),
    resourceProviders: [logGroupProvider(context, catalogue)],
    append(group, stream, lines) {
      const done = append(group, stream, lines).finally(() => appending.delete(done));
      appending.add(done);
      return done;
    },
    async close() {
      await Promise.allSettled(appending);
    },
  };
}
