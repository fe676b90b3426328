import { z } from 'zod';
import { SandboxContainer, SandboxUpdate } from './container-policy.ts';

export interface Call {
  readonly method: string;
  /** Path and query, as the caller sent them. */
  readonly url: string;
  /** The body, parsed; undefined where there is none. */
  readonly body: unknown;
}

/** A call as the proxy makes it: built anew from what was understood, so that nothing else gets through. */
export interface Allowed {
  readonly kind: 'allowed';
  readonly method: string;
  readonly path: string;
  readonly body?: string;
  /** The container that it is about: it must be one of a runner. */
  readonly container?: string;
  /** The connection becomes a plain stream in both directions. */
  readonly hijack?: boolean;
}

export interface Denied {
  readonly kind: 'denied';
  readonly reason: string;
}

const Flag = z.enum(['0', '1', 'true', 'false']);
const ContainerName = z.string().regex(/^rce-(?:exec|owner)-[A-Za-z0-9_.-]{1,100}$/);
/** A name of an image, with its registry, tag and digest; no URL. */
const ImageName = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_./:@-]{0,299}$/);
const OwnerFilter = z
  .string()
  .transform((text, context) => {
    try {
      return JSON.parse(text) as unknown;
    } catch {
      context.addIssue('must be JSON');
      return z.NEVER;
    }
  })
  .pipe(z.strictObject({ label: z.tuple([z.literal('rce.owner')]) }))
  .transform((filters) => JSON.stringify(filters));

interface Route {
  readonly method: string;
  readonly path: RegExp;
  readonly query: z.ZodObject;
  readonly body?: z.ZodType;
  readonly hijack?: boolean;
  readonly pull?: boolean;
}

const ID = '(?<container>[0-9a-f]{64})';
const NONE = z.strictObject({});

/** All calls that the docker driver makes. What is not here is refused. */
const ROUTES: readonly Route[] = [
  { method: 'GET', path: /^\/_ping$/, query: NONE },
  { method: 'GET', path: /^\/(?:info|version)$/, query: NONE },
  { method: 'GET', path: /^\/images\/(?<image>.+)\/json$/, query: NONE },
  {
    method: 'POST',
    path: /^\/images\/create$/,
    // No fromSrc: that would import an image from anywhere.
    query: z.strictObject({
      fromImage: ImageName,
      tag: z
        .string()
        .regex(/^[\w.-]{0,128}$/)
        .optional(),
    }),
    pull: true,
  },
  {
    method: 'GET',
    path: /^\/containers\/json$/,
    query: z.strictObject({ all: Flag.optional(), filters: OwnerFilter }),
  },
  {
    method: 'POST',
    path: /^\/containers\/create$/,
    // The Docker client repeats the body's fields here, where Docker ignores them: they are dropped.
    query: z.object({ name: ContainerName }),
    body: SandboxContainer,
  },
  {
    method: 'POST',
    path: new RegExp(`^/containers/${ID}/attach$`),
    query: z.strictObject({
      stream: Flag,
      stdin: Flag.optional(),
      stdout: Flag.optional(),
      stderr: Flag.optional(),
      hijack: Flag.optional(),
    }),
    hijack: true,
  },
  { method: 'POST', path: new RegExp(`^/containers/${ID}/start$`), query: NONE },
  { method: 'POST', path: new RegExp(`^/containers/${ID}/update$`), query: NONE, body: SandboxUpdate },
  {
    method: 'GET',
    path: new RegExp(`^/containers/${ID}/json$`),
    query: z.strictObject({ size: Flag.optional() }),
  },
  {
    method: 'GET',
    path: new RegExp(`^/containers/${ID}/stats$`),
    query: z.strictObject({ stream: z.enum(['0', 'false']), 'one-shot': Flag.optional() }),
  },
  {
    method: 'DELETE',
    path: new RegExp(`^/containers/${ID}$`),
    query: z.strictObject({ force: Flag.optional(), v: Flag.optional() }),
  },
];

/** Whether a call may be made, and in which form. */
export function decide(call: Call, options: { readonly pull: boolean }): Allowed | Denied {
  const deny = (reason: string): Denied => ({ kind: 'denied', reason });
  const question = call.url.indexOf('?');
  const path = question < 0 ? call.url : call.url.slice(0, question);
  // Compared as sent, never decoded: `%2e%2e` and the like are no part of any path of ours but an image's name.
  const route = ROUTES.find(({ method, path: pattern }) => method === call.method && pattern.test(path));
  if (!route) return deny(`${call.method} ${path} is not a call that the runner makes`);
  if (route.pull && !options.pull) return deny('pulling images is turned off (RCE_PROXY_PULL)');

  const groups = route.path.exec(path)?.groups ?? {};
  let target = path;
  if (groups.image !== undefined) {
    const image = ImageName.safeParse(decode(groups.image));
    if (!image.success || image.data.includes('..')) return deny('the name of the image is not one');
    target = `/images/${image.data}/json`;
  }

  const parameters = new URLSearchParams(question < 0 ? '' : call.url.slice(question + 1));
  const names = [...parameters.keys()].filter((name) => name in route.query.shape);
  if (new Set(names).size !== names.length) return deny('a parameter is given twice');
  const query = route.query.safeParse(Object.fromEntries(parameters));
  if (!query.success) return deny(explain('the query', query.error));
  const rebuilt = new URLSearchParams(query.data as Record<string, string>).toString();

  let body: string | undefined;
  if (route.body) {
    const parsed = route.body.safeParse(call.body);
    if (!parsed.success) return deny(explain('the body', parsed.error));
    // Written anew: Docker's parser ignores case and merges keys that come twice, ours does not.
    body = JSON.stringify(parsed.data);
  }
  return {
    kind: 'allowed',
    method: call.method,
    path: rebuilt === '' ? target : `${target}?${rebuilt}`,
    ...(body === undefined ? {} : { body }),
    ...(groups.container === undefined ? {} : { container: groups.container }),
    ...(route.hijack ? { hijack: true } : {}),
  };
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

function explain(what: string, error: z.ZodError): string {
  const [issue] = error.issues;
  const keys = issue?.code === 'unrecognized_keys' ? ` (${issue.keys.join(', ')})` : '';
  return `${what} is not what the runner sends: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}${keys}`
    .slice(0, 300)
    .trim();
}
