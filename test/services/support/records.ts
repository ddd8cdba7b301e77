/**
 * Returns a record as Spring writes it: key as text, value as 8 bytes, no headers. Independent of
 * the contract's codec, which it tests.
 */
export function spring(userId: bigint): { key: string; value: Buffer } {
  const value = Buffer.alloc(8);
  value.writeBigInt64BE(userId);
  return { key: userId.toString(), value };
}
