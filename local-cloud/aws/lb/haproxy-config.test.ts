import assert from "node:assert/strict";
import { test } from "node:test";
import { renderBalancer, type BalancerConfig, type GroupConfig } from "./haproxy-config.ts";
import { renderServerState } from "./server-state.ts";

const group: GroupConfig = {
  name: "api",
  algorithm: "least_outstanding_requests",
  slowStart: 0,
  stickySeconds: undefined,
  check: {
    path: "/readyz",
    port: "traffic-port",
    matcher: "200,204",
    interval: 5,
    timeout: 3,
    healthyThreshold: 2,
    unhealthyThreshold: 3,
  },
  targets: [
    { name: "i-1:8080", address: "10.0.1.4", port: 8080 },
    { name: "i-2:8080", address: "10.0.2.4", port: 8080 },
  ],
};
const config: BalancerConfig = {
  idleTimeout: 60,
  forwardedFor: "append",
  listeners: [
    { port: 80, action: { groupName: "api" } },
    { port: 81, action: { status: 404, contentType: "text/plain", body: "it's %[gone]" } },
  ],
  groups: [group],
};

const rendered = `global
  log stdout format raw local0 notice
  maxconn 9000
  stats socket /opt/balancer/admin.sock mode 600 level admin expose-fd listeners
  server-state-file /opt/balancer/servers.state
  # Checks a new target within a second, independent of its interval.
  max-spread-checks 1s
  # After a reload, the old worker finishes its connections within this time.
  hard-stop-after 1h
  # Keeps connections to targets for later requests. By default HAProxy stops that, and opens a
  # connection for each request, once a fifth of its files is in use, as with 4,500 clients.
  tune.pool-low-fd-ratio 90
  tune.pool-high-fd-ratio 95

defaults
  mode http
  log global
  option dontlog-normal
  option dontlognull
  # Any client's request may use any open connection to a target, as on AWS.
  http-reuse always
  # A refused connection to a target is an error: AWS does not try another target either.
  retries 0
  # After a reload, an idle client keeps its connection until its next answer.
  option idle-close-on-response
  timeout connect 10s
  timeout client 60s
  timeout server 60s
  timeout http-request 60s
  timeout http-keep-alive 60s
  timeout tunnel 60s
  load-server-state-from-file global

frontend listener-80
  bind :80
  option forwardfor
  http-request set-header X-Forwarded-Proto http
  http-request set-header X-Forwarded-Port 80
  use_backend api.second-pass if { fe_conn le 500 }
  default_backend api

frontend listener-81
  bind :81
  option forwardfor
  http-request set-header X-Forwarded-Proto http
  http-request set-header X-Forwarded-Port 81
  http-request return status 404 content-type 'text/plain' string 'it'"'"'s %[gone]'

backend api.second-pass
  option http-server-close
  server hop abns@api.second-pass

frontend api.second-pass
  bind abns@api.second-pass
  default_backend api

backend api
  balance leastconn
  option httpchk
  http-check send meth GET uri '/readyz' ver HTTP/1.1 hdr Host health-check hdr User-Agent ELB-HealthChecker/2.0 hdr Connection close
  http-check expect status 200,204
  timeout check 3s
  default-server check inter 5s rise 2 fall 3
  server i-1:8080 10.0.1.4:8080
  server i-2:8080 10.0.2.4:8080
`;

test("the configuration is rendered", () => {
  assert.equal(renderBalancer(config), rendered);
});

test("stickiness, slow start and a port for checks are rendered", () => {
  const special = { ...group, stickySeconds: 60, slowStart: 30, check: { ...group.check, port: "9000" } };
  const text = renderBalancer({ ...config, groups: [special] });
  assert.match(text, /^ {2}cookie AWSALB insert indirect nocache httponly maxlife 60s$/m);
  assert.match(text, /^ {2}default-server check inter 5s rise 2 fall 3 port 9000 slowstart 30s$/m);
  assert.match(text, /^ {2}server i-1:8080 10\.0\.1\.4:8080 cookie i-1:8080$/m);
});

test("X-Forwarded-For can be preserved or removed", () => {
  assert.doesNotMatch(renderBalancer({ ...config, forwardedFor: "preserve" }), /forwardfor|X-Forwarded-For/);
  assert.match(renderBalancer({ ...config, forwardedFor: "remove" }), /del-header X-Forwarded-For/);
});

const stateOf = (line: string) => line.split(" ")[5];
const rowOf = (state: string, server: string) => state.split("\n").find((line) => line.split(" ")[3] === server) ?? "";

test("a new target is down until its checks have passed", () => {
  assert.equal(stateOf(rowOf(renderServerState("", [group]), "i-1:8080")), "0");
});

test("a known target keeps its state, and a removed one has none", () => {
  const known = "3 api 1 i-1:8080 10.0.1.4 2 0 1 1 100 6 3 4 6 0 0 0 - 8080 - 0 0 - - 0";
  const gone = known.replace("i-1", "i-0");
  const state = renderServerState(`1\n# header\n${known}\n${gone}\n`, [group]);
  assert.equal(rowOf(state, "i-1:8080"), known);
  assert.equal(rowOf(state, "i-0:8080"), "");
  assert.equal(stateOf(rowOf(state, "i-2:8080")), "0");
});

test("a target with a known name and another address is new", () => {
  const moved = "3 api 1 i-1:8080 10.0.9.9 2 0 1 1 100 6 3 4 6 0 0 0 - 8080 - 0 0 - - 0";
  assert.equal(stateOf(rowOf(renderServerState(moved, [group]), "i-1:8080")), "0");
});
