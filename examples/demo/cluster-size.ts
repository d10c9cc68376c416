import { seedkit } from 'codeseeder';
import { parseAllDocuments } from 'yaml';

const kit = seedkit(process.env['CODESEEDER_SEEDKIT'] ?? 'demo');

export interface ClusterSize {
  readonly pods: number;
  readonly cpuMillicores: number;
  readonly memoryMebibytes: number;
}

export class QuotaExceededError extends Error {
  override readonly name = 'QuotaExceededError';
}

/** Adds up the resources that the Deployments of a Kubernetes manifest request. The bundle includes the YAML parser. */
export const clusterSize = kit.remoteFunction(
  import.meta,
  async function clusterSize(manifests: string): Promise<ClusterSize> {
    const size = { pods: 0, cpuMillicores: 0, memoryMebibytes: 0 };
    for (const { spec, metadata } of parseDeployments(manifests)) {
      console.log(`${metadata.name}: ${spec.replicas} pods`);
      size.pods += spec.replicas;
      for (const { resources } of spec.template.spec.containers) {
        size.cpuMillicores += spec.replicas * millicores(resources.requests.cpu);
        size.memoryMebibytes += spec.replicas * mebibytes(resources.requests.memory);
      }
    }
    return size;
  },
);

/** Throws if the manifest requests more than the quota. The caller gets this error, with its line in this file. */
export const checkQuota = kit.remoteFunction(
  import.meta,
  async function checkQuota(size: ClusterSize, quotaMillicores: number): Promise<string> {
    if (size.cpuMillicores > quotaMillicores) {
      throw new QuotaExceededError(`${size.cpuMillicores}m CPU requested, the quota is ${quotaMillicores}m`);
    }
    return 'within the quota';
  },
);

interface Deployment {
  metadata: { name: string };
  spec: {
    replicas: number;
    template: { spec: { containers: { resources: { requests: { cpu: string; memory: string } } }[] } };
  };
}

function parseDeployments(manifests: string): Deployment[] {
  return parseAllDocuments(manifests).map((document) => document.toJS() as Deployment);
}

function millicores(cpu: string): number {
  return cpu.endsWith('m') ? Number(cpu.slice(0, -1)) : Number(cpu) * 1_000;
}

function mebibytes(memory: string): number {
  return Number(memory.slice(0, -2)) * (memory.endsWith('Gi') ? 1_024 : 1);
}
