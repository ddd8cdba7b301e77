import { connect } from "node:net";
import { PATHS } from "@gifticon/contract/facts/http.ts";

/**
 * A program of its own for Docker's HEALTHCHECK (the image has no curl): asks the service in the
 * same container, at PORT, whether it is alive. Ends with 0 for 200 within 3 s, else with 1. What
 * the service says goes to standard output.
 *
 * It runs every few seconds for each copy, so it loads nothing but a socket: with `node:http` it
 * took 0.15 CPU seconds instead of 0.07, as a command of the service's own bundle 0.33.
 */
const TIMEOUT_MS = 3_000;

let answer = "";
const socket = connect(Number(process.env["PORT"]), "127.0.0.1", () => {
  // 1.0, so that the answer comes whole and its end is the connection's.
  socket.write(`GET ${PATHS.health} HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n`);
});
socket.setEncoding("utf8");
socket.setTimeout(TIMEOUT_MS, () => {
  socket.destroy(new Error(`no answer within ${TIMEOUT_MS} ms`));
});
socket.on("data", (text: string) => {
  answer += text;
});
socket.on("error", ({ message }) => {
  answer = `${PATHS.health}: ${message}`;
});
socket.on("close", () => {
  process.stdout.write(`${answer.slice(answer.indexOf("\r\n\r\n") + 1).trim()}\n`);
  process.exitCode = answer.startsWith("HTTP/1.1 200 ") ? 0 : 1;
});
