/** Talks to the local server, and to nobody else. */
import { API, type ApiError } from './paths.js';

/** What the server refused or could not do; `no-answer` when it does not run any more. */
export class ApiFailure extends Error {
  override readonly name = 'ApiFailure';

  constructor(
    readonly status: number,
    readonly code: string,
    readonly params: ApiError['params'],
    readonly retry: boolean,
    readonly requestId: string,
  ) {
    super(code);
  }
}

export const get = <T>(path: string, signal?: AbortSignal): Promise<T> =>
  request<T>('GET', path, undefined, signal);
export const post = <T>(path: string, body: unknown = {}, signal?: AbortSignal): Promise<T> =>
  request<T>('POST', path, body, signal);
export const put = <T>(path: string, body: unknown): Promise<T> => request<T>('PUT', path, body);
export const patch = <T>(path: string, body: unknown): Promise<T> => request<T>('PATCH', path, body);
export const del = <T>(path: string): Promise<T> => request<T>('DELETE', path);

/** Text of an answer that is no JSON: a picture as SVG. */
export async function getText(path: string, signal?: AbortSignal): Promise<string> {
  return (await answered('GET', `${API}${path}`, {}, signal)).text();
}

/** The same for what is asked with a body. */
export async function postText(path: string, body: unknown, signal?: AbortSignal): Promise<string> {
  return (await answered('POST', `${API}${path}`, jsonBody(body), signal)).text();
}

/** Raw bytes: one piece of an upload. */
export async function putBytes<T>(
  path: string,
  bytes: Blob,
  headers: Readonly<Record<string, string>>,
  signal?: AbortSignal,
): Promise<T> {
  return json<T>(await answered('PUT', `${API}${path}`, { body: bytes, headers }, signal));
}

/** The token of the address the program printed, once. @throws ApiFailure 401 */
export async function signIn(token: string): Promise<void> {
  await answered('POST', '/auth', jsonBody({ token }));
}

async function request<T>(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<T> {
  return json<T>(await answered(method, `${API}${path}`, body === undefined ? {} : jsonBody(body), signal));
}

function jsonBody(body: unknown): Pick<RequestInit, 'body' | 'headers'> {
  return { body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } };
}

async function json<T>(response: Response): Promise<T> {
  return (response.status === 204 ? undefined : await response.json()) as T;
}

async function answered(
  method: string,
  path: string,
  init: Pick<RequestInit, 'body' | 'headers'>,
  signal?: AbortSignal,
): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(path, {
      method,
      ...init,
      credentials: 'same-origin',
      cache: 'no-store',
      redirect: 'error',
      ...(signal ? { signal } : {}),
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ApiFailure(0, 'no-answer', {}, true, '');
  }
  if (response.ok) return response;
  const told = (await response.json().catch(() => ({}))) as Partial<ApiError>;
  throw new ApiFailure(
    response.status,
    told.code ?? 'internal',
    told.params ?? {},
    told.retry ?? response.status >= 500,
    told.requestId ?? '',
  );
}
