"""Calls tools through the official Python SDK: a line of JSON in, a line of JSON out.

Arguments: the protocol ("legacy" or a version), the program, its arguments. The environment goes to
the program as it is.
"""

import asyncio
import json
import os
import sys

from mcp import Client, StdioServerParameters


async def main(mode, command, *arguments):
    server = StdioServerParameters(command=command, args=list(arguments), env=dict(os.environ))
    async with Client(server, mode=mode) as client:
        tools = (await client.list_tools()).tools
        say({"version": client.protocol_version, "tools": [tool.name for tool in tools]})
        for line in iter(sys.stdin.readline, ""):
            call = json.loads(line)
            result = await client.call_tool(call["tool"], call["arguments"])
            text = [block.text for block in result.content]
            say({"failed": result.is_error, "data": result.structured_content, "text": text})


def say(answer):
    print(json.dumps(answer), flush=True)


asyncio.run(main(*sys.argv[1:]))
