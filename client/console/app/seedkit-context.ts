import { createContext } from 'preact';
import { useContext } from 'preact/hooks';

import type { SeedkitInfo } from '../api.js';
import { messageOf } from './fetch-api.js';
import type { CommandPlace } from './model/commands.js';

/** The seedkit of the console; undefined until it is known. */
export const SeedkitContext = createContext<SeedkitInfo | undefined>(undefined);

/** Returns a function that writes what to show about an error. */
export function useMessageOf(): (error: unknown) => string {
  const info = useContext(SeedkitContext);
  return (error) => messageOf(error, info);
}

/** Returns what commands of codeseeder need. The seedkit has no name until it is known. */
export function useCommandPlace(): CommandPlace {
  return useContext(SeedkitContext) ?? { seedkit: '', program: 'codeseeder' };
}
