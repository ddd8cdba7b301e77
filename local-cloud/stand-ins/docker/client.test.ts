import assert from "node:assert/strict";
import { it } from "node:test";
import { withLogin } from "./client.ts";
import { buildArguments } from "./image.ts";

it("adds a login to the user's own, and removes the credential helpers that would replace it", () => {
  const own = {
    auths: { "a.example": { auth: "YQ==" } },
    credsStore: "desktop",
    credHelpers: { "b.example": "x", "c.example": "y" },
  };
  assert.deepEqual(withLogin(own, { registry: "b.example", username: "AWS", password: "secret" }), {
    auths: { "a.example": { auth: "YQ==" }, "b.example": { auth: "QVdTOnNlY3JldA==" } },
    credHelpers: { "c.example": "y" },
  });
  assert.equal(withLogin(own, undefined), own);
});

it("puts only the names of build arguments on the command line", () => {
  assert.deepEqual(
    buildArguments("host/api:1", { context: "services/api", args: { TOKEN: "secret" }, target: "run" }),
    [
      "build",
      ...["--tag", "host/api:1"],
      ...["--file", "services/api/Dockerfile"],
      ...["--build-arg", "TOKEN"],
      ...["--target", "run"],
      "services/api",
    ],
  );
});
