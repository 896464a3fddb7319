"""The engine's version: stored with every result, so that a number can be traced to the code that made it."""

ENGINE_VERSION = "0.2.0"
