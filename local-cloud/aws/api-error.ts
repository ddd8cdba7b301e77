/** An AWS API error. Its message is "CODE: reason", such as "InvalidSubnetID.NotFound: ...". */
export class ApiError extends Error {
  override name = "ApiError";
  readonly code: string;

  constructor(code: string, message: string) {
    super(`${code}: ${message}`);
    this.code = code;
  }
}
