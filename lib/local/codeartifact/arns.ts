import { arnOf, type PlaceContext } from '../place-context.js';

export function domainArn(context: PlaceContext, domain: string): string {
  return arnOf(context, 'codeartifact', `domain/${domain}`);
}

export function repositoryArn(context: PlaceContext, domain: string, repository: string): string {
  return arnOf(context, 'codeartifact', `repository/${domain}/${repository}`);
}
