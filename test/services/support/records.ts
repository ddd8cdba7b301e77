/** What Spring writes: key as text, value as 8 bytes, no headers. Spelled out here, so that the contract's own codec is held to it. */
export function spring(userId: bigint): { key: string; value: Buffer } {
  const value = Buffer.alloc(8);
  value.writeBigInt64BE(userId);
  return { key: userId.toString(), value };
}
