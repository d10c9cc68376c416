/** Returns whether an endpoint is a local AWS. It has no bootstrap stack and no quotas, and checks no policies. */
export function isLocalEndpoint(endpoint: string | undefined): endpoint is string {
  if (endpoint === undefined || !URL.canParse(endpoint)) return false;
  return ['127.0.0.1', 'localhost', '[::1]'].includes(new URL(endpoint).hostname);
}
