import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { after, before, describe, test } from "node:test";
import { LOAD_TEST_USERS } from "@gifticon/contract/facts/load-test-users.ts";
import { ngrinderLibraries, type NgrinderLibraries, type Player } from "./support/ngrinder.ts";

const libs = process.env["GROOVY_LIBS"] ?? assert.fail("run this test by ./run test services");
const script = fileURLToPath(new URL("../../load-test/ngrinder/GifticonUsers.groovy", import.meta.url));

let ngrinder: NgrinderLibraries;
let player: Player;
before(async () => {
  ngrinder = await ngrinderLibraries(libs);
  player = ngrinder.player();
});
after(async () => {
  await player[Symbol.asyncDispose]();
  await ngrinder[Symbol.asyncDispose]();
});

/** Properties of a test of one minute, as nGrinder's controller gives them to each process. */
const withoutParameter = {
  script,
  "grinder.test.id": "test_33",
  "grinder.agents": 1,
  "grinder.processes": 1,
  "grinder.threads": 10,
  "grinder.runs": 0,
  "grinder.duration": 60_000,
};
const minute = { ...withoutParameter, param: "http://api.example" };
const validation = { script, "grinder.script.validation": "true", "grinder.threads": 1 };

/** Returns the address, user id and key of each request. */
function requestsOf(lines: string[]): { address: string; user: number; key: string }[] {
  return lines.flatMap((line) => {
    const [, address = "", user, key = ""] = /^POST (\S+) \{"userId": (\d+)\} (\S+)$/.exec(line) ?? [];
    return user === undefined ? [] : [{ address, user: Number(user), key }];
  });
}

describe("the nGrinder script", () => {
  test("compiles with static checks of names and types", async () => {
    const { exitCode, output } = await ngrinder.check(script);
    assert.equal(exitCode, 0, output);
  });

  for (const [correct, wrong, message] of [
    ["answer.statusCode in", "answer.statusCod in", /No such property: statusCod /],
    [
      "new HTTPRequest()",
      "HTTPRequest.create()",
      /Cannot find matching method org\.ngrinder\.http\.HTTPRequest#create/,
    ],
  ] as const) {
    test(`does not compile with ${wrong}`, async () => {
      const folder = await mkdtemp(join(tmpdir(), "ngrinder-"));
      try {
        const broken = join(folder, "GifticonUsers.groovy");
        const text = await readFile(script, "utf8");
        assert.ok(text.includes(correct));
        await writeFile(broken, text.replace(correct, wrong));
        const { exitCode, output } = await ngrinder.check(broken);
        assert.notEqual(exitCode, 0);
        assert.match(output, message);
      } finally {
        await rm(folder, { recursive: true });
      }
    });
  }

  test("pauses after each request, with a good answer, a bad one or none", async () => {
    const lines = await player.play({ ...minute, users: "0,1,2,3", answers: "202,503,none,410" });
    assert.deepEqual(
      lines.filter((line) => !line.startsWith("POST ")),
      ["sleep 1500", "sleep 1500", "failure answered 503", "sleep 1500", "failure no answer", "sleep 1500"],
    );
  });

  test("sends requests to its parameter, with or without a trailing slash", async () => {
    for (const param of ["http://api.example", "http://api.example/"]) {
      const [request] = requestsOf(await player.play({ ...minute, param }));
      assert.equal(request?.address, "http://api.example/gifticons");
    }
  });

  test("explains a wrong parameter", async () => {
    for (const [scenario, given] of [
      [withoutParameter, ""],
      [{ ...minute, param: "api.example" }, "api.example"],
      [{ ...minute, param: "http://api.example/gifticons" }, "http://api.example/gifticons"],
    ] as const) {
      assert.deepEqual(await player.play(scenario), [
        `failure The parameter of the test is "${given}". Set it to the output apiUrl, as http://HOST.`,
      ]);
    }
  });

  test("sends requests to the stack's API_URL if it has no parameter", async () => {
    await using configured = ngrinder.player({ API_URL: "http://stack.example" });
    for (const scenario of [withoutParameter, validation]) {
      const [request] = requestsOf(await configured.play(scenario));
      assert.equal(request?.address, "http://stack.example/gifticons");
    }
  });
});

describe("a validation", () => {
  test("succeeds without an address, with a warning", async () => {
    assert.deepEqual(await player.play(validation), [
      "warn Validated without a request: nGrinder gives a validation no parameter, and API_URL is not set. " +
        "Set the parameter of the test to the output apiUrl.",
    ]);
  });

  test("uses a user that no test uses, and another key each time", async () => {
    const known = { ...validation, param: "http://api.example" };
    const first = requestsOf(await player.play(known));
    const second = requestsOf(await player.play(known));
    assert.deepEqual(
      [...first, ...second].map(({ user }) => user),
      [LOAD_TEST_USERS.first, LOAD_TEST_USERS.first],
    );
    assert.equal(new Set([...first, ...second].map(({ key }) => key)).size, 2);
  });
});

describe("user ids and keys", () => {
  test("do not repeat within a test or between tests, with several agents and processes", async () => {
    const seen = { users: new Set<number>(), keys: new Set<string>() };
    let asked = 0;
    // The numbers of tests jump when the controller starts again.
    for (const number of [1, 2, 3, 33, 58, 249]) {
      for (const [agent, process] of [
        [0, 0],
        [0, 2],
        [1, 0],
        [1, 2],
      ] as const) {
        const scenario = { ...minute, "grinder.test.id": `test_${number}`, "grinder.agents": 2, agent, process };
        const lines = await player.play({ ...scenario, "grinder.processes": 3, users: "0,1,9", runs: 3 });
        for (const { user, key } of requestsOf(lines)) {
          asked += 1;
          seen.users.add(user);
          seen.keys.add(key);
          assert.ok(user >= LOAD_TEST_USERS.first && user <= LOAD_TEST_USERS.last, String(user));
        }
      }
    }
    assert.deepEqual([seen.users.size, seen.keys.size, asked], [asked, asked, 216]);
  });

  test("of the longest tests end before those of the next test", async () => {
    const last = {
      "grinder.agents": 2,
      agent: 1,
      "grinder.processes": 4,
      process: 3,
      "grinder.threads": 1500,
      users: 1499,
    };
    const longest = { ...minute, ...last, "grinder.duration": 498_000, runs: 333 };
    const end = requestsOf(await player.play({ ...longest, "grinder.test.id": "test_1" })).at(-1);
    const [next] = requestsOf(await player.play({ ...minute, "grinder.test.id": "test_2" }));
    assert.ok(end && next && end.user < next.user, `${end?.user} and ${next?.user}`);
    const [final] = requestsOf(await player.play({ ...longest, "grinder.test.id": "test_249" })).slice(-1);
    assert.ok(final && final.user <= LOAD_TEST_USERS.last);
  });

  test("are checked before a test starts: one that needs too many is refused", async () => {
    const long = { ...minute, "grinder.threads": 6_000 };
    for (const [scenario, runs] of [
      [{ ...long, "grinder.duration": 3_600_000 }, 2_401],
      [{ ...long, "grinder.runs": 1_000, "grinder.duration": 0 }, 1_000],
    ] as const) {
      assert.deepEqual(await player.play(scenario), [
        `failure 6000 users with ${runs} runs each need ${6_000 * runs} user ids, and a test has 4000000. ` +
          "Take a shorter test or fewer users, or raise IDS_OF_A_TEST in the script.",
      ]);
    }
  });

  test("need the number of the test", async () => {
    assert.deepEqual(await player.play({ ...minute, "grinder.test.id": "unknown" }), [
      'failure grinder.test.id is "unknown", and user ids follow from it. Allowed is test_NUMBER.',
    ]);
  });
});

describe("fewer users than requested", () => {
  const two = { ...minute, "grinder.processes": 2, "grinder.threads": 500, runs: 7 };
  const loss =
    "Fewer users run than requested: 500 of 1000 on this agent, as 1 of 2 processes are left. The " +
    "controller drops a process that takes longer to start than controller.inactive_client_time_out, and Linux " +
    "kills one when memory is short.";
  const reported = [`error ${loss}`, `failure ${loss}`, `failure ${loss}`];
  const reports = (lines: string[]) => lines.filter((line) => /^(failure|error) Fewer/.test(line));

  test("fail each request after a process has been missing for five seconds", async () => {
    const other = ngrinder.player();
    await other.play(minute);
    assert.deepEqual(reports(await player.play(two)), []);
    await other[Symbol.asyncDispose]();
    assert.deepEqual(reports(await player.play(two)), reported);
  });

  test("are reported in the log while all requests fail", async () => {
    assert.deepEqual(reports(await player.play({ ...two, answers: "503" })), [`error ${loss}`]);
  });

  test("are expected while processes are still to start", async () => {
    const step = { "grinder.initialProcesses": 1, "grinder.processIncrement": 1 };
    const slow = { ...two, ...step, "grinder.processIncrementInterval": 3_600_000 };
    assert.deepEqual(reports(await player.play(slow)), []);
    assert.deepEqual(reports(await player.play({ ...slow, "grinder.processIncrementInterval": 1 })), reported);
    assert.deepEqual(reports(await player.play({ ...slow, "grinder.threadRampUp": "true" })), reported);
  });

  test("are normal in a test with a number of runs, because a process ends after its runs", async () => {
    assert.deepEqual(reports(await player.play({ ...two, "grinder.runs": 6 })), []);
  });
});
