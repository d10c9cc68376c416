import type { PlaceContext } from '../place-context.js';

export function domainArn(context: PlaceContext, domain: string): string {
  return arnOf(context, `domain/${domain}`);
}

export function repositoryArn(context: PlaceContext, domain: string, repository: string): string {
  return arnOf(context, `repository/${domain}/${repository}`);
}

function arnOf({ partition, region, account }: PlaceContext, resource: string): string {
  return `arn:${partition}:codeartifact:${region}:${account}:${resource}`;
}
