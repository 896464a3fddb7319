"""The example review: a half-finished review with made-up data, built by the services people use."""
