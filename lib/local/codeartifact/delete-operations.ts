import type { PlaceContext } from '../place-context.js';
import { operation } from '../wire/operation.js';
import type { Catalogue } from './catalogue.js';
import type { PackageStore } from './package-store.js';
import { repositoryOf, resourceMembers } from './request-members.js';
import { describeDomain, describeRepository } from './repository-operations.js';

/** Returns the operations that delete domains and repositories. */
export function deleteOperations(context: PlaceContext, catalogue: Catalogue, packages: PackageStore) {
  const members = resourceMembers(context);
  return {
    /** Deletes a domain without repositories. A domain that does not exist is no error, as in AWS. */
    DeleteDomain: operation(members.domain, async (input) => {
      const domain = await catalogue.findDomain(input.domain);
      if (domain === undefined) return {};
      await catalogue.deleteDomain(domain.name);
      return { domain: { ...describeDomain(context, domain), status: 'Deleted', repositoryCount: 0 } };
    }),
    /** Deletes a repository with its packages. */
    DeleteRepository: operation(members.repository, async (input) => {
      const repository = await repositoryOf(input, catalogue);
      await packages.deleteRepository(repository);
      return { repository: describeRepository(context, repository) };
    }),
  };
}
