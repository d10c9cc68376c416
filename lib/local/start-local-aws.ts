import { asDataFolderError, LocalAwsError } from './local-aws-error.js';
import { createCloudFormation } from './cloudformation/cloudformation.js';
import { systemClock } from './clock.js';
import { openDataFolder, type DataFolder } from './data-folder.js';
import { interceptService, passOn } from './intercept.js';
import { lateBound, type LateBound } from './late-bound.js';
import type { DeployedStack, LocalAws, LocalAwsOptions } from './local-aws.js';
import { placeEnvironment, type PlaceContext } from './place-context.js';
import { partitionOf, placeIdentity } from './place-identity.js';
import { createPlaceServices, type PlaceServices } from './place-services.js';
import { writeRunningPlace, readLastPort, removeRunningPlace } from './running-place.js';
import { limitService } from './quotas/limit-service.js';
import { createQuotas, parseQuotas, type QuotasOption } from './quotas/quotas.js';
import type { Listener } from './server/listen-on-loopback.js';
import { startServer } from './server/start-server.js';
import { readAssembly, type AssemblyStack } from './template/assembly.js';
import { openAssetCatalogue, type AssetCatalogue } from './template/asset-catalogue.js';
import { bucketNotificationsProvider } from './template/bucket-notifications.js';
import {
  createCustomResourceMailbox,
  type CustomResourceMailbox,
} from './template/custom-resource-mailbox.js';
import { customResourceProvider } from './template/custom-resource.js';
import { inertProviders } from './template/inert-providers.js';
import { createStackApplier, type StackApplier } from './template/stack-applier.js';
import { providerRegistry } from './template/stack-resource-provider.js';

/**
 * Starts an embedded AWS on 127.0.0.1. It has the AWS wire protocols, checks signatures, and runs deployed functions
 * and builds in processes of this machine.
 *
 * @example
 * ```ts
 * const place = await startLocalAws({ dataFolder: '.codeseeder/demo' });
 * const [stack] = await place.deploy('cdk.out');
 * ```
 * @throws LocalAwsError `PlaceInUse`, `PlaceMismatch`, `DataFolderNotUsable`, `DataFolderNotWritable`,
 *   `DataFolderDamaged` naming the file, `InvalidRequest`; Error `EADDRINUSE` when the port is in use
 */
export async function startLocalAws(options: LocalAwsOptions = {}): Promise<LocalAws> {
  const quotas = parseQuotas(options.quotas ?? 'none');
  const folder = await openDataFolder(options.dataFolder, options.onProblem);
  const started: Started = { folder };
  try {
    return await startIn(folder, { ...options, quotas }, started);
  } catch (error) {
    // Ignores an error of closing, which may have the same cause as the error of the start.
    await closePlace(started).catch(() => undefined);
    throw asDataFolderError(folder.path, error);
  }
}

/** The options, with a checked value of `quotas`. */
type CheckedOptions = LocalAwsOptions & { readonly quotas: QuotasOption };

/** The parts that were started. On an error or at the end, they are closed. */
interface Started {
  readonly folder: DataFolder;
  mailbox?: CustomResourceMailbox;
  applier?: StackApplier;
  services?: PlaceServices;
  listener?: Listener;
}

/** Port number with which the system chooses a free port. */
const FREE_PORT = 0;

async function startIn(folder: DataFolder, options: CheckedOptions, started: Started): Promise<LocalAws> {
  const port = lateBound<number>('The port');
  const context = await createContext(folder, options, port);
  const assets = await openAssetCatalogue(folder.store);
  const { applier, listener, buildIsolation } = await startParts(context, assets, options, started, port);
  await folder.recordParts();
  const { region, account, credentials } = context;
  const endpoint = context.endpoint();
  const startedAt = new Date().toISOString();
  await writeRunningPlace(folder.path, { endpoint, port: listener.port, region, account, startedAt });
  let closing: Promise<void> | undefined;
  return {
    endpoint,
    port: listener.port,
    region,
    account,
    credentials,
    buildIsolation,
    environment: () => placeEnvironment(context),
    async deploy(assemblyFolder) {
      const assembly = await readAssembly(assemblyFolder, context);
      await assets.add(assembly.assets);
      const deployed: DeployedStack[] = [];
      for (const stack of assembly.stacks) deployed.push(await deployStack(applier, stack));
      return deployed;
    },
    close: () => (closing ??= closePlace(started)),
  };
}

async function createContext(
  folder: DataFolder,
  options: CheckedOptions,
  port: LateBound<number>,
): Promise<PlaceContext> {
  const identity = await placeIdentity(folder.path, options);
  return {
    ...identity,
    partition: partitionOf(identity.region),
    dataFolder: folder.path,
    store: folder.store,
    clock: systemClock,
    quotas: createQuotas(options.quotas, { region: identity.region, clock: systemClock }),
    endpoint: () => `http://127.0.0.1:${port.get()}`,
    reportProblem: (problem, cause) => options.onProblem?.(problem, cause),
  };
}

/** Creates the services, then CloudFormation with the services' resource providers, then listens. */
async function startParts(
  context: PlaceContext,
  assets: AssetCatalogue,
  {
    buildConcurrency = 4,
    buildIsolation,
    intercept = passOn,
    unpacking,
    onEvent,
    port: wantedPort,
  }: LocalAwsOptions,
  started: Started,
  port: LateBound<number>,
): Promise<
  Pick<PlaceServices, 'buildIsolation'> & { readonly applier: StackApplier; readonly listener: Listener }
> {
  const mailbox = (started.mailbox = createCustomResourceMailbox(() => context.endpoint()));
  const services = (started.services = await createPlaceServices(context, {
    buildConcurrency,
    buildIsolation,
    assets: (bucket, key) => assets.find(bucket, key),
    intercept,
    unpacking,
    onEvent,
  }));
  const { functions, objects, notifications } = services;
  const custom = bucketNotificationsProvider({
    custom: customResourceProvider({ functions, mailbox, clock: context.clock }),
    functions,
    notifications,
  });
  const providers = providerRegistry([...services.resourceProviders, ...inertProviders(context)], custom);
  const applier = (started.applier = await createStackApplier(context, providers));
  const cloudFormation = createCloudFormation({ context, applier, objects });
  const wire = [...services.wire, cloudFormation].map((service) =>
    interceptService(limitService(service, context.quotas), intercept),
  );
  const listener = (started.listener = await listenOn(wantedPort, context, (asked) =>
    startServer({
      context,
      services: wire,
      unsigned: [mailbox.route, ...services.unsigned],
      port: asked,
      onListening: (listening) => port.bind(listening),
    }),
  ));
  return { applier, listener, buildIsolation: services.buildIsolation };
}

/**
 * Listens on the wanted port. If there is none, listens on the last port of the data folder, so that variables that
 * were printed before stay valid.
 */
async function listenOn(
  wanted: number | undefined,
  { dataFolder }: PlaceContext,
  listen: (port: number) => Promise<Listener>,
): Promise<Listener> {
  if (wanted !== undefined) return listen(wanted);
  try {
    return await listen((await readLastPort(dataFolder)) ?? FREE_PORT);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    return listen(FREE_PORT);
  }
}

async function deployStack(applier: StackApplier, stack: AssemblyStack): Promise<DeployedStack> {
  const { stackName, status, statusReason, outputs } = await applier.apply(stack);
  if (status !== 'CREATE_COMPLETE' && status !== 'UPDATE_COMPLETE') {
    throw new LocalAwsError(
      'StackFailed',
      `The stack ${stackName} could not be deployed and is ${status}: ${statusReason ?? 'no reason given'}`,
    );
  }
  return { stackName, outputs: Object.fromEntries(outputs.map(({ key, value }) => [key, value])) };
}

/**
 * Waits for the changes of stacks in progress, then refuses new requests, ends all other work, and unlocks the data
 * folder. Custom resources that have not answered fail.
 */
async function closePlace({ folder, mailbox, applier, services, listener }: Started): Promise<void> {
  mailbox?.close();
  await applier?.settled();
  const quiet = listener?.close() ?? Promise.resolve();
  await Promise.all([quiet, services?.close(quiet)]);
  await removeRunningPlace(folder.path);
  await folder.release();
}
