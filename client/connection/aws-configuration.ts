import { definedOnly } from '../../lib/contract/index.js';
import type { AwsCredentials, AwsOptions } from '../aws-options.js';
import { type CredentialProvider, sharedProvider } from './shared-provider.js';

/** Configuration of the SDK clients of one connection. */
export interface AwsConfiguration {
  readonly region?: string;
  readonly endpoint?: string;
  /** Profile whose region is used unless `region` is set. */
  readonly profile?: string;
  readonly credentials?: AwsCredentials | CredentialProvider;
}

/** Converts options to the configuration of SDK clients. Loads the SDK's credential providers on demand. */
export async function awsConfiguration(options: AwsOptions): Promise<AwsConfiguration> {
  const { assumeRole, credentials: _, ...place } = options;
  const source = await sourceCredentials(options);
  if (assumeRole === undefined) return definedOnly({ ...place, credentials: source });
  const { fromTemporaryCredentials } = await import('@aws-sdk/credential-providers');
  const { roleArn, sessionName, externalId, durationSeconds } = assumeRole;
  const provider = fromTemporaryCredentials(
    definedOnly({
      masterCredentials: source,
      clientConfig: place,
      params: definedOnly({
        RoleArn: roleArn,
        RoleSessionName: sessionName,
        ExternalId: externalId,
        DurationSeconds: durationSeconds,
      }),
    }),
  );
  return { ...place, credentials: sharedProvider(provider) };
}

/** Returns the credentials with which a role is assumed; undefined if the SDK finds them by itself. */
async function sourceCredentials({
  credentials,
  profile,
}: AwsOptions): Promise<AwsConfiguration['credentials']> {
  if (typeof credentials === 'function') return sharedProvider(credentials);
  if (credentials !== undefined || profile === undefined) return credentials;
  const { fromIni } = await import('@aws-sdk/credential-providers');
  return sharedProvider(fromIni({ profile }));
}
