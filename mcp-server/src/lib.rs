//! MCP server that lets an AI client use Spotify.
