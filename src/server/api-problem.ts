import type { ContentfulStatusCode } from 'hono/utils/http-status';

/** Something asked of the server that it does not do. Ends as an `ApiError` with this status. */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem';

  /** @example throw new ApiProblem(404, 'no-such-case', { code }); */
  constructor(
    readonly status: ContentfulStatusCode,
    readonly code: string,
    readonly params: Readonly<Record<string, string | number>> = {},
    readonly retry = false,
  ) {
    super(code);
  }
}
