"""The version of the pooled method; raise it whenever the same cells give other numbers."""

METHOD_VERSION = "2"
