import { ERRORS, type ErrorCode } from '@rce/core/errors.ts';
import { MAX_RUN_LIMITS, type RunLimits } from '@rce/core/limits.ts';
import { type FunctionName, ROUTES, type RoutedFunction } from '../manifest.ts';
import { OPERATIONS, type Operation, PARAMETERS, type SchemaName } from './operations.ts';
import { jsonSchemas } from './schemas.ts';

/** Every operation may answer with these. */
const COMMON_ERRORS = ['internal', 'timeout'] as const satisfies readonly ErrorCode[];

const operations: Readonly<Partial<Record<FunctionName, Operation>>> = OPERATIONS;

/** @throws Error for a route of the manifest that OPERATIONS does not describe. */
export function operationOf(route: RoutedFunction): Operation {
  const operation = operations[route.name];
  if (!operation) throw new Error(`openapi/operations.ts does not describe ${route.name}`);
  return operation;
}

/** The API as OpenAPI 3.1: routes from the manifest, schemas from zod, with the limits that are in force. */
export function openApiDocument(max: RunLimits = MAX_RUN_LIMITS) {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of ROUTES) {
    paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: describe(route) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'RCE Engine',
      version: '1.0.0',
      description:
        'Runs untrusted programs in single-use sandboxes. Submit a program, read what became of it; errors are problem+json (RFC 9457).',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/' }],
    security: [{}, { apiKey: [] }],
    paths,
    components: {
      securitySchemes: {
        apiKey: {
          type: 'apiKey',
          in: 'header',
          name: 'X-Api-Key',
          description: 'Needed where the operator has set RCE_API_KEYS.',
        },
      },
      schemas: jsonSchemas(max),
    },
  };
}

function describe(route: RoutedFunction) {
  const {
    summary,
    description,
    tag,
    parameters,
    body,
    responses,
    responseHeaders = {},
    errors,
  } = operationOf(route);
  const headers = Object.fromEntries(
    Object.entries(responseHeaders).map(([name, text]) => [
      name,
      { description: text, schema: { type: 'string' } },
    ]),
  );
  const answers = Object.entries(responses).map(([status, { description, schema }]) => {
    const body =
      schema === undefined ? {} : { content: { 'application/json': { schema: reference(schema) } } };
    return [status, { description, headers, ...body }];
  });
  return {
    operationId: route.name,
    summary,
    description,
    tags: [tag],
    parameters: parameters.map((name) => PARAMETERS[name]),
    ...(body === undefined
      ? {}
      : {
          requestBody: {
            required: true,
            content: { 'application/json': { schema: reference(body.schema), example: body.example } },
          },
        }),
    responses: Object.fromEntries([...problemAnswers([...errors, ...COMMON_ERRORS]), ...answers]),
  };
}

function problemAnswers(codes: readonly ErrorCode[]): [string, unknown][] {
  const byStatus = Map.groupBy(new Set(codes), (code) => ERRORS[code].status);
  return [...byStatus].map(([status, found]) => [
    String(status),
    {
      description: found.map((code) => `\`${code}\`: ${ERRORS[code].title}.`).join(' '),
      content: { 'application/problem+json': { schema: reference('Problem') } },
    },
  ]);
}

function reference(name: SchemaName | 'Problem') {
  return { $ref: `#/components/schemas/${name}` };
}
