import { createCodeArtifact } from './codeartifact/codeartifact.js';
import { createCodeBuild } from './codebuild/codebuild.js';
import type { Unpacking } from './codebuild/zip-source.js';
import { createDynamodb } from './dynamodb/create-dynamodb.js';
import { createEvents } from './events/events.js';
import { createIdentity } from './identity/create-identity.js';
import { interceptEvents, interceptFunctions, interceptTables, type Intercept } from './intercept.js';
import { createLambda } from './lambda/lambda.js';
import { lateBound } from './late-bound.js';
import { createLogs } from './logs/logs.js';
import { createParameters } from './parameters/parameters.js';
import type { PlaceContext } from './place-context.js';
import type { EventSender, Functions, Objects } from './ports.js';
import { createS3 } from './s3/create-s3.js';
import type { UnsignedRoute } from './server/unsigned-route.js';
import { createSqs } from './sqs/sqs.js';
import { createStates, type States } from './states/create-states.js';
import type { ResourceProvider } from './template/resource-provider.js';
import type { WireService } from './wire/wire-service.js';

/** What a service's factory gives the place. */
interface PlaceService {
  readonly service?: WireService;
  /** Where one folder has several. */
  readonly services?: readonly WireService[];
  /** Paths that ask for other credentials than a signature. */
  readonly unsigned?: readonly UnsignedRoute[];
  readonly resourceProviders?: readonly ResourceProvider[];
  close(): Promise<void>;
}

export interface PlaceServices {
  readonly wire: readonly WireService[];
  readonly unsigned: readonly UnsignedRoute[];
  readonly resourceProviders: readonly ResourceProvider[];
  readonly functions: Functions;
  readonly objects: Objects;
  /**
   * Ends what runs, then lets go of what is kept.
   * @param quiet resolves once no request is under way that could still need what is kept
   */
  close(quiet: Promise<void>): Promise<void>;
}

export interface PlaceServicesOptions {
  readonly buildConcurrency: number;
  /** Where an asset lies on disk. */
  readonly assets: (bucket: string, key: string) => string | undefined;
  /** How zips of builds' sources are unpacked. @default 'exact' */
  readonly unpacking?: Unpacking;
  /** Stands between services that call each other. */
  readonly intercept: Intercept;
}

/**
 * Makes all services, each with those it calls. What ran when the place was killed is brought to an end here, so
 * those that take the news of it come first.
 */
export async function createPlaceServices(
  context: PlaceContext,
  { buildConcurrency, assets, intercept, unpacking }: PlaceServicesOptions,
): Promise<PlaceServices> {
  const kept: PlaceService[] = [];
  const working: PlaceService[] = [];
  const close = async (quiet?: Promise<void>) => {
    await closeAll(working, context);
    await quiet;
    await closeAll(kept, context);
  };
  try {
    const logs = await into(kept, createLogs(context));
    const eventSender = lateBound<EventSender>('EventBridge');
    const s3 = await into(
      kept,
      createS3(context, {
        events: { send: async (entry) => eventSender.get().send(entry) },
        buckets: [assetBucket(context)],
      }),
    );
    const dynamodb = await into(kept, createDynamodb(context));
    await into(kept, createIdentity(context));
    await into(kept, createCodeArtifact(context));
    const parameters = await into(kept, createParameters(context));
    const queues = await into(kept, createSqs(context));
    const functions = await into(
      working,
      createLambda(context, { logs, queues, assets, objects: s3.objects }),
    );
    const states = lateBound<States>('Step Functions');
    const called = interceptFunctions(functions, intercept);
    const events = await into(
      working,
      createEvents(context, {
        functions: called,
        logs,
        queues,
        startExecution: async (start) => void (await states.get().startExecution(start)),
      }),
    );
    eventSender.bind(events);
    await into(
      working,
      createCodeBuild(context, {
        objects: s3.objects,
        logs,
        events,
        secrets: parameters,
        concurrency: buildConcurrency,
        ...(unpacking !== undefined && { unpacking }),
      }),
    );
    // Closed first: an execution ends for the place's sake, and not because its build was stopped.
    states.bind(
      await into(
        working,
        createStates(context, {
          functions: called,
          tables: interceptTables(dynamodb.tables, intercept),
          events: interceptEvents(events, intercept),
        }),
      ),
    );
    return {
      wire: [...kept, ...working].flatMap(wireServices),
      unsigned: [...kept, ...working].flatMap(({ unsigned = [] }) => unsigned),
      resourceProviders: [...kept, ...working].flatMap(({ resourceProviders = [] }) => resourceProviders),
      functions,
      objects: s3.objects,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/**
 * Where the CDK puts the assets of what it deploys: `cdk bootstrap` makes it in an account.
 * @see https://docs.aws.amazon.com/cdk/v2/guide/bootstrapping-env.html
 */
function assetBucket({ account, region }: PlaceContext): string {
  return `cdk-hnb659fds-assets-${account}-${region}`;
}

async function into<Service extends PlaceService>(
  services: PlaceService[],
  making: Promise<Service>,
): Promise<Service> {
  const service = await making;
  services.push(service);
  return service;
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
