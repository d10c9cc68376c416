import { KeyedLock } from '../durable/keyed-lock.js';
import type { PlaceContext } from '../place-context.js';
import { AwsError } from '../wire/aws-error.js';
import type { WireProject } from './project-shape.js';

export function projectArn(context: PlaceContext, name: string): string {
  return `arn:${context.partition}:codebuild:${context.region}:${context.account}:project/${name}`;
}

export type ProjectStore = Awaited<ReturnType<typeof openProjectStore>>;

export async function openProjectStore(context: PlaceContext) {
  const store = context.store.collection<WireProject>('codebuild-projects');
  const projects = new Map<string, WireProject>();
  for await (const [name, project] of store.entries()) projects.set(name, project);

  // Serializes the changes of a project. Otherwise two stacks that are deployed at the same time could both create it.
  const changes = new KeyedLock();
  const put = async (project: WireProject): Promise<void> => {
    await store.put(project.name, project);
    projects.set(project.name, project);
  };
  const prefix = projectArn(context, '');
  /**
   * Finds a project.
   * @param nameOrArn name or ARN of the project
   */
  const find = (nameOrArn: string): WireProject | undefined =>
    projects.get(nameOrArn.startsWith(prefix) ? nameOrArn.slice(prefix.length) : nameOrArn);
  return {
    /** Returns all projects in the order of their names. */
    list: () => [...projects.values()].sort((left, right) => (left.name < right.name ? -1 : 1)),
    find,
    /** Returns a project. @throws AwsError `ResourceNotFoundException` */
    get(nameOrArn: string): WireProject {
      const project = find(nameOrArn);
      if (project !== undefined) return project;
      throw new AwsError(
        'ResourceNotFoundException',
        `Project cannot be found: ${nameOrArn.startsWith('arn:') ? nameOrArn : projectArn(context, nameOrArn)}`,
      );
    },
    /** Creates a project. @throws AwsError `ResourceAlreadyExistsException` */
    create: (project: WireProject): Promise<void> =>
      changes.run(project.name, async () => {
        if (projects.has(project.name)) {
          throw new AwsError('ResourceAlreadyExistsException', `Project already exists: ${project.arn}`);
        }
        await put(project);
      }),
    /** Changes a project, which keeps its time of creation, or creates it. */
    put: (project: WireProject): Promise<void> =>
      changes.run(project.name, () => {
        const { created } = projects.get(project.name) ?? project;
        return put({ ...project, created });
      }),
    delete: (name: string): Promise<void> =>
      changes.run(name, async () => {
        await store.delete(name);
        projects.delete(name);
      }),
  };
}
