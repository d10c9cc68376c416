import { randomBytes } from 'node:crypto';

import { CUSTOM_RESOURCE_PATH } from '../resources/custom-resource-path.js';
import type { UnsignedRoute } from '../server/unsigned-route.js';

/** Maximum size of an answer: twice the limit of CloudFormation. */
const ANSWER_MAX_BYTES = 8_192;

/** Receives the answers of the functions of custom resources, over HTTP. */
export type CustomResourceMailbox = ReturnType<typeof createCustomResourceMailbox>;

/** @param endpoint returns the URL of the local AWS */
export function createCustomResourceMailbox(endpoint: () => string) {
  const expected = new Map<string, { resolve: (body: string) => void; reject: (reason: Error) => void }>();
  return {
    /**
     * Creates the URL for one answer.
     * @returns a URL that cannot be guessed and accepts one PUT request, a promise of the body of that request, and a
     * function that makes the URL invalid
     */
    open() {
      const token = randomBytes(32).toString('hex');
      const answer = new Promise<string>((resolve, reject) => {
        expected.set(token, { resolve, reject });
      });
      return {
        url: `${endpoint()}${CUSTOM_RESOURCE_PATH}${token}`,
        answer,
        close: () => void expected.delete(token),
      };
    },
    /** Rejects the promises of all outstanding answers, because the local AWS is being stopped. */
    close(): void {
      const reason = new Error('The local AWS closed before the custom resource answered');
      for (const { reject } of expected.values()) reject(reason);
      expected.clear();
    },
    route: {
      pathPrefix: CUSTOM_RESOURCE_PATH,
      bodyMaxBytes: ANSWER_MAX_BYTES,
      async handle({ method, path, readBody }) {
        const token = path.slice(CUSTOM_RESOURCE_PATH.length);
        const answer = expected.get(token);
        if (answer === undefined) return { status: 404 };
        if (method !== 'PUT') return { status: 405 };
        const body = await readBody();
        expected.delete(token);
        answer.resolve(body.toString('utf8'));
        return { status: 200 };
      },
    } satisfies UnsignedRoute,
  };
}
