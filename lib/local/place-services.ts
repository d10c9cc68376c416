import { createCodeBuild } from './codebuild/codebuild.js';
import { createDynamodb } from './dynamodb/create-dynamodb.js';
import { createEvents } from './events/events.js';
import { createIdentity } from './identity/create-identity.js';
import { createLambda } from './lambda/lambda.js';
import { lateBound } from './late-bound.js';
import { createLogs } from './logs/logs.js';
import { createParameters } from './parameters/parameters.js';
import type { PlaceContext } from './place-context.js';
import type { Functions } from './ports.js';
import { createS3 } from './s3/create-s3.js';
import { createSqs } from './sqs/sqs.js';
import { createStates, type States } from './states/create-states.js';
import type { ResourceProvider } from './template/resource-provider.js';
import type { WireService } from './wire/wire-service.js';

/** What a service's factory gives the place. */
interface PlaceService {
  readonly service?: WireService;
  /** Where one folder has several. */
  readonly services?: readonly WireService[];
  readonly resourceProviders?: readonly ResourceProvider[];
  close(): Promise<void>;
}

export interface PlaceServices {
  readonly wire: readonly WireService[];
  readonly resourceProviders: readonly ResourceProvider[];
  readonly functions: Functions;
  /** Ends what runs, then lets go of what is kept. */
  close(): Promise<void>;
}

export interface PlaceServicesOptions {
  readonly buildConcurrency: number;
  /** Where an asset lies on disk. */
  readonly assets: (bucket: string, key: string) => string | undefined;
}

/**
 * Makes all services, each with those it calls. What ran when the place was killed is brought to an end here, so
 * those that take the news of it come first.
 */
export async function createPlaceServices(
  context: PlaceContext,
  { buildConcurrency, assets }: PlaceServicesOptions,
): Promise<PlaceServices> {
  const opened: PlaceService[] = [];
  async function keep<Service extends PlaceService>(making: Promise<Service>): Promise<Service> {
    const service = await making;
    opened.push(service);
    return service;
  }
  try {
    const logs = await keep(createLogs(context));
    const s3 = await keep(createS3(context));
    const dynamodb = await keep(createDynamodb(context));
    await keep(createIdentity(context));
    const parameters = await keep(createParameters(context));
    const queues = await keep(createSqs(context));
    const functions = await keep(createLambda(context, { logs, queues, assets }));
    const states = lateBound<States>('Step Functions');
    const events = await keep(
      createEvents(context, {
        functions,
        logs,
        queues,
        startExecution: async (start) => void (await states.get().startExecution(start)),
      }),
    );
    states.bind(await keep(createStates(context, { functions, tables: dynamodb.tables, events })));
    await keep(
      createCodeBuild(context, {
        objects: s3.objects,
        logs,
        events,
        secrets: parameters,
        concurrency: buildConcurrency,
      }),
    );
    return {
      wire: opened.flatMap(wireServices),
      resourceProviders: opened.flatMap(({ resourceProviders = [] }) => resourceProviders),
      functions,
      close: () => closeAll(opened, context),
    };
  } catch (error) {
    await closeAll(opened, context);
    throw error;
  }
}

function wireServices({ service, services = [] }: PlaceService): readonly WireService[] {
  return service === undefined ? services : [service, ...services];
}

/** The last made first: it tells those before it how its work ended. */
async function closeAll(services: readonly PlaceService[], context: PlaceContext): Promise<void> {
  for (const service of [...services].reverse()) {
    try {
      await service.close();
    } catch (error) {
      const names = wireServices(service).map(({ signingName }) => signingName);
      context.reportProblem(`${names.join(', ')} did not close cleanly`, error);
    }
  }
}
