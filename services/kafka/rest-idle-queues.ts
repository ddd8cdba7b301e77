// The reference names the file, because the program's compilation includes only imported files, and
// no module can import an ambient declaration.
// eslint-disable-next-line @typescript-eslint/triple-slash-reference
/// <reference path="./kafkajs-internals.d.ts" />
import RequestQueue from "kafkajs/src/network/requestQueue/index.js";

// kafkajs 2.2.4 looks each millisecond whether a connection's request may be sent that had to wait,
// whether one waits or not (tulios/kafkajs#1704): 3.3 % of a core for one connection. What comes to
// wait starts that timer itself, so nothing is missed without it.
const { prototype } = RequestQueue;
const schedule = prototype.scheduleCheckPendingRequests;

prototype.scheduleCheckPendingRequests = function () {
  if (this.pending.length > 0) schedule.call(this);
};
