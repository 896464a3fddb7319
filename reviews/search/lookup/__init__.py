"""How references are looked up: what is stored of a record to find it by, and what people type. No Django."""
