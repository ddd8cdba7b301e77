/** Memory of the two Java processes on Kafka's host, in MiB. */
export interface KafkaMemory {
  kafka: { heap: number; limit: number };
  zookeeper: { heap: number; limit: number };
}

/** Left to the host: kernel, Docker engine, SSH. */
const HOST_MIB = 400;
/** Java's own share beside the heap: threads, code, buffers. */
const OUTSIDE_HEAP_MIB = 256;

/**
 * Shares a host's memory out. Kafka lives on the page cache, so its heap takes a quarter of the host, and not more than 4 GiB, and the rest is for the cache; ZooKeeper of one
 * broker and two topics holds next to nothing.
 *
 * @param hostMib the instance type's memory.
 */
export function shareMemory(hostMib: number): KafkaMemory {
  const heap = Math.min(4096, Math.max(256, Math.floor(hostMib / 4)));
  const zookeeper = { heap: 128, limit: 128 + OUTSIDE_HEAP_MIB };
  const rest = hostMib - HOST_MIB - zookeeper.limit;
  return { kafka: { heap, limit: Math.max(rest, Math.min(heap + OUTSIDE_HEAP_MIB, hostMib)) }, zookeeper };
}
