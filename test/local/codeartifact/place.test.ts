import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import {
  CodeartifactClient,
  DescribeRepositoryCommand,
  GetAuthorizationTokenCommand,
  GetRepositoryEndpointCommand,
} from '@aws-sdk/client-codeartifact';
import { afterEach, describe, expect, it } from '@jest/globals';

import { startLocalAws, type LocalAws } from '../../../lib/local/index.js';
import { withAwsCli } from '../../installed-tools.js';
import { withTemporaryFolder } from '../place/temporary-folder.js';
import { publication, putPackage } from './put-package.js';

const HERE = { domain: 'from-template', repository: 'packages' };

const DOMAIN = { Type: 'AWS::CodeArtifact::Domain', Properties: { DomainName: HERE.domain } };
const attribute = (logicalId: string, name: string) => ({ 'Fn::GetAtt': [logicalId, name] });
/** The CodeArtifact resources of a seedkit as the CDK synthesizes them. */
const TEMPLATE = {
  Resources: {
    Repository: {
      Type: 'AWS::CodeArtifact::Repository',
      Properties: {
        DomainName: attribute('Domain', 'Name'),
        DomainOwner: attribute('Domain', 'Owner'),
        RepositoryName: HERE.repository,
        ExternalConnections: ['public:pypi'],
        Upstreams: [attribute('Npm', 'Name')],
      },
    },
    Npm: {
      Type: 'AWS::CodeArtifact::Repository',
      Properties: { DomainName: attribute('Domain', 'Name'), RepositoryName: 'npm-public' },
    },
    Domain: DOMAIN,
  },
  Outputs: {
    Arn: { Value: { Ref: 'Repository' } },
    Name: { Value: attribute('Repository', 'Name') },
  },
};

const places: LocalAws[] = [];
afterEach(async () => {
  await Promise.all(places.splice(0).map((place) => place.close()));
});

async function aPlace(...options: Parameters<typeof startLocalAws>): Promise<LocalAws> {
  const place = await startLocalAws(...options);
  places.push(place);
  return place;
}

async function deploy(place: LocalAws, parent: string, template: object) {
  const assembly = join(parent, 'assembly');
  await mkdir(assembly, { recursive: true });
  const artifact = { type: 'aws:cloudformation:stack', properties: { templateFile: 't.json' } };
  await writeFile(join(assembly, 'manifest.json'), JSON.stringify({ artifacts: { packages: artifact } }));
  await writeFile(join(assembly, 't.json'), JSON.stringify(template));
  const [stack] = await place.deploy(assembly);
  return stack?.outputs;
}

function clientOf({ endpoint, region, credentials }: LocalAws): CodeartifactClient {
  return new CodeartifactClient({ endpoint, region, credentials, maxAttempts: 1 });
}

async function registryOf(place: LocalAws): Promise<string> {
  const command = new GetRepositoryEndpointCommand({ ...HERE, format: 'npm' });
  return (await clientOf(place).send(command)).repositoryEndpoint ?? '';
}

describe('CodeArtifact in a local AWS', () => {
  it('A repository is created with its stack, kept after a restart, and deleted with the stack', async () => {
    await withTemporaryFolder(async (parent) => {
      const dataFolder = join(parent, 'data');
      const place = await aPlace({ dataFolder });
      expect(await deploy(place, parent, TEMPLATE)).toEqual({
        Arn: 'arn:aws:codeartifact:us-east-1:000000000000:repository/from-template/packages',
        Name: 'packages',
      });
      const command = new GetAuthorizationTokenCommand({ domain: HERE.domain });
      const { authorizationToken = '' } = await clientOf(place).send(command);
      const body = publication('mine', '1.0.0', Buffer.from('its tarball'));
      expect((await putPackage(await registryOf(place), authorizationToken, 'mine', body)).status).toBe(201);
      await place.close();

      const again = await aPlace({ dataFolder });
      const read = async () =>
        fetch(`${await registryOf(again)}mine/-/mine-1.0.0.tgz`, {
          headers: { authorization: `Bearer ${authorizationToken}` },
        });
      expect(await (await read()).text()).toBe('its tarball');
      await deploy(again, parent, { Resources: { Domain: DOMAIN } });
      await expect(clientOf(again).send(new DescribeRepositoryCommand(HERE))).rejects.toMatchObject({
        name: 'ResourceNotFoundException',
      });
    });
  });

  withAwsCli('The AWS CLI logs npm, pip and twine in to a repository', async () => {
    await withTemporaryFolder(async (home) => {
      const place = await aPlace();
      await deploy(place, home, TEMPLATE);
      const files = { npm: '.npmrc', pip: '.config/pip/pip.conf', twine: '.pypirc' };
      await Promise.all(Object.keys(files).map((tool) => logIn(place, home, tool)));
      const settings = await Promise.all(
        Object.values(files).map((file) => readFile(join(home, file), 'utf8')),
      );
      const [npm, pip, twine] = settings;
      const base = `${place.endpoint}/_codeartifact/from-template`;
      expect(npm).toContain(`registry=${base}/npm/packages/`);
      expect(twine).toContain(`repository = ${base}/pypi/packages/`);
      const index = new URL(/index-url = (\S+)/.exec(pip ?? '')?.[1] ?? '');
      const authorization = `Basic ${Buffer.from(`${index.username}:${index.password}`).toString('base64')}`;
      const answer = await fetch(`${index.origin}${index.pathname}`, { headers: { authorization } });
      expect(answer.status).toBe(200);
    });
  });
});

async function logIn(place: LocalAws, home: string, tool: string): Promise<void> {
  const { domain, repository } = HERE;
  const args = ['codeartifact', 'login', '--tool', tool, '--domain', domain, '--repository', repository];
  const settings = { npm_config_userconfig: join(home, '.npmrc'), PIP_CONFIG_FILE: undefined };
  const child = spawn('aws', args, {
    cwd: home,
    env: { ...process.env, ...place.environment(), ...settings, HOME: home },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (text: Buffer) => (output += text.toString()));
  const [code] = (await once(child, 'close')) as [number];
  if (code !== 0) throw new Error(output);
}
