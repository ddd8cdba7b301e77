/** Memory of the two Java processes on Kafka's host, in MiB. */
export interface KafkaMemory {
  kafka: { heap: number; limit: number };
  zookeeper: { heap: number; limit: number };
}

/** Memory of the host itself: kernel, Docker engine, SSH. */
const HOST_MIB = 400;
/** Memory of Java beside the heap: threads, code, buffers. */
const OUTSIDE_HEAP_MIB = 256;

/**
 * Divides a host's memory. Kafka depends on the page cache, so its heap takes a quarter of the host
 * and 4 GiB at most. ZooKeeper holds little for one broker and two topics.
 *
 * @param hostMib memory of the instance type, in MiB.
 */
export function shareMemory(hostMib: number): KafkaMemory {
  const heap = Math.min(4096, Math.max(256, Math.floor(hostMib / 4)));
  const zookeeper = { heap: 128, limit: 128 + OUTSIDE_HEAP_MIB };
  const rest = hostMib - HOST_MIB - zookeeper.limit;
  return { kafka: { heap, limit: Math.max(rest, Math.min(heap + OUTSIDE_HEAP_MIB, hostMib)) }, zookeeper };
}
