/** What is used here of the queue that kafkajs 2.2.4 has for each connection. */
declare module "kafkajs/src/network/requestQueue/index.js" {
  interface RequestQueue {
    /** Requests that may not be sent yet. */
    pending: unknown[];
    /** Requests that wait for their response, by their correlation id. */
    inflight: Map<number, unknown>;
    /** The timer by which it looks again, if it has one. */
    throttleCheckTimeoutId: NodeJS.Timeout | null;
    scheduleCheckPendingRequests: (this: RequestQueue) => void;
    checkPendingRequests: () => void;
    /** The broker asks for a pause, in milliseconds. */
    maybeThrottle: (milliseconds: number) => void;
    push: (request: {
      entry: { correlationId: number; resolve: () => void; reject: (error: Error) => void };
      expectResponse: boolean;
      sendRequest: () => void;
    }) => void;
    rejectAll: (error: Error) => void;
  }

  const RequestQueue: {
    new (options: object): RequestQueue;
    prototype: RequestQueue;
  };
  export default RequestQueue;
}
