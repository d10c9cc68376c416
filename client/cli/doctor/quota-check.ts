import type { Connection } from '../../connection/connection.js';
import { quotasView } from '../../console/server/health-api.js';
import type { Check } from '../output-types.js';
import { describeProblem, subject } from './check.js';

/** Builds for which the quota is checked. */
export interface CheckedBuilds {
  readonly computeType: string;
  readonly environmentType: string;
}

/** Words that Service Quotas uses for the environment types of CodeBuild. */
const ENVIRONMENTS: Readonly<Record<string, string>> = {
  LINUX_CONTAINER: 'Linux',
  LINUX_GPU_CONTAINER: 'Linux GPU',
  ARM_CONTAINER: 'ARM',
  LINUX_LAMBDA_CONTAINER: 'Linux Lambda',
  ARM_LAMBDA_CONTAINER: 'ARM Lambda',
};

/** Words that Service Quotas uses for the compute types of CodeBuild. */
const SIZES: Readonly<Record<string, string>> = {
  BUILD_GENERAL1_SMALL: 'Small',
  BUILD_GENERAL1_MEDIUM: 'Medium',
  BUILD_GENERAL1_LARGE: 'Large',
  BUILD_GENERAL1_XLARGE: 'XLarge',
  BUILD_GENERAL1_2XLARGE: '2XLarge',
  BUILD_LAMBDA_1GB: '1GB',
  BUILD_LAMBDA_2GB: '2GB',
  BUILD_LAMBDA_4GB: '4GB',
  BUILD_LAMBDA_8GB: '8GB',
  BUILD_LAMBDA_10GB: '10GB',
};

/** Quota below which a warning is shown. A new account has 10 concurrent invocations, others have 1,000. */
const FEW_INVOCATIONS = 50;

const CONSOLE = 'https://console.aws.amazon.com/servicequotas/home/services';

/** Checks the quotas that limit runs: builds of the type at a time, and invocations of handlers. */
export async function quotaChecks(connection: Connection, builds: CheckedBuilds): Promise<Check[]> {
  const builder = subject('quota-builds', 'Quota of builds');
  const invoker = subject('quota-invocations', 'Quota of invocations');
  const { quotas, problem } = await quotasView(connection).catch((error: unknown) => ({
    quotas: [],
    problem: describeProblem(error),
  }));
  if (problem !== undefined) {
    return [
      builder.unknown(
        `the quotas cannot be read (${problem})`,
        'Give yourself servicequotas:ListServiceQuotas and servicequotas:GetServiceQuota, or look at them in the console.',
      ),
    ];
  }
  const invocations = quotas.find(({ name }) => /^Concurrent executions/i.test(name));
  const type = `${ENVIRONMENTS[builds.environmentType] ?? builds.environmentType}/${SIZES[builds.computeType] ?? builds.computeType}`;
  const found = quotas.find(({ name }) => name.includes(` ${type} environment`));
  return [
    buildsCheck(type, found?.value),
    ...(invocations === undefined ? [] : [invocationsCheck(invocations.value)]),
  ];

  function buildsCheck(name: string, value: number | undefined): Check {
    if (value === undefined) return builder.unknown(`Service Quotas lists none for ${name} builds`);
    const detail = `${value} ${name} builds at a time in this account and region`;
    const raise = `Request an increase: ${CONSOLE}/codebuild/quotas`;
    if (value < 1) return builder.problem(`${detail}: no run can start`, raise);
    if (value === 1) return builder.warning(`${detail}: other runs wait`, raise);
    return builder.ok(detail);
  }

  function invocationsCheck(value: number): Check {
    const detail = `${value} invocations of Lambda functions at a time`;
    if (value >= FEW_INVOCATIONS) return invoker.ok(detail);
    return invoker.warning(
      `${detail}, as new accounts have: many runs at once are slowed down`,
      `Request an increase: ${CONSOLE}/lambda/quotas`,
    );
  }
}
