import { createCodeArtifact } from './codeartifact/codeartifact.js';
import type { BuildIsolation } from './codebuild/build-isolation.js';
import { createCodeBuild } from './codebuild/codebuild.js';
import { createDynamodb } from './dynamodb/create-dynamodb.js';
import { createEvents } from './events/events.js';
import { createIdentity } from './identity/create-identity.js';
import { interceptEvents, interceptFunctions, interceptTables, type Intercept } from './intercept.js';
import { createLambda, type Lambda } from './lambda/lambda.js';
import { lateBound, type LateBound } from './late-bound.js';
import type { LocalAwsOptions } from './local-aws.js';
import { createLogs } from './logs/logs.js';
import { createParameters } from './parameters/parameters.js';
import type { PlaceContext } from './place-context.js';
import type { BucketNotifications, EventSender, Functions, Objects } from './ports.js';
import { createS3 } from './s3/create-s3.js';
import type { UnsignedRoute } from './server/unsigned-route.js';
import { createScheduler } from './scheduler/scheduler.js';
import { createSqs } from './sqs/sqs.js';
import { createStates, type States } from './states/create-states.js';
import type { ResourceProvider } from './resources/resource-provider.js';
import type { WireService } from './wire/wire-service.js';

/** A service as its factory returns it. */
interface PlaceService {
  readonly service?: WireService;
  /** The services of a factory that creates more than one. */
  readonly services?: readonly WireService[];
  /** Routes for clients that send other credentials than a signature. */
  readonly unsigned?: readonly UnsignedRoute[];
  readonly resourceProviders?: readonly ResourceProvider[];
  /** Stops the service. @default there is nothing to stop */
  close?(): Promise<void>;
}

export interface PlaceServices {
  readonly wire: readonly WireService[];
  readonly unsigned: readonly UnsignedRoute[];
  readonly resourceProviders: readonly ResourceProvider[];
  readonly functions: Functions & Pick<Lambda, 'isRunnable'>;
  readonly objects: Objects;
  readonly notifications: BucketNotifications;
  readonly buildIsolation: BuildIsolation;
  /**
   * Ends all work in progress, then closes the stores.
   * @param quiet resolves when no request is in progress that uses a store
   */
  close(quiet: Promise<void>): Promise<void>;
}

export interface PlaceServicesOptions {
  readonly buildConcurrency: number;
  readonly buildIsolation?: LocalAwsOptions['buildIsolation'] | undefined;
  readonly unpacking?: LocalAwsOptions['unpacking'] | undefined;
  readonly onEvent?: LocalAwsOptions['onEvent'] | undefined;
  /** Returns the path of an asset on disk. */
  readonly assets: (bucket: string, key: string) => string | undefined;
  /** Intercepts calls between services. */
  readonly intercept: Intercept;
}

/**
 * Creates all services, each after the services that it calls. While a service is created, it ends the work that was
 * interrupted when the process was killed, and reports this to other services.
 */
export async function createPlaceServices(
  context: PlaceContext,
  options: PlaceServicesOptions,
): Promise<PlaceServices> {
  const stores: PlaceService[] = [];
  const workers: PlaceService[] = [];
  const close = async (quiet?: Promise<void>) => {
    await closeAll(workers, context);
    await quiet;
    await closeAll(stores, context);
  };
  try {
    const eventSender = lateBound<EventSender>('EventBridge');
    const stored = await createStores(context, eventSender, stores);
    const working = await createWorkers(context, stored, options, workers);
    eventSender.bind(working.events);
    const all = [...stores, ...workers];
    return {
      wire: all.flatMap(wireServices),
      unsigned: all.flatMap(({ unsigned = [] }) => unsigned),
      resourceProviders: all.flatMap(({ resourceProviders = [] }) => resourceProviders),
      functions: working.functions,
      objects: stored.s3.objects,
      notifications: stored.s3.notifications,
      buildIsolation: working.isolation,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

type StoreServices = Awaited<ReturnType<typeof createStores>>;

/** Creates the services that only store data. */
async function createStores(
  context: PlaceContext,
  eventSender: LateBound<EventSender>,
  created: PlaceService[],
) {
  const logs = await addTo(created, createLogs(context));
  const s3 = await addTo(
    created,
    createS3(context, {
      events: { send: async (entry) => eventSender.get().send(entry) },
      buckets: [assetBucket(context)],
    }),
  );
  const dynamodb = await addTo(created, createDynamodb(context));
  await addTo(created, createIdentity(context));
  await addTo(created, createCodeArtifact(context));
  const parameters = await addTo(created, createParameters(context));
  const queues = await addTo(created, createSqs(context));
  return { logs, s3, dynamodb, parameters, queues };
}

/** Creates the services that run functions, builds and executions. */
async function createWorkers(
  context: PlaceContext,
  { logs, s3, dynamodb, parameters, queues }: StoreServices,
  { buildConcurrency, buildIsolation, assets, intercept, unpacking, onEvent }: PlaceServicesOptions,
  created: PlaceService[],
) {
  const { objects } = s3;
  const functions = await addTo(created, createLambda(context, { logs, queues, assets, objects }));
  const intercepted = interceptFunctions(functions, intercept);
  await addTo(created, createScheduler(context, { functions: intercepted, queues }));
  const states = lateBound<States>('Step Functions');
  const events = await addTo(
    created,
    createEvents(context, {
      functions: intercepted,
      logs,
      queues,
      onEvent,
      startExecution: async (start) => {
        context.quotas.take({ service: 'states', operation: 'StartExecution' });
        await states.get().startExecution(start);
      },
    }),
  );
  const { isolation } = await addTo(
    created,
    createCodeBuild(context, {
      objects,
      logs,
      events,
      secrets: parameters,
      concurrency: buildConcurrency,
      isolation: buildIsolation,
      unpacking,
    }),
  );
  // Step Functions is created last and therefore closed first, so that running executions end with the reason "the
  // local AWS was stopped" and not with the failure of their stopped build.
  states.bind(
    await addTo(
      created,
      createStates(context, {
        functions: intercepted,
        objects,
        tables: interceptTables(dynamodb.tables, intercept),
        events: interceptEvents(events, intercept),
      }),
    ),
  );
  return { functions, events, isolation };
}

/**
 * Returns the name of the bucket for the CDK's assets, which `cdk bootstrap` creates in an account.
 * @see https://docs.aws.amazon.com/cdk/v2/guide/bootstrapping-env.html
 */
function assetBucket({ account, region }: PlaceContext): string {
  return `cdk-hnb659fds-assets-${account}-${region}`;
}

async function addTo<Service extends PlaceService>(
  services: PlaceService[],
  created: Promise<Service>,
): Promise<Service> {
  const service = await created;
  services.push(service);
  return service;
}

function wireServices({ service, services = [] }: PlaceService): readonly WireService[] {
  return service === undefined ? services : [service, ...services];
}

/**
 * Closes services in reverse order of creation. A service that is closed reports the end of its work to services that
 * were created before it.
 */
async function closeAll(services: readonly PlaceService[], context: PlaceContext): Promise<void> {
  for (const service of [...services].reverse()) {
    try {
      await service.close?.();
    } catch (error) {
      const names = wireServices(service).map(({ signingName }) => signingName);
      context.reportProblem(`${names.join(', ')} could not be closed without errors`, error);
    }
  }
}
