/* global __ENV, console */
// Sends requests without a user, to reach each task of the API. They get 400 and store nothing.
import http from "k6/http";

export const options = { vus: 8, duration: "1s", discardResponseBodies: true };

const post = { headers: { "content-type": "application/json" }, timeout: 2000 };

export default function () {
  const { status, error } = http.post(__ENV.URL, "{}", post);
  console.log(`${status} ${error}`);
}
