import type { Platform } from './binary-platform.js';

/** The settings of a build that determine its platform. */
export interface BuildCompute {
  /** As CodeBuild names it, such as `ARM_CONTAINER`. */
  readonly environmentType?: string | undefined;
  readonly image?: string | undefined;
}

/** Returns the platform of a build: x64 with glibc, unless its type or image is for ARM, or its image is of Alpine. */
export function buildPlatformOf({ environmentType, image }: BuildCompute): Platform {
  const isArm = environmentType?.startsWith('ARM') ?? (image !== undefined && /aarch64|arm64/i.test(image));
  return {
    os: 'linux',
    cpu: isArm ? 'arm64' : 'x64',
    libc: image !== undefined && /alpine|musl/i.test(image) ? 'musl' : 'glibc',
  };
}
