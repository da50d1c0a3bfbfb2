//! Integration tests of mcp-server.
