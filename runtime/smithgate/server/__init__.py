"""The MCP server: one transport-free core behind two interchangeable engines."""
