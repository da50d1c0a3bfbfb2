// Calls tools through the official TypeScript SDK: a line of JSON in, a line of JSON out.
//
// Arguments: the folder of the SDK's package, the protocol ("legacy" or a version), the program, its
// arguments. The environment goes to the program as it is.

import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const [sdk, mode, command, ...args] = process.argv.slice(2);
const from = createRequire(`${sdk}/package.json`);
const { Client } = from("@modelcontextprotocol/client");
const { StdioClientTransport } = from("@modelcontextprotocol/client/stdio");

const versionNegotiation = { mode: mode === "legacy" ? "legacy" : { pin: mode } };
const client = new Client({ name: "tests", version: "1.2.3" }, { versionNegotiation });
await client.connect(new StdioClientTransport({ command, args, env: process.env }));
const say = (answer) => process.stdout.write(`${JSON.stringify(answer)}\n`);

const { tools } = await client.listTools();
const version = client.getNegotiatedProtocolVersion();
say({ version, tools: tools.map((tool) => tool.name) });
for await (const line of createInterface({ input: process.stdin })) {
  const { tool, arguments: given } = JSON.parse(line);
  const result = await client.callTool({ name: tool, arguments: given });
  const text = result.content.map((block) => block.text);
  say({ failed: result.isError ?? false, data: result.structuredContent ?? null, text });
}
await client.close();
