import { encodeRecord } from "@gifticon/contract/record.ts";
import type { GifticonRequest } from "@gifticon/contract/request.ts";
import type { RequestStatus } from "@gifticon/contract/status.ts";
import type { Acceptor } from "./acceptor.ts";
import { Batcher } from "./batcher.ts";
import type { BrokerLink } from "./broker-link.ts";
import type { BatchObserver } from "./metrics.ts";

/**
 * The cost of a batch hardly depends on its size, so a few requests wait 20 ms for more, four times
 * the linger of Kafka's own client. A hundred requests don't wait. A batch has at most 150 KB, well
 * below the broker's limit of 1 MB; 10,000 pending requests take a few megabytes.
 */
const BOUNDS = { lingerMs: 20, flushAt: 100, maxBatch: 1_000, maxInFlight: 4, maxPending: 10_000 };

/**
 * Creates the acceptor of mode kafka. A request is accepted when the broker has acknowledged its
 * batch.
 */
export function createKafkaAcceptor(
  link: Pick<BrokerLink, "send" | "close" | "downReason" | "unavailable">,
  observe: BatchObserver,
  maxPending = BOUNDS.maxPending,
): Acceptor {
  const batcher = new Batcher<GifticonRequest, RequestStatus>({
    ...BOUNDS,
    maxPending,
    work: (requests) =>
      observe(requests.length, async () => {
        await link.send(requests.map(encodeRecord));
        return requests.map(({ requestId }) => ({ requestId, status: "queued" as const }));
      }),
  });
  return {
    accept: (request) => {
      const unavailable = link.unavailable();
      if (unavailable !== undefined) return Promise.reject(unavailable);
      return batcher.submit(request);
    },
    pending: () => batcher.pending,
    readiness: () => {
      const { downReason } = link;
      return downReason === undefined ? { ok: true } : { ok: false, reason: `broker: ${downReason}` };
    },
    close: async () => {
      await batcher.drain();
      await link.close();
    },
  };
}
