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

test("a load balancer is rendered as a whole", () => {
  assert.equal(
    renderBalancer(config),
    `global
  log stdout format raw local0 notice
  maxconn 9000
  stats socket /opt/balancer/admin.sock mode 600 level admin expose-fd listeners
  server-state-file /opt/balancer/servers.state
  # The first check of a new target comes within a second, whatever its interval.
  max-spread-checks 1s
  # A worker that was reloaded finishes its connections, but not for ever.
  hard-stop-after 1h
  # Connections to targets are kept for the next request. HAProxy would give that up once a fifth of its files is in use, as it is with
  # 4,500 clients, and open a connection for each request.
  tune.pool-low-fd-ratio 90
  tune.pool-high-fd-ratio 95

defaults
  mode http
  log global
  option dontlog-normal
  option dontlognull
  # Connections to targets are shared, as on AWS, whatever client they were opened for.
  http-reuse always
  # A target that refuses a connection gives an error: there is no second try elsewhere on AWS either.
  retries 0
  # At a reload, an idle client keeps its connection until its next answer.
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
  use_backend api.answering if { fe_conn le 500 }
  default_backend api

frontend listener-81
  bind :81
  option forwardfor
  http-request set-header X-Forwarded-Proto http
  http-request set-header X-Forwarded-Port 81
  http-request return status 404 content-type 'text/plain' string 'it'"'"'s %[gone]'

backend api.answering
  option http-server-close
  server hop abns@api.answering

frontend api.answering
  bind abns@api.answering
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
`,
  );
});

test("stickiness, slow start and a check port of its own are rendered where they are set", () => {
  const special = { ...group, stickySeconds: 60, slowStart: 30, check: { ...group.check, port: "9000" } };
  const text = renderBalancer({ ...config, groups: [special] });
  assert.match(text, /^ {2}cookie AWSALB insert indirect nocache httponly maxlife 60s$/m);
  assert.match(text, /^ {2}default-server check inter 5s rise 2 fall 3 port 9000 slowstart 30s$/m);
  assert.match(text, /^ {2}server i-1:8080 10\.0\.1\.4:8080 cookie i-1:8080$/m);
});

test("X-Forwarded-For is kept as it came, or removed, where that is asked", () => {
  assert.doesNotMatch(renderBalancer({ ...config, forwardedFor: "preserve" }), /forwardfor|X-Forwarded-For/);
  assert.match(renderBalancer({ ...config, forwardedFor: "remove" }), /del-header X-Forwarded-For/);
});

const stateOf = (line: string) => line.split(" ")[5];
const rowOf = (state: string, server: string) => state.split("\n").find((line) => line.split(" ")[3] === server) ?? "";

test("a target that is new is down until its checks have passed", () => {
  assert.equal(stateOf(rowOf(renderServerState("", [group]), "i-1:8080")), "0");
});

test("a target that was there keeps its state, and one that has gone has none", () => {
  const known = "3 api 1 i-1:8080 10.0.1.4 2 0 1 1 100 6 3 4 6 0 0 0 - 8080 - 0 0 - - 0";
  const gone = known.replace("i-1", "i-0");
  const state = renderServerState(`1\n# header\n${known}\n${gone}\n`, [group]);
  assert.equal(rowOf(state, "i-1:8080"), known);
  assert.equal(rowOf(state, "i-0:8080"), "");
  assert.equal(stateOf(rowOf(state, "i-2:8080")), "0");
});

test("a target of the same name at another address is new", () => {
  const elsewhere = "3 api 1 i-1:8080 10.0.9.9 2 0 1 1 100 6 3 4 6 0 0 0 - 8080 - 0 0 - - 0";
  assert.equal(stateOf(rowOf(renderServerState(elsewhere, [group]), "i-1:8080")), "0");
});
