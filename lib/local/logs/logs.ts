import type { PlaceContext } from '../place-context.js';
import type { LogWriter } from '../ports.js';
import { jsonService } from '../wire/json-service.js';
import { serviceOperations } from '../wire/operation.js';
import { groupOperations } from './group-operations.js';
import { LogCatalogue } from './log-catalogue.js';
import { logGroupProvider } from './log-group-provider.js';
import { streamOperations } from './stream-operations.js';

/** CloudWatch Logs, and the functions by which other services call it. */
export type Logs = Awaited<ReturnType<typeof createLogs>>;

/** Opens CloudWatch Logs with the groups, streams and events in the data folder. */
export async function createLogs(context: PlaceContext) {
  const catalogue = await LogCatalogue.open(context);
  const operations = serviceOperations('InvalidParameterException', {
    ...groupOperations(context, catalogue),
    ...streamOperations(context, catalogue),
  });
  const appending = new Set<Promise<void>>();

  const append: LogWriter['append'] = (group, stream, lines) => {
    const done = catalogue
      .ensure(group, stream)
      .then(() => catalogue.append(group, stream, lines))
      .finally(() => appending.delete(done));
    appending.add(done);
    return done;
  };
  return {
    operations,
    service: jsonService({
      signingName: 'logs',
      targetPrefix: 'Logs_20140328',
      jsonVersion: '1.1',
      operations,
    }),
    resourceProviders: [logGroupProvider(context, catalogue)],
    append,
    close: async () => void (await Promise.allSettled(appending)),
  };
}
