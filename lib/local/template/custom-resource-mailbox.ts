import { randomBytes } from 'node:crypto';

import type { UnsignedRoute } from '../server/unsigned-route.js';

/** One expected answer. */
export interface CustomResourceLetter {
  /** Known to nobody but the function that is asked; it works once. */
  readonly url: string;
  /** The body that was put to the URL. */
  readonly answer: Promise<string>;
  /** From now on the URL is unknown. */
  close(): void;
}

/** Takes the answers of custom resources' functions at the place's own port. */
export interface CustomResourceMailbox {
  readonly route: UnsignedRoute;
  open(): CustomResourceLetter;
  /** Ends every wait: the place closes. */
  close(): void;
}

const PATH = '/codeseeder-custom-resource/';
/** Twice what a function may answer to the real service. */
const ANSWER_MAX_BYTES = 8_192;

/** @param endpoint of the place */
export function createCustomResourceMailbox(endpoint: () => string): CustomResourceMailbox {
  const expected = new Map<string, { deliver: (body: string) => void; giveUp: (reason: Error) => void }>();
  return {
    open() {
      const token = randomBytes(32).toString('hex');
      const answer = new Promise<string>((deliver, giveUp) => {
        expected.set(token, { deliver, giveUp });
      });
      return { url: `${endpoint()}${PATH}${token}`, answer, close: () => void expected.delete(token) };
    },
    close() {
      const reason = new Error('The local place closed before the custom resource answered');
      for (const { giveUp } of expected.values()) giveUp(reason);
      expected.clear();
    },
    route: {
      pathPrefix: PATH,
      bodyMaxBytes: ANSWER_MAX_BYTES,
      async handle({ method, path, readBody }) {
        const token = path.slice(PATH.length);
        const letter = expected.get(token);
        if (letter === undefined) return { status: 404 };
        if (method !== 'PUT') return { status: 405 };
        const body = await readBody();
        expected.delete(token);
        letter.deliver(body.toString('utf8'));
        return { status: 200 };
      },
    },
  };
}
