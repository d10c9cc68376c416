import type { PlaceContext } from '../place-context.js';
import type { BuildRecord } from './build-record.js';

export type BuildStore = Awaited<ReturnType<typeof openBuildStore>>;

/**
 * Opens the recorded builds.
 * @param visit receives every record
 */
export async function openBuildStore(context: PlaceContext, visit: (record: BuildRecord) => void) {
  const store = context.store.collection<BuildRecord>('codebuild-builds');
  const numbers = new Map<string, number>();
  const known: { id: string; projectName: string; startTime: number; buildNumber: number }[] = [];
  const ids = new Set<string>();

  function index({ build: { id, projectName, startTime, buildNumber } }: BuildRecord): void {
    if (ids.has(id)) return;
    ids.add(id);
    known.push({ id, projectName, startTime, buildNumber });
    numbers.set(projectName, Math.max(numbers.get(projectName) ?? 0, buildNumber));
  }
  for await (const [, record] of store.entries()) {
    index(record);
    visit(record);
  }
  known.sort((left, right) => left.startTime - right.startTime || left.buildNumber - right.buildNumber);

  return {
    get: (id: string) => store.get(id),
    async put(record: BuildRecord): Promise<void> {
      await store.put(record.build.id, record);
      index(record);
    },
    /** Returns the ids of all builds, or of a project's, oldest first. */
    ids: (projectName?: string) =>
      known.filter((build) => (projectName ?? build.projectName) === build.projectName).map(({ id }) => id),
    /** Returns the next build number of a project. */
    nextNumber(projectName: string): number {
      const number = (numbers.get(projectName) ?? 0) + 1;
      numbers.set(projectName, number);
      return number;
    },
  };
}
