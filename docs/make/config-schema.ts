/** Makes the JSON schema of `codeseeder.config.json` in `schemas/`, from the schema of the config and docstrings. */
import type ts from 'typescript';
import { z } from 'zod';

import { configSchema } from '../../client/config/config-schema.js';
import { exportsOf, literalMembers, type Member } from './declarations.js';
import { simplify } from './event-schemas.js';

type JsonSchema = z.core.JSONSchema.BaseSchema;

/** Returns the JSON schema of a config as text, by file name, before formatting. */
export function configSchemas(program: ts.Program): ReadonlyMap<string, string> {
  const { $schema, ...made } = z.toJSONSchema(configSchema, {
    target: 'draft-7',
    io: 'input',
    unrepresentable: 'any',
    override: ({ jsonSchema, path }) => simplify(jsonSchema, path.at(-1)),
  });
  const config = made as JsonSchema;
  const types = exportsOf(program, 'client/config/define-config.ts');
  const { members = [] } = exportsOf(program, 'client/index.ts').get('RunOptions') ?? {};
  const documents = {
    environment: types.get('ConfigEnvironment')?.members ?? [],
    config: types.get('CodeseederConfig')?.members ?? [],
    options: members,
    build: literalMembers(program, 'lib/contract/build-options.ts', 'buildFields'),
  };
  const { environments } = config.properties as Record<string, JsonSchema>;
  for (const place of [config, environments?.additionalProperties as JsonSchema]) {
    describe(place, documents.environment);
    const { options } = place.properties as Record<string, JsonSchema>;
    describe(options, documents.options);
    describe(options?.properties?.['build'] as JsonSchema, documents.build);
  }
  describe(config, documents.config);
  config.properties = {
    $schema: { type: 'string', description: 'Path or URL of this schema, for editors.' },
    ...config.properties,
  };
  const described = {
    $schema,
    title: 'codeseeder.config.json',
    description: 'Defaults of the command line of codeseeder.',
    ...config,
  };
  return new Map([['codeseeder-config.json', JSON.stringify(described, null, 2)]]);
}

/** Adds the text of each member's docstring to its property. */
function describe(schema: JsonSchema | undefined, members: readonly Member[]): void {
  for (const { name, doc } of members) {
    const property = schema?.properties?.[name];
    const text = doc.text.replaceAll(/\s+/g, ' ');
    if (text !== '' && typeof property === 'object') property.description = text;
  }
}
