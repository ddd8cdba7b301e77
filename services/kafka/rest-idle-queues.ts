// The reference names the file, because the program's compilation includes only imported files, and
// no module can import an ambient declaration.
// eslint-disable-next-line @typescript-eslint/triple-slash-reference
/// <reference path="./kafkajs-internals.d.ts" />
import RequestQueue from "kafkajs/src/network/requestQueue/index.js";

// kafkajs 2.2.4 checks the queue of each connection every millisecond, even when no request waits
// in it (tulios/kafkajs#1704). That took 3.3 % of a core for one connection. A request that has to
// wait starts the timer itself, so the checks of an empty queue can stop.
const { prototype } = RequestQueue;
const schedule = prototype.scheduleCheckPendingRequests;

prototype.scheduleCheckPendingRequests = function () {
  if (this.pending.length > 0) schedule.call(this);
};
