// The sandbox as a container of your tests' own: npm install --save-dev testcontainers
import assert from "node:assert";
import { after, test } from "node:test";
import { GenericContainer, Wait } from "testcontainers";

const sandbox = await new GenericContainer("ghcr.io/acme/vipps-sandbox:0.1.0")
  .withExposedPorts(8080)
  .withWaitStrategy(Wait.forHealthCheck())
  .start();
const url = `http://${sandbox.getHost()}:${sandbox.getMappedPort(8080)}`;

after(() => sandbox.stop());

test("the sandbox gives a token", async () => {
  const headers = { client_id: "any", client_secret: "any", "Ocp-Apim-Subscription-Key": "any" };
  const answer = await fetch(`${url}/accesstoken/get`, { method: "POST", headers });
  assert.equal(answer.status, 200);
});
