import type { z } from 'zod';
import { BOUNDS } from '../api/bounds.ts';
import { badRequest, Refusal } from '../refusal.ts';

function tooLarge(): Refusal {
  return new Refusal(
    'TOO_LARGE',
    'The request is larger than the console accepts at once.',
    'Send a file in parts.',
  );
}

/** Reads the body of a request, up to its limit. Rejects with TOO_LARGE. */
async function readBody(request: Request): Promise<string> {
  if (Number(request.headers.get('content-length') ?? 0) > BOUNDS.bodyBytes) throw tooLarge();
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of request.body ?? []) {
    bytes += chunk.length;
    if (bytes > BOUNDS.bodyBytes) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parsed<S extends z.ZodType>(schema: S, value: unknown): z.output<S> {
  const read = schema.safeParse(value);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  // The input is not repeated, because it might be a credential.
  const where = issue === undefined ? '' : ` (${issue.path.map(String).join('.')}: ${issue.code})`;
  throw badRequest(`The console does not know this request${where}.`);
}

/** Reads the JSON of a POST. Rejects with BAD_REQUEST, TOO_LARGE. */
export async function bodyOf<S extends z.ZodType>(
  request: Request,
  schema: S,
): Promise<z.output<S>> {
  const text = await readBody(request);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw badRequest('The body of the request is not JSON.');
  }
  return parsed(schema, value);
}

/** Reads the query of a GET. Throws BAD_REQUEST, also for a parameter that is given twice. */
export function queryOf<S extends z.ZodType>(request: Request, schema: S): z.output<S> {
  const { searchParams } = new URL(request.url);
  const pairs = [...searchParams];
  const query = Object.fromEntries(pairs);
  if (Object.keys(query).length !== pairs.length)
    throw badRequest('A part of the query is given twice.');
  return parsed(schema, query);
}
