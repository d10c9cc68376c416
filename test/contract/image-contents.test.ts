import { describe, expect, it } from '@jest/globals';

import { checkImage } from '../../lib/contract/index.js';

describe('image of a build', () => {
  it.each([
    ['alpine:3.22', 'commands', 'bash'],
    ['node:24-alpine', 'node', 'bash'],
    ['public.ecr.aws/docker/library/python:3.13-alpine3.22', 'python', 'bash'],
    ['docker.io/library/busybox', 'commands', 'bash'],
    ['gcr.io/distroless/nodejs22', 'node', 'bash'],
    ['python:3.13', 'node', 'node'],
    ['ubuntu', 'node', 'node'],
    ['debian@sha256:0', 'python', 'python3'],
    ['node:24-slim', 'python', 'python3'],
  ] as const)('%s is refused for a run of %s, because it has no %s', (image, kind, program) => {
    expect(() => checkImage({ image }, kind)).toThrow(`build.image: ${image} has no ${program}, which`);
  });

  it.each([
    [undefined, 'node'],
    ['node:24', 'node'],
    ['node:24-slim', 'commands'],
    ['python:3.13-slim', 'python'],
    ['aws/codebuild/standard:8.0', 'node'],
    ['123456789012.dkr.ecr.eu-central-1.amazonaws.com/alpine:1', 'commands'],
    ['team/python:3', 'node'],
  ] as const)('%s is not refused for a run of %s', (image, kind) => {
    expect(() => checkImage({ image }, kind)).not.toThrow();
  });

  it('An image without the language is accepted if install commands may add it, one without bash is not', () => {
    const installCommands = ['apt-get install -y nodejs'];
    expect(() => checkImage({ image: 'debian', installCommands }, 'node')).not.toThrow();
    expect(() => checkImage({ image: 'alpine', installCommands }, 'node')).toThrow('has no bash');
  });
});
