import type { AwsCredentials, AwsOptions } from '../aws-options.js';
import { type CredentialProvider, sharedProvider } from './shared-provider.js';

/** What the clients of one connection are made with. */
export interface AwsConfiguration {
  readonly region?: string;
  readonly endpoint?: string;
  /** Its region counts too. */
  readonly profile?: string;
  readonly credentials?: AwsCredentials | CredentialProvider;
}

/** Turns options into what an SDK client takes. The providers are the SDK's own, loaded when they are needed. */
export async function awsConfiguration(options: AwsOptions): Promise<AwsConfiguration> {
  const { assumeRole, credentials: _, ...place } = options;
  const source = await sourceCredentials(options);
  if (assumeRole === undefined) return { ...place, ...(source !== undefined && { credentials: source }) };
  const { fromTemporaryCredentials } = await import('@aws-sdk/credential-providers');
  const { roleArn, sessionName, externalId, durationSeconds } = assumeRole;
  const provider = fromTemporaryCredentials({
    ...(source !== undefined && { masterCredentials: source }),
    clientConfig: place,
    params: {
      RoleArn: roleArn,
      ...(sessionName !== undefined && { RoleSessionName: sessionName }),
      ...(externalId !== undefined && { ExternalId: externalId }),
      ...(durationSeconds !== undefined && { DurationSeconds: durationSeconds }),
    },
  });
  return { ...place, credentials: sharedProvider(provider) };
}

/** The credentials before any role; undefined for those that the SDK finds by itself. */
async function sourceCredentials({
  credentials,
  profile,
}: AwsOptions): Promise<AwsConfiguration['credentials']> {
  if (typeof credentials === 'function') return sharedProvider(credentials);
  if (credentials !== undefined || profile === undefined) return credentials;
  const { fromIni } = await import('@aws-sdk/credential-providers');
  return sharedProvider(fromIni({ profile }));
}
