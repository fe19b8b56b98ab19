"""The version of the method for one experiment; raise it when the same cells give other numbers."""

METHOD_VERSION = "1"
