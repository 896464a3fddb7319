"""One module per source whose tables are known by their header."""
