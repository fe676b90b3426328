import { ERROR_CODES, ERRORS } from '@rce/core/errors.ts';
import { VERDICT_NAMES, VERDICTS } from '@rce/core/verdict.ts';
import { z } from 'zod';
import { ROUTES, type RoutedFunction } from '../manifest.ts';
import { operationOf } from './document.ts';
import { PARAMETERS } from './operations.ts';

/** As much of JSON Schema as a table of fields shows. */
const Schema = z.looseObject({
  type: z.union([z.string(), z.array(z.string())]).optional(),
  $ref: z.string().optional(),
  description: z.string().optional(),
  default: z.unknown().optional(),
  format: z.string().optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  enum: z.array(z.unknown()).optional(),
  required: z.array(z.string()).optional(),
  get properties() {
    return z.record(z.string(), Schema).optional();
  },
  get items() {
    return Schema.optional();
  },
  get anyOf() {
    return z.array(Schema).optional();
  },
  additionalProperties: z.unknown().optional(),
});
type Schema = z.infer<typeof Schema>;

/** docs/api.md, out of the same tables as the API document. */
export function apiMarkdown(schemas: Record<string, unknown>): string {
  const sections = [
    '# HTTP API',
    'Generated from the routes and schemas in the source by `npm run docs`; edit those. The same as OpenAPI 3.1: `GET /api/openapi.json`, with the limits that the engine at hand has set.',
    'Bodies are JSON in UTF-8 (`Content-Type: application/json`); unknown fields are refused. Where the operator has set `RCE_API_KEYS`, send one as `X-Api-Key`.',
    table(
      ['route', 'what'],
      ROUTES.map((route) => [`[\`${title(route)}\`](#${anchor(title(route))})`, operationOf(route).summary]),
    ),
    ...ROUTES.flatMap(routeSection),
    '## Verdicts',
    '`status` is `completed` for the verdict `ok` and `failed` for every other; `verdict` says what became of the program.',
    table(
      ['verdict', 'when', 'what to do'],
      VERDICT_NAMES.map((name) => [`\`${name}\``, VERDICTS[name].meaning, VERDICTS[name].advice]),
    ),
    '## Errors',
    'Errors are problem+json (RFC 9457): `type`, `title`, `status`, `detail`, `code` and, for bad input, `errors` with the path of each field and what is wrong with it. A program that fails is no error: its job has a verdict.',
    table(
      ['code', 'status', 'meaning', 'what to do'],
      ERROR_CODES.map((code) => [
        `\`${code}\``,
        ERRORS[code].status,
        ERRORS[code].title,
        ERRORS[code].advice,
      ]),
    ),
    '## Types',
    ...Object.entries(schemas).flatMap(([name, schema]) => typeSection(name, Schema.parse(schema))),
  ];
  return `${sections.join('\n\n')}\n`;
}

function title({ method, path }: RoutedFunction): string {
  return `${method} ${path}`;
}

/** As GitHub makes it of a heading. */
function anchor(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^a-z0-9 _-]/g, '')
    .replaceAll(' ', '-');
}

function routeSection(route: RoutedFunction): string[] {
  const { description, parameters, body, responses, responseHeaders = {}, errors } = operationOf(route);
  const rows = (of: 'path' | 'query' | 'header') =>
    parameters.flatMap((name) => {
      const parameter = PARAMETERS[name];
      return parameter.in === of ? [[`\`${parameter.name}\``, of, parameter.description]] : [];
    });
  const parameterRows = [...rows('path'), ...rows('query'), ...rows('header')];
  const headerRows = Object.entries(responseHeaders).map(([name, text]) => [`\`${name}\``, text]);
  const example =
    body === undefined
      ? []
      : [
          `Body: ${link(body.schema)}.`,
          `\`\`\`sh\ncurl -s 'http://127.0.0.1:3000${route.path}${route.name === 'submit' ? '?wait=10' : ''}' \\\n  -H 'Content-Type: application/json' \\\n  -d '${JSON.stringify(body.example)}'\n\`\`\``,
        ];
  return [
    `## ${title(route)}`,
    description,
    ...(parameterRows.length > 0 ? [table(['parameter', 'in', 'what'], parameterRows)] : []),
    ...example,
    table(
      ['answer', 'when', 'body'],
      Object.entries(responses).map(([status, { description: when, schema }]) => [
        status,
        when,
        schema === undefined ? '' : link(schema),
      ]),
    ),
    ...(headerRows.length > 0 ? [table(['header of the answer', 'what'], headerRows)] : []),
    ...(errors.length > 0 ? [`[Errors](#errors): ${errors.map((code) => `\`${code}\``).join(', ')}.`] : []),
  ];
}

function typeSection(name: string, schema: Schema): string[] {
  const required = new Set(schema.required);
  const rows = Object.entries(schema.properties ?? {}).map(([field, part]) => [
    `\`${field}\`${required.has(field) ? '' : ' (optional)'}`,
    typeOf(part),
    [part.description, defaultOf(part)].filter((text) => text !== undefined).join(' '),
  ]);
  return [
    `### ${name}`,
    ...(schema.description === undefined ? [] : [schema.description]),
    table(['field', 'type', 'what'], rows),
  ];
}

/** An empty default is what anyone expects. */
function defaultOf(schema: Schema): string | undefined {
  const value = schema.default;
  const plain = typeof value === 'string' ? value !== '' : typeof value === 'number' || value === true;
  return plain ? `Default \`${String(value)}\`.` : undefined;
}

function typeOf(schema: Schema): string {
  const { $ref, anyOf, enum: values, items, properties, minimum, maximum } = schema;
  if ($ref !== undefined) return link($ref.slice($ref.lastIndexOf('/') + 1));
  if (anyOf) return anyOf.map(typeOf).join(' or ');
  if (values) return values.map((value) => `\`${String(value)}\``).join(', ');
  if (items) return `list of ${typeOf(items)}`;
  if (properties) {
    const fields = Object.entries(properties).map(([name, part]) => `\`${name}\`: ${typeOf(part)}`);
    return `{ ${fields.join(', ')} }`;
  }
  const more = Schema.safeParse(schema.additionalProperties);
  if (more.success && more.data.type !== undefined) return `map of ${typeOf(more.data)}`;
  const type = [schema.type].flat().join(' or ');
  const bounded = minimum !== undefined && maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER;
  return `${schema.format ?? type}${bounded ? `, ${minimum} to ${maximum}` : ''}`;
}

function link(name: string): string {
  return `[${name}](#${anchor(name)})`;
}

function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const lines = [head, head.map(() => '---'), ...rows];
  return lines
    .map((cells) => `| ${cells.map((cell) => String(cell).replaceAll('|', '\\|')).join(' | ')} |`)
    .join('\n');
}
