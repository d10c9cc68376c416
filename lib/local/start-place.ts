import { CodeseederError } from '../contract/index.js';
import { createCloudFormation } from './cloudformation/cloudformation.js';
import { systemClock } from './clock.js';
import type { Unpacking } from './codebuild/zip-source.js';
import { openDataFolder, type DataFolder } from './data-folder.js';
import { interceptService, passOn, type Intercept } from './intercept.js';
import { placeEnvironment, type PlaceContext, type PlaceCredentials } from './place-context.js';
import { partitionOf, placeIdentity } from './place-identity.js';
import { createPlaceServices, type PlaceServices } from './place-services.js';
import { announceRunningPlace, withdrawRunningPlace } from './running-place.js';
import type { Listener } from './server/listen-on-loopback.js';
import { startServer } from './server/start-server.js';
import { readAssembly, type AssemblyStack } from './template/assembly.js';
import { openAssetCatalogue } from './template/asset-catalogue.js';
import { createCustomResourceMailbox } from './template/custom-resource-mailbox.js';
import { customResourceProvider } from './template/custom-resource.js';
import { inertProviders } from './template/inert/index.js';
import { createStackApplier, type StackApplier } from './template/stack-applier.js';
import { providerRegistry } from './template/stack-resource-provider.js';

export interface LocalPlaceOptions {
  /**
   * Folder that keeps the place's data from one start to the next. It is made if missing, readable by you alone,
   * and can be open in one process at a time.
   * @default a temporary folder that is removed when the place closes
   */
  readonly dataFolder?: string;
  /** Port of 127.0.0.1. @default one that is free */
  readonly port?: number;
  /** Region the place says it is. @default that of its data, else `us-east-1` */
  readonly region?: string;
  /** Account the place says it is, 12 digits. @default that of its data, else `000000000000` */
  readonly account?: string;
  /** Builds that run at the same time; the others wait in the queue. @default 4 */
  readonly buildConcurrency?: number;
  /**
   * How zips of builds' sources are unpacked. It is not documented what CodeBuild does with links and modes: `plain`
   * makes a text file of a link and drops modes, so that it can be seen that nothing rests on them.
   * @default 'exact'
   */
  readonly unpacking?: Unpacking;
  /** Told of faults that no caller sees, such as a rule's target that failed. @default nobody */
  readonly onProblem?: (problem: string, cause?: unknown) => void;
  /** Stands between callers and services, to watch or fail calls in tests. @default every call is passed on */
  readonly intercept?: Intercept;
}

/** A stack after its deployment. */
export interface DeployedStack {
  readonly stackName: string;
  /** Values by output name. */
  readonly outputs: Readonly<Record<string, string>>;
}

/** An AWS of your own on 127.0.0.1, until it is closed. */
export interface LocalPlace {
  /** `http://127.0.0.1:<port>`, for every service. */
  readonly endpoint: string;
  readonly port: number;
  readonly region: string;
  readonly account: string;
  /** Sign requests with these: they are made at the first start and stay with the data. */
  readonly credentials: PlaceCredentials;
  /** Variables by which an AWS SDK or the AWS CLI in a child process finds the place. */
  environment(): Record<string, string>;
  /**
   * Creates or changes the stacks of a cloud assembly, such as the folder `cdk.out`, in the order they depend on
   * each other. What is unchanged is left alone; what cannot be done here is refused before anything is created.
   *
   * @throws CodeseederError `UnsupportedTemplate`, `InvalidTemplate`, `AssemblyUnreadable`; `StackFailed` with the
   *   reason when a resource failed and the stack was taken back to what it was
   */
  deploy(assemblyFolder: string): Promise<readonly DeployedStack[]>;
  /** Ends what runs in the place, each with a reason, then the place. Its data stays unless it was temporary. */
  close(): Promise<void>;
}

/**
 * Starts an embedded AWS on 127.0.0.1: it speaks the AWS wire protocols, checks signatures, and runs what is
 * deployed to it in processes of this machine.
 *
 * @example
 * ```ts
 * const place = await startLocalPlace({ dataFolder: '.codeseeder/demo' });
 * const [stack] = await place.deploy('cdk.out');
 * ```
 * @throws CodeseederError `PlaceInUse`, `PlaceMismatch`, `DataFolderNotUsable`; Error `EADDRINUSE` for a taken port
 */
export async function startLocalPlace(options: LocalPlaceOptions = {}): Promise<LocalPlace> {
  const folder = await openDataFolder(options.dataFolder);
  const started: Started = { folder };
  try {
    return await startIn(folder, options, started);
  } catch (error) {
    await closePlace(started);
    throw error;
  }
}

/** What is to be closed again, as far as it was started. */
interface Started {
  readonly folder: DataFolder;
  mailbox?: { close(): void };
  applier?: StackApplier;
  services?: PlaceServices;
  listener?: Listener;
}

async function startIn(
  folder: DataFolder,
  options: LocalPlaceOptions,
  started: Started,
): Promise<LocalPlace> {
  const identity = await placeIdentity(folder.path, options);
  let port: number | undefined;
  const context: PlaceContext = {
    ...identity,
    partition: partitionOf(identity.region),
    dataFolder: folder.path,
    store: folder.store,
    clock: systemClock,
    endpoint() {
      if (port === undefined) throw new Error('The local place does not listen yet');
      return `http://127.0.0.1:${port}`;
    },
    reportProblem: (problem, cause) => options.onProblem?.(problem, cause),
  };
  const { intercept = passOn } = options;
  const assets = await openAssetCatalogue(folder.store);
  const mailbox = (started.mailbox = createCustomResourceMailbox(() => context.endpoint()));
  const services = (started.services = await createPlaceServices(context, {
    buildConcurrency: options.buildConcurrency ?? 4,
    assets: (bucket, key) => assets.find(bucket, key),
    intercept,
    unpacking: options.unpacking ?? 'exact',
  }));
  const { functions } = services;
  const custom = customResourceProvider({ functions, mailbox, clock: context.clock });
  const providers = providerRegistry([...services.resourceProviders, ...inertProviders(context)], custom);
  const applier = (started.applier = await createStackApplier(context, providers));
  const cloudFormation = createCloudFormation({
    context,
    applier,
    objects: services.objects,
    reportProblem: (problem, cause) => context.reportProblem(problem, cause),
  });
  const listener = (started.listener = await startServer({
    context,
    services: [...services.wire, cloudFormation.service].map((service) =>
      interceptService(service, intercept),
    ),
    unsigned: [mailbox.route, ...services.unsigned],
    port: options.port ?? 0,
    onListening: (listening) => void (port = listening),
  }));
  const { region, account, credentials } = identity;
  const endpoint = context.endpoint();
  const startedAt = new Date().toISOString();
  await announceRunningPlace(folder.path, { endpoint, port: listener.port, region, account, startedAt });
  let closing: Promise<void> | undefined;
  return {
    endpoint,
    port: listener.port,
    region,
    account,
    credentials,
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

async function deployStack(applier: StackApplier, stack: AssemblyStack): Promise<DeployedStack> {
  const { stackName, status, statusReason, outputs } = await applier.apply(stack);
  if (status !== 'CREATE_COMPLETE' && status !== 'UPDATE_COMPLETE') {
    throw new CodeseederError(
      'StackFailed',
      `The stack ${stackName} could not be deployed and is ${status}: ${statusReason ?? 'no reason given'}`,
    );
  }
  return { stackName, outputs: Object.fromEntries(outputs.map(({ key, value }) => [key, value])) };
}

/** Nothing new comes in, then what runs ends and says why, then the data is let go. */
async function closePlace({ folder, mailbox, applier, services, listener }: Started): Promise<void> {
  mailbox?.close();
  await applier?.settled();
  const quiet = listener?.close() ?? Promise.resolve();
  await Promise.all([quiet, services?.close(quiet)]);
  await withdrawRunningPlace(folder.path);
  await folder.release();
}
