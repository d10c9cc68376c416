import {
  DeleteDomainCommand,
  DeletePackageVersionsCommand,
  DeleteRepositoryCommand,
  DescribeDomainCommand,
  DescribePackageVersionCommand,
  DescribeRepositoryCommand,
  GetAuthorizationTokenCommand,
  GetRepositoryEndpointCommand,
  ListPackagesCommand,
  ListPackageVersionsCommand,
  ListRepositoriesCommand,
} from '@aws-sdk/client-codeartifact';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { systemClock } from '../../../lib/local/clock.js';
import {
  createSeedkitRepositories,
  DOMAIN,
  HERE,
  openTestCodeArtifact,
  providerOf,
  REPOSITORY,
  type TestCodeArtifact,
} from './a-code-artifact.js';
import { publication, putPackage } from './put-package.js';

let place: TestCodeArtifact;
let aheadMs: number;
let token: string;
beforeEach(async () => {
  aheadMs = 0;
  place = await openTestCodeArtifact({ clock: { ...systemClock, now: () => Date.now() + aheadMs } });
  await createSeedkitRepositories(place);
  token = await place.token();
});
afterEach(() => place.dispose());

async function put(
  name: string,
  version: string,
  repository = REPOSITORY,
  content = `${name} ${version}`,
): Promise<Response> {
  const body = publication(name, version, Buffer.from(content));
  return putPackage(place.registry('npm', repository), token, name, body);
}

const get = (path: string, authorization = `Bearer ${token}`) =>
  fetch(`${place.registry('npm')}${path}`, { headers: { authorization } });

describe('The CodeArtifact API', () => {
  it('A domain can be deleted after its repositories, whose packages are deleted with them', async () => {
    await put('one', '1.0.0');
    const deleteDomain = () => place.client.send(new DeleteDomainCommand({ domain: DOMAIN }));
    await expect(deleteDomain()).rejects.toMatchObject({ name: 'ConflictException' });
    for (const repository of [REPOSITORY, 'npm-public']) {
      const deleted = await place.client.send(new DeleteRepositoryCommand({ domain: DOMAIN, repository }));
      expect(deleted.repository?.name).toBe(repository);
    }

    expect((await deleteDomain()).domain).toMatchObject({ name: DOMAIN, status: 'Deleted' });
    expect((await deleteDomain()).domain).toBeUndefined();
    await expect(place.client.send(new DeleteRepositoryCommand(HERE))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
    await createSeedkitRepositories(place);
    const { packages } = await place.client.send(new ListPackagesCommand(HERE));
    expect(packages).toEqual([]);
  });

  it('The CodeArtifact API describes a domain and a repository', async () => {
    const { domain } = await place.client.send(new DescribeDomainCommand({ domain: DOMAIN }));
    expect(domain).toMatchObject({
      name: DOMAIN,
      owner: '123456789012',
      repositoryCount: 2,
      status: 'Active',
    });
    const { repository } = await place.client.send(new DescribeRepositoryCommand(HERE));
    expect(repository).toMatchObject({
      name: REPOSITORY,
      domainName: DOMAIN,
      arn: `arn:aws:codeartifact:eu-central-1:123456789012:repository/${DOMAIN}/${REPOSITORY}`,
      description: 'Packages of a seedkit',
      upstreams: [{ repositoryName: 'npm-public' }],
      externalConnections: [{ externalConnectionName: 'public:pypi', packageFormat: 'pypi' }],
    });
    expect(repository?.createdTime?.getTime()).toBeGreaterThan(Date.now() - 60_000);
  });

  it("The CodeArtifact API returns a repository's endpoint for npm and PyPI and refuses other formats", async () => {
    const endpoint = async (format: 'npm' | 'pypi' | 'maven') =>
      (await place.client.send(new GetRepositoryEndpointCommand({ ...HERE, format }))).repositoryEndpoint;
    expect(await endpoint('npm')).toBe(place.registry('npm'));
    expect(await endpoint('pypi')).toBe(place.registry('pypi'));
    await expect(endpoint('maven')).rejects.toMatchObject({ name: 'ValidationException' });
  });

  it.each([
    [new GetAuthorizationTokenCommand({ domain: 'no-domain' }), 'ResourceNotFoundException'],
    [new GetAuthorizationTokenCommand({ domain: DOMAIN, durationSeconds: 60 }), 'ValidationException'],
    [new DescribeDomainCommand({ domain: DOMAIN, domainOwner: '999999999999' }), 'ValidationException'],
    [new DescribeRepositoryCommand({ ...HERE, repository: 'none' }), 'ResourceNotFoundException'],
    [new ListPackagesCommand({ ...HERE, upstream: 'BLOCK' }), 'ValidationException'],
    [
      new ListPackageVersionsCommand({ ...HERE, format: 'npm', package: 'none' }),
      'ResourceNotFoundException',
    ],
    [
      new DescribePackageVersionCommand({ ...HERE, format: 'npm', package: 'none', packageVersion: '1.0.0' }),
      'ResourceNotFoundException',
    ],
    [
      new DeletePackageVersionsCommand({ ...HERE, format: 'pypi', package: 'none', versions: ['1'] }),
      'ResourceNotFoundException',
    ],
    [new ListRepositoriesCommand({}), 'UnknownOperationException'],
  ])(
    'The CodeArtifact API refuses an invalid request with the error name of the service, case %#',
    async (command, name) => {
      // The cast is only for the compiler, because the commands have different types.
      await expect(place.client.send(command as DescribeRepositoryCommand)).rejects.toMatchObject({ name });
    },
  );

  it('The CodeArtifact API lists packages and versions in pages', async () => {
    for (const name of ['alpha', '@scope/beta', 'gamma']) expect((await put(name, '1.0.0')).status).toBe(201);
    const names: string[] = [];
    let nextToken: string | undefined;
    do {
      const page = await place.client.send(new ListPackagesCommand({ ...HERE, maxResults: 2, nextToken }));
      expect(page.packages?.length).toBeLessThanOrEqual(2);
      for (const each of page.packages ?? []) names.push(`${each.namespace ?? ''}:${each.package}`);
      nextToken = page.nextToken;
    } while (nextToken !== undefined);
    expect(names.sort()).toEqual([':alpha', ':gamma', 'scope:beta']);
    const scoped = await place.client.send(new ListPackagesCommand({ ...HERE, namespace: 'scope' }));
    expect(scoped.packages).toHaveLength(1);
    expect((await put('alpha', '1.1.0')).status).toBe(201);
    const listed = await place.client.send(
      new ListPackageVersionsCommand({
        ...HERE,
        format: 'npm',
        package: 'alpha',
        sortBy: 'PUBLISHED_TIME',
      }),
    );
    expect(listed.versions?.map(({ version }) => version)).toEqual(['1.1.0', '1.0.0']);
    expect(listed.defaultDisplayVersion).toBe('1.1.0');
    expect(listed.versions?.[0]).toMatchObject({ status: 'Published', origin: { originType: 'INTERNAL' } });
  });

  it('The CodeArtifact API deletes existing versions and reports those that do not exist', async () => {
    await put('alpha', '1.0.0');
    await put('alpha', '2.0.0');
    const id = { ...HERE, format: 'npm', package: 'alpha' } as const;
    const mismatched = await place.client.send(
      new DeletePackageVersionsCommand({ ...id, versions: ['2.0.0'], expectedStatus: 'Archived' }),
    );
    expect(mismatched.failedVersions).toMatchObject({ '2.0.0': { errorCode: 'MISMATCHED_STATUS' } });
    const { successfulVersions, failedVersions } = await place.client.send(
      new DeletePackageVersionsCommand({ ...id, versions: ['2.0.0', '3.0.0'] }),
    );
    expect(successfulVersions).toMatchObject({ '2.0.0': { status: 'Deleted' } });
    expect(failedVersions).toMatchObject({ '3.0.0': { errorCode: 'NOT_FOUND' } });
    expect(await (await get('alpha')).json()).toMatchObject({ 'dist-tags': { latest: '1.0.0' } });
    expect((await get('alpha/-/alpha-2.0.0.tgz')).status).toBe(404);
  });
});

describe('A token', () => {
  it('A token of CodeArtifact is valid for its domain until it expires, as a bearer token or as a password', async () => {
    await place.create('Domain', { DomainName: 'other-domain' });
    const { authorizationToken = '', expiration } = await place.client.send(
      new GetAuthorizationTokenCommand({ domain: 'other-domain', durationSeconds: 900 }),
    );
    expect(Math.abs((expiration?.getTime() ?? 0) - Date.now() - 900_000)).toBeLessThan(30_000);
    const basic = (user: string) => `Basic ${Buffer.from(`${user}:${token}`).toString('base64')}`;
    const statuses = await Promise.all(
      [`Bearer ${token}`, basic('aws'), basic('else'), `Bearer ${authorizationToken}`, token].map(
        async (authorization) => (await get('-/ping', authorization)).status,
      ),
    );
    expect(statuses).toEqual([200, 200, 401, 401, 401]);
    aheadMs = 43_200_000;
    const late = await get('-/ping');
    expect(late.status).toBe(401);
    expect(late.headers.get('www-authenticate')).toContain('Basic');
  });

  it('A token of CodeArtifact is not stored in the data', async () => {
    const kept: unknown[] = [];
    for await (const entry of place.context.store.collection('codeartifact-tokens').entries())
      kept.push(entry);
    expect(kept).toHaveLength(1);
    expect(JSON.stringify(kept)).not.toContain(token);
  });
});

describe('A package', () => {
  it("A package is visible from an upstream after the repository's own versions, and gets status 404 without an external connection", async () => {
    await put('shared', '1.0.0', 'npm-public');
    await put('shared', '2.0.0', 'npm-public', 'hidden by the one of the repository itself');
    await put('shared', '2.0.0');
    const { versions } = (await (await get('shared')).json()) as { versions: object };
    expect(Object.keys(versions).sort()).toEqual(['1.0.0', '2.0.0']);
    expect(await (await get('shared/-/shared-1.0.0.tgz')).text()).toBe('shared 1.0.0');
    expect(await (await get('shared/-/shared-2.0.0.tgz')).text()).toBe('shared 2.0.0');
    await place.create('Repository', { DomainName: DOMAIN, RepositoryName: 'alone' });
    const alone = `${place.registry('npm', 'alone')}shared`;
    const answer = await fetch(alone, { headers: { authorization: `Bearer ${token}` } });
    expect(answer.status).toBe(404);
    expect(await answer.text()).toContain('There is no shared in this repository or its upstreams.');
  });

  it('A package gets status 404 with the reason if the public registry cannot be reached', async () => {
    const answer = await get('not-here');
    expect(answer.status).toBe(404);
    expect(await answer.text()).toMatch(/http:\/\/127\.0\.0\.1:1\/ cannot be reached: /);
  });

  it.each([
    ['a version that is none', publication('a', 'one', Buffer.from('x')), /not a valid version/],
    ['another name', publication('b', '1.0.0', Buffer.from('x')), /named 'b'/],
    [
      'a tarball that is not its own',
      publication('a', '1.0.0', Buffer.from('x'), { dist: { integrity: 'sha512-other' } }),
      /integrity/,
    ],
    ['no JSON', '{', /not JSON/],
    ['no versions', '{"name":"a"}', /not a package/],
  ])('A package is refused with %s', async (_what, body, message) => {
    const answer = await putPackage(place.registry('npm'), token, 'a', body);
    expect(answer.status).toBe(400);
    expect(await answer.text()).toMatch(message);
    expect((await get('a/-/a-1.0.0.tgz', 'Bearer none')).status).toBe(401);
  });

  it('A package is accepted once when several clients publish it at the same time', async () => {
    const statuses = await Promise.all([1, 2, 3].map(async () => (await put('raced', '1.0.0')).status));
    expect(statuses.sort()).toEqual([201, 409, 409]);
  });
});

describe('A domain and a repository of a template', () => {
  const request = (properties: Parameters<TestCodeArtifact['create']>[1]) => ({
    stackName: 's',
    logicalId: 'It',
    properties,
  });

  it('A domain of a template has the same name and ARNs as in an AWS account', async () => {
    const domain = await providerOf(place.codeArtifact, 'Domain').create(request({ DomainName: 'named' }));
    expect(domain).toEqual({
      physicalId: 'arn:aws:codeartifact:eu-central-1:123456789012:domain/named',
      attributes: {
        Arn: domain.physicalId,
        Name: 'named',
        Owner: '123456789012',
        EncryptionKey: 'arn:aws:kms:eu-central-1:123456789012:alias/aws/codeartifact',
      },
    });
  });

  it('A domain or repository of a template is refused when it exists already, lacks a property or is not supported', async () => {
    const repository = providerOf(place.codeArtifact, 'Repository');
    const create = (more: object) =>
      repository.create(request({ DomainName: DOMAIN, RepositoryName: 'new', ...more }));
    const again = providerOf(place.codeArtifact, 'Domain').create(request({ DomainName: DOMAIN }));
    await expect(again).rejects.toMatchObject({ code: 'ConflictException' });
    await expect(create({ RepositoryName: REPOSITORY })).rejects.toMatchObject({ code: 'ConflictException' });
    await expect(create({ Upstreams: ['none'] })).rejects.toMatchObject({
      code: 'ResourceNotFoundException',
    });
    await expect(create({ DomainOwner: '999999999999' })).rejects.toThrow(/is not the account/);
    const crates = request({
      DomainName: DOMAIN,
      RepositoryName: 'r',
      ExternalConnections: ['public:crates-io'],
    });
    expect(() => repository.check?.(crates)).toThrow(
      /does not have the external connection public:crates-io/,
    );
    expect(() => repository.check?.(request({ DomainName: DOMAIN }))).toThrow('It has no RepositoryName');
  });

  it('A repository of a template is updated in place and deleted with its packages', async () => {
    const repositories = providerOf(place.codeArtifact, 'Repository');
    const properties = { DomainName: DOMAIN, RepositoryName: 'mine' };
    const current = await repositories.create(request(properties));
    await put('kept', '1.0.0', 'mine');
    const changed = { ...properties, Description: 'changed', Upstreams: ['npm-public'] };
    await repositories.update(current, request(changed));
    const id = { domain: DOMAIN, repository: 'mine' };
    const { repository } = await place.client.send(new DescribeRepositoryCommand(id));
    expect(repository).toMatchObject({
      description: 'changed',
      upstreams: [{ repositoryName: 'npm-public' }],
    });
    expect((await place.client.send(new ListPackagesCommand(id))).packages).toHaveLength(1);

    const domains = providerOf(place.codeArtifact, 'Domain');
    const domain = {
      physicalId: `arn:aws:codeartifact:eu-central-1:123456789012:domain/${DOMAIN}`,
      attributes: {},
    };
    await expect(domains.delete(domain)).rejects.toMatchObject({ code: 'ConflictException' });
    await repositories.delete(current);
    await repositories.delete(current);
    await expect(place.client.send(new DescribeRepositoryCommand(id))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
    await repositories.create(request(properties));
    expect((await place.client.send(new ListPackagesCommand(id))).packages).toEqual([]);
  });
});
